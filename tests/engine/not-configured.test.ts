/** A dataset whose key is not set: skipped with one clear line, neither healthy nor failed, and its publisher's other datasets go on. */
import { rm } from 'node:fs/promises';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { instant, mw, table } from '../../core/contract.ts';
import { csv } from '../../core/decode.ts';
import { whole, yearly } from '../../core/partitions.ts';
import { definePipeline, type Pipeline, type Publisher } from '../../core/pipeline.ts';
import { createHttp } from '../../loaders/source/http.ts';
import type { Catalog } from '../../pipelines/index.ts';
import { answer, closeAll, publisherServer, type PublisherServer } from '../source/publisher-server.ts';
import { expectHelpful, openWorld, type World } from '../support/bad-input.ts';
import { recordingLog } from '../support/log.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { smallCatalog } from '../support/small-dataset.ts';

const LINE = 'MARKET_API_KEY is not set: get one at https://developer.market.example';
const NOTES = `${LINE}; next: npm run pipeline -- doctor`;
const GOOD = 'hour,load\n2024-01-01T00:00Z,1\n';
const SQL = 'select _line, "hour", "load" as load_mw from raw';

let db: FreshDatabase;
let world: World;
let catalog: Catalog;
let api: PublisherServer;
let open: PublisherServer;

function dataset(id: string, server: PublisherServer, partitions = whole()): Pipeline {
  return {
    ...definePipeline({
      id,
      title: id,
      publisher: 'market',
      licence: { name: 'none', attribution: 'none' },
      partitions,
      extract: { url: `http://${server.host}/${id}.csv`, decode: csv({ header: ['hour', 'load'] }) },
      publishes: { every: 'P1D', delay: 'P1D', staleAfter: 'P36500D', schedule: '0 1 * * *', zone: 'UTC' },
      transform: 'transforms/market.sql',
      table: table(`public.${id.replaceAll('-', '_')}`, {
        hour: instant({ key: true, doc: 'Start.' }),
        load_mw: mw({ doc: 'Load.' }),
      }),
    }),
  };
}

beforeEach(async () => {
  db = await freshDatabase();
  api = await publisherServer(answer(200, {}, GOOD));
  open = await publisherServer(answer(200, {}, GOOD));
  const { dataDir } = await openWorld(db.pool);
  const years = { ...dataset('market-years', api), partitions: yearly({ from: 2020, zone: 'UTC' }) };
  const pipelines = [
    dataset('market-api', api),
    dataset('market-report', open),
    { ...years, extract: { ...years.extract, url: `http://${api.host}/years_{yyyy}.csv` } },
  ];
  const publisher: Publisher = {
    id: 'market',
    title: 'Market',
    hosts: [api.host, open.host],
    pace: { perSecond: 1_000, concurrent: 4 },
    credentials: {
      hosts: [api.host],
      from: [{ kind: 'header', header: 'API-KEY', env: 'MARKET_API_KEY' }],
      required: true,
      getOneAt: 'https://developer.market.example',
    },
  };
  catalog = { ...(await smallCatalog(db.pool, dataDir, pipelines, SQL)), publishers: new Map([['market', publisher]]) };
  world = await openWorld(db.pool, catalog);
});
afterEach(async () => {
  await closeAll();
  await world[Symbol.asyncDispose]();
  await rm(catalog.root, { recursive: true, force: true });
});
afterAll(() => db.drop());

async function live(ids: readonly string[], env: Record<string, string> = {}): ReturnType<World['run']> {
  const log = recordingLog();
  const clock = { now: () => Date.parse('2026-03-01T12:00:00Z'), sleep: async () => undefined };
  const http = createHttp({ clock, random: () => 0, log, userAgent: 'test' });
  try {
    return await world.run([], { ids }, { http, log, source: 'live', env });
  } finally {
    await http.close();
  }
}

const health = async (): Promise<Record<string, { status: string; notes: string }>> =>
  Object.fromEntries(
    (
      await db.pool.query<{ source_name: string; status: string; notes: string }>(
        'select source_name, status, notes from public.source_health',
      )
    ).map(({ source_name, ...row }) => [source_name, row]),
  );

describe('without its key', () => {
  test('a dataset is not configured, its neighbour without a key is healthy, and the publisher says both', async () => {
    const done = await live(['market-api', 'market-report']);
    expect(done.outcomes).toEqual({ 'market-api all': 'not configured', 'market-report all': 'loaded' });
    expect(done.report.exitCode).toBe(0);
    expect(api.requests).toHaveLength(0);
    expect(open.requests[0]?.headers).not.toHaveProperty('api-key');
    expect(await health()).toMatchObject({
      'market/market-api': { status: 'not configured', notes: NOTES },
      'market/market-report': { status: 'healthy' },
      market: { status: 'not configured', notes: `market-api: ${NOTES}` },
    });
    expect(await db.pool.query('select dataset from etl.interval')).toEqual([{ dataset: 'market-report' }]);
  });

  test('a dataset of many intervals says so once', async () => {
    const done = await live(['market-years']);
    expect(new Set(Object.values(done.outcomes))).toEqual(new Set(['not configured']));
    expect(done.report.datasets.map(({ verdict }) => verdict)).toEqual([
      `market-years: skipped, ${LINE}. Next: npm run pipeline -- doctor`,
    ]);
    expect((await health())['market/market-years']).toEqual({ status: 'not configured', notes: NOTES });
  });

  test('a dataset that was healthy is so no more, and is again with the key', async () => {
    await live(['market-api'], { MARKET_API_KEY: 'k3y' });
    expect(api.requests[0]?.headers['api-key']).toBe('k3y');
    expect((await health())['market']?.status).toBe('healthy');
    await db.pool.query(`update etl.interval set checked_at = '2020-01-01'`);
    await live(['market-api']);
    expect((await health())['market']?.status).toBe('not configured');
    await live(['market-api'], { MARKET_API_KEY: 'k3y' });
    expect(await health()).toMatchObject({ market: { status: 'healthy' }, 'market/market-api': { status: 'healthy' } });
  });
});

describe('with a wrong key', () => {
  test('a dataset fails and names the variable, and its neighbour is healthy', async () => {
    await api.close();
    const refusing = await publisherServer(
      answer(401, {}, '{"message":"Access denied due to invalid subscription key."}'),
    );
    const [first, ...others] = catalog.pipelines;
    if (first === undefined) throw new Error('no dataset');
    const publisher = catalog.publishers.get('market');
    if (publisher?.credentials === undefined) throw new Error('no publisher');
    const changed: Catalog = {
      ...catalog,
      pipelines: [{ ...first, extract: { ...first.extract, url: `http://${refusing.host}/x.csv` } }, ...others],
      publishers: new Map([
        [
          'market',
          {
            ...publisher,
            hosts: [...publisher.hosts, refusing.host],
            credentials: { ...publisher.credentials, hosts: [refusing.host] },
          },
        ],
      ]),
    };
    world = await openWorld(db.pool, changed);
    const done = await live(['market-api', 'market-report'], { MARKET_API_KEY: 'wr0ng-key' });
    const error = done.intervals['market-api all']?.error;
    expect(error).toMatchObject({
      code: 'HTTP_KEY_REFUSED',
      next: 'check MARKET_API_KEY; a key can be had at https://developer.market.example',
    });
    expectHelpful(error);
    expect(refusing.requests).toHaveLength(1);
    expect(done.outcomes['market-report all']).toBe('loaded');
    expect(done.written).not.toContain('wr0ng-key');
    expect((await health())['market/market-report']?.status).toBe('healthy');
  });
});
