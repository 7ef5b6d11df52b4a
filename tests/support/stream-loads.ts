/** Loads of streams as the loader writes them: under the lock of the table, with the notice, in one transaction. */
import type { Database } from '../../core/effects.ts';

export interface PutLoad {
  /** Hours of ontario_hourly_demand, by their number since {@link FIRST_HOUR}, and their demand. */
  readonly hours: readonly (readonly [hour: number, demandMw: number])[];
  readonly source?: 'live' | 'samples';
  /** Called in the transaction, before it commits. */
  readonly before?: (loadId: number) => Promise<void>;
  /** false: nobody is told, as if the notice were lost. */
  readonly tell?: boolean;
}

export const FIRST_HOUR: number = Date.parse('2026-01-01T05:00:00Z');
let files = 0;

/** Rows that are there already are revised. @returns the number of the load */
export async function putDemand(
  db: Database,
  { hours, source = 'live', before, tell = true }: PutLoad,
): Promise<number> {
  return db.transaction(async (tx) => {
    await tx.query(`select pg_advisory_xact_lock(hashtextextended('penstock.table.public.ontario_hourly_demand', 0))`);
    const loadId = await putEmptyLoad(tx, 'public.ontario_hourly_demand', 'ieso-demand', source);
    const ats = hours.map(([hour]) => new Date(FIRST_HOUR + hour * 3_600_000).toISOString());
    const demands = hours.map(([, demand]) => demand);
    const closed = await tx.query(
      `delete from public.ontario_hourly_demand where hour = any ($1::timestamptz[]) returning 1`,
      [ats],
    );
    await tx.query(
      `insert into public.ontario_hourly_demand (hour, market_demand_mw, ontario_demand_mw, load_id)
       select at, mw, mw, $3 from unnest($1::timestamptz[], $2::float8[]) r (at, mw)`,
      [ats, demands, loadId],
    );
    await tx.query(
      `update etl.load set rows_read = $2::int, rows_inserted = $2::int - $3::int, rows_revised = $3::int where load_id = $1`,
      [loadId, hours.length, closed.length],
    );
    await tx.query(
      `insert into public.source_health (source_name, status) values ('ieso/ieso-demand', 'healthy') on conflict do nothing`,
    );
    if (tell)
      await tx.query(`select pg_notify('penstock_load', $1)`, [
        JSON.stringify({ table: 'public.ontario_hourly_demand', loadId: String(loadId), dataset: 'ieso-demand' }),
      ]);
    await before?.(loadId);
    return loadId;
  });
}

/** A load without rows, of the year 2026 on the publisher's clock. @returns its number */
export async function putEmptyLoad(
  tx: Database,
  table: string,
  dataset: string,
  source: 'live' | 'samples' = 'live',
): Promise<number> {
  const runId = `run ${source}`;
  await tx.query(
    `insert into etl.run (run_id, command, source, started_at, host, process_id, version) values ($1, 'test', $2, now(), 'test', 1, 'test')
     on conflict do nothing`,
    [runId, source],
  );
  const [row] = await tx.query<{ id: string }>(
    `with artifact as (
       insert into etl.artifact (dataset, interval_start, sha256, url, bytes, fetched_at, source, run_id)
       values ($1, '2026-01-01T05:00:00Z', encode(sha256(convert_to($5, 'UTF8')), 'hex'), 'https://example.org/demand.csv', 1, now(), $3, $4)
       returning artifact_id
     )
     insert into etl.load (run_id, dataset, table_name, interval_start, interval_end, artifact_id, definition_hash, strategy, known_at)
     select $4, $1, $2, '2026-01-01T05:00:00Z', '2027-01-01T05:00:00Z', artifact_id, 'x', 'merge', clock_timestamp() from artifact
     returning load_id::text as id`,
    [dataset, table, source, runId, `${process.pid} ${(files += 1)}`],
  );
  if (row === undefined) throw new Error('no load was written');
  return Number(row.id);
}

/** A verification of a capability in this database; by default it passed a moment ago. */
export async function putVerification(
  db: Database,
  capability: string,
  {
    failed = 0,
    hoursAgo = 0,
    run = `verify ${(files += 1)}`,
  }: { failed?: number; hoursAgo?: number; run?: string } = {},
): Promise<string> {
  await db.query(
    `insert into etl.verification (run_id, capability, base_url, started_at, finished_at, checks_run, checks_failed, version)
     select $1, $2, 'http://127.0.0.1', at, at, 3, $3, 'test' from (select clock_timestamp() - make_interval(secs => $4) as at) t`,
    [run, capability, failed, hoursAgo * 3_600],
  );
  return run;
}

/** The dataset was judged as this, so many hours ago, and fills its stream. */
export async function putJudgement(
  db: Database,
  freshness: 'fresh' | 'stale' | 'ended' | 'unknown',
  { hoursAgo = 0, staleSince = null }: { hoursAgo?: number; staleSince?: string | null } = {},
): Promise<void> {
  await db.query(
    `insert into public.source_health (source_name, status, freshness, stale_since, covered_until, updated_at)
     values ('ieso/ieso-demand', 'healthy', $1, $2, '2026-01-01T05:00:00Z', now() - make_interval(secs => $3))
     on conflict (source_name) do update set freshness = excluded.freshness, stale_since = excluded.stale_since,
       covered_until = excluded.covered_until, updated_at = excluded.updated_at`,
    [freshness, staleSince, hoursAgo * 3_600],
  );
  await db.query(
    `insert into public.stream_health (stream_key, status, metadata) values ('ontario-demand', 'healthy', '{"dataset": "ieso-demand"}')
     on conflict do nothing`,
  );
}

/** The flag of ontario-demand is on, as it comes to be on in earnest. */
export async function openDemandPush(db: Database): Promise<void> {
  await db.query(`insert into etl.setting (name, value) values ('content', 'real') on conflict do nothing`);
  await putJudgement(db, 'fresh');
  await putVerification(db, 'stream.ontario-demand');
  await db.query(
    `insert into public.feature_flags (key, title, description, capability) values ('stream.ontario-demand', 'x', 'x', 'stream.ontario-demand')
     on conflict do nothing`,
  );
  await db.query(`update public.feature_flags set enabled = true where key = 'stream.ontario-demand'`);
}
