/** Queries of people: they read, whatever they try; errors say where; results come in batches. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readOnly, type ResultColumn, type TextRow } from '../../loaders/postgres/read-only-query.ts';
import { type FreshDatabase, freshDatabase, testServers } from '../support/postgres.ts';

const never = new AbortController().signal;

describe.each(testServers())('on $name', (server) => {
  let database: FreshDatabase;
  beforeAll(async () => {
    database = await freshDatabase(server);
    await database.pool.query(
      `insert into public.ontario_hourly_demand (hour, ontario_demand_mw, load_id) values ('2025-01-01T05:00Z', 14000.5, 1)`,
    );
  });

  async function read(
    sql: string,
    take: (rows: readonly TextRow[]) => boolean = () => true,
  ): Promise<{ columns: readonly ResultColumn[]; batches: (readonly TextRow[])[] }> {
    const batches: (readonly TextRow[])[] = [];
    let seen: readonly ResultColumn[] = [];
    await readOnly(database.pool, { sql, timeoutMs: 0, signal: never }, async (columns, rows) => {
      seen = columns;
      batches.push(rows);
      return take(rows);
    });
    return { columns: seen, batches };
  }

  test.each<[string, string, TextRow[]]>([
    [
      'cells are what PostgreSQL writes, in UTC',
      'select hour, ontario_demand_mw, market_demand_mw from ontario_hourly_demand',
      [['2025-01-01 05:00:00+00', '14000.5', null]],
    ],
    [
      'public, history and etl are seen',
      'select (select count(*) from ontario_prices), (select count(*) from load where load_id > 0), (select count(*) from history.ontario_prices)',
      [['0', '0', '0']],
    ],
    ['a semicolon at the end is fine', 'select 1; ', [['1']]],
    ['comments may stand before the statement', '-- why\n/* and\nso on */ select 1', [['1']]],
    ['values, table, with and show are read', 'values (1), (2)', [['1'], ['2']]],
    ['show', 'show transaction_read_only', [['on']]],
    ['no rows are one empty batch', 'select 1 where false', []],
  ])('%s', async (_name, sql, rows) => {
    expect((await read(sql)).batches).toEqual([rows]);
  });

  test('a large result comes in batches, and the reader may stop', async () => {
    expect((await read('select g from generate_series(1, 5000) g')).batches.map((batch) => batch.length)).toEqual([
      2_000, 2_000, 1_000,
    ]);
    expect((await read('select g from generate_series(1, 5000) g', () => false)).batches).toHaveLength(1);
  });

  test.each<[string, string, string, RegExp]>([
    [
      'an unknown column, with a caret below it',
      'select hour,\n  demand from ontario_hourly_demand',
      'QUERY_FAILED',
      /line 2: {3}demand from ontario_hourly_demand\n {10}\^/,
    ],
    [
      'a column behind characters beyond the first plane',
      "select '🌊🌊', demand",
      'QUERY_FAILED',
      /line 1: select '🌊🌊', demand\n {21}\^/,
    ],
    ['a syntax error of a statement that no cursor takes', 'selec 1', 'QUERY_FAILED', /line 1: selec 1\n {8}\^/],
    [
      'an error that only the last row has',
      'select 1 / (g - 5000) from generate_series(1, 5000) g',
      'QUERY_FAILED',
      /division by zero/,
    ],
    ['a write', 'delete from ontario_hourly_demand', 'QUERY_WOULD_WRITE', /DELETE/],
    [
      'a write in a with',
      'with gone as (delete from ontario_hourly_demand returning 1) select * from gone',
      'QUERY_FAILED',
      /data-modifying/,
    ],
    [
      'a write after an end of the transaction',
      'select 1; commit; delete from ontario_hourly_demand',
      'QUERY_STATEMENTS',
      /more than one/,
    ],
    ['the same without a cursor', 'commit; delete from ontario_hourly_demand', 'QUERY_STATEMENTS', /more than one/],
    [
      'making the transaction writable from inside',
      "select set_config('transaction_read_only', 'off', true)",
      'QUERY_FAILED',
      /read-write/,
    ],
    ['a table', 'create table more (a int)', 'QUERY_WOULD_WRITE', /CREATE TABLE/],
    ['copy', ' copy ontario_hourly_demand to stdout', 'QUERY_COPY', /copy/],
    ['nothing', ' ; ', 'QUERY_EMPTY', /no statement/],
  ])('refused: %s', async (_name, sql, code, what) => {
    await expect(read(sql)).rejects.toMatchObject({ code, kind: 'usage', what: expect.stringMatching(what) });
    expect(await database.pool.query('select count(*)::int as n from public.ontario_hourly_demand')).toEqual([
      { n: 1 },
    ]);
  });

  test('what a statement does to its session stays there', async () => {
    await read('set search_path to nowhere');
    expect((await read('select count(*) from ontario_hourly_demand')).batches).toEqual([[['1']]]);
  });

  test('a statement that takes too long is ended on the server', async () => {
    await expect(
      readOnly(database.pool, { sql: 'select pg_sleep(60)', timeoutMs: 200, signal: never }, async () => true),
    ).rejects.toMatchObject({ code: 'QUERY_TIMEOUT' });
    expect(
      await database.pool.query(
        `select 1 from pg_stat_activity where query like '%pg_sleep%' and state = 'active' and pid <> pg_backend_pid()`,
      ),
    ).toEqual([]);
  });

  afterAll(() => database.drop());
});
