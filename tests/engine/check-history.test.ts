import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkHistory } from '../../loaders/postgres/check-history.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';

let db: FreshDatabase;
beforeAll(async () => {
  db = await freshDatabase();
  await db.pool.query(
    `insert into etl.check_result (run_id, dataset, interval_start, interval_end, check_name, severity, result, failing_rows, sql, checked_at)
     select to_char(day, 'YYYYMMDD') || 'T000000Z-aa', 'd', part, part, name, 'warn',
       case when name = 'idle' then 'not checked' when extract(day from day) = 20 and extract(month from part) = 2 then 'found' else 'passed' end,
       case when name <> 'idle' and extract(day from day) = 20 then extract(month from part)::int - 1 else 0 end, '', day
     from generate_series(timestamptz '2026-01-01', '2026-01-30', '1 day') day,
       unnest(array[timestamptz '2020-01-01', '2020-02-01']) part, unnest(array['busy', 'idle']) name`,
  );
});
afterAll(() => db.drop());

test('The history of a check is its newest runs before this one, oldest first, each run once', async () => {
  const history = await checkHistory(db.pool, 'd', '20260125T000000Z-aa', 12);
  const busy = history.get('busy') ?? [];
  expect(busy.map(({ runId }) => runId.slice(6, 8))).toEqual(
    Array.from({ length: 12 }, (_, i) => String(13 + i).padStart(2, '0')),
  );
  expect(busy.find(({ runId }) => runId.startsWith('20260120'))).toEqual({
    runId: '20260120T000000Z-aa',
    at: '2026-01-20T00:00:00Z',
    result: 'found',
    failingRows: 1,
  });
  expect(busy.filter(({ result }) => result === 'passed')).toHaveLength(11);
  expect(new Set(history.get('idle')?.map(({ result }) => result))).toEqual(new Set(['not checked']));
});

test('A dataset without earlier runs has no history', async () => {
  expect(await checkHistory(db.pool, 'other', '20260125T000000Z-aa', 12)).toEqual(new Map());
  expect(await checkHistory(db.pool, 'd', '20260101T000000Z-aa', 12)).toEqual(new Map());
});

test('The older runs of a long history are not read', async () => {
  await db.pool.query(
    `insert into etl.check_result (run_id, dataset, interval_start, interval_end, check_name, severity, result, failing_rows, sql)
     select '2019' || lpad(n::text, 6, '0'), 'd', '2020-01-01', '2020-01-01', 'busy', 'warn', 'passed', 0, '' from generate_series(1, 50000) n`,
  );
  await db.pool.query('analyze etl.check_result');
  const read = async (): Promise<number> => {
    const [row] = await db.pool.query<{ n: number }>(
      `select (idx_tup_read + (select seq_tup_read from pg_stat_all_tables where relid = 'etl.check_result'::regclass))::int as n
       from pg_stat_all_indexes where indexrelname = 'check_result_dataset_run_idx'`,
    );
    return row?.n ?? 0;
  };
  const before = await read();
  await checkHistory(db.pool, 'd', '20260125T000000Z-aa', 12);
  await db.pool.query('select pg_stat_force_next_flush()');
  expect((await read()) - before).toBeLessThan(1_000);
});
