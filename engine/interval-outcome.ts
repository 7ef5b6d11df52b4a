/** What a dataset's run is given and what becomes of each interval. */
import type { Fault, FaultJson } from '../core/errors.ts';
import type { Source } from '../loaders/postgres/health.ts';
import type { LeaseHolder } from '../loaders/postgres/lease.ts';
import type { LoadResult } from '../loaders/postgres/load.ts';
import { NO_ROWS, type Outcome, type RowCounts } from '../reports/model.ts';
import type { HubCommits } from '../loaders/source/hub-commit.ts';
import type { ShapeChange } from '../transforms/shape.ts';
import type { Definition } from './definition.ts';
import type { Planned } from './plan.ts';
import type { Faulty, Ready, Settled } from './prepare.ts';

/** What became of one interval. */
export interface IntervalOutcome {
  readonly planned: Planned;
  readonly outcome: Outcome;
  readonly strategy: 'append' | 'merge' | null;
  readonly rows: RowCounts;
  readonly artifact: Ready['artifact'] | Settled['artifact'];
  readonly checks: Ready['checks'];
  readonly coverage: Ready['coverage'];
  readonly schemaChanges: readonly ShapeChange[];
  readonly revisions: LoadResult['revisions'];
  readonly quarantined: LoadResult['quarantined'];
  readonly timingsMs: Readonly<Record<string, number>>;
  readonly error: FaultJson | null;
  readonly note: string | null;
}

export interface DatasetJob {
  readonly definition: Definition;
  readonly planned: readonly Planned[];
  readonly runId: string;
  readonly leases: LeaseHolder;
  /** How many intervals are prepared while one loads. */
  readonly ahead: number;
  /** Folder for work files; its own of this run. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** What the Hugging Face Hub has said in this run. */
  readonly commits: HubCommits;
  /** The dataset as its health is recorded. */
  readonly health: Source;
  /** No further interval of the dataset follows in this run. */
  readonly last?: boolean;
}

/** One interval before its load. */
export type Prepared = {
  readonly planned: Planned;
  readonly folder: string;
  readonly leased: boolean;
  readonly result: Ready | Settled | Faulty | { readonly kind: 'busy'; readonly holder: string } | Fault;
};

/** Freshness and quality are judged with the last interval: before it the newest rows may still be to come. */
export function sourceOf({ health, last = false }: DatasetJob): Source {
  return last ? health : { ...health, judge: undefined };
}

/** The outcome of an interval that moved nothing. */
export function nothing(planned: Planned, outcome: Outcome): IntervalOutcome {
  return {
    planned,
    outcome,
    strategy: null,
    rows: NO_ROWS,
    artifact: null,
    checks: [],
    coverage: [],
    schemaChanges: [],
    revisions: [],
    quarantined: [],
    timingsMs: {},
    error: null,
    note: null,
  };
}

/**
 * The outcome as it is kept until the report: of a check that passed only the first interval keeps its SQL, and all others share one object. A year of
 * hourly files would else hold hundreds of megabytes of texts that nobody reads.
 */
export function kept(
  outcome: IntervalOutcome,
  passed: Map<string, IntervalOutcome['checks'][number]>,
): IntervalOutcome {
  const checks = outcome.checks.map((check) => {
    if (check.failingRows > 0) return check;
    const known = passed.get(check.name);
    if (known !== undefined) return known;
    passed.set(check.name, { ...check, sql: '' });
    return check;
  });
  return { ...outcome, checks };
}
