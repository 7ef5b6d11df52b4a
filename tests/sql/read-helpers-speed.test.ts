/** On a table of a million hours the read helpers walk keys: no full scan, and no more rows fetched than the answer needs. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../core/effects.ts';
import type { Pool } from '../../loaders/postgres/database.ts';
import { freshDatabase, testServers } from '../support/postgres.ts';

const HOURS = 1_000_000;
const BIG = ['ontario_hourly_demand', 'alberta_grid_prices', 'ontario_generation_by_fuel'];

/** A question, and the most rows that it may fetch from the big tables. */
const QUESTIONS: readonly (readonly [sql: string, rows: number])[] = [
  ['select * from public.latest_demand', 10],
  [`select public.stream_provenance('ontario-demand')`, 10],
  [`select public.stream_provenance('aeso-grid-data')`, 10],
  [
    `select * from public.stream_ontario_demand where datetime > '1914-01-01T00:00Z' order by datetime limit 1000`,
    1_010,
  ],
  ['select * from public.stream_ontario_demand order by datetime desc limit 100', 110],
  [`select * from public.demand_observations where province = 'ON' order by observed_at desc limit 24`, 40],
  ['select * from public.demand_observations order by observed_at desc limit 24', 60],
  [
    `select * from public.demand_observations where observed_at >= '1915-01-01T00:00Z' and observed_at < '1915-01-02T00:00Z'`,
    60,
  ],
  [
    `select * from public.energy_observations where observed_at >= '1915-01-01T00:00Z' and observed_at < '1915-01-02T00:00Z'`,
    60,
  ],
  [`select public.trends('30d')`, 30 * 24 + 10],
  ['select public.national_overview()', 10],
  [`select public.provincial_metrics('ON', 365)`, 40],
  [`select * from public.series_as_of('ontario_hourly_demand', now(), '1915-01-01T00:00Z', '1915-01-02T00:00Z')`, 30],
  [`select * from public.series_as_of('ontario_hourly_demand', now(), max_rows => 5000)`, 5_010],
  [`select * from public.series_as_of('ontario_hourly_demand', now(), '1915-01-01T00:00Z', max_rows => 100)`, 110],
];

/** What this connection did to the big tables, inside functions too; it counts on from one transaction to the next. */
async function work(tx: Database): Promise<{ readonly scans: number; readonly rows: number }> {
  const [done] = await tx.query<{ scans: number; rows: number }>(
    `select sum(seq_scan)::int as scans, sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as rows from pg_stat_xact_user_tables
     where schemaname = 'public' and relname = any ($1)`,
    [BIG],
  );
  if (done === undefined) throw new Error('no figures');
  return done;
}

// A million on the newest server; a tenth shows whether the oldest plans the same.
describe.each(testServers().map((server, i) => ({ ...server, hours: i === 0 ? HOURS : HOURS / 10 })))(
  'on $name',
  ({ hours, ...server }) => {
    let db: Pool;
    beforeAll(async () => {
      db = (await freshDatabase(server)).pool;
      await db.query(
        `insert into etl.run (run_id, command, source, started_at, host, process_id, version) values ('r', 'test', 'adopted', now(), 'h', 1, '0')`,
      );
      await db.query(
        `insert into etl.load (load_id, run_id, dataset, table_name, interval_start, interval_end, strategy, known_at) overriding system value
       select n, 'r', 'adopted', 'public.ontario_hourly_demand', '-infinity', 'infinity', 'adopted', now() from generate_series(1001, 1100) n`,
      );
      const hour = `timestamptz '1912-11-01T00:00Z' + make_interval(hours => h)`;
      await db.query(
        `insert into public.ontario_hourly_demand (hour, market_demand_mw, ontario_demand_mw, load_id) select ${hour}, 1, 1, 1001 + h % 100 from generate_series(1, ${hours}) h`,
      );
      await db.query(
        `insert into public.alberta_grid_prices (timestamp, market_demand_mw, data_source, load_id) select ${hour}, 1, 'x', 1001 from generate_series(1, ${hours / 10}) h`,
      );
      await db.query(
        `insert into public.ontario_generation_by_fuel (hour, fuel, output_mw, load_id) select ${hour}, 'GAS', 1, 1001 from generate_series(1, ${hours / 2}) h`,
      );
      await db.query(
        'analyze public.ontario_hourly_demand, public.alberta_grid_prices, public.ontario_generation_by_fuel, etl.load',
      );
    });

    test.each(QUESTIONS)('%s', async (sql, rows) => {
      const seen = await db.transaction(async (tx) => {
        const before = await work(tx);
        await tx.query('set local role anon');
        await tx.query(sql);
        await tx.query('reset role');
        const after = await work(tx);
        return { scans: after.scans - before.scans, rows: after.rows - before.rows };
      });
      expect(seen.scans).toBe(0);
      expect(seen.rows).toBeLessThanOrEqual(rows);
    });

    test('the figures see a full scan when there is one', async () => {
      const rows = await db.transaction(async (tx) => {
        const before = await work(tx);
        await tx.query(`select count(*) from public.stream_ontario_demand where hour_ending = 1`);
        return (await work(tx)).rows - before.rows;
      });
      expect(rows).toBe(hours);
    });
  },
);
