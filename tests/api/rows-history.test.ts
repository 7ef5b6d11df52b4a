/** The past over HTTP: which series there are, pages of them, and what was known at an instant. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../serve/support.ts';
import { type RunningApi, startApi } from '../support/api.ts';
import { loadOf } from '../support/lineage.ts';
import { type FreshDatabase, freshDatabase, testServers } from '../support/postgres.ts';
import { putDemand, putGeneration, putPrices, type StreamBody, walk } from './rows-support.ts';

interface HistoryBody {
  readonly rows: readonly Record<string, unknown>[];
  readonly next_cursor: string | null;
  readonly metadata: Record<string, unknown>;
  readonly provenance: Record<string, unknown>;
}

describe.each(testServers())('on $name', (server) => {
  let db: FreshDatabase;
  let api: RunningApi;
  beforeAll(async () => {
    db = await freshDatabase(server);
    await putDemand(db.pool, 300);
    await putGeneration(db.pool, 12);
    await putPrices(db.pool, 6, 5);
    api = await startApi({ url: db.url });
  });
  afterAll(() => api.stop());

  const get = async (path: string): Promise<HistoryBody> => {
    const answer = await ask(api.url, path);
    expect(`${path} ${answer.status}`).toBe(`${path} 200`);
    return answer.json<HistoryBody>();
  };
  const refused = async (path: string) => {
    const { status, json } = await ask(api.url, path);
    return { status, ...json() };
  };
  const all = async (path: string): Promise<unknown[]> =>
    (await walk(api.url, path)).flatMap((page: StreamBody) => page.rows);
  const truth = async (table: string, order: string): Promise<object[]> =>
    (await db.pool.query<{ row: object }>(`select to_jsonb(r) as row from public.${table} r order by ${order}`)).map(
      ({ row }) => row,
    );

  test('every public series with history answers, with all its columns, in the order of its key', async () => {
    const tables = await db.pool.query<{ name: string; key: string }>(
      `select table_name as name, array_to_string(key_columns, ', ') as key from public.series_tables()`,
    );
    expect(tables.length).toBeGreaterThan(25);
    for (const { name, key } of tables)
      expect((await get(`/api/historical/${name}`)).rows).toEqual((await truth(name, key)).slice(0, 100));
  });

  test('all pages of a table are its rows, forwards and backwards, behind three paths', async () => {
    const key = 'period, date, province_code, producer, generation_type, source';
    const rows = await truth('provincial_generation', key);
    expect(await all('/api/historical/provincial_generation?limit=7')).toEqual(rows);
    expect(await all('/functions/v1/historical/provincial_generation?limit=100')).toEqual(rows);
    expect(await all('/historical/provincial_generation?limit=31&order=desc')).toEqual(rows.toReversed());
  });

  test('a stream answers by its key with the rows of the stream, a table by its name with its own', async () => {
    const stream = await get('/api/historical/ontario-demand?limit=2');
    expect(stream.rows).toEqual((await ask(api.url, '/stream-ontario-demand?limit=2')).json<HistoryBody>().rows);
    expect(stream.metadata).toMatchObject({ dataset: 'ontario-demand', table: 'ontario_hourly_demand' });
    expect((await get('/api/historical/ontario_demand?limit=2')).rows).toEqual(stream.rows);
    // HOEP, and no nodal prices.
    expect((await get('/api/historical/ontario_prices')).metadata).toMatchObject({ dataset: 'ontario_prices' });
    expect((await get('/api/historical/ontario-prices')).metadata).toMatchObject({ table: 'ontario_nodal_prices' });
  });

  test('a page is 100 rows, and 5000 at most', async () => {
    expect((await get('/api/historical/ontario_hourly_demand')).metadata).toMatchObject({
      limit: 100,
      returned: 100,
      hasMore: true,
      offset: 0,
      asOf: null,
    });
    expect((await get('/api/historical/ontario_hourly_demand?limit=1e9')).metadata).toMatchObject({
      limit: 5_000,
      returned: 300,
    });
  });

  test('what is no public series is 404 with names that are near: internal tables, views, injections', async () => {
    expect(await refused('/api/historical/ontario_hourly_demnad')).toMatchObject({
      status: 404,
      code: 'DATA_UNKNOWN',
      next: expect.stringContaining('ontario_hourly_demand') as string,
    });
    for (const name of [
      'load',
      'etl.load',
      'llm_call_log',
      'history.ontario_prices',
      'latest_demand',
      'pg_authid',
      'x"; drop table etl.load; --',
      '%00',
      '..%2f..%2fetc',
    ])
      expect(await refused(`/api/historical/${encodeURIComponent(decodeURIComponent(name))}`)).toMatchObject({
        status: 404,
        code: 'DATA_UNKNOWN',
      });
  });

  test('a question without sense is 400: time of rows that have none, earlier versions of a stream, a range that ends before it begins', async () => {
    for (const path of [
      'data_sources?from=2025-01-01',
      'ontario-demand?as_of=2025-01-01',
      'ontario_hourly_demand?from=2025-01-02&to=2025-01-01',
      'ontario_hourly_demand?as_of=yesterday',
      'ontario_hourly_demand?limit=0',
      'ontario_hourly_demand?order=up',
    ])
      expect(`${path}: ${(await refused(`/api/historical/${path}`)).status}`).toBe(`${path}: 400`);
    expect(await refused('/api/historical/ontario-demand?as_of=2025-01-01')).toMatchObject({
      next: expect.stringContaining('ontario_hourly_demand') as string,
    });
  });

  test('a page says where its own rows are from, and samples among them are seen', async () => {
    const samples = await loadOf(db.pool, 'ontario_hourly_demand', 'samples');
    await db.pool.query(
      `insert into public.ontario_hourly_demand (hour, ontario_demand_mw, load_id) values ('2031-01-01T00:00Z', 1, $1)`,
      [samples],
    );
    const real = await get('/api/historical/ontario_hourly_demand?limit=10');
    expect(real.provenance).toMatchObject({
      source: 'ieso',
      is_fallback: false,
      last_updated: '2024-01-01T14:00:00+00:00',
    });
    expect(real.metadata).toMatchObject({ usingSampleData: false });
    const mixed = await ask(api.url, '/api/historical/ontario_hourly_demand?limit=10&order=desc');
    expect(mixed.json<HistoryBody>()).toMatchObject({
      provenance: { source: 'ieso, sample:ieso', is_fallback: true, freshness_status: 'demo' },
      metadata: { usingSampleData: true },
    });
    expect(mixed.headers['x-penstock-freshness']).toBe('demo');
    const none = await get('/api/historical/ontario_hourly_demand?from=2040-01-01');
    expect(none).toMatchObject({
      rows: [],
      next_cursor: null,
      provenance: { source: null, freshness_status: 'unknown' },
    });
    await db.pool.query(`delete from public.ontario_hourly_demand where hour = '2031-01-01T00:00Z'`);
  });

  describe('as_of', () => {
    const TABLE = '/api/historical/ontario_generation_by_fuel';
    const known = async (at: string): Promise<string> => {
      const load = await loadOf(db.pool, 'ontario_generation_by_fuel');
      await db.pool.query('update etl.load set known_at = $2 where load_id = $1', [load, at]);
      return load;
    };

    beforeAll(async () => {
      const [first, second] = [await known('2025-01-01T00:00Z'), await known('2025-02-01T00:00Z')];
      const columns = 'hour, fuel, output_mw, output_quality, created_at, load_id';
      // 60 rows of the first load; the second revised every third and withdrew every seventh.
      await db.pool.query(
        `with first as (
           select timestamptz '2024-06-01T00:00Z' + make_interval(hours => h) as hour, fuel, h::float8 as output_mw, h,
             dense_rank() over (order by h, fuel) as n
           from generate_series(1, 20) h, unnest(array['GAS', 'HYDRO', 'WIND']) fuel
         ), closed as (
           insert into history.ontario_generation_by_fuel (${columns}, closed_by_load_id)
           select hour, fuel, output_mw, 0, now(), $1::bigint, $2::bigint from first where n % 3 = 0 or n % 7 = 0
         )
         insert into public.ontario_generation_by_fuel (${columns})
         select hour, fuel, output_mw + case when n % 3 = 0 then 1000 else 0 end, 0, now(), case when n % 3 = 0 then $2::bigint else $1::bigint end
         from first where n % 7 <> 0 or n % 3 = 0`,
        [first, second],
      );
    });

    const believed = async (at: string): Promise<unknown[]> =>
      (
        await db.pool.query<{ row: unknown }>(
          `select s as row from public.series_as_of('ontario_generation_by_fuel', $1, max_rows => 5000) s`,
          [at],
        )
      ).map(({ row }) => row);

    test.each(['2024-12-31T00:00:00Z', '2025-01-15T00:00:00Z', '2025-03-01T00:00:00Z'])(
      'all pages are what was known at %s, as series_as_of says it, in both orders',
      async (at) => {
        const rows = await believed(at);
        for (const limit of [7, 100]) {
          expect(await all(`${TABLE}?limit=${limit}&as_of=${at}`)).toEqual(rows);
          expect(await all(`${TABLE}?limit=${limit}&as_of=${at}&order=desc`)).toEqual(rows.toReversed());
        }
      },
    );

    test('the instants differ, so the test sees something', async () => {
      const [before, between, after] = await Promise.all(['2024-12-31', '2025-01-15', '2025-03-01'].map(believed));
      expect([before?.length, between?.length, after?.length]).toEqual([0, 60, 54]);
      expect(await all(`${TABLE}?limit=100`)).toEqual(after);
    });

    test('range and offset count as for rows of now', async () => {
      const rows = await believed('2025-01-15');
      const path = `${TABLE}?as_of=2025-01-15&from=2024-06-01T03:00:00Z&to=2024-06-01T05:00:00Z`;
      expect(await all(`${path}&limit=4`)).toEqual(rows.slice(6, 12));
      expect((await get(`${TABLE}?as_of=2025-01-15&offset=50&limit=5`)).rows).toEqual(rows.slice(50, 55));
    });

    test('a cursor belongs to its instant', async () => {
      const { next_cursor: cursor } = await get(`${TABLE}?as_of=2025-01-15&limit=5`);
      expect(await refused(`${TABLE}?limit=5&cursor=${cursor}`)).toMatchObject({ status: 400, code: 'CURSOR_INVALID' });
      expect(await refused(`${TABLE}?as_of=2025-03-01&limit=5&cursor=${cursor}`)).toMatchObject({
        code: 'CURSOR_INVALID',
      });
    });

    test('a page of the past walks keys: it does not read the table', async () => {
      const { pool } = await freshDatabase(server);
      await putDemand(pool, 20_000);
      await pool.query('vacuum analyze');
      const work = await pool.transaction(async (tx) => {
        const read = async (): Promise<number> =>
          (
            await tx.query<{ rows: number }>(
              `select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as rows from pg_stat_xact_user_tables where relname = 'ontario_hourly_demand'`,
            )
          )[0]?.rows ?? 0;
        const before = await read();
        await tx.query(
          `select * from public.series_page(null::public.ontario_hourly_demand, now(), after_key => '{2024-01-03T00:00Z}', max_rows => 20)`,
        );
        return (await read()) - before;
      });
      expect(work).toBeGreaterThanOrEqual(20);
      expect(work).toBeLessThan(60);
    });

    test('anybody may ask the functions, which give nothing but public series', async () => {
      await db.pool.transaction(async (tx) => {
        await tx.query('set local role anon');
        for (const [question, code] of [
          ['public.series_page(null::public.llm_call_log, now())', 'PT404'],
          ['public.series_page(null::etl.load, now())', '42501'],
          [`public.series_page('x'::text, now())`, 'PT404'],
          ['public.series_page(null::public.ontario_prices, null)', 'PT400'],
          ['public.series_page(null::public.ontario_prices, now(), max_rows => 50001)', 'PT400'],
          [`public.series_page(null::public.ontario_prices, now(), after_key => '{a,b}')`, 'PT400'],
          ['public.series_extent(null::public.ontario_prices, now(), at_most => 0)', 'PT400'],
          [`etl.series_sql(1, false, false, 0, false, '1')`, '42501'],
        ] as const) {
          const said = await tx
            .transaction((inner) => inner.query(`select * from ${question}`))
            .then(
              () => 'not refused',
              (error: { code?: string }) => error.code,
            );
          expect(`${question} ${said}`).toBe(`${question} ${code}`);
        }
      });
    });
  });
});
