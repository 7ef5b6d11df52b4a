/** Streams of events: what a client hears from its first event on, also after it was away. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ask } from '../serve/support.ts';
import { ADMIN_KEY } from '../support/api.ts';
import { kindOf, listenTo, rowsOf, type StreamClient, type StreamEvent } from '../support/event-stream.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { openDemandPush, putDemand } from '../support/stream-loads.ts';
import { startStreams, type StreamServer } from '../support/stream-server.ts';

const PATH = '/stream-ontario-demand';
let db: FreshDatabase;
let server: StreamServer;
/** Without a row the push is closed. */
let base: number;
const clients: StreamClient[] = [];

beforeEach(async () => {
  db = await freshDatabase();
  await openDemandPush(db.pool);
  base = await putDemand(db.pool, { hours: [[-1, 14_000]] });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await server.stop();
});

async function start(options: Partial<Parameters<typeof startStreams>[0]> = {}): Promise<void> {
  server = await startStreams({ url: db.url, ...options });
}
async function listening(path = PATH, headers: Record<string, string> = {}): Promise<StreamClient> {
  const client = await listenTo(server.url, path, headers);
  clients.push(client);
  expect(client.text).toBe('');
  expect(client.status).toBe(200);
  return client;
}
const ofLoad =
  (load: number, name = 'data') =>
  (event: StreamEvent): boolean =>
    event.event === name && kindOf(event)['kind'] === 'load' && kindOf(event)['load_id'] === String(load);
const demands = (events: readonly StreamEvent[], name = 'data'): unknown[] =>
  events
    .filter((event) => event.event === name && kindOf(event)['kind'] === 'load')
    .flatMap((event) => rowsOf(event).map((row) => row['total_demand_mw']));

describe('what a client hears', () => {
  test('it is greeted, gets the newest rows, and then each load; each event with its name and without', async () => {
    const first = await putDemand(db.pool, {
      hours: [
        [0, 15_000],
        [1, 15_100],
      ],
    });
    await start();
    const client = await listening();
    expect(client.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
    });
    const hello = await client.find(({ event }) => event === 'hello');
    expect(hello.data).toMatchObject({
      message: expect.any(String) as string,
      timestamp: expect.stringMatching(/Z$/) as string,
      dataset: 'ontario-demand',
      resumed_from: null,
      provenance: { source: 'ieso', is_fallback: false },
    });
    const snapshot = await client.find(({ event }) => event === 'data');
    expect(snapshot).toMatchObject({
      id: `ontario-demand:${first}!`,
      data: { dataset: 'ontario-demand', metadata: { kind: 'snapshot', load_id: String(first) } },
    });
    expect(rowsOf(snapshot)).toEqual([
      expect.objectContaining({ total_demand_mw: 14_000, hour_ending: 24, date: '2025-12-31' }),
      {
        datetime: '2026-01-01T05:00:00+00:00',
        hour_ending: 1,
        total_demand_mw: 15_000,
        hourly_demand_gwh: 15,
        date: '2026-01-01',
        source: 'ieso',
        version: String(first),
      },
      expect.objectContaining({ total_demand_mw: 15_100 }),
    ]);
    // A revised hour of long ago comes along with the new one.
    const second = await putDemand(db.pool, {
      hours: [
        [0, 15_050],
        [2, 15_200],
      ],
    });
    const named = await client.find(ofLoad(second));
    const unnamed = await client.find(ofLoad(second, ''));
    expect(unnamed.data).toEqual(named.data);
    expect(unnamed.id).toBe(`ontario-demand:${second}`);
    expect(demands([named])).toEqual([15_050, 15_200]);
    expect(named.data).toMatchObject({
      provenance: { source: 'ieso', evidence_hash: expect.any(String) as string },
      metadata: { part: 1, parts: 1, rows_total: 2, source_dataset: 'ieso-demand' },
    });
  });

  test.each(['named', 'unnamed'] as const)('%s events alone, where the client asks for them', async (form) => {
    await putDemand(db.pool, { hours: [[0, 15_000]] });
    await start();
    const client = await listening(`${PATH}?events=${form}`);
    const load = await putDemand(db.pool, { hours: [[1, 15_100]] });
    const name = form === 'named' ? 'data' : '';
    const event = await client.find(ofLoad(load, name));
    expect(event.id).toBe(`ontario-demand:${load}`);
    expect(client.events.filter(({ data }) => 'rows' in data).map((each) => each.event)).toEqual([name, name]);
  });

  test('an empty table is an empty list of unknown freshness, to who may look before there are rows', async () => {
    await start();
    const client = await listening('/stream-aeso-grid-data', { apikey: ADMIN_KEY });
    const snapshot = await client.find(({ event }) => event === 'data');
    expect(snapshot).toMatchObject({
      id: 'aeso-grid-data:0!',
      data: { rows: [], provenance: { source: null, freshness_status: 'unknown', is_fallback: false } },
    });
  });

  test('heartbeats come while nothing is loaded, and nothing else', async () => {
    await putDemand(db.pool, { hours: [[0, 15_000]] });
    await start({ quicker: 100 });
    const client = await listening();
    await vi.waitUntil(() => client.events.filter(({ event }) => event === 'heartbeat').length > 3);
    expect(new Set(client.events.map(({ event }) => event))).toEqual(new Set(['hello', 'data', '', 'heartbeat']));
    expect(client.events.find(({ event }) => event === 'heartbeat')?.data).toEqual({
      lastActivity: null,
      connectionsActive: 1,
      metadata: { dataset: 'ontario-demand', timestamp: expect.any(String) as string, up_to_date: true },
    });
    expect(client.events.filter(({ data }) => 'rows' in data)).toHaveLength(2);
  });

  test('a large load comes in parts, and only the last one moves the id', async () => {
    await start();
    const client = await listening(`${PATH}?events=named`);
    const load = await putDemand(db.pool, { hours: Array.from({ length: 1_200 }, (_, hour) => [hour, 15_000 + hour]) });
    const last = await client.find((event) => ofLoad(load)(event) && kindOf(event)['part'] === 3);
    const parts = client.events.filter(ofLoad(load));
    expect(parts.map((part) => [rowsOf(part).length, part.id])).toEqual([
      [500, undefined],
      [500, undefined],
      [200, last.id],
    ]);
    expect(demands(parts)).toEqual(Array.from({ length: 1_200 }, (_, hour) => 15_000 + hour));
  });

  test('a load of more rows than are pushed says where to fetch them, and the stream goes on', async () => {
    await start();
    const client = await listening(`${PATH}?events=named`);
    const load = await putDemand(db.pool, { hours: Array.from({ length: 5_001 }, (_, hour) => [hour, 15_000]) });
    const pages = await client.find((event) => kindOf(event)['kind'] === 'pages');
    expect(pages).toMatchObject({
      id: `ontario-demand:${load}`,
      data: {
        rows: [],
        metadata: {
          code: 'SSE_FETCH_PAGES',
          since: '2026-01-01T05:00:00+00:00',
          fetch: '/stream-ontario-demand?since=2026-01-01T05%3A00%3A00%2B00%3A00',
        },
      },
    });
    const next = await putDemand(db.pool, { hours: [[7, 15_001]] });
    expect(demands([await client.find(ofLoad(next))])).toEqual([15_001]);
  });

  test('HEAD is answered without a stream', async () => {
    await start();
    expect(await ask(server.url, PATH, { method: 'HEAD', headers: { Accept: 'text/event-stream' } })).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/event-stream; charset=utf-8' },
    });
    expect(server.hub.stats().clients['ontario-demand']).toBe(0);
  });

  test('a word that makes no sense is refused before the first event', async () => {
    await start();
    const refused = await listenTo(server.url, `${PATH}?events=all`);
    await refused.untilEnded();
    expect(refused.status).toBe(400);
    expect(JSON.parse(refused.text)).toMatchObject({ code: 'HTTP_QUERY_INVALID' });
  });
});

describe('a client that was away', () => {
  test('gets everything since, once', async () => {
    await putDemand(db.pool, { hours: [[0, 15_000]] });
    await start();
    const before = await listening();
    const seen = await putDemand(db.pool, { hours: [[1, 15_100]] });
    await before.find(ofLoad(seen, ''));
    before.close();
    await putDemand(db.pool, { hours: [[2, 15_200]] });
    await putDemand(db.pool, { hours: [[3, 15_300]] });
    const after = await listening(PATH, { 'Last-Event-ID': before.lastId ?? '' });
    const last = await putDemand(db.pool, { hours: [[4, 15_400]] });
    await after.find(ofLoad(last, ''));
    expect(after.events[0]?.data['resumed_from']).toBe(`ontario-demand:${seen}`);
    expect(demands(after.events)).toEqual([15_200, 15_300, 15_400]);
    expect(demands(after.events, '')).toEqual([15_200, 15_300, 15_400]);
  });

  test('says its id in the address where it cannot send headers; what the browser sends counts more', async () => {
    await start();
    const one = await putDemand(db.pool, { hours: [[1, 15_100]] });
    const two = await putDemand(db.pool, { hours: [[2, 15_200]] });
    const three = await putDemand(db.pool, { hours: [[3, 15_300]] });
    const client = await listening(`${PATH}?last_event_id=ontario-demand:${one}`);
    await client.find(ofLoad(three));
    expect(demands(client.events)).toEqual([15_200, 15_300]);
    const other = await listening(`${PATH}?last_event_id=ontario-demand:${one}`, {
      'Last-Event-ID': `ontario-demand:${two}`,
    });
    await other.find(ofLoad(three));
    expect(demands(other.events)).toEqual([15_300]);
  });

  test('between the two forms of an event gets the second, and the first not again', async () => {
    const load = await putDemand(db.pool, { hours: [[1, 15_100]] });
    await start();
    const client = await listening(PATH, { 'Last-Event-ID': `ontario-demand:${load}~` });
    const next = await putDemand(db.pool, { hours: [[2, 15_200]] });
    await client.find(ofLoad(next, ''));
    expect(demands(client.events, '')).toEqual([15_100, 15_200]);
    expect(demands(client.events)).toEqual([15_200]);
  });

  test.each([
    'ontario-demand:999999999',
    'aeso-grid-data:1',
    'ontario-demand:-1',
    'ontario-demand:1e3',
    'ontario-demand:99999999999999999999',
    'rubbish',
    "ontario-demand:1'--",
  ])('with an id that is not known is told so, and begins anew: %s', async (id) => {
    await putDemand(db.pool, { hours: [[0, 15_000]] });
    await start();
    const client = await listening(PATH, { 'Last-Event-ID': id });
    const snapshot = await client.find(({ event }) => event === 'data');
    expect(client.events.map(({ event }) => event)).toEqual(expect.arrayContaining(['hello', 'error', 'data']));
    expect(client.events.find(({ event }) => event === 'error')?.data).toMatchObject({
      code: 'SSE_RESUME_UNKNOWN',
      message: expect.any(String) as string,
      timestamp: expect.any(String) as string,
    });
    expect(kindOf(snapshot)['kind']).toBe('snapshot');
  });

  test('for so long that more rows are missing than are pushed, is told to fetch pages', async () => {
    const first = await putDemand(db.pool, { hours: [[0, 15_000]] });
    for (let part = 0; part < 3; part += 1)
      await putDemand(db.pool, { hours: Array.from({ length: 2_000 }, (_, hour) => [part * 2_000 + hour, 15_000]) });
    await start();
    const client = await listening(`${PATH}?events=named`, { 'Last-Event-ID': `ontario-demand:${first}` });
    const pages = await client.find(({ event }) => event === 'data');
    expect(kindOf(pages)).toMatchObject({ kind: 'pages', since: '2026-01-01T05:00:00+00:00' });
    const next = await putDemand(db.pool, { hours: [[1, 15_001]] });
    await client.find(ofLoad(next));
    expect(demands(client.events)).toEqual([15_001]);
  });
});

describe('nothing is lost', () => {
  test('two loaders at once: a client that comes and goes hears every hour once', async () => {
    await start();
    const hours = 60;
    const load = async (loader: number): Promise<void> => {
      for (let hour = 0; hour < hours; hour += 1)
        await putDemand(db.pool, {
          hours: [[loader * 1_000 + hour, 14_000 + loader * 1_000 + hour]],
          // The number is taken long before the commit.
          before: () => new Promise((done) => setTimeout(done, (hour * 7 + loader * 3) % 11)),
        });
    };
    const loading = Promise.all([load(0), load(1)]).then(() => 'done');
    const heard: unknown[] = [];
    let id = `ontario-demand:${base}`;
    let done = false;
    void loading.then(() => (done = true));
    while (!done || heard.length < hours * 2) {
      const client = await listening(`${PATH}?events=named`, { 'Last-Event-ID': id });
      await new Promise((next) => setTimeout(next, 40));
      client.close();
      heard.push(...demands(client.events));
      id = client.lastId ?? id;
    }
    await loading;
    expect(heard).toHaveLength(hours * 2);
    expect(new Set(heard).size).toBe(hours * 2);
  });

  test('what was committed while the connection was lost comes when it is back', async () => {
    await start();
    const client = await listening(`${PATH}?events=named`);
    await client.find(({ event }) => event === 'data');
    const cut = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'penstock notices' and datname = current_database()`;
    const first = await db.pool.transaction(async (tx) => {
      await tx.query(cut);
      return putDemand(tx, { hours: [[0, 15_000]] });
    });
    await client.find(ofLoad(first));
    const second = await putDemand(db.pool, { hours: [[1, 15_100]] });
    await client.find(ofLoad(second));
    expect(demands(client.events)).toEqual([15_000, 15_100]);
  });

  test('what is committed while the first client is being let in comes at once', async () => {
    let reads = 0;
    await start({
      // No heartbeat mends it in time.
      quicker: 0.01,
      reads: (database) => ({
        ...database,
        query: async <Row extends object>(text: string, params?: readonly unknown[]) => {
          const rows = await database.query<Row>(text, params);
          if (text.includes('with newest') && (reads += 1) <= 2) {
            await putDemand(db.pool, { hours: [[reads, 15_000 + reads]] });
            await new Promise((told) => setTimeout(told, 500));
          }
          return rows;
        },
      }),
    });
    const client = await listening(`${PATH}?events=named`);
    await client.find((event) => kindOf(event)['kind'] === 'load');
    expect(reads).toBeGreaterThan(1);
    expect(demands(client.events)).toEqual([15_002]);
    expect(rowsOf(client.events.find((event) => kindOf(event)['kind'] === 'snapshot') as StreamEvent)).toHaveLength(2);
  });

  test('a load that nobody told of is found by the next heartbeat', async () => {
    await start({ quicker: 100 });
    const client = await listening(`${PATH}?events=named`);
    await client.find(({ event }) => event === 'data');
    const load = await putDemand(db.pool, { hours: [[0, 15_000]], tell: false });
    await client.find(ofLoad(load));
    expect(demands(client.events)).toEqual([15_000]);
  });

  test('a database that does not answer for a while costs no row; a new client is asked to come again', async () => {
    let gone = false;
    await start({
      reads: (reads) => ({
        ...reads,
        query: (text, params) =>
          gone ? Promise.reject(Object.assign(new Error('gone'), { code: 'ECONNREFUSED' })) : reads.query(text, params),
      }),
      quicker: 100,
    });
    const client = await listening(`${PATH}?events=named`);
    await client.find(({ event }) => event === 'data');
    gone = true;
    const load = await putDemand(db.pool, { hours: [[0, 15_000]] });
    await client.find(
      ({ event, data }) => event === 'heartbeat' && (data['metadata'] as { up_to_date: boolean }).up_to_date === false,
    );
    const refused = await listenTo(server.url, PATH);
    await refused.untilEnded();
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '5']);
    gone = false;
    await client.find(ofLoad(load));
    expect(demands(client.events)).toEqual([15_000]);
  });
});

test('a load is read once, however many listen', async () => {
  await start();
  for (let i = 0; i < 15; i += 1) await listening();
  const before = server.asked.length;
  const load = await putDemand(db.pool, { hours: [[0, 15_000]] });
  for (const client of clients) await client.find(ofLoad(load, ''));
  expect(server.asked.slice(before).filter((text) => text.includes('of_load'))).toHaveLength(1);
  expect(server.hub.stats()).toMatchObject({ clients: { 'ontario-demand': 15 }, dropped: {} });
});

test('when the server stops each client is told, and when to come back', async () => {
  await start();
  const client = await listening();
  await client.find(({ event }) => event === 'data');
  await server.stop();
  await client.untilEnded();
  expect(client.events.at(-1)).toMatchObject({ event: 'error', data: { code: 'SERVER_STOPS' } });
  expect(client.text).toMatch(/retry: \d+\ndata: \{"timestamp":[^\n]*SERVER_STOPS[^\n]*\n\n$/);
});

describe('keys and places', () => {
  test('no key is needed; one in the address counts as one in a header, and a wrong one is refused', async () => {
    await start();
    for (const path of [PATH, `${PATH}?apikey=public-key`, `${PATH}?token=${ADMIN_KEY}`, `/functions/v1${PATH}`])
      await listening(path);
    for (const path of [`${PATH}?apikey=wrong-secret-key`, `${PATH}?token=wrong-secret-key`]) {
      const refused = await listenTo(server.url, path);
      await refused.untilEnded();
      expect([refused.status, refused.text.includes('wrong-secret-key')]).toEqual([401, false]);
    }
    expect(JSON.stringify(server.log.lines)).not.toContain('wrong-secret-key');
  });

  test('of one client 20 streams are open at most, and another client is let in; a place that is left is free', async () => {
    await start();
    const of = (address: string) => ({ 'x-real-ip': address });
    for (let i = 0; i < 20; i += 1) await listening(PATH, of('192.0.2.1'));
    const refused = await listenTo(server.url, PATH, of('192.0.2.1'));
    await refused.untilEnded();
    expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '30' } });
    expect(JSON.parse(refused.text)).toMatchObject({ code: 'SSE_TOO_MANY_STREAMS', retryAfter: 30 });
    await listening(PATH, of('192.0.2.2'));
    clients[0]?.close();
    await vi.waitUntil(() => server.hub.stats().clients['ontario-demand'] === 20);
    await listening(PATH, of('192.0.2.1'));
  });
});
