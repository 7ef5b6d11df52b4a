/** Streams in pages over HTTP: their frames, their order, what may be asked; and manifests that say what the rows have. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { STREAM_KEYS, type StreamKey } from '../../core/flags.ts';
import { pageSchema, snapshotSchema } from '../../serve/rows/stream-page.ts';
import { streamPaths } from '../../serve/rows/stream-paths.ts';
import { STREAMS } from '../../serve/rows/streams.ts';
import { ask } from '../serve/support.ts';
import { type RunningApi, startApi } from '../support/api.ts';
import { loadOf } from '../support/lineage.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import {
  putAlberta,
  putDemand,
  putGeneration,
  putManifest,
  putMeters,
  putPrices,
  type StreamBody,
  walk,
} from './rows-support.ts';

let db: FreshDatabase;
let api: RunningApi;
beforeAll(async () => {
  db = await freshDatabase();
  await putManifest(db.pool);
  await putDemand(db.pool, 250);
  await putGeneration(db.pool, 30);
  await putPrices(db.pool, 20, 7);
  await putMeters(db.pool, 40, 4);
  await putAlberta(db.pool, 130);
  await db.pool.query('analyze');
  api = await startApi({ url: db.url });
});
afterAll(() => api.stop());

const get = async (path: string): Promise<StreamBody> => {
  const answer = await ask(api.url, path);
  expect(`${path} ${answer.status}`).toBe(`${path} 200`);
  return answer.json<StreamBody>();
};
const refused = async (path: string) => {
  const { status, json } = await ask(api.url, path);
  return { status, ...json() };
};
/** What PostgreSQL itself says, in the order of the key. */
const truth = async (stream: StreamKey): Promise<object[]> => {
  const { view, key } = STREAMS[stream];
  const rows = await db.pool.query<{ row: object }>(
    `select to_jsonb(r) as row from public.${view} r order by ${key.join(', ')}`,
  );
  return rows.map(({ row }) => row);
};

describe.each(STREAM_KEYS)('%s', (stream) => {
  test('all pages together are the rows of the view, once each and in the order of the key', async () => {
    const rows = await truth(stream);
    expect(rows.length).toBeGreaterThan(100);
    for (const limit of [33, 100, 1_000]) {
      const pages = await walk(api.url, `/stream-${stream}?limit=${limit}`);
      expect(pages.flatMap((page) => page.rows)).toEqual(rows);
      expect(pages.length).toBe(Math.ceil(rows.length / limit));
    }
    const backwards = await walk(api.url, `/stream-${stream}?limit=47&order=desc`);
    expect(backwards.flatMap((page) => page.rows)).toEqual(rows.toReversed());
  });

  test('the manifest names the keys of the rows, in their order', async () => {
    const manifest = (await ask(api.url, `/manifest-${stream}`)).json<Record<string, unknown>>();
    const { rows } = await get(`/stream-${stream}?limit=1`);
    expect(manifest).toMatchObject({
      stream_key: stream,
      dataset: expect.any(String) as string,
      version: expect.any(String) as string,
      page_size_default: 100,
      max_page_size: 1_000,
      license: expect.any(String) as string,
      provenance: { is_fallback: false },
    });
    expect(manifest['fields']).toEqual(Object.keys(rows[0] ?? {}));
    expect(manifest['fields']).toEqual(STREAMS[stream].columns.map(({ name }) => name));
  });

  test('the columns that this server knows are those of the view, with their types', async () => {
    const columns = await db.pool.query<{ name: string; type: string }>(
      `select a.attname as name, format_type(a.atttypid, a.atttypmod) as type from pg_attribute a
       where a.attrelid = to_regclass('public.' || $1) and a.attnum > 0 order by a.attnum`,
      [STREAMS[stream].view],
    );
    const full = { timestamptz: 'timestamp with time zone', float8: 'double precision', int4: 'integer' };
    expect(
      STREAMS[stream].columns.map(({ name, type, precision, scale }) => ({
        name,
        type: precision === undefined ? (full[type as keyof typeof full] ?? type) : `${type}(${precision},${scale})`,
      })),
    ).toEqual(columns);
  });

  test('every path answers the same, and the answer has the shape that the document says', async () => {
    const first = await get(`/stream-${stream}?limit=3`);
    for (const path of streamPaths('stream', stream)) expect(await get(`${path}?limit=3`)).toEqual(first);
    expect(pageSchema(stream).parse(first)).toEqual(first);
    const manifest = (await ask(api.url, `/manifest-${stream}`)).json();
    for (const path of streamPaths('manifest', stream)) expect((await ask(api.url, path)).json()).toEqual(manifest);
  });
});

test('the paths are those that the front end tries', () => {
  expect(streamPaths('stream', 'hf-electricity-demand')).toEqual(
    expect.arrayContaining([
      '/stream-hf-electricity-demand',
      '/functions/v1/stream-hf-electricity-demand',
      '/stream/hf/electricity_demand',
      '/stream/huggingface/electricity_demand',
      '/functions/v1/stream/hf/electricity_demand',
      '/api/stream/huggingface/electricity_demand',
    ]),
  );
  expect(streamPaths('manifest', 'ontario-demand')).toEqual([
    '/manifest-ontario-demand',
    '/functions/v1/manifest-ontario-demand',
    '/manifest/kaggle/ontario_demand',
    '/functions/v1/manifest/kaggle/ontario_demand',
    '/api/manifest/ontario-demand',
    '/api/manifest/kaggle/ontario_demand',
  ]);
});

describe('a page', () => {
  test('says how many rows it has, where it stands and whether there is more', async () => {
    const pages = await walk(api.url, '/stream-ontario-demand');
    expect(pages.map(({ metadata }) => metadata)).toEqual(
      [
        [0, 100, true],
        [100, 100, true],
        [200, 50, false],
      ].map(([offset, returned, hasMore]) => ({
        streamKey: 'ontario-demand',
        limit: 100,
        offset,
        returned,
        totalEstimate: 250,
        hasMore,
        usingSampleData: false,
      })),
    );
    expect(pages[0]?.provenance).toMatchObject({ source: 'ieso', freshness_status: 'stale', is_fallback: false });
  });

  test('that is the last has no cursor, in the header neither, also where it is full', async () => {
    const answer = await ask(api.url, '/stream-ontario-demand?limit=250');
    expect(answer.json<StreamBody>()).toMatchObject({ next_cursor: null, metadata: { hasMore: false, returned: 250 } });
    expect(answer.headers).not.toHaveProperty('x-next-cursor');
  });

  test('is as long as was asked, and not longer than the manifest allows', async () => {
    expect((await get('/stream-ontario-demand?limit=1')).metadata).toMatchObject({ limit: 1, returned: 1 });
    for (const limit of ['1001', '1e9', '999999999999999999999'])
      expect((await get(`/stream-ontario-demand?limit=${limit}`)).metadata.limit).toBe(1_000);
    for (const limit of ['0', '-1', 'abc', '1.5', ''])
      expect(await refused(`/stream-ontario-demand?limit=${limit}`)).toMatchObject({ status: 400 });
  });

  test.each(['', '0'])('with cursor=%s is the first, as early wrappers ask for it', async (cursor) => {
    expect((await get(`/stream-ontario-demand?cursor=${cursor}&limit=100`)).metadata.offset).toBe(0);
  });

  test('is of a range from an instant on and before another, dates too', async () => {
    const at = (body: StreamBody, key: string): unknown[] => body.rows.map((row) => row[key]);
    expect(
      at(await get('/stream-ontario-demand?from=2024-01-01T06:00:00Z&to=2024-01-01T03:00:00.000001-05:00'), 'datetime'),
    ).toEqual(['2024-01-01T06:00:00+00:00', '2024-01-01T07:00:00+00:00', '2024-01-01T08:00:00+00:00']);
    const months = await get('/stream-provincial-generation?from=2010-03-01&to=2010-04-01');
    expect(new Set(at(months, 'date'))).toEqual(new Set(['2010-03-01']));
    expect(
      new Set(at(await get('/stream-provincial-generation?from=2010-03-01T00:00:01Z&to=2010-05-01'), 'date')),
    ).toEqual(new Set(['2010-04-01']));
    expect((await get('/stream-ontario-demand?from=2024-01-02')).metadata.totalEstimate).toBeNull();
    expect((await get('/stream-ontario-demand?from=2030-01-01')).rows).toEqual([]);
    expect(await refused('/stream-ontario-demand?from=2025-01-02&to=2025-01-01')).toMatchObject({
      status: 400,
      code: 'HTTP_QUERY_INVALID',
    });
    expect(await refused('/stream-ontario-demand?from=yesterday')).toMatchObject({ status: 400 });
  });

  test('with an offset leaves out so many rows; a large one names the cursor, and both together are refused', async () => {
    const all = await truth('ontario-demand');
    const page = await get('/stream-ontario-demand?offset=120&limit=50');
    expect(page.rows).toEqual(all.slice(120, 170));
    expect(page.metadata.offset).toBe(120);
    const next = await get(`/stream-ontario-demand?limit=50&cursor=${page.next_cursor}`);
    expect(next.rows).toEqual(all.slice(170, 220));
    expect(next.metadata.offset).toBe(170);
    expect(await refused('/stream-ontario-demand?offset=10001')).toMatchObject({
      status: 400,
      detail: expect.stringContaining('cursor') as string,
    });
    expect(await refused(`/stream-ontario-demand?offset=1&cursor=${page.next_cursor}`)).toMatchObject({ status: 400 });
    for (const offset of ['-1', 'x', '1.5'])
      expect(await refused(`/stream-ontario-demand?offset=${offset}`)).toMatchObject({ status: 400 });
  });

  test('since an instant is a snapshot, as long as may be, and goes on behind its cursor', async () => {
    const all = await truth('ontario-demand');
    const path = '/stream-ontario-demand?since=2024-01-01T07:00:00Z';
    const whole = await ask(api.url, path);
    expect(snapshotSchema('ontario-demand').parse(whole.json())).toMatchObject({
      dataset: 'ontario-demand',
      requested_since: '2024-01-01T07:00:00Z',
      count: 248,
      rows: all.slice(2),
      metadata: { limit: 1_000 },
    });
    const pages = await walk(api.url, `${path}&limit=100`);
    expect(pages.flatMap(({ rows }) => rows)).toEqual(all.slice(2));
    expect(await get('/stream-ontario-demand?since=2030-01-01')).toMatchObject({ count: 0, rows: [] });
    expect(await refused(`${path}&from=2024-01-01`)).toMatchObject({ status: 400 });
  });
});

describe('a cursor is refused with 400 and a reason', () => {
  const reason = async (path: string): Promise<unknown> => {
    const { status, code, detail } = (await refused(path)) as Record<string, unknown>;
    expect([status, code]).toEqual([400, 'CURSOR_INVALID']);
    return detail;
  };

  test('on another stream, another order, other filters, and when something of it is gone', async () => {
    const { next_cursor: cursor } = await get('/stream-ontario-demand?limit=5');
    expect(await reason(`/stream-ontario-prices?cursor=${cursor}`)).toContain('ontario-demand');
    expect(await reason(`/api/historical/ontario-demand?cursor=${cursor}`)).toContain('stream ontario-demand');
    expect(await reason(`/stream-ontario-demand?order=desc&cursor=${cursor}`)).toContain('order');
    expect(await reason(`/stream-ontario-demand?from=2024-01-01&cursor=${cursor}`)).toContain('filters');
    expect(await reason(`/stream-ontario-demand?since=2024-01-01&cursor=${cursor}`)).toContain('filters');
    expect(await reason(`/stream-ontario-demand?cursor=${cursor?.slice(1)}`)).toContain('cut off');
    expect(await reason('/stream-ontario-demand?cursor=100')).toContain('not made by this server');
    expect(await reason(`/stream-ontario-demand?cursor=${'A'.repeat(5_000)}`)).toContain('not made by this server');
  });
});

test('POST of aeso-grid-data says what loads have brought, and fetches nothing', async () => {
  const post = await ask(api.url, '/functions/v1/stream-aeso-grid-data', { method: 'POST' });
  expect(post.status).toBe(200);
  expect(post.json()).toEqual({
    success: true,
    records: 130,
    timestamp: '2026-01-01T10:45:00.000Z',
    provenance: expect.objectContaining({ source: 'aeso' }) as object,
  });
  expect((await ask(api.url, '/stream-ontario-demand', { method: 'POST' })).status).toBe(405);
});

test('health in the address answers health, which nobody keeps', async () => {
  for (const path of ['/stream-ontario-demand?health', '/stream-ontario-demand?health=true']) {
    const answer = await ask(api.url, path);
    expect(answer.json()).toMatchObject({ service: 'stream-ontario-demand' });
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store' });
    expect(answer.headers).not.toHaveProperty('x-cache');
  }
});

test('a page is kept until a load into its table says otherwise', async () => {
  const path = '/stream-ontario-demand?order=desc&limit=1';
  const newest = async (): Promise<unknown> => (await get(path)).rows[0]?.['datetime'];
  const before = await newest();
  expect((await ask(api.url, path)).headers['x-cache']).toBe('hit');
  const load = await loadOf(db.pool, 'ontario_hourly_demand', 'samples');
  await db.pool.query(
    `insert into public.ontario_hourly_demand (hour, ontario_demand_mw, load_id) values ('2029-01-01T00:00Z', 1, $1)`,
    [load],
  );
  await db.pool.query(`select pg_notify('penstock_load', $1)`, [
    JSON.stringify({ table: 'public.ontario_hourly_demand', loadId: load, dataset: 'x' }),
  ]);
  await expect.poll(newest).toBe('2029-01-01T00:00:00+00:00');
  expect(before).not.toBe('2029-01-01T00:00:00+00:00');
  // The provenance and the publisher of the row are of that load, too.
  const page = await get(path);
  expect(page.metadata.usingSampleData).toBe(true);
  expect(page.rows[0]?.['source']).toBe('sample:ieso');
  await db.pool.query(`delete from public.ontario_hourly_demand where hour = '2029-01-01T00:00Z'`);
});

describe('where nothing was ever loaded', () => {
  test('pages are empty and unknown, and there is no manifest to show', async () => {
    const empty = await freshDatabase();
    const other = await startApi({ url: empty.url });
    for (const stream of STREAM_KEYS) {
      const answer = await ask(other.url, `/stream-${stream}`);
      expect(answer.json()).toEqual({
        rows: [],
        metadata: {
          streamKey: stream,
          limit: 100,
          offset: 0,
          returned: 0,
          totalEstimate: null,
          hasMore: false,
          usingSampleData: false,
        },
        next_cursor: null,
        provenance: { source: null, last_updated: null, freshness_status: 'unknown', is_fallback: false },
      });
      expect((await ask(other.url, `/manifest-${stream}`)).json()).toMatchObject({
        status: 404,
        code: 'DATA_UNKNOWN',
      });
    }
    const post = await ask(other.url, '/stream-aeso-grid-data', { method: 'POST' });
    expect(post.json()).toMatchObject({ success: false, records: 0, timestamp: null });
    await other.stop();
  });
});
