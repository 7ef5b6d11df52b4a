/** The words of a review: findings as people see them, what they may decide, and the store that the command line and the pages share. */

/** `acknowledged`: silent until a date. `accepted`: the publisher's own, silent until it grows. */
export type ReviewState = 'open' | 'acknowledged' | 'fixed' | 'accepted';
export const REVIEW_STATES: readonly ReviewState[] = ['open', 'acknowledged', 'accepted', 'fixed'];

export type ReviewSeverity = 'failure' | 'block' | 'reject' | 'warn' | 'info';

/** A finding with what was last decided about it. Instants are ISO 8601 in UTC. */
export interface ReviewEntry {
  readonly fingerprint: string;
  readonly dataset: string;
  readonly check: string;
  readonly severity: ReviewSeverity;
  readonly subject: string;
  readonly sentence: string;
  /** null where it is about the dataset as a whole, or about a file without bounds. */
  readonly intervalStart: string | null;
  readonly firstKey: string | null;
  readonly lastKey: string | null;
  readonly rows: number;
  /** An acknowledged finding whose date has passed is `open`. */
  readonly state: ReviewState;
  readonly acknowledgedUntil: string | null;
  readonly owner: string | null;
  readonly note: string | null;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  readonly changedBy: string;
  readonly changedAt: string;
}

/** What the check found when it last looked at the interval. */
export interface ReviewEvidence {
  readonly sql: string;
  /** `duckdb`: on the interval's file, with `inspect`. `postgres`: on tables, with `query`. */
  readonly engine: 'duckdb' | 'postgres';
  readonly checkedAt: string;
  readonly runId: string;
  readonly rows: readonly {
    readonly key: string | null;
    readonly value: string | null;
    readonly expectation: string;
  }[];
}

export interface ReviewChange {
  readonly at: string;
  readonly actor: string;
  readonly from: ReviewState | null;
  readonly to: ReviewState | null;
  readonly acknowledgedUntil: string | null;
  readonly owner: string | null;
  readonly note: string | null;
}

export interface ReviewDetail extends ReviewEntry {
  readonly firstRunId: string;
  readonly lastRunId: string;
  /** null for an interval that failed, and where no result is kept. */
  readonly evidence: ReviewEvidence | null;
  /** Newest first. */
  readonly changes: readonly ReviewChange[];
}

export interface ReviewFilter {
  /** Absent: all. */
  readonly datasets?: readonly string[];
  /** Absent: all. */
  readonly state?: ReviewState;
  readonly owner?: string;
  readonly limit: number;
}

export interface ReviewList {
  readonly findings: readonly ReviewEntry[];
  /** Also those beyond the limit. */
  readonly total: number;
}

/** Texts as a person gave them; the store checks them. */
export interface Decision {
  /** `approve` accepts, or acknowledges where `until` is given; `reject` opens it again; `note` changes words alone. */
  readonly action: 'approve' | 'reject' | 'note';
  readonly by: string;
  /** `2026-12-01`, or an instant with offset. */
  readonly until?: string;
  readonly note?: string;
  /** Empty: nobody any more. */
  readonly owner?: string;
  /** Rows that the person saw; another number now is a fault. */
  readonly seenRows?: number;
}

export interface ReviewStore {
  list(filter: ReviewFilter): Promise<ReviewList>;
  /** @param word a fingerprint or its beginning, at least 6 digits; throws Fault `REVIEW_UNKNOWN` or `REVIEW_AMBIGUOUS` */
  show(word: string): Promise<ReviewDetail>;
  /** All or none. Throws Fault `REVIEW_UNKNOWN`, `REVIEW_AMBIGUOUS`, `REVIEW_REFUSED` or `REVIEW_CHANGED`. */
  decide(words: readonly string[], decision: Decision): Promise<readonly ReviewEntry[]>;
}

/** Name of the interval within a subject: `2025` of `2025: 2025-05-01T05:00:00Z`. */
export function placeOfSubject(subject: string): string {
  return subject.split(': ', 1)[0] ?? subject;
}
