/** Walking all pages while rows arrive, and what a page costs: the key is walked, nothing is sorted. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { STREAM_KEYS } from '../../core/flags.ts';
import { createSeriesCatalog, type SeriesCatalog } from '../../serve/rows/catalog.ts';
import { type PageAsk, pageStatement } from '../../serve/rows/select.ts';
import { type RunningApi, startApi } from '../support/api.ts';
import { type FreshDatabase, freshDatabase, testServers } from '../support/postgres.ts';
import { putAlberta, putDemand, putGeneration, putMeters, putPrices, walk } from './rows-support.ts';

describe('while a loader writes', () => {
  let db: FreshDatabase;
  let api: RunningApi;
  beforeAll(async () => {
    db = await freshDatabase();
    await putDemand(db.pool, 400);
    await putMeters(db.pool, 120, 3);
    api = await startApi({ url: db.url });
  });
  afterAll(() => api.stop());

  test.each(['asc', 'desc'])('each row that was there at the start comes once, %s', async (order) => {
    const keysOf = (rows: readonly Record<string, unknown>[]): string[] =>
      rows.map((row) => `${String(row['datetime'])} ${String(row['household_id'])}`);
    const atStart = await db.pool.query<{ key: string }>(
      `select to_jsonb(datetime)#>>'{}' || ' ' || household_id as key from public.stream_hf_electricity_demand`,
    );
    // Before all rows, between them, at the very place of the reader, and after all.
    const write = async (page: number): Promise<void> => {
      await db.pool.query(
        `insert into public.hf_electricity_demand (datetime, household_id, electricity_demand, location, day_of_week, hour, load_id)
         select at, 'new-' || $2 || '-' || $1::int, 1, 'x', 0, 0, 1
         from (select timestamptz '2010-01-01T00:00Z' union all select timestamptz '2030-01-01T00:00Z'
           union all select datetime from public.hf_electricity_demand where household_id = 'meter-2') t (at)
         on conflict do nothing`,
        [page, order],
      );
      // A revision writes the row anew.
      await db.pool.query(
        `update public.hf_electricity_demand set electricity_demand = $1 where household_id = 'meter-1'`,
        [page],
      );
    };
    let writes = 0;
    const pages = await walk(api.url, `/stream-hf-electricity-demand?limit=37&order=${order}`, async (page) => {
      if (page > 12) return;
      writes += 1;
      await write(page);
    });
    expect(writes).toBeGreaterThan(5);
    const seen = keysOf(pages.flatMap(({ rows }) => rows));
    expect(new Set(seen).size).toBe(seen.length);
    expect(atStart.map(({ key }) => key).filter((key) => !seen.includes(key))).toEqual([]);
    expect(seen.length).toBeGreaterThan(atStart.length);
    expect(pages.map(({ metadata }) => metadata.offset)).toEqual(pages.map((_, i) => i * 37));
  });

  test('a writer that does not wait for the reader changes nothing of that', async () => {
    const before = await db.pool.query<{ at: string }>(
      `select to_jsonb(datetime)#>>'{}' as at from public.stream_ontario_demand order by datetime`,
    );
    const ending = new AbortController();
    const writer = (async () => {
      for (let n = 0; !ending.signal.aborted; n += 1)
        await db.pool.query(
          `insert into public.ontario_hourly_demand (hour, ontario_demand_mw, load_id)
           values (timestamptz '2024-01-01T05:00Z' + make_interval(mins => (random() * 24000)::int), $1, 1),
             (timestamptz '2000-01-01T00:00Z' + make_interval(mins => $2), $1, 1) on conflict do nothing`,
          [n, n],
        );
      return true;
    })();
    const pages = await walk(api.url, '/stream-ontario-demand?limit=20');
    ending.abort();
    expect(await writer).toBe(true);
    const seen = pages.flatMap(({ rows }) => rows.map((row) => row['datetime']));
    expect(new Set(seen).size).toBe(seen.length);
    expect(before.filter(({ at }) => !seen.includes(at))).toEqual([]);
    expect([...seen].sort()).toEqual(seen);
  });
});

interface Plan {
  readonly 'Node Type': string;
  readonly Plans?: readonly Plan[];
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
}

const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];

describe.each(testServers())('on $name', (server) => {
  let db: FreshDatabase;
  let catalog: SeriesCatalog;
  beforeAll(async () => {
    db = await freshDatabase(server);
    await putDemand(db.pool, 20_000);
    await putGeneration(db.pool, 3_000);
    await putPrices(db.pool, 1_000, 12);
    await putMeters(db.pool, 3_000, 7);
    await putAlberta(db.pool, 20_000);
    await db.pool.query('vacuum analyze');
    catalog = createSeriesCatalog(db.pool, { now: () => Date.now() });
  });

  const tables = [
    'ontario_hourly_demand',
    'ontario_nodal_prices',
    'hf_electricity_demand',
    'provincial_generation',
    'grid_status',
  ];
  const asks: readonly Omit<PageAsk, 'order'>[] = [
    { limit: 100 },
    { limit: 1_000, from: '2013-06-05', to: '2200-01-01' },
  ];

  test.each([...STREAM_KEYS, ...tables])(
    'a page of %s walks an index and sorts nothing, wherever it begins',
    async (name) => {
      const { source } = await catalog.find(name);
      for (const order of ['asc', 'desc'] as const)
        for (const ask of asks) {
          const first = pageStatement(source, { ...ask, order });
          const rows = await db.pool.query<Record<string, string>>(first.text, first.params);
          const middle = rows[Math.floor(rows.length / 2)] ?? {};
          const after = source.key.map((column) => middle[column.name] ?? '');
          for (const place of [{}, { after }]) {
            const { text, params } = pageStatement(source, { ...ask, ...place, order });
            const [plan] = await db.pool.query<{ 'QUERY PLAN': readonly [{ readonly Plan: Plan }] }>(
              `explain (analyze, format json) ${text}`,
              params,
            );
            const steps = plan === undefined ? [] : nodes(plan['QUERY PLAN'][0].Plan);
            const kinds = steps.map((step) => step['Node Type']);
            const where = `${name} ${order} ${JSON.stringify(ask)} ${JSON.stringify(place)}`;
            expect({ where, sorts: kinds.filter((kind) => kind.includes('Sort')) }).toEqual({ where, sorts: [] });
            expect({ where, index: kinds.some((kind) => kind.startsWith('Index')) }).toEqual({ where, index: true });
            // Not more is read than the page and what its view leaves out.
            const most = Math.max(...steps.map((step) => (step['Actual Rows'] ?? 0) * (step['Actual Loops'] ?? 0)));
            expect(most).toBeLessThan(5 * (ask.limit + 1));
          }
        }
    },
  );
});
