/** Coverage by day as sums: complete, incomplete and empty days, and runs of days that are not complete. */
import type { CoverageDay } from './model.ts';

export type DayLevel = 'complete' | 'incomplete' | 'empty';

/** Neighbouring days (in the list's order, which is the calendar's) that are not complete. */
export interface Hole {
  readonly from: string;
  readonly to: string;
  readonly days: number;
  readonly expected: number;
  readonly present: number;
}

export interface CoverageSummary {
  readonly from: string;
  readonly to: string;
  /** Days on which something is expected. */
  readonly days: number;
  readonly complete: number;
  readonly incomplete: number;
  readonly empty: number;
  readonly expected: number;
  readonly present: number;
  /** Days with more rows than expected; counted as complete. */
  readonly over: number;
  /** Oldest first. */
  readonly holes: readonly Hole[];
}

/** Null for a day on which nothing is expected. */
export function levelOf({ expected, present }: CoverageDay): DayLevel | null {
  if (expected <= 0) return null;
  if (present >= expected) return 'complete';
  return present > 0 ? 'incomplete' : 'empty';
}

/** Null where the data have no fixed grid. */
export function summariseCoverage(coverage: readonly CoverageDay[]): CoverageSummary | null {
  const days = inOrder(coverage);
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return null;
  const sum = { days: 0, complete: 0, incomplete: 0, empty: 0, expected: 0, present: 0, over: 0 };
  const holes: Hole[] = [];
  let before: DayLevel | null = null;
  for (const day of days) {
    sum.expected += day.expected;
    sum.present += day.present;
    const level = levelOf(day);
    if (level === null) continue;
    sum.days += 1;
    sum[level] += 1;
    if (day.present > day.expected) sum.over += 1;
    if (level !== 'complete') {
      const open = before === null || before === 'complete' ? undefined : holes.pop();
      holes.push({
        from: open?.from ?? day.day,
        to: day.day,
        days: (open?.days ?? 0) + 1,
        expected: (open?.expected ?? 0) + day.expected,
        present: (open?.present ?? 0) + day.present,
      });
    }
    before = level;
  }
  return { from: first.day, to: last.day, ...sum, holes };
}

/** The days by date; ISO dates sort as text. */
export function inOrder(coverage: readonly CoverageDay[]): readonly CoverageDay[] {
  return coverage.toSorted((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
}
