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

/** Raised when a reader of the JSON would have to change. The published schema is `reports/report.schema.json`. */
export const MODEL_VERSION = 2;

export interface RunReport {
  readonly version: typeof MODEL_VERSION;
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
  /** Which variables are not set and where to get a key, of a dataset that was skipped for it. */
  readonly notConfigured?: string;
  /** null while nothing was measured. */
  readonly quality: Quality | null;
  readonly freshness: Freshness;
  /** Counts of all findings in the intervals of this run, and of those that were fixed by it. */
  readonly findingCounts: Readonly<Record<FindingState, number>>;
  /** Open ones first; at most {@link FINDING_LIMIT}. */
  readonly findings: readonly Finding[];
  /** The series as aggregates, and closely around the worst findings; null where there is none to draw. */
  readonly series: Series | null;
  readonly contract: readonly ContractColumn[];
  /** What the files of this run have that earlier ones had not, or lack. */
  readonly schemaChanges: readonly SchemaChange[];
  /** From the address to the table; the files are in the intervals. */
  readonly lineage: Lineage;
}

/** Shares between 0 and 1, null where not measured. The score is 100 times the product of those that were, rounded down to a tenth. */
export interface Quality {
  readonly score: number | null;
  /** Intervals that are loaded, of those that were tried. */
  readonly loadedShare: number | null;
  /** Steps that have a row, of those that the publisher's calendar asks for. */
  readonly completeShare: number | null;
  /** Rows that were not rejected, of those that were read. */
  readonly validShare: number | null;
  /** Checks without an open finding, of those that ran (one per interval); information does not count. */
  readonly cleanShare: number | null;
}

/** The newest covered instant against the publisher's calendar; when somebody last asked does not matter. */
export interface Freshness {
  readonly state: 'fresh' | 'stale' | 'ended' | 'unknown';
  /** Start of the newest row; null where nothing is loaded or rows have no instant. */
  readonly coveredUntil: string | null;
  /** Start of the newest row that should be there by now; null where nobody can say. */
  readonly expectedUntil: string | null;
  readonly staleSince: string | null;
}

export type FindingState = 'open' | 'acknowledged' | 'fixed' | 'accepted';

/** `failure`: an interval that could not be loaded. */
export type FindingSeverity = 'failure' | Severity;

/** One fault, the same from run to run: rows of one check that lie together. */
export interface Finding {
  /** 16 hex digits; stays the same while dataset, check and subject do. */
  readonly fingerprint: string;
  readonly check: string;
  readonly severity: FindingSeverity;
  /** What it is about within the dataset: `2025: 2025-05-01T05:00:00Z`. */
  readonly subject: string;
  readonly sentence: string;
  /** Label of the interval. */
  readonly interval: string;
  /** Keys of its first and last row; null where it is about no single row. */
  readonly firstKey: string | null;
  readonly lastKey: string | null;
  readonly rows: number;
  readonly state: FindingState;
  readonly acknowledgedUntil: string | null;
  readonly owner: string | null;
  readonly note: string | null;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  /** What this run did to it: `new`, `reopened`, `fixed`; null where nothing changed. */
  readonly change: 'new' | 'reopened' | 'fixed' | null;
}

export interface Series {
  readonly column: string;
  /** `MW`, `CAD/MWh` …; null where the contract names none. */
  readonly unit: string | null;
  /** What the drawn rows are limited to, where a table holds many series: `fuel = GAS`. */
  readonly of: string | null;
  /** Aggregates of the run's intervals, at most {@link BUCKET_LIMIT}: size and cost do not grow with the rows. */
  readonly buckets: readonly SeriesBucket[];
  /** Rows that were revised or rejected, and findings, at most {@link MARK_LIMIT}. */
  readonly marks: readonly SeriesMark[];
  /** Around the worst findings, step by step; at most {@link CLOSE_UP_LIMIT}. */
  readonly closeUps: readonly CloseUp[];
}

export interface SeriesBucket {
  /** Start of the bucket. */
  readonly at: string;
  readonly min: number | null;
  readonly median: number | null;
  readonly max: number | null;
}

export interface SeriesMark {
  readonly at: string;
  readonly kind: 'rejected' | 'anomalous' | 'revised';
  /** null where the row has no value that can be drawn. */
  readonly value: number | null;
}

export interface CloseUp {
  readonly fingerprint: string;
  readonly title: string;
  readonly points: readonly {
    readonly at: string;
    readonly value: number | null;
    /** The expected band; null where history is too short. */
    readonly lower: number | null;
    readonly upper: number | null;
    readonly mark: SeriesMark['kind'] | null;
  }[];
}

export interface ContractColumn {
  readonly name: string;
  /** Type in PostgreSQL. */
  readonly type: string;
  readonly unit: string | null;
  readonly key: boolean;
  readonly required: boolean;
  /** Its values are masked in reports. */
  readonly sensitive: boolean;
  readonly doc: string;
}

export interface SchemaChange {
  readonly interval: string;
  readonly column: string;
  readonly change: 'new in the file' | 'gone from the file' | 'empty now' | 'filled now';
}

export interface Lineage {
  /** Address with its placeholders. */
  readonly url: string;
  /** Format of the file: csv, xml … */
  readonly format: string;
  /** Path of the SQL file. */
  readonly transform: string;
  readonly definitionHash: string;
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
  /** SQL that returns the failing rows of the first interval that has some. */
  readonly sql: string;
  /** Which of the two databases runs that SQL: DuckDB on the file in landing, PostgreSQL on tables. */
  readonly engine: 'duckdb' | 'postgres';
  /** Earlier runs, oldest first, at most {@link HISTORY_LIMIT}. */
  readonly history: readonly CheckHistory[];
}

export interface CheckHistory {
  readonly runId: string;
  readonly at: string;
  readonly result: CheckReport['result'];
  readonly failingRows: number;
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

export const FINDING_LIMIT = 50;
export const BUCKET_LIMIT = 300;
export const MARK_LIMIT = 60;
export const CLOSE_UP_LIMIT = 3;
export const HISTORY_LIMIT = 12;
