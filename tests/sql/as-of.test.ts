/** as_of gives the rows as they were known at an instant: before, between and after revisions and withdrawals. */
import { expect, test } from 'vitest';
import { freshDatabase } from '../support/postgres.ts';

test('rows are known from their load until the load that closed them', async () => {
  const { pool: db } = await freshDatabase();
  await db.query(
    `insert into etl.run (run_id, command, source, started_at, host, process_id, version) values ('r', 'test', 'live', now(), 'h', 1, '0')`,
  );
  await db.query(
    `insert into etl.artifact (dataset, interval_start, sha256, url, bytes, fetched_at, source, run_id)
     values ('d', 'epoch', repeat('0', 64), 'https://example.org/', 1, now(), 'live', 'r')`,
  );
  await db.query(
    `insert into etl.load (run_id, dataset, table_name, interval_start, interval_end, artifact_id, definition_hash, strategy, known_at)
     select 'r', 'd', 'public.ontario_hourly_demand', 'epoch', now(), a.artifact_id, 'x', 'merge', t.known_at
     from etl.artifact a, unnest(array['2025-01-02T00:00Z', '2025-01-03T00:00Z', '2025-01-04T00:00Z']::timestamptz[]) with ordinality as t(known_at, n)
     order by t.n`,
  );
  // Load 1 gave three hours; load 2 revised the first; load 3 revised it again and withdrew the second.
  await db.query(
    `insert into public.ontario_hourly_demand (hour, market_demand_mw, ontario_demand_mw, load_id) values
       ('2025-01-01T00:00Z', 12, 12, 3), ('2025-01-01T02:00Z', 30, 30, 1)`,
  );
  await db.query(
    `insert into history.ontario_hourly_demand (hour, market_demand_mw, ontario_demand_mw, created_at, load_id, closed_by_load_id) values
       ('2025-01-01T00:00Z', 10, 10, '2025-01-02T00:00Z', 1, 2), ('2025-01-01T00:00Z', 11, 11, '2025-01-03T00:00Z', 2, 3),
       ('2025-01-01T01:00Z', 20, 20, '2025-01-02T00:00Z', 1, 3)`,
  );
  const known = async (at: string): Promise<number[]> =>
    (
      await db.query<{ market_demand_mw: number }>(
        `select market_demand_mw from as_of(null::public.ontario_hourly_demand, $1::timestamptz) order by hour`,
        [at],
      )
    ).map(({ market_demand_mw }) => market_demand_mw);

  expect(await known('2025-01-01T23:59:59.999Z')).toEqual([]);
  expect(await known('2025-01-02T00:00Z')).toEqual([10, 20, 30]);
  expect(await known('2025-01-02T23:59Z')).toEqual([10, 20, 30]);
  expect(await known('2025-01-03T00:00Z')).toEqual([11, 20, 30]);
  expect(await known('2025-01-04T00:00Z')).toEqual([12, 30]);
  expect(await known('2030-01-01T00:00Z')).toEqual([12, 30]);
});

test('it works on a table whose history has its columns in another order, and after a column was dropped', async () => {
  const { pool: db } = await freshDatabase();
  await db.query('alter table public.ontario_prices drop column global_adjustment, add column later text');
  await db.query(
    'alter table history.ontario_prices add column later text, drop column hoep, add column hoep double precision',
  );
  expect(await db.query(`select hoep, later from as_of(null::public.ontario_prices, now())`)).toEqual([]);
});
