/** Feature flags over HTTP: on in earnest only while the data behind them are; and the push that they close. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { changeFlags } from '../../cli/flags.ts';
import { FLAGS } from '../../core/flags.ts';
import type { FlagState } from '../../serve/flag-states.ts';
import { ask } from '../serve/support.ts';
import { ADMIN_KEY } from '../support/api.ts';
import { listenTo } from '../support/event-stream.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { openDemandPush, putDemand, putJudgement, putVerification } from '../support/stream-loads.ts';
import { startStreams, type StreamServer } from '../support/stream-server.ts';

const DEMAND = 'stream.ontario-demand';
const PATH = '/stream-ontario-demand';
let db: FreshDatabase;
let server: StreamServer | undefined;
beforeEach(async () => {
  db = await freshDatabase();
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
});
async function start(quicker = 1): Promise<StreamServer> {
  server = await startStreams({ url: db.url, quicker });
  return server;
}
async function flag(key = DEMAND): Promise<FlagState> {
  const { url } = server ?? (await start());
  const { flags } = (await ask(url, '/api/flags')).json<{ flags: FlagState[] }>();
  const found = flags.find((each) => each.key === key);
  if (found === undefined) throw new Error(`there is no flag ${key}`);
  return found;
}
async function openPush(): Promise<void> {
  await openDemandPush(db.pool);
  await putDemand(db.pool, { hours: [[0, 15_000]] });
}

test('every path shows all flags, off, to everybody; the same to PostgREST', async () => {
  const { url } = await start();
  for (const path of ['/api/flags', '/flags', '/functions/v1/flags']) {
    const answer = await ask(url, path);
    expect(answer.status).toBe(200);
    const { flags, provenance } = answer.json<{ flags: FlagState[]; provenance: unknown }>();
    expect(flags.map(({ key, enabled, effective }) => [key, enabled, effective])).toEqual(
      FLAGS.map(({ key }) => [key, false, false]),
    );
    expect(provenance).toMatchObject({ source: 'penstock', freshness_status: 'live', is_fallback: false });
  }
  const asAnon = await db.pool.transaction(async (tx) => {
    await tx.query('set local role anon');
    return tx.query<FlagState>('select * from public.feature_flag_states()');
  });
  expect(asAnon).toHaveLength(FLAGS.length);
  expect(asAnon[0]?.reason).toBe('never enabled; no verification in this database');
});

describe('a flag that is on', () => {
  beforeEach(openPush);

  test('is effective while its data are fresh, and says by whom and which run', async () => {
    expect(await flag()).toMatchObject({
      enabled: true,
      effective: true,
      reason: null,
      enabled_by: expect.any(String) as string,
      enabled_at: expect.stringMatching(/\+00:00$/) as string,
      verification: { run_id: expect.stringMatching(/^verify /) as string, passed: true },
      stale_since: null,
    });
    await putJudgement(db.pool, 'ended');
    expect((await flag()).effective).toBe(true);
  });

  test('stays on when the verification becomes old: that was asked when it was enabled', async () => {
    await db.pool.query(
      `update etl.verification set started_at = started_at - interval '3 days', finished_at = finished_at - interval '3 days'`,
    );
    expect(await flag()).toMatchObject({ enabled: true, effective: true });
  });

  test('is not effective while the data are stale, and says since when', async () => {
    await putJudgement(db.pool, 'stale', { staleSince: '2026-01-03T05:00:00Z' });
    expect(await flag()).toMatchObject({
      enabled: true,
      effective: false,
      reason: 'stale since 2026-01-03T05:00Z: the newest row is of 2026-01-01T05:00Z',
      stale_since: '2026-01-03T05:00:00+00:00',
    });
    await putJudgement(db.pool, 'fresh');
    expect((await flag()).effective).toBe(true);
  });

  test('is not effective when nobody has judged for a day, or nobody can', async () => {
    await putJudgement(db.pool, 'fresh', { hoursAgo: 25 });
    expect(await flag()).toMatchObject({
      effective: false,
      reason: expect.stringMatching(/^how fresh the data are was last judged at 20.*Z$/) as string,
    });
    await putJudgement(db.pool, 'unknown');
    expect((await flag()).reason).toBe('nobody can say how fresh the data are');
    await db.pool.query('delete from public.stream_health');
    expect((await flag()).reason).toBe('nobody has judged yet how fresh the data are');
  });

  test('is not effective for samples: of the whole database, or only of the newest rows', async () => {
    await putDemand(db.pool, { hours: [[1, 15_000]], source: 'samples' });
    expect(await flag()).toMatchObject({ effective: false, reason: 'samples are no live data' });
    await putDemand(db.pool, { hours: [[2, 15_000]] });
    expect((await flag()).effective).toBe(true);
    await db.pool.query(`update etl.setting set value = 'samples' where name = 'content'`);
    expect(await flag()).toMatchObject({ effective: false, reason: 'samples are no live data' });
  });

  test('is not effective when its newest rows are of nobody', async () => {
    await db.pool.query(`update public.ontario_hourly_demand set load_id = 999999`);
    expect((await flag()).reason).toBe('nobody knows where the newest rows are from');
    await db.pool.query('delete from public.ontario_hourly_demand');
    expect((await flag()).reason).toBe('there are no rows yet');
  });

  test('is not effective in a copy of the database', async () => {
    await db.pool.query(`update etl.verification set database_identity = 'another'`);
    expect(await flag()).toMatchObject({
      enabled: true,
      effective: false,
      reason: 'enabled in another database, of which this one is a copy',
      verification: null,
    });
  });
});

test('a flag of no stream has no staleness: it is effective when it is on, but not over samples', async () => {
  await flag('help');
  await putVerification(db.pool, 'help');
  await changeFlags(db.pool, { keys: ['help'], enabled: true, by: 'ada' });
  expect(await flag('help')).toMatchObject({ effective: true, enabled_by: 'ada' });
  await db.pool.query(`insert into etl.setting (name, value) values ('content', 'samples')`);
  expect(await flag('help')).toMatchObject({ effective: false, reason: 'samples are no live data' });
});

describe('the push', () => {
  test('of a stream whose flag is off is refused with the reason and when to ask again; the service may look', async () => {
    await putDemand(db.pool, { hours: [[0, 15_000]] });
    const { url } = await start();
    const refused = await listenTo(url, PATH);
    await refused.untilEnded();
    expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '60' } });
    expect(JSON.parse(refused.text)).toMatchObject({
      code: 'FLAG_OFF',
      flag: DEMAND,
      reason: 'never enabled; no verification in this database',
      next: expect.stringContaining('/stream-ontario-demand?limit=100') as string,
    });
    for (const [path, headers] of [
      [PATH, { Authorization: `Bearer ${ADMIN_KEY}` }],
      [`${PATH}?apikey=${ADMIN_KEY}`, {}],
    ] as const) {
      const client = await listenTo(url, path, headers);
      expect(client.status).toBe(200);
      await client.find(({ event }) => event === 'data');
      client.close();
    }
  });

  test('that is open ends with the reason when the flag is disabled; that of the service goes on', async () => {
    await openPush();
    const { url, hub } = await start(100);
    const client = await listenTo(url, PATH);
    const service = await listenTo(url, PATH, { apikey: ADMIN_KEY });
    expect([client.status, service.status]).toEqual([200, 200]);
    await changeFlags(db.pool, { keys: [DEMAND], enabled: false, by: 'ada' });
    await client.untilEnded();
    expect(client.events.at(-1)).toMatchObject({
      event: 'error',
      data: { code: 'FLAG_OFF', message: expect.stringMatching(/^disabled at /) as string },
    });
    expect(hub.stats()).toMatchObject({ clients: { 'ontario-demand': 1 }, dropped: { FLAG_OFF: 1 } });
    expect(service.ended).toBe(false);
    service.close();
  });

  test('that is open ends when the data become stale, and opens again when they are fresh', async () => {
    await openPush();
    const { url } = await start(100);
    const client = await listenTo(url, PATH);
    await client.find(({ event }) => event === 'data');
    await putJudgement(db.pool, 'stale', { staleSince: '2026-01-03T05:00:00Z' });
    await client.untilEnded();
    expect(client.events.at(-1)?.data).toMatchObject({
      code: 'FLAG_OFF',
      message: expect.stringContaining('stale since') as string,
    });
    await putJudgement(db.pool, 'fresh');
    await vi.waitUntil(
      async () => {
        const again = await listenTo(url, PATH);
        again.close();
        return again.status === 200;
      },
      { timeout: 20_000, interval: 200 },
    );
  });
});
