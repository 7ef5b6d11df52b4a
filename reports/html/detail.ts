/** How much of a report a page shows. Totals are always complete; lists are cut until the page fits. */
import { SAMPLE_LIMIT } from '../model.ts';

export interface Detail {
  /** Samples per list. */
  readonly samples: number;
  /** Characters per cell. */
  readonly text: number;
  /** Characters per SQL text. */
  readonly sql: number;
  readonly intervals: number;
  readonly reasons: number;
  readonly checks: number;
  /** Characters of the drawn calendar per dataset; by day, else week, four weeks or year; 0 draws none. */
  readonly calendar: number;
  /** Datasets with a section of their own. */
  readonly datasets: number;
  /** Characters per verdict. */
  readonly verdict: number;
}

/** Bytes of a finished page, at most. */
export const PAGE_LIMIT = 1_000_000;

/** Most detail first: a page takes the first one that fits into {@link PAGE_LIMIT}. */
export const DETAILS: readonly [Detail, ...Detail[]] = [
  {
    samples: SAMPLE_LIMIT,
    text: 400,
    sql: 20_000,
    intervals: 60,
    reasons: 50,
    checks: 200,
    calendar: 60_000,
    datasets: 200,
    verdict: 1_000,
  },
  {
    samples: SAMPLE_LIMIT,
    text: 200,
    sql: 4_000,
    intervals: 24,
    reasons: 20,
    checks: 60,
    calendar: 12_000,
    datasets: 200,
    verdict: 1_000,
  },
  {
    samples: 5,
    text: 120,
    sql: 1_500,
    intervals: 8,
    reasons: 10,
    checks: 30,
    calendar: 6_000,
    datasets: 150,
    verdict: 600,
  },
  { samples: 2, text: 80, sql: 400, intervals: 3, reasons: 5, checks: 10, calendar: 5_000, datasets: 50, verdict: 400 },
  { samples: 0, text: 60, sql: 0, intervals: 0, reasons: 0, checks: 5, calendar: 2_500, datasets: 30, verdict: 300 },
];
