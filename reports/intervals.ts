/** Intervals of a dataset as sums and as a capped list: what is wrong or changed comes first, the rest is counted. */
import type { IntervalReport, Outcome, RowCounts } from './model.ts';
import { addRows, NO_ROWS } from './model.ts';
import { OUTCOMES } from './words.ts';

export interface OutcomeRows {
  readonly outcome: Outcome;
  readonly intervals: number;
  readonly rows: RowCounts;
}

/** Rows per outcome, worst outcome first; the number of intervals is that of the dataset's totals. */
export function rowsByOutcome(
  outcomes: Readonly<Partial<Record<Outcome, number>>>,
  intervals: readonly IntervalReport[],
): OutcomeRows[] {
  return OUTCOMES.flatMap((outcome) => {
    const number = outcomes[outcome] ?? 0;
    if (number === 0) return [];
    const rows = intervals.filter((i) => i.outcome === outcome).reduce((sum, i) => addRows(sum, i.rows), NO_ROWS);
    return [{ outcome, intervals: number, rows }];
  });
}

export interface Shown<T> {
  readonly shown: readonly T[];
  /** Outcome → intervals that are not in the list. */
  readonly hidden: ReadonlyMap<Outcome, number>;
}

/** The `limit` intervals that a reader needs most (failed, blocked, with rejected, revised or new rows, newest), then by start. */
export function pickIntervals(intervals: readonly IntervalReport[], limit: number): Shown<IntervalReport> {
  const byNeed = intervals.toSorted(
    (a, b) => need(a) - need(b) || (a.start < b.start ? 1 : a.start > b.start ? -1 : 0),
  );
  const hidden = new Map<Outcome, number>();
  for (const interval of byNeed.slice(limit)) hidden.set(interval.outcome, (hidden.get(interval.outcome) ?? 0) + 1);
  const shown = byNeed.slice(0, limit).sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  return { shown, hidden };
}

function need({ outcome, rows }: IntervalReport): number {
  if (outcome === 'failed') return 0;
  if (outcome === 'blocked') return 1;
  if (rows.rejected > 0) return 2;
  if (rows.revised + rows.withdrawn > 0) return 3;
  return outcome === 'loaded' ? 4 : 5;
}

export interface StageTiming {
  readonly stage: string;
  readonly totalMs: number;
  readonly intervals: number;
  /** The interval that took longest. */
  readonly slowestMs: number;
  readonly slowest: string;
}

const STAGES = ['extract', 'decode', 'transform', 'check', 'load'];

/** Time per stage over all intervals, in the order of the path. */
export function timingsByStage(intervals: readonly IntervalReport[]): StageTiming[] {
  const stages = new Map<string, StageTiming>();
  for (const interval of intervals) {
    for (const [stage, ms] of Object.entries(interval.timingsMs)) {
      const sum = stages.get(stage) ?? { stage, totalMs: 0, intervals: 0, slowestMs: -1, slowest: '' };
      const slower = ms > sum.slowestMs;
      stages.set(stage, {
        stage,
        totalMs: sum.totalMs + ms,
        intervals: sum.intervals + 1,
        slowestMs: slower ? ms : sum.slowestMs,
        slowest: slower ? interval.label : sum.slowest,
      });
    }
  }
  const place = (stage: string): number => (STAGES.includes(stage) ? STAGES.indexOf(stage) : STAGES.length);
  return [...stages.values()].sort((a, b) => place(a.stage) - place(b.stage));
}
