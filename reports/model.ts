/**
 * The one model of a run. HTML, Markdown, `run --json`, the exit code and the health tables are rendered from it, so they
 * cannot disagree. Instants are ISO 8601 texts in UTC; samples are capped, totals are not.
 */
import type { Severity } from '../core/check.ts';
import type { FaultJson } from '../core/errors.ts';

/** Where the bytes came from. Anything but `live` is labelled everywhere it is shown. */
export type SourceKind = 'live' | 'recordings' | 'samples';

/** Why an interval was in the plan. */
export type PlanReason = 'missing' | 'possibly revised' | 'stale' | 'failed before' | 'asked for' | 'replay';

export type Outcome =
  /** Rows are in Postgres (also when nothing differed from what was there). */
  | 'loaded'
  /** The publisher's bytes are those of the last load: nothing was written. */
  | 'unchanged'
  /** A blocking check stopped the load. */
  | 'blocked'
  | 'failed'
  /** 404 while the publisher is not late yet. */
  | 'not published'
  /** 404 for a file older than the publisher keeps. */
  | 'purged'
  /** Under --recordings and --samples: the folder has no answer. */
  | 'not recorded'
  /** The publisher's key is not set. */
  | 'not configured'
  /** Another process is loading this interval. */
  | 'busy';

export interface RunReport {
  readonly version: 1;
  readonly runId: string;
  /** What was typed, without secrets. */
  readonly command: string;
  readonly source: SourceKind;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly durationMs: number;
  readonly engine: {
    readonly penstock: string;
    readonly node: string;
    readonly duckdb: string;
    readonly postgres: string;
  };
  /** Design §7: 0, 1, 2 or 3. */
  readonly exitCode: number;
  /** One sentence for the top of the page. */
  readonly verdict: string;
  readonly datasets: readonly DatasetReport[];
}

export type DatasetState = 'good' | 'warning' | 'blocked' | 'failed' | 'not checked';

export interface DatasetReport {
  readonly id: string;
  readonly title: string;
  readonly publisher: string;
  readonly table: string;
  readonly attribution: string;
  readonly unitOfTime: string | null;
  readonly state: DatasetState;
  /** Which, which interval, since when, what to run next; one sentence. */
  readonly verdict: string;
  /** Outcome → number of intervals. */
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  readonly rows: RowCounts;
  readonly checks: readonly CheckReport[];
  readonly revisions: readonly RevisionSample[];
  readonly rejected: readonly RejectedSample[];
  /** Rejection reason → rows, all of them. */
  readonly rejectedBy: readonly { readonly reason: string; readonly rows: number }[];
  /** Days of the loaded intervals, on the publisher's clock; empty where the data have no fixed grid. */
  readonly coverage: readonly CoverageDay[];
  /** What was planned, interval by interval; what is not recorded is counted in the outcomes only. */
  readonly intervals: readonly IntervalReport[];
  /** Address of the first interval that is not recorded. */
  readonly firstNotRecorded?: string;
  /** Since when the newest row is older than the definition's freshness limit; absent while it is fresh. */
  readonly staleSince?: string;
  /** Which variables are not set and where to get a key, of a dataset that was skipped for it. */
  readonly notConfigured?: string;
}

/** Rows, counted by the loader inside the transaction. */
export interface RowCounts {
  /** Rows in the publisher's file. */
  readonly read: number;
  readonly rejected: number;
  /** Rows whose key was not there before. */
  readonly inserted: number;
  /** Rows whose key was there with other values: the old version went to history. */
  readonly revised: number;
  /** Rows that the publisher's newer file does not have any more: closed into history. */
  readonly withdrawn: number;
  readonly unchanged: number;
}

export interface IntervalReport {
  /** Name of the partition on the publisher's clock, e.g. `2025`. */
  readonly label: string;
  readonly start: string;
  readonly end: string;
  readonly reason: PlanReason;
  readonly outcome: Outcome;
  readonly strategy: 'append' | 'merge' | null;
  readonly rows: RowCounts;
  readonly artifact: ArtifactReport | null;
  /** Milliseconds per stage: extract, decode, transform, check, load. */
  readonly timingsMs: Readonly<Record<string, number>>;
  readonly error: FaultJson | null;
}

export interface ArtifactReport {
  readonly url: string;
  readonly sha256: string;
  /** Of all parts together, where there are several. */
  readonly bytes: number;
  readonly fetchedAt: string;
  /** Of an interval that is made of several files: each with the raw table that it became. `sha256` above is then that of the list of parts, `url` the main file's. */
  readonly parts?: readonly {
    readonly table: string;
    readonly url: string;
    readonly sha256: string;
    readonly bytes: number;
  }[];
}

export interface CheckReport {
  /** Stable within the dataset, e.g. `range(ontario_demand_mw, 1500, 30000)`. */
  readonly name: string;
  /** What it says, as a sentence. */
  readonly sentence: string;
  readonly severity: Severity;
  readonly result: 'passed' | 'found' | 'not checked';
  /** Intervals in which it ran. */
  readonly intervals: number;
  readonly failingRows: number;
  readonly samples: readonly FailingRow[];
  /** SQL that returns the failing rows of the first interval that has some: for DuckDB, of `reconciles` for PostgreSQL. */
  readonly sql: string;
}

export interface FailingRow {
  readonly interval: string;
  readonly key: string;
  readonly value: string | null;
  readonly expectation: string;
}

export interface RevisionSample {
  readonly key: string;
  readonly column: string;
  readonly old: string | null;
  readonly new: string | null;
  readonly knownSince: string;
}

export interface RejectedSample {
  readonly quarantineId: string;
  readonly interval: string;
  readonly line: number;
  readonly reason: string;
  readonly raw: string;
  readonly sha256: string;
}

export interface CoverageDay {
  /** `YYYY-MM-DD` on the publisher's clock. */
  readonly day: string;
  readonly expected: number;
  readonly present: number;
}

export const NO_ROWS: RowCounts = { read: 0, rejected: 0, inserted: 0, revised: 0, withdrawn: 0, unchanged: 0 };

export function addRows(a: RowCounts, b: RowCounts): RowCounts {
  return {
    read: a.read + b.read,
    rejected: a.rejected + b.rejected,
    inserted: a.inserted + b.inserted,
    revised: a.revised + b.revised,
    withdrawn: a.withdrawn + b.withdrawn,
    unchanged: a.unchanged + b.unchanged,
  };
}

/** Most samples of one kind that a report keeps per dataset. */
export const SAMPLE_LIMIT = 20;
