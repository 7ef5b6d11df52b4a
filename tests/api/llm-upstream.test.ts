/** A model's server that fails in every way, a caller that goes away, and a database that is gone: no answer without its row. */
import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { openPool } from '../../loaders/postgres/database.ts';
import { settleOpenCalls } from '../../serve/llm/call-log.ts';
import { callsOf, DATASET, GOOD, KEY, llmDatabase, type LoggedCall, post, startGateway } from '../llm/support.ts';
import type { Reply } from '../serve/support.ts';
import type { RunningApi } from '../support/api.ts';
import { type Behaviour, type FakeUpstream, fakeUpstream } from '../support/fake-upstream.ts';
import { type FreshDatabase, testServers } from '../support/postgres.ts';

let db: FreshDatabase;
let fake: FakeUpstream;
let started: RunningApi[] = [];
beforeAll(async () => {
  db = await llmDatabase();
  fake = await fakeUpstream();
});
afterEach(async () => {
  fake.onAsked = null;
  await Promise.all(started.map((api) => api.stop()));
  started = [];
});

/** Each test has a server of its own: a model that fails is left alone for a while. */
async function gateway(
  ...options: Parameters<typeof startGateway> extends [unknown, unknown, ...infer Rest] ? Rest : never
): Promise<RunningApi> {
  const api = await startGateway(db, fake, ...options);
  started.push(api);
  return api;
}
const body = { datasetPath: DATASET, userPrompt: 'what is it?' };
const openRows = (): Promise<object[]> => db.pool.query('select from etl.llm_open_call');

/** Asks once. */
async function outcome(api: RunningApi, ...behaviours: Behaviour[]): Promise<[Reply, LoggedCall[]]> {
  fake.behave(...behaviours);
  let answer: Reply | undefined;
  const rows = await callsOf(db, async () => (answer = await post(api, 'explain-chart', body)));
  expect(await openRows()).toEqual([]);
  return [answer!, rows];
}

const withSources = (sources: unknown): string => JSON.stringify({ ...JSON.parse(GOOD), sources });
const LIMITS: Readonly<Record<string, object>> = {
  silence: { idleMs: 300 },
  stall: { idleMs: 300 },
  trickle: { totalMs: 800 },
};

describe('what fails is 502 or 504 with its code, when to come again, and one row', () => {
  test.each<[string, Behaviour, number, string]>([
    ['answers 500', { kind: 'status', status: 500 }, 502, 'LLM_UPSTREAM_ERROR'],
    [
      'answers 401',
      { kind: 'status', status: 401, body: JSON.stringify({ error: { message: `bad key ${KEY}` } }) },
      502,
      'LLM_UPSTREAM_REFUSED',
    ],
    ['has too much to do', { kind: 'status', status: 429, headers: { 'Retry-After': '17' } }, 502, 'LLM_UPSTREAM_BUSY'],
    [
      'redirects',
      { kind: 'status', status: 307, headers: { Location: 'http://127.0.0.1:9/v1' } },
      502,
      'LLM_UPSTREAM_REDIRECTED',
    ],
    ['says nothing', { kind: 'silence' }, 504, 'LLM_UPSTREAM_STALLED'],
    ['stalls in the middle', { kind: 'stall', text: '{"tl_dr": "' }, 504, 'LLM_UPSTREAM_STALLED'],
    ['never ends', { kind: 'trickle' }, 504, 'LLM_UPSTREAM_TIMEOUT'],
    ['ends in the middle', { kind: 'cut', text: GOOD.slice(0, 30), reset: false }, 502, 'LLM_UPSTREAM_CUT'],
    ['breaks the connection', { kind: 'cut', text: GOOD.slice(0, 30), reset: true }, 502, 'LLM_UPSTREAM_CUT'],
    [
      'answers with a page',
      { kind: 'raw', type: 'text/html', body: '<html>Please sign in</html>' },
      502,
      'LLM_UPSTREAM_RUBBISH',
    ],
    [
      'answers with JSON of another kind',
      { kind: 'raw', type: 'application/json', body: '{"hello": 1}' },
      502,
      'LLM_UPSTREAM_RUBBISH',
    ],
    [
      'answers with half a JSON',
      { kind: 'raw', type: 'application/json', body: '{"choices": [' },
      502,
      'LLM_UPSTREAM_RUBBISH',
    ],
    [
      'streams what is no JSON',
      { kind: 'raw', type: 'text/event-stream', body: 'data: hello\n\n' },
      502,
      'LLM_UPSTREAM_RUBBISH',
    ],
    ['streams nothing', { kind: 'raw', type: 'text/event-stream', body: '' }, 502, 'LLM_UPSTREAM_CUT'],
    [
      'reports an error in its stream',
      { kind: 'raw', type: 'text/event-stream', body: `data: {"error": {"message": "out of memory ${KEY}"}}\n\n` },
      502,
      'LLM_UPSTREAM_ERROR',
    ],
    ['answers without end', { kind: 'stream', text: 'x'.repeat(30_000) }, 502, 'LLM_UPSTREAM_TOO_LARGE'],
  ])('%s', async (_what, behaviour, status, code) => {
    const [answer, rows] = await outcome(await gateway({ llm: LIMITS[behaviour.kind] ?? {} }), behaviour);
    expect([answer.status, answer.json()['code']]).toEqual([status, code]);
    expect(answer.headers['retry-after']).toBe(code === 'LLM_UPSTREAM_BUSY' ? '17' : '5');
    expect(rows).toEqual([
      expect.objectContaining({
        status_code: status,
        error_code: code,
        prompt_key: 'explain-chart',
        model: 'fake-1',
        cost_usd: null,
        response_summary: null,
      }),
    ]);
    expect(rows[0]?.meta['cost_max_usd']).toBeGreaterThan(0);
    expect(JSON.stringify([answer.body, rows])).not.toMatch(new RegExp(`${KEY}|127\\.0\\.0\\.1`));
  });

  test('is not there', async () => {
    const api = await startGateway(db, 'http://127.0.0.1:9/v1');
    started.push(api);
    const [answer, rows] = await outcome(api, { kind: 'silence' });
    expect([answer.status, answer.json()['code']]).toEqual([502, 'LLM_UPSTREAM_UNREACHABLE']);
    expect(rows).toHaveLength(1);
  });
});

describe('an answer that cannot be used', () => {
  test.each([
    ['is empty', ''],
    ['is no JSON', 'Demand is 12,000 MW.'],
    ['is of another shape', JSON.stringify({ summary: 'x', sources: ['ontario-demand/hours'] })],
    ['has no sources', withSources([])],
    ['names a source that it was not given', withSources(['ontario-demand/hours', 'https://example.org/invented'])],
    ['has a text where a list belongs', withSources('ontario-demand/hours')],
  ])('%s: it is asked for once more, each has its row, and the reader gets 502', async (_what, text) => {
    const api = await gateway();
    const asked = fake.asked.length;
    const [answer, rows] = await outcome(api, { kind: 'stream', text });
    expect([answer.status, answer.json()['code']]).toEqual([502, 'LLM_ANSWER_UNUSABLE']);
    expect(answer.body).not.toContain('invented');
    expect(fake.asked.length - asked).toBe(2);
    expect(
      rows.map(({ status_code, error_code, meta, cost_usd }) => [
        status_code,
        error_code,
        meta['attempt'],
        meta['retried'],
        cost_usd,
      ]),
    ).toEqual([
      [502, 'LLM_ANSWER_UNUSABLE', 1, true, 0.0014],
      [502, 'LLM_ANSWER_UNUSABLE', 2, undefined, 0.0014],
    ]);
  });

  test('the second attempt may be good', async () => {
    const [answer, rows] = await outcome(
      await gateway(),
      { kind: 'stream', text: 'hm' },
      { kind: 'stream', text: GOOD },
    );
    expect(answer.status).toBe(200);
    expect(answer.json()['call_id']).toBe(rows[1]?.id);
    expect(rows.map(({ status_code }) => status_code)).toEqual([502, 200]);
  });
});

describe('a model that fails again and again', () => {
  test('is left alone for half a minute, then one call tries it', async () => {
    let now = Date.now();
    const api = await gateway({ clock: { now: () => now, sleep: () => Promise.resolve() } });
    for (let n = 0; n < 5; n += 1) await outcome(api, { kind: 'status', status: 500 });
    const asked = fake.asked.length;
    const [answer, rows] = await outcome(api, { kind: 'stream', text: GOOD });
    expect([answer.status, answer.json()['code'], answer.headers['retry-after']]).toEqual([
      503,
      'LLM_UPSTREAM_DOWN',
      '30',
    ]);
    expect(rows).toEqual([
      expect.objectContaining({ status_code: 503, error_code: 'LLM_UPSTREAM_DOWN', model: null, cost_usd: null }),
    ]);
    expect(fake.asked).toHaveLength(asked);
    now += 30_000;
    expect((await outcome(api, { kind: 'status', status: 500 }))[0].status).toBe(502);
    expect((await outcome(api, { kind: 'stream', text: GOOD }))[0].json()['code']).toBe('LLM_UPSTREAM_DOWN');
    now += 30_000;
    expect((await outcome(api, { kind: 'stream', text: GOOD }))[0].status).toBe(200);
    expect((await outcome(api, { kind: 'stream', text: GOOD }))[0].status).toBe(200);
  });
});

test('a caller that goes away takes its question along, and leaves a row', async () => {
  const api = await gateway();
  fake.behave({ kind: 'stall', text: '{' });
  const before = fake.abandoned.count;
  const rows = await callsOf(db, async () => {
    const asked = fake.asked.length;
    const calling = request(`${api.url}/llm/explain-chart`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
    });
    calling.on('error', () => undefined);
    calling.end(JSON.stringify(body));
    await vi.waitUntil(() => fake.asked.length > asked, { timeout: 5_000 });
    calling.destroy();
    await vi.waitUntil(async () => fake.abandoned.count > before && (await openRows()).length === 0, {
      timeout: 5_000,
    });
  });
  expect(rows).toEqual([expect.objectContaining({ status_code: 499, error_code: 'LLM_CLIENT_GONE' })]);
});

describe('a database that is gone', () => {
  const name = (): string => new URL(db.url).pathname.slice(1);
  async function asAdmin(...statements: string[]): Promise<void> {
    const admin = openPool(testServers()[0]!.url, { max: 1, applicationName: 'test admin' });
    try {
      for (const sql of statements) await admin.query(sql);
    } finally {
      await admin.close();
    }
  }
  const goAway = (): Promise<void> =>
    asAdmin(
      `alter database "${name()}" allow_connections false`,
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name()}'`,
    );
  const comeBack = (): Promise<void> => asAdmin(`alter database "${name()}" allow_connections true`);

  test('before the call: 503, and the model is not asked', async () => {
    const api = await gateway();
    fake.behave({ kind: 'stream', text: GOOD });
    const asked = fake.asked.length;
    await goAway();
    const answer = await post(api, 'explain-chart', body);
    await comeBack();
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5']);
    expect(fake.asked).toHaveLength(asked);
  });

  test('during the call: no answer, and the inference is in the log all the same once somebody looks', async () => {
    const api = await gateway();
    fake.behave({ kind: 'stream', text: GOOD });
    fake.onAsked = goAway;
    const rows = await callsOf(db, async () => {
      const answer = await post(api, 'explain-chart', body);
      fake.onAsked = null;
      await comeBack();
      expect([answer.status, answer.json()['code']]).toEqual([503, 'LLM_LOG_FAILED']);
      expect(answer.body).not.toContain('12,000');
      expect(await openRows()).toHaveLength(1);
      expect(await settleOpenCalls(api.api.service)).toBe(0);
      await db.pool.query(`update etl.llm_open_call set ts = ts - interval '16 minutes'`);
      expect(await settleOpenCalls(api.api.service)).toBe(1);
    });
    expect(rows).toEqual([
      expect.objectContaining({
        status_code: 500,
        error_code: 'LLM_UNFINISHED',
        prompt_key: 'explain-chart',
        model: 'fake-1',
        prompt: '{"userPrompt":"what is it?"}',
      }),
    ]);
    expect(await openRows()).toEqual([]);
    // It recovers by itself.
    expect((await post(api, 'explain-chart', body)).status).toBe(200);
  });

  test('a log that cannot be written shuts the gateway, also for refusals', async () => {
    const api = await gateway();
    await db.pool.query('revoke insert on public.llm_call_log from service_role');
    const answers = [await post(api, 'explain-chart', {}), await post(api, 'explain-chart', body)];
    await db.pool.query('grant insert on public.llm_call_log to service_role');
    expect(answers.map((answer) => [answer.status, answer.json()['code']])).toEqual([
      [503, 'LLM_LOG_FAILED'],
      [503, 'LLM_LOG_FAILED'],
    ]);
    expect(answers[1]?.body).not.toContain('12,000');
    await db.pool.query('delete from etl.llm_open_call');
  });
});

afterAll(async () => {
  await Promise.all(started.map((api) => api.stop()));
});
