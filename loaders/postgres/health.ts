/** `source_health`: one row per dataset (`ieso/ieso-demand`) and one per publisher (`ieso`), the publisher's being the worst of its datasets. */
import type { Database } from '../../core/effects.ts';
import { toPg } from './instant.ts';

export interface Source {
  readonly publisher: string;
  readonly dataset: string;
}

/** Failures in a row from which a source is `failing` instead of `degraded`. */
const FAILING_FROM = 3;

/**
 * The publisher answered and its data are in place.
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
    await tx.query(
      `insert into public.source_health as h (source_name, last_success, consecutive_failures, notes, status, covered_until, updated_at)
       values ($1, $2, 0, $3, 'healthy', $4, $2)
       on conflict (source_name) do update set
         last_success = greatest(h.last_success, excluded.last_success),
         consecutive_failures = case when $5 then 0 else h.consecutive_failures end,
         notes = case when $5 then excluded.notes else h.notes end,
         status = case when $5 then 'healthy' else h.status end,
         covered_until = greatest(h.covered_until, excluded.covered_until),
         updated_at = greatest(h.updated_at, excluded.updated_at)`,
      [nameOf(source), toPg(at), options.notes, covered, options.clean],
    );
  });
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
