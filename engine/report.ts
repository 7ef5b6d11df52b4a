/** From what became of the intervals to the report's model of a dataset: sums, capped samples, checks merged over intervals. */
import { timeColumn } from '../core/contract.ts';
import { fromPg, toPg } from '../loaders/postgres/instant.ts';
import type { LastResult } from '../loaders/postgres/check-results.ts';
import { partitionLabel } from '../core/partitions.ts';
import type { Pipeline } from '../core/pipeline.ts';
import {
  addRows,
  type CheckReport,
  type CoverageDay,
  type DatasetReport,
  type FailingRow,
  type IntervalReport,
  NO_ROWS,
  type Outcome,
  type RejectedSample,
  SAMPLE_LIMIT,
} from '../reports/model.ts';
import { judgeDataset } from '../reports/verdict.ts';
import { checkSentence } from '../transforms/checks.ts';
import { checkName } from '../core/check.ts';
import type { IntervalOutcome } from './dataset-run.ts';

/** @param last results of earlier loads for the intervals that this run left unchanged */
export function datasetReport(pipeline: Pipeline, outcomes: readonly IntervalOutcome[], last: readonly LastResult[], named: readonly string[]): DatasetReport {
  return judgeDataset(
    {
      id: pipeline.id,
      title: pipeline.title,
      publisher: pipeline.publisher,
      table: pipeline.table.name,
      attribution: pipeline.licence.attribution,
      unitOfTime: timeColumn(pipeline.table),
      outcomes: countBy(outcomes, ({ outcome }) => outcome),
      rows: outcomes.map(({ rows }) => rows).reduce(addRows, NO_ROWS),
      checks: mergedChecks(pipeline, outcomes, last),
      revisions: outcomes.flatMap(({ revisions }) => revisions).slice(0, SAMPLE_LIMIT),
      rejected: outcomes.flatMap(rejectedSamples).slice(0, SAMPLE_LIMIT),
      rejectedBy: rejectedBy(outcomes),
      coverage: mergedCoverage(outcomes),
      intervals: outcomes.map(intervalReport),
    },
    { named },
  );
}

function intervalReport(done: IntervalOutcome): IntervalReport {
  const { planned, artifact } = done;
  return {
    label: planned.label,
    start: toPg(planned.interval.start),
    end: toPg(planned.interval.end),
    reason: planned.reason,
    outcome: done.outcome,
    strategy: done.strategy,
    rows: done.rows,
    artifact: artifact === null ? null : { url: artifact.url, sha256: artifact.sha256, bytes: artifact.bytes, fetchedAt: artifact.fetchedAt },
    timingsMs: done.timingsMs,
    error: done.error,
  };
}

function rejectedSamples({ planned, artifact, quarantined }: IntervalOutcome): RejectedSample[] {
  return quarantined.map(({ id, row }) => ({
    quarantineId: id,
    interval: planned.label,
    line: row.line,
    reason: row.reason,
    raw: row.raw,
    sha256: artifact?.sha256 ?? '',
  }));
}

/** Rows per rule; rows that could not be cut into cells have no check and are counted by the remainder. */
function rejectedBy(outcomes: readonly IntervalOutcome[]): DatasetReport['rejectedBy'] {
  const counts = new Map<string, number>();
  for (const { checks, rows } of outcomes) {
    let named = 0;
    for (const { severity, sentence, failingRows } of checks) {
      if (severity !== 'reject' || failingRows === 0) continue;
      const reason = `not so: ${sentence}`;
      counts.set(reason, (counts.get(reason) ?? 0) + failingRows);
      named += failingRows;
    }
    const rest = rows.rejected - named;
    if (rest > 0) counts.set('the row cannot be cut into cells', (counts.get('the row cannot be cut into cells') ?? 0) + rest);
  }
  return [...counts].map(([reason, rows]) => ({ reason, rows })).sort((a, b) => b.rows - a.rows);
}

interface Merging {
  sentence: string;
  severity: CheckReport['severity'];
  intervals: number;
  failingRows: number;
  samples: FailingRow[];
  sql: string;
}

function mergedChecks(pipeline: Pipeline, outcomes: readonly IntervalOutcome[], last: readonly LastResult[]): CheckReport[] {
  const merged = new Map<string, Merging>();
  const add = (name: string, part: Merging): void => {
    const sum = merged.get(name);
    if (sum === undefined) {
      merged.set(name, { ...part, samples: part.samples.slice(0, SAMPLE_LIMIT) });
      return;
    }
    if (sum.failingRows === 0 && part.failingRows > 0) sum.sql = part.sql;
    sum.intervals += part.intervals;
    sum.failingRows += part.failingRows;
    sum.samples.push(...part.samples.slice(0, SAMPLE_LIMIT - sum.samples.length));
  };
  for (const { planned, checks } of outcomes) {
    for (const { name, sentence, severity, failingRows, samples, sql } of checks) {
      add(name, { sentence, severity, intervals: 1, failingRows, sql, samples: samples.map((row) => ({ interval: planned.label, ...row })) });
    }
  }
  const sentences = new Map(pipeline.checks.map((check) => [checkName(check), checkSentence(check)]));
  for (const { name, severity, intervals, failingRows, sql, samples } of last) {
    const label = (start: string): string => partitionLabel(pipeline.partitions, { start: fromPg(start), end: fromPg(start) });
    add(name, {
      sentence: merged.get(name)?.sentence ?? sentences.get(name) ?? name,
      severity,
      intervals,
      failingRows,
      sql,
      samples: samples.map(({ start, key, value, expectation }) => ({ interval: label(start), key, value, expectation })),
    });
  }
  const checked = [...merged].map(([name, check]): CheckReport => ({ name, ...check, result: check.failingRows > 0 ? 'found' : 'passed' }));
  const unchecked = pipeline.checks
    .filter((check) => !merged.has(checkName(check)))
    .map((check): CheckReport => ({
      name: checkName(check),
      sentence: checkSentence(check),
      severity: check.severity,
      result: 'not checked',
      intervals: 0,
      failingRows: 0,
      samples: [],
      sql: '',
    }));
  return [...checked, ...unchecked];
}

/** A day on the border of two intervals is one day. */
function mergedCoverage(outcomes: readonly IntervalOutcome[]): CoverageDay[] {
  const days = new Map<string, { expected: number; present: number }>();
  for (const { coverage } of outcomes) {
    for (const { day, expected, present } of coverage) {
      const sum = days.get(day) ?? { expected: 0, present: 0 };
      days.set(day, { expected: sum.expected + expected, present: sum.present + present });
    }
  }
  return [...days].map(([day, counts]) => ({ day, ...counts })).sort((a, b) => (a.day < b.day ? -1 : 1));
}

function countBy(outcomes: readonly IntervalOutcome[], of: (outcome: IntervalOutcome) => Outcome): Partial<Record<Outcome, number>> {
  const counts: Partial<Record<Outcome, number>> = {};
  for (const outcome of outcomes) counts[of(outcome)] = (counts[of(outcome)] ?? 0) + 1;
  return counts;
}
