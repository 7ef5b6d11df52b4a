/** How much of a report a page shows. Totals are always complete; lists are cut until the page fits. */
import { BUCKET_LIMIT, CLOSE_UP_LIMIT, FINDING_LIMIT, SAMPLE_LIMIT } from '../model.ts';

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
  /** Checks that found something and are shown with their rows and SQL. */
  readonly found: number;
  readonly findings: number;
  /** Whether the earlier runs of a check that found something are told one by one. */
  readonly history: boolean;
  /** Columns of the contract, and changes of the schema. */
  readonly columns: number;
  /** Parts of the overview chart; 0 draws none. */
  readonly buckets: number;
  readonly closeUps: number;
  /** Characters of the drawn calendar per dataset; by day, else week, four weeks or year; 0 draws none. */
  readonly calendar: number;
  /** Characters per verdict. */
  readonly verdict: number;
}

/** Bytes of a finished page, at most. */
export const PAGE_LIMIT = 1_000_000;

/** As much as is shown of any dataset. */
export const MOST: Detail = {
  samples: SAMPLE_LIMIT,
  text: 400,
  sql: 20_000,
  intervals: 60,
  reasons: 50,
  checks: 1_000,
  found: 100,
  findings: FINDING_LIMIT,
  history: true,
  columns: 100,
  buckets: BUCKET_LIMIT,
  closeUps: CLOSE_UP_LIMIT,
  calendar: 60_000,
  verdict: 1_000,
};
export const MUCH: Detail = {
  samples: SAMPLE_LIMIT,
  text: 200,
  sql: 4_000,
  intervals: 24,
  reasons: 20,
  checks: 60,
  found: 20,
  findings: 20,
  history: true,
  columns: 40,
  buckets: 150,
  closeUps: 2,
  calendar: 12_000,
  verdict: 1_000,
};
export const SOME: Detail = {
  samples: 5,
  text: 120,
  sql: 1_500,
  intervals: 8,
  reasons: 10,
  checks: 30,
  found: 10,
  findings: 8,
  history: false,
  columns: 15,
  buckets: 75,
  closeUps: 1,
  calendar: 6_000,
  verdict: 600,
};
export const LITTLE: Detail = {
  samples: 2,
  text: 80,
  sql: 400,
  intervals: 3,
  reasons: 5,
  checks: 10,
  found: 4,
  findings: 3,
  history: false,
  columns: 0,
  buckets: 0,
  closeUps: 0,
  calendar: 5_000,
  verdict: 400,
};
/** Totals, and the worst of everything. */
export const LEAST: Detail = {
  samples: 0,
  text: 60,
  sql: 0,
  intervals: 0,
  reasons: 0,
  checks: 5,
  found: 2,
  findings: 1,
  history: false,
  columns: 0,
  buckets: 0,
  closeUps: 0,
  calendar: 2_500,
  verdict: 300,
};
