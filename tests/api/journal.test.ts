/** Calls as rows: every class of call, sampled where it is hot, and without the database bounded, told once and written later. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../core/effects.ts';
import type { Answered } from '../../serve/api/observe.ts';
import { createJournal } from '../../serve/observe/journal.ts';
import { startPurge } from '../../serve/observe/purge.ts';
import { ask } from '../serve/support.ts';
import { ADMIN_KEY, startApi } from '../support/api.ts';
import { recordingLog, silentLog } from '../support/log.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';

let db: FreshDatabase;
beforeAll(async () => {
  db = await freshDatabase();
});

const rows = (name = '%') =>
  db.pool.query<{
    function_name: string;
    status: string;
    code: number;
    rate: number;
    fault: string | null;
    row: string;
  }>(
    `select function_name, status, (metadata ->> 'status_code')::int as code, (metadata ->> 'sample_rate')::float8 as rate,
       metadata ->> 'code' as fault, to_jsonb(e)::text as row
     from public.edge_invocation_log e where function_name like $1 order by started_at, function_name`,
    [name],
  );

describe('the server', () => {
  test('writes down every class of call, with status and fault, and neither key nor address', async () => {
    const api = await startApi({ url: db.url, settings: { addressHeader: 'x-real-ip' } });
    const headers = { 'x-real-ip': '203.0.113.77', Authorization: `Bearer ${ADMIN_KEY}` };
    await ask(api.url, '/api-v2-grid-status', { headers });
    await ask(api.url, '/api-v2-security-metrics', { headers });
    await ask(api.url, '/api-v2-grid-status?limit=0', { headers });
    await ask(api.url, '/ops-heartbeat', {
      method: 'POST',
      body: '{}',
      headers: { 'Content-Type': 'application/json' },
    });
    await api.stop();
    const written = await rows();
    expect(written.map(({ row: _row, ...row }) => row)).toEqual(
      expect.arrayContaining([
        { function_name: 'api-v2-grid-status', status: 'success', code: 200, rate: 1, fault: null },
        { function_name: 'api-v2-grid-status', status: 'success', code: 400, rate: 1, fault: 'HTTP_QUERY_INVALID' },
        { function_name: 'api-v2-security-metrics', status: 'success', code: 404, rate: 1, fault: 'DATA_UNKNOWN' },
        { function_name: 'ops-heartbeat', status: 'success', code: 403, rate: 1, fault: 'KEY_NEEDED' },
      ]),
    );
    expect(written).toHaveLength(4);
    for (const { row } of written) expect(row).not.toMatch(/203\.0\.113|a-long-random-text|127\.0\.0\.1/);
  });
});

const answered = (parts: Partial<Answered> = {}): Answered => ({
  name: 'hot',
  method: 'GET',
  status: 200,
  startedAt: Date.parse('2026-01-01T00:00:00Z'),
  durationMs: 3,
  code: null,
  cached: false,
  ...parts,
});

describe('sampling', () => {
  test('keeps the first twenty of a minute, then one in fifty that stands for fifty; failures are all kept', async () => {
    let now = 0;
    const journal = createJournal(db.pool, { now: () => now }, silentLog);
    for (let call = 0; call < 1_020; call += 1) journal.observe(answered());
    for (let call = 0; call < 30; call += 1)
      journal.observe(answered({ name: 'bad', status: 503, code: 'DATABASE_UNAVAILABLE' }));
    for (let call = 0; call < 30; call += 1) journal.observe(answered({ name: 'refused', status: 404 }));
    now = 60_000;
    journal.observe(answered({ name: 'hot', startedAt: 60_000 }));
    await journal.close();
    const hot = await rows('hot');
    expect(hot.filter(({ rate }) => rate === 1)).toHaveLength(21);
    expect(hot.filter(({ rate }) => rate === 0.02)).toHaveLength(20);
    expect(await rows('bad')).toHaveLength(30);
    expect((await rows('bad'))[0]).toMatchObject({ status: 'error', fault: 'DATABASE_UNAVAILABLE' });
    expect(await rows('refused')).toHaveLength(20);
    expect(journal.stats()).toEqual({ written: 91, dropped: 0, waiting: 0 });
  });
});

describe('a database that goes away', () => {
  test('costs no call: they wait, it is said once, and they are written when it is back', async () => {
    let isGone = true;
    const wobbly: Database = {
      query: (text, params) => (isGone ? Promise.reject(new Error('gone')) : db.pool.query(text, params)),
      transaction: (work) => db.pool.transaction(work),
    };
    const log = recordingLog();
    const journal = createJournal(wobbly, { now: () => 0 }, log);
    for (let call = 0; call < 450; call += 1) journal.observe(answered({ name: 'back', status: 500 }));
    await expect.poll(() => log.lines).toHaveLength(1);
    journal.observe(answered({ name: 'back', status: 500 }));
    isGone = false;
    await expect.poll(() => journal.stats(), { timeout: 5_000 }).toEqual({ written: 451, dropped: 0, waiting: 0 });
    expect(await rows('back')).toHaveLength(451);
    expect(log.lines).toHaveLength(1);
    await journal.close();
  });

  test('fills no memory: what does not fit is dropped and counted, and the end does not hang', async () => {
    const gone: Database = {
      query: () => Promise.reject(new Error('gone')),
      transaction: () => Promise.reject(new Error('gone')),
    };
    const log = recordingLog();
    const journal = createJournal(gone, { now: () => 0 }, log);
    for (let call = 0; call < 6_000; call += 1) journal.observe(answered({ status: 500 }));
    expect(journal.stats()).toEqual({ written: 0, dropped: 1_000, waiting: 5_000 });
    await journal.close();
    expect(journal.stats()).toEqual({ written: 0, dropped: 6_000, waiting: 0 });
    expect(log.lines).toHaveLength(2);
    await journal.close();
    expect(log.lines).toHaveLength(2);
  });

  test('is lost in the middle of a batch: no row is there twice', async () => {
    let failures = 0;
    const late: Database = {
      query: async (text, params) => {
        if ((failures += 1) === 2) throw new Error('gone');
        return db.pool.query(text, params);
      },
      transaction: (work) => db.pool.transaction(work),
    };
    const journal = createJournal(late, { now: () => 0 }, silentLog);
    for (let call = 0; call < 500; call += 1) journal.observe(answered({ name: 'once', status: 500, startedAt: call }));
    await expect.poll(() => journal.stats().written, { timeout: 5_000 }).toBe(500);
    await journal.close();
    const [counted] = await db.pool.query(
      `select count(*)::int as n, count(distinct started_at)::int as different from public.edge_invocation_log where function_name = 'once'`,
    );
    expect(counted).toEqual({ n: 500, different: 500 });
  });
});

describe('the purge', () => {
  afterAll(() => db.pool.query('truncate public.ops_runs'));
  const purges = () =>
    db.pool.query(
      `select status, error_message is not null as has_error, metadata from public.ops_runs where run_type = 'purge' order by created_at`,
    );

  test('removes what is older than it is kept, says so in ops_runs, and has nothing to do for a day', async () => {
    await db.pool.query(
      `truncate public.edge_invocation_log;
       insert into public.edge_invocation_log (function_name, status, started_at) values ('old', 'success', now() - interval '31 days'), ('young', 'success', now() - interval '29 days');
       insert into etl.rate_limit (client_hash, call_class, window_start, taken) values ('a', 'read', now() - interval '25 hours', 1), ('b', 'read', now() - interval '23 hours', 1)`,
    );
    const api = await startApi({ url: db.url });
    const purge = startPurge(api.api.service, silentLog);
    await purge.look();
    expect([await rows('old'), (await rows('young')).length]).toEqual([[], 1]);
    expect(await db.pool.query('select client_hash from etl.rate_limit')).toEqual([{ client_hash: 'b' }]);
    expect(await purges()).toEqual([
      { status: 'success', has_error: false, metadata: { edge_invocation_log: 1, rate_limit: 1 } },
    ]);
    await purge.look();
    expect(await purges()).toHaveLength(1);
    await purge.close();
    await api.stop();
  });

  test('that fails is a failure in ops_runs, and is tried again', async () => {
    await db.pool.query('truncate public.ops_runs');
    const refused: Database = {
      query: (text, params) =>
        text.includes('etl.purge_old()') ? Promise.reject(new Error('no')) : db.pool.query(text, params),
      transaction: (work) => db.pool.transaction(work),
    };
    const log = recordingLog();
    const purge = startPurge(refused, log);
    await purge.look();
    await purge.look();
    expect(await purges()).toMatchObject([
      { status: 'failure', has_error: true },
      { status: 'failure', has_error: true },
    ]);
    expect(log.lines).toHaveLength(2);
    await purge.close();
  });
});
