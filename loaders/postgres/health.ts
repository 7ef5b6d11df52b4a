/**
 * `source_health`: one row per dataset (`ieso/ieso-demand`) and one per publisher (`ieso`), the publisher's being the worst of its datasets.
 * What happened writes facts; `derive` alone makes state of them, in the same transaction: the dataset's row, the publisher's, the stream's, alerts.
 */
import type { Database } from '../../core/effects.ts';
import { changeAlerts, queueAlerts } from './alerts.ts';
import {
  type FreshnessState,
  instantOrNull,
  notesOf,
  rollUp,
  type SourceFacts,
  type SourceState,
  stateOf,
  type Status,
} from './health-state.ts';
import { fromPg, toPg } from './instant.ts';
import { deriveStream, type StreamSources } from './stream-health.ts';

export interface Source {
  readonly publisher: string;
  readonly dataset: string;
  /** Failures of intervals that end by this instant do not count any more: nobody can be asked about them. Default: all count. */
  readonly failuresFrom?: number;
  /** The stream that it feeds, with every dataset that does. */
  readonly stream?: StreamSources | undefined;
  /** The run that tells; its alerts name it. */
  readonly runId?: string;
  /**
   * How fresh the dataset is with this newest row. Absent while further intervals of the same run are to come: in the middle of a backfill the
   * newest row is old, and quality of thousands of intervals need not be measured thousands of times. What was known then stays.
   */
  readonly judge?: ((coveredUntil: number | null) => Judged) | undefined;
}

export interface Judged {
  readonly state: FreshnessState;
  readonly staleSince: number | null;
  /** Its rows have an instant: without a newest one there is no row at all. */
  readonly hasInstants: boolean;
}

/**
 * The publisher answered and its data are in place. Failures are forgotten when no other interval of the dataset is failed or blocked in the ledger.
 * @param clean false while this run has a failed interval of the dataset: the failure then stays on the record
 */
export async function recordSuccess(
  db: Database,
  source: Source,
  at: number,
  options: { readonly clean: boolean; readonly coveredUntil: number | null; readonly notes: string },
): Promise<void> {
  const covered =
    options.coveredUntil === null || !Number.isFinite(options.coveredUntil) ? null : toPg(options.coveredUntil);
  await record(db, source, at, async (tx) => {
    const clean = options.clean && !(await hasOpenFailure(tx, source));
    await tx.query(
      `insert into public.source_health as h (source_name, last_success, consecutive_failures, last_answer, status, covered_until, updated_at)
       values ($1, $2, 0, $3, 'unknown', $4, $2)
       on conflict (source_name) do update set
         last_success = greatest(h.last_success, excluded.last_success),
         consecutive_failures = case when $5 then 0 else h.consecutive_failures end,
         last_answer = case when $5 then excluded.last_answer else h.last_answer end,
         next_step = case when $5 then null else h.next_step end,
         status = 'unknown',
         covered_until = greatest(h.covered_until, excluded.covered_until),
         updated_at = greatest(h.updated_at, excluded.updated_at)`,
      [nameOf(source), toPg(at), options.notes, covered, clean],
    );
  });
}

async function hasOpenFailure(db: Database, { dataset, failuresFrom = -Infinity }: Source): Promise<boolean> {
  const [row] = await db.query<{ open: boolean }>(
    `select exists (select from etl.interval where dataset = $1 and status <> 'loaded' and interval_end > $2) as open`,
    [dataset, toPg(failuresFrom)],
  );
  return row?.open === true;
}

/** @param first false when this run has already counted a failure of the dataset */
export async function recordSourceFailure(
  db: Database,
  source: Source,
  at: number,
  options: { readonly first: boolean; readonly notes: string; readonly next?: string | null },
): Promise<void> {
  await record(db, source, at, async (tx) => {
    await tx.query(
      `insert into public.source_health as h (source_name, last_failure, consecutive_failures, last_answer, next_step, status, updated_at)
       values ($1, $2, 1, $3, $6, 'unknown', $2)
       on conflict (source_name) do update set
         last_failure = excluded.last_failure,
         -- An interval that loads before another fails, in every run, must not start the count anew: the ledger knows better.
         consecutive_failures = greatest(h.consecutive_failures + $4,
           (select max(attempts) from etl.interval where dataset = $5 and status <> 'loaded')),
         last_answer = excluded.last_answer, next_step = excluded.next_step, status = 'unknown', updated_at = excluded.updated_at`,
      [nameOf(source), toPg(at), options.notes, options.first ? 1 : 0, source.dataset, options.next ?? null],
    );
  });
}

export async function recordNotConfigured(db: Database, source: Source, at: number, notes: string): Promise<void> {
  await record(db, source, at, async (tx) => {
    await tx.query(
      `insert into public.source_health (source_name, last_answer, next_step, status, updated_at) values ($1, $2, $4, 'not configured', $3)
       on conflict (source_name) do update set last_answer = excluded.last_answer, next_step = excluded.next_step,
         status = 'not configured', updated_at = excluded.updated_at`,
      [nameOf(source), notes, toPg(at), 'npm run pipeline -- doctor'],
    );
  });
}

/** Nothing happened but time, or findings were decided: the state is made anew. A dataset without a row gets one, which says `unknown`. */
export async function refreshSource(db: Database, source: Source, at: number): Promise<void> {
  await record(db, source, at, async (tx) => {
    await tx.query(
      `insert into public.source_health (source_name, status, updated_at) values ($1, 'unknown', $2) on conflict (source_name) do nothing`,
      [nameOf(source), toPg(at)],
    );
  });
}

/** Dataset → start of its newest row, milliseconds since the epoch. */
export async function coveredUntil(db: Database): Promise<Map<string, number>> {
  const rows = await db.query<{ dataset: string; covered: string }>(
    `select split_part(source_name, '/', 2) as dataset, covered_until::text as covered from public.source_health
     where source_name like '%/%' and covered_until is not null`,
  );
  return new Map(rows.map(({ dataset, covered }) => [dataset, fromPg(covered)]));
}

export interface HealthRow {
  readonly source_name: string;
  readonly status: Status;
  readonly last_success: string | null;
  readonly last_failure: string | null;
  readonly consecutive_failures: number;
  readonly covered_until: string | null;
  readonly freshness: FreshnessState;
  readonly stale_since: string | null;
  readonly score: number | null;
  readonly open_findings: number;
  readonly last_answer: string | null;
  readonly next_step: string | null;
  readonly notes: string | null;
}

const COLUMNS = `source_name, status, last_success::text, last_failure::text, consecutive_failures, covered_until::text, freshness,
  stale_since::text, score::float8, open_findings, last_answer, next_step, notes`;

export async function readHealth(db: Database): Promise<HealthRow[]> {
  return db.query<HealthRow>(`select ${COLUMNS} from public.source_health order by source_name`);
}

/** The facts of a row, with what is measured now in place of what was. */
export function factsOf(row: HealthRow, now: Partial<SourceFacts> = {}): SourceFacts {
  return {
    lastSuccess: instantOrNull(row.last_success),
    lastFailure: instantOrNull(row.last_failure),
    failures: row.consecutive_failures,
    coveredUntil: instantOrNull(row.covered_until),
    keyMissing: row.status === 'not configured',
    empty: row.status === 'unknown',
    freshness: row.freshness,
    staleSince: instantOrNull(row.stale_since),
    score: row.score,
    openFindings: row.open_findings,
    answer: row.last_answer,
    next: row.next_step,
    ...now,
  };
}

function nameOf(source: Pick<Source, 'publisher' | 'dataset'>): string {
  return `${source.publisher}/${source.dataset}`;
}

/** Locks are taken in this order by everybody: the dataset's row, the publisher, the stream. */
async function record(db: Database, source: Source, at: number, write: (tx: Database) => Promise<void>): Promise<void> {
  await db.transaction(async (tx) => {
    const [before] = await tx.query<{ status: Status }>(
      'select status from public.source_health where source_name = $1 for update',
      [nameOf(source)],
    );
    await write(tx);
    await derive(tx, source, at, before?.status ?? null);
  });
}

/** The one place that makes state of facts. */
async function derive(tx: Database, source: Source, at: number, before: Status | null): Promise<void> {
  const [row] = await tx.query<HealthRow>(`select ${COLUMNS} from public.source_health where source_name = $1`, [
    nameOf(source),
  ]);
  if (row === undefined) return;
  const own = stateOf(source.publisher, source.dataset, factsOf(row, await measured(tx, source, row)));
  await writeState(tx, own, at);
  // Until the commit: two datasets that load side by side would else each sum up without the other's news, and the later one would win.
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`penstock.health.${source.publisher}`]);
  const all = await tx.query<HealthRow>(
    `select ${COLUMNS} from public.source_health where source_name = $1 or starts_with(source_name, $1 || '/') order by source_name`,
    [source.publisher],
  );
  const datasets = all.filter(({ source_name }) => source_name !== source.publisher);
  const publisher = rollUp(
    source.publisher,
    datasets.map((one) => stateOf(source.publisher, datasetOf(one), factsOf(one))),
  );
  await writeState(tx, publisher, at);
  const publisherBefore = all.find(({ source_name }) => source_name === source.publisher)?.status ?? null;
  const runId = source.runId ?? null;
  await queueAlerts(tx, [
    ...changeAlerts(before, { ...own, id: source.dataset }, runId),
    ...changeAlerts(publisherBefore, { ...publisher, id: source.publisher }, runId),
  ]);
  if (source.stream !== undefined) await deriveStream(tx, source.stream, at);
}

function datasetOf({ source_name }: HealthRow): string {
  return source_name.slice(source_name.indexOf('/') + 1);
}

/** Freshness and quality as they are now; what was known where they are not judged. */
async function measured(tx: Database, { dataset, judge }: Source, row: HealthRow): Promise<Partial<SourceFacts>> {
  if (judge === undefined) return { empty: false };
  const [quality] = await tx.query<{ score: number | null; findings: number }>(
    `select (select score::float8 from etl.dataset_quality where dataset = $1) as score,
       (select count(*)::int from etl.open_finding where dataset = $1) as findings`,
    [dataset],
  );
  const covered = instantOrNull(row.covered_until);
  const { state, staleSince, hasInstants } = judge(covered);
  return {
    freshness: state,
    staleSince,
    empty: hasInstants && covered === null,
    score: quality?.score ?? null,
    openFindings: quality?.findings ?? 0,
  };
}

async function writeState(tx: Database, state: SourceState, at: number): Promise<void> {
  const instant = (value: number | null): string | null => (value === null ? null : toPg(value));
  await tx.query(
    `insert into public.source_health as h (source_name, status, last_success, last_failure, consecutive_failures, covered_until, freshness,
       stale_since, score, open_findings, notes, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     on conflict (source_name) do update set status = excluded.status, last_success = excluded.last_success, last_failure = excluded.last_failure,
       consecutive_failures = excluded.consecutive_failures, covered_until = excluded.covered_until, freshness = excluded.freshness,
       stale_since = excluded.stale_since, score = excluded.score, open_findings = excluded.open_findings, notes = excluded.notes,
       updated_at = greatest(h.updated_at, excluded.updated_at)`,
    [
      state.name,
      state.status,
      instant(state.lastSuccess),
      instant(state.lastFailure),
      state.failures,
      instant(state.coveredUntil),
      state.freshness,
      instant(state.staleSince),
      state.score,
      state.openFindings,
      notesOf(state),
      toPg(at),
    ],
  );
}
