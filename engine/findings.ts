/** What a run found becomes findings that stay the same from run to run, with what was decided about each. */
import { checkName } from '../core/check.ts';
import { asFault } from '../core/errors.ts';
import type { Pipeline } from '../core/pipeline.ts';
import { type Review, settleReviews } from '../loaders/postgres/review.ts';
import { KEPT_CHECK } from '../loaders/postgres/kept-edits.ts';
import {
  type DatasetReport,
  type Finding,
  FINDING_LIMIT,
  type FindingSeverity,
  type FindingState,
} from '../reports/model.ts';
import type { Engine } from './engine.ts';
import { DECODE_CHECK, evidenceOf, incidentsOfEvidence, labelAt, stableNamesOf } from './evidence.ts';
import type { Looked } from './looked.ts';
import { type Settled, settlementOf } from './settlement.ts';

type Findings = Pick<DatasetReport, 'findings' | 'findingCounts'>;

const NOTHING: Findings = { findings: [], findingCounts: { open: 0, acknowledged: 0, fixed: 0, accepted: 0 } };

/** Never rejects: a run whose findings cannot be kept is still a run. The next one makes up for it. */
export async function settleFindings(engine: Engine, looked: Looked): Promise<Findings> {
  const { pipeline, runId, outcomes } = looked;
  const starts = new Set([
    ...outcomes.map(({ planned }) => planned.interval.start),
    ...looked.tableChecks.flatMap(({ intervals }) => intervals.map(({ start }) => start)),
  ]);
  if (starts.size === 0) return NOTHING;
  const now = engine.clock.now();
  const stable = stableNamesOf(pipeline);
  try {
    const settled = await settleReviews(engine.pool, {
      dataset: pipeline.id,
      runId,
      starts: [...starts],
      unchanged: outcomes.flatMap(({ outcome, planned }) => (outcome === 'unchanged' ? planned.interval.start : [])),
      look: (facts) => {
        const evidence = evidenceOf(looked, facts);
        const incidents = incidentsOfEvidence(pipeline, evidence, stable);
        return {
          found: incidents.map(({ fingerprint }) => fingerprint),
          decide: (reviews) =>
            settlementOf({
              dataset: pipeline.id,
              runId,
              now,
              reviews,
              incidents,
              evidence,
              stable,
              exists: existing(looked, stable),
              snapshot: pipeline.partitions.kind === 'snapshot',
            }),
        };
      },
    });
    return reported(pipeline, settled, starts, now);
  } catch (error) {
    engine.log.warn(
      `the findings of ${pipeline.id} could not be kept: ${asFault(error, 'database').message}; the next run makes up for it`,
    );
    return NOTHING;
  }
}

/** A load names all checks of the definition, those of the contract included. */
function existing(
  { pipeline, outcomes }: Looked,
  stable: (name: string) => string,
): ((stableName: string) => boolean) | null {
  const loaded = outcomes.find(({ outcome }) => outcome === 'loaded');
  if (loaded === undefined) return null;
  const names = new Set(
    [
      ...loaded.checks.map(({ name }) => name),
      ...pipeline.checks.map(checkName),
      KEPT_CHECK,
      DECODE_CHECK,
      // Of a load whose interval had no bounds.
      'interval',
    ].map(stable),
  );
  return (name) => names.has(name);
}

function reported(
  { partitions }: Pipeline,
  { all, changes }: Settled,
  starts: ReadonlySet<number>,
  now: number,
): Findings {
  const inRun = all.filter(
    ({ state, intervalStart, fingerprint }) =>
      (state !== 'fixed' || changes.has(fingerprint)) &&
      (intervalStart === null || partitions.kind === 'snapshot' || starts.has(intervalStart)),
  );
  const findings = inRun.map((review): Finding => {
    const { fingerprint, subject, sentence, firstKey, lastKey, rows, owner, note } = review;
    return {
      fingerprint,
      check: review.checkName,
      severity: review.severity,
      subject,
      sentence,
      interval: review.intervalStart === null ? '' : labelAt(partitions, review.intervalStart),
      firstKey,
      lastKey,
      rows,
      state: stateNow(review, now),
      acknowledgedUntil: isoOrNull(review.acknowledgedUntil),
      owner,
      note,
      firstSeenAt: new Date(review.firstSeenAt).toISOString(),
      lastSeenAt: new Date(review.lastSeenAt).toISOString(),
      change: changes.get(fingerprint) ?? null,
    };
  });
  const counts: Record<FindingState, number> = { ...NOTHING.findingCounts };
  for (const { state } of findings) counts[state] += 1;
  return { findings: findings.toSorted(worstFirst).slice(0, FINDING_LIMIT), findingCounts: counts };
}

/** A date that has passed counts as open, whether or not a run has found it since. */
function stateNow({ state, acknowledgedUntil }: Review, now: number): FindingState {
  return state === 'acknowledged' && acknowledgedUntil !== null && acknowledgedUntil <= now ? 'open' : state;
}

const STATES: readonly FindingState[] = ['open', 'acknowledged', 'accepted', 'fixed'];
const SEVERITIES: readonly FindingSeverity[] = ['failure', 'block', 'reject', 'warn', 'info'];

function worstFirst(a: Finding, b: Finding): number {
  return (
    STATES.indexOf(a.state) - STATES.indexOf(b.state) ||
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    b.rows - a.rows ||
    (a.subject < b.subject ? -1 : Number(a.subject > b.subject))
  );
}

function isoOrNull(at: number | null): string | null {
  return at === null || !Number.isFinite(at) ? null : new Date(at).toISOString();
}
