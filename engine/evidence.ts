/** What a run knows of a dataset's intervals: which checks ran over which of them, which failed, and which did not fail any more. */
import { checkName } from '../core/check.ts';
import { ALL_TIME, partitionAt, partitionLabel, type Partitions } from '../core/partitions.ts';
import type { Pipeline } from '../core/pipeline.ts';
import type { LedgerFacts, LedgerState } from '../loaders/postgres/review.ts';
import type { FaultJson } from '../core/errors.ts';
import { sentencesOf } from './check-sentences.ts';
import { contractRules } from '../transforms/rules.ts';
import { type CheckedRows, failureIncident, type Incident, incidentsOf, stableNames } from './incidents.ts';
import type { IntervalOutcome } from './interval-outcome.ts';
import type { Looked } from './looked.ts';

/** One interval, or one look at it. */
export interface Evidence {
  readonly start: number;
  /** Checks that ran. */
  readonly checks: readonly CheckedRows[];
  /** It was had or is not to be had: a failure of earlier is over. */
  readonly overcome: boolean;
  readonly failure: FaultJson | null;
}

/** Rows that could not be cut into cells; no check of the definition looks at them. */
export const DECODE_CHECK = 'decode';

/** A snapshot is one interval to a reader, whatever minute it was asked for. */
const SNAPSHOT_PLACE = 'latest answer';

/**
 * What is out of date is left out: another process that loaded an interval since has the last word on it. Of snapshots only the newest
 * counts, since nobody can ask for an earlier one again.
 */
export function evidenceOf(looked: Looked, facts: LedgerFacts): Evidence[] {
  const evidence = [
    ...looked.outcomes.flatMap((outcome) =>
      fromOutcome(outcome, looked.runId, facts.ledger.get(outcome.planned.interval.start)),
    ),
    ...fromTables(looked, facts),
    ...fromStored(looked, facts),
  ];
  if (looked.pipeline.partitions.kind !== 'snapshot') return evidence;
  const newest = Math.max(facts.newest ?? -Infinity, ...evidence.map(({ start }) => start));
  return evidence.filter(({ start }) => start === newest);
}

function fromOutcome(done: IntervalOutcome, runId: string, ledger: LedgerState | undefined): Evidence[] {
  const { outcome, planned, error } = done;
  const { start } = planned.interval;
  switch (outcome) {
    case 'loaded':
      if (ledger !== undefined && ledger.runId !== runId) return [];
      return [
        {
          start,
          checks: [...done.checks, undecodable(done)],
          overcome: ledger?.status !== 'failed',
          failure: null,
        },
      ];
    case 'blocked': {
      if (ledger !== undefined && ledger.status !== 'blocked') return [];
      // What is loaded lies as it was, so the other checks say nothing about it.
      const checks = done.checks.filter(({ severity }) => severity === 'block' || severity === 'reject');
      return [{ start, checks, overcome: true, failure: null }];
    }
    case 'failed':
      if (ledger !== undefined && ledger.status !== 'failed') return [];
      return [{ start, checks: [], overcome: false, failure: error }];
    case 'unchanged':
    case 'not published':
    case 'purged':
      return [{ start, checks: [], overcome: true, failure: null }];
    default:
      return [];
  }
}

function undecodable({ rows, checks, quarantined }: IntervalOutcome): CheckedRows {
  const named = checks.reduce((sum, { severity, failingRows }) => sum + (severity === 'reject' ? failingRows : 0), 0);
  const failingRows = Math.max(0, rows.rejected - named);
  const row = quarantined.find((one) => one.row.rule === DECODE_CHECK)?.row;
  const samples =
    failingRows === 0 || row === undefined ? [] : [{ key: null, value: row.reason, expectation: DECODE_CHECK }];
  return { name: DECODE_CHECK, sentence: 'every row can be cut into cells', severity: 'reject', failingRows, samples };
}

function fromTables({ tableChecks }: Looked, { ledger }: LedgerFacts): Evidence[] {
  return tableChecks.flatMap(({ intervals, ...check }) =>
    intervals.flatMap(({ start, loadId, compared, failingRows, samples }): Evidence[] => {
      const current = ledger.get(start);
      if (compared === 0 || (current !== undefined && current.loadId !== loadId)) return [];
      return [{ start, checks: [{ ...check, failingRows, samples }], overcome: false, failure: null }];
    }),
  );
}

function fromStored({ pipeline, outcomes }: Looked, { stored }: LedgerFacts): Evidence[] {
  if (stored.length === 0) return [];
  const sentences = new Map([
    ...outcomes.flatMap(({ checks }) => checks.map(({ name, sentence }) => [name, sentence] as const)),
    ...sentencesOf(pipeline),
  ]);
  return stored.map(({ start, name, ...result }) => ({
    start,
    checks: [{ ...result, name, sentence: sentences.get(name) ?? name }],
    overcome: false,
    failure: null,
  }));
}

/** The names of a definition's checks, those of its contract included, each as it stays when thresholds change. */
export function stableNamesOf(pipeline: Pipeline): (name: string) => string {
  return stableNames([
    ...pipeline.checks.map(checkName),
    ...contractRules(pipeline, ALL_TIME).map((rule) => rule.name),
  ]);
}

/** The name of the interval that starts then. */
export function labelAt(partitions: Partitions, start: number): string {
  return partitionLabel(
    partitions,
    partitions.kind === 'calendar' && Number.isFinite(start) ? partitionAt(partitions, start) : { start, end: start },
  );
}

export function incidentsOfEvidence(
  pipeline: Pipeline,
  evidence: readonly Evidence[],
  stable: (name: string) => string,
): Incident[] {
  const { id: dataset, partitions } = pipeline;
  const found = new Map<string, Incident>();
  for (const { start, checks, failure } of evidence) {
    const failing = checks.filter(({ failingRows }) => failingRows > 0);
    if (failing.length === 0 && failure === null) continue;
    const place = partitions.kind === 'snapshot' ? SNAPSHOT_PLACE : labelAt(partitions, start);
    const scope = { dataset, place, intervalStart: start, stable };
    const incidents = failing.flatMap((check) => incidentsOf(scope, check));
    if (failure !== null) incidents.push(failureIncident(scope, failure.code, failure.what));
    for (const incident of incidents) found.set(incident.fingerprint, incident);
  }
  return [...found.values()];
}
