/** `source_health`: one row per dataset (`ieso/ieso-demand`) and one per publisher (`ieso`), the publisher's being the worst of its datasets. */
import type { Database } from '../../core/effects.ts';
import { fromPg, toPg } from './instant.ts';

export interface Source {
  readonly publisher: string;
  readonly dataset: string;
  /** Failures of intervals that end by this instant do not count any more: nobody can be asked about them. Default: all count. */
  readonly failuresFrom?: number;
}

/** Failures in a row from which a source is `failing` instead of `degraded`. */
const FAILING_FROM = 3;

/**
 * The publisher answered and its data are in place. The dataset is healthy when no other interval of it is failed or blocked in the ledger.
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
  await withRollUp(db, source, at, async (tx) => {
    const clean = options.clean && !(await hasOpenFailure(tx, source));
    await tx.query(
      `insert into public.source_health as h (source_name, last_success, consecutive_failures, notes, status, covered_until, updated_at)
       values ($1, $2, 0, $3, case when $5 then 'healthy' else 'degraded' end, $4, $2)
       on conflict (source_name) do update set
         last_success = greatest(h.last_success, excluded.last_success),
         consecutive_failures = case when $5 then 0 else h.consecutive_failures end,
         notes = case when $5 then excluded.notes else h.notes end,
         status = case when $5 then 'healthy' when h.status = 'failing' then 'failing' else 'degraded' end,
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

/** The newest row is older than the definition allows: a healthy dataset is then degraded, until it answers with newer rows. */
export async function recordStale(db: Database, source: Source, at: number, notes: string): Promise<void> {
  await withRollUp(db, source, at, async (tx) => {
    await tx.query(
      `update public.source_health set status = 'degraded', notes = $2, updated_at = greatest(updated_at, $3)
       where source_name = $1 and status = 'healthy'`,
      [nameOf(source), notes, toPg(at)],
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

/** @param first false when this run has already counted a failure of the dataset */
export async function recordSourceFailure(
  db: Database,
  source: Source,
  at: number,
  options: { readonly first: boolean; readonly notes: string },
): Promise<void> {
  // An interval that loads before another fails, in every run, must not start the count anew: the ledger knows better.
  const failures = `greatest(h.consecutive_failures + $4,
    (select max(attempts) from etl.interval where dataset = $6 and status <> 'loaded'))`;
  await withRollUp(db, source, at, async (tx) => {
    await tx.query(
      `insert into public.source_health as h (source_name, last_failure, consecutive_failures, notes, status, updated_at)
       values ($1, $2, 1, $3, 'degraded', $2)
       on conflict (source_name) do update set
         last_failure = excluded.last_failure,
         consecutive_failures = ${failures},
         notes = excluded.notes,
         status = case when ${failures} >= $5 then 'failing' else 'degraded' end,
         updated_at = excluded.updated_at`,
      [nameOf(source), toPg(at), options.notes, options.first ? 1 : 0, FAILING_FROM, source.dataset],
    );
  });
}

export async function recordNotConfigured(db: Database, source: Source, at: number, notes: string): Promise<void> {
  await withRollUp(db, source, at, async (tx) => {
    await tx.query(
      `insert into public.source_health (source_name, notes, status, updated_at) values ($1, $2, 'not configured', $3)
       on conflict (source_name) do update set notes = excluded.notes, status = 'not configured', updated_at = excluded.updated_at`,
      [nameOf(source), notes, toPg(at)],
    );
  });
}

export interface HealthRow {
  readonly source_name: string;
  readonly status: 'healthy' | 'degraded' | 'failing' | 'unknown' | 'not configured';
  readonly last_success: string | null;
  readonly last_failure: string | null;
  readonly consecutive_failures: number;
  readonly covered_until: string | null;
  readonly notes: string | null;
}

export async function readHealth(db: Database): Promise<HealthRow[]> {
  return db.query<HealthRow>(
    `select source_name, status, last_success::text, last_failure::text, consecutive_failures, covered_until::text, notes
     from public.source_health order by source_name`,
  );
}

function nameOf(source: Source): string {
  return `${source.publisher}/${source.dataset}`;
}

/**
 * The publisher's row is summed up under a lock that lasts until the commit: two datasets that load side by side would otherwise
 * each sum up without the other's news, and the later one would win.
 */
async function withRollUp(
  db: Database,
  source: Source,
  at: number,
  write: (tx: Database) => Promise<void>,
): Promise<void> {
  await db.transaction(async (tx) => {
    await write(tx);
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`penstock.health.${source.publisher}`]);
    await rollUp(tx, source.publisher, at);
  });
}

async function rollUp(db: Database, publisher: string, at: number): Promise<void> {
  await db.query(
    `insert into public.source_health (source_name, last_success, last_failure, consecutive_failures, notes, status, covered_until, updated_at)
     select $1, max(last_success), max(last_failure), max(consecutive_failures),
       coalesce(string_agg(substr(source_name, length($1) + 2) || ': ' || notes, '; ' order by source_name) filter (where status <> 'healthy'),
         'all datasets are healthy'),
       (array_agg(status order by array_position(array['failing', 'degraded', 'not configured', 'unknown', 'healthy'], status)))[1],
       min(covered_until), $2
     from public.source_health where starts_with(source_name, $1 || '/')
     on conflict (source_name) do update set
       last_success = excluded.last_success, last_failure = excluded.last_failure, consecutive_failures = excluded.consecutive_failures,
       notes = excluded.notes, status = excluded.status, covered_until = excluded.covered_until, updated_at = excluded.updated_at`,
    [publisher, toPg(at)],
  );
}
