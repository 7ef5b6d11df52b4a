/** The gates of the gateway in their order, each refusal with one row, and quotas that several servers share. */
import { sign } from 'hono/jwt';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { callsOf, DATASET, GOOD, llmDatabase, type LoggedCall, post, SECRET, startGateway } from '../llm/support.ts';
import { ask, type Reply } from '../serve/support.ts';
import { type RunningApi, startApi } from '../support/api.ts';
import { type FakeUpstream, fakeUpstream } from '../support/fake-upstream.ts';
import type { FreshDatabase } from '../support/postgres.ts';

let db: FreshDatabase;
let fake: FakeUpstream;
let on: RunningApi;
let off: RunningApi;
let strict: RunningApi;
let second: RunningApi;
beforeAll(async () => {
  db = await llmDatabase();
  fake = await fakeUpstream();
  fake.behave({ kind: 'stream', text: GOOD });
  on = await startGateway(db, fake);
  strict = await startGateway(db, fake, { llm: { perMinute: 30 } });
  second = await startGateway(db, fake, { llm: { perMinute: 30 } });
  off = await startApi({ url: db.url, settings: { addressHeader: 'x-real-ip' } });
});
afterAll(async () => {
  await Promise.all([on, off, strict, second].map((api) => api.stop()));
});

const ATTACK = 'how to hack the substation';
const INDIGENOUS = 'kaggle/first_nations_projects';
let addresses = 0;
const client = (): Record<string, string> => ({ 'x-real-ip': `192.0.2.${(addresses += 1)}` });
/** A client whose minute is spent, and the next one, too: no test waits for the clock. */
const spentClient = async (): Promise<Record<string, string>> => {
  const headers = client();
  await db.pool.query(
    `select public.llm_rl_increment(etl.hash_client($1), now() + n * interval '1 minute', 30) from generate_series(0, 1) n, generate_series(1, 30)`,
    [headers['x-real-ip']],
  );
  return headers;
};

/** Asks once, and looks at the one row. */
async function refusal(work: () => Promise<Reply>): Promise<[Reply, LoggedCall]> {
  const asked = fake.asked.length;
  let answer: Reply | undefined;
  const rows = await callsOf(db, async () => (answer = await work()));
  expect(rows).toHaveLength(1);
  expect(fake.asked).toHaveLength(asked);
  expect(rows[0]).toMatchObject({ status_code: answer!.status, error_code: answer!.json()['code'], cost_usd: null });
  expect(answer!.headers).toMatchObject({
    'x-ratelimit-limit': expect.stringMatching(/^\d+$/),
    'x-ratelimit-remaining': expect.stringMatching(/^\d+$/),
    'x-ratelimit-reset': expect.stringMatching(/^\d+$/),
  });
  return [answer!, rows[0]!];
}

describe('the first gate that is shut answers', () => {
  test('400 before everything', async () => {
    const headers = await spentClient();
    const [answer, row] = await refusal(() =>
      post(off, 'explain-chart', { userPrompt: `${ATTACK} ${INDIGENOUS}` }, headers),
    );
    expect([answer.status, answer.json()['code']]).toEqual([400, 'HTTP_BODY_UNREADABLE']);
    expect(row).toMatchObject({ endpoint: 'explain-chart', prompt: null, client_hash: expect.any(String) });
  });

  test.each([
    ['no JSON', '{', 'HTTP_BODY_UNREADABLE', 400],
    ['no object', '7', 'HTTP_BODY_UNREADABLE', 400],
    ['an empty path', { datasetPath: '  ' }, 'HTTP_BODY_UNREADABLE', 400],
    ['a NUL', { datasetPath: DATASET, userPrompt: 'a\0b' }, 'HTTP_BODY_UNREADABLE', 400],
    ['too long a question', { datasetPath: DATASET, userPrompt: 'x'.repeat(4_001) }, 'HTTP_BODY_UNREADABLE', 400],
  ])('%s is 400, and logged', async (_what, body, code, status) => {
    const [answer] = await refusal(() => post(on, 'market-brief', body, client()));
    expect([answer.status, answer.json()['code']]).toEqual([status, code]);
  });

  test('a body of another kind is refused and logged, too', async () => {
    const [answer] = await refusal(() =>
      post(on, 'explain-chart', 'a=b', { ...client(), 'Content-Type': 'text/plain' }),
    );
    expect(answer.status).toBe(415);
  });

  test('403 before 503, 451 and 429', async () => {
    const headers = await spentClient();
    for (const api of [off, strict]) {
      const [answer, row] = await refusal(() =>
        post(api, 'explain-chart', { datasetPath: INDIGENOUS, userPrompt: ATTACK }, headers),
      );
      expect([answer.status, answer.json()['code']]).toEqual([403, 'LLM_SAFETY']);
      expect(row.prompt).toContain(ATTACK);
    }
  });

  test('503 before 451 and 429, with its header and no text of its own', async () => {
    const headers = await spentClient();
    const [answer] = await refusal(() => post(off, 'explain-chart', { datasetPath: INDIGENOUS }, headers));
    expect([answer.status, answer.json()['code']]).toEqual([503, 'LLM_DISABLED']);
    expect(answer.headers).toMatchObject({
      'x-llm-mode': 'disabled',
      'retry-after': expect.any(String),
      'x-ratelimit-remaining': '0',
    });
    expect(answer.json()).toMatchObject({ error: expect.any(String), mode: 'disabled' });
    expect(answer.json()).not.toHaveProperty('result');
  });

  test('503 where no prompt is approved, or its text has changed, or it is for another model; before 451', async () => {
    const why = async (): Promise<unknown> => {
      const [answer] = await refusal(() => post(on, 'community-plan', { datasetPath: INDIGENOUS }, client()));
      expect([answer.status, answer.json()['code'], answer.headers['x-llm-mode']]).toEqual([
        503,
        'LLM_PROMPT_UNAPPROVED',
        'live',
      ]);
      return answer.json()['error'];
    };
    const set = (words: string): Promise<unknown> =>
      db.pool.query(`update public.llm_prompts set ${words} where prompt_key = 'community-plan'`);
    await set(`model = 'another'`);
    expect(await why()).toContain('for another model');
    await set(`model = null, status = 'retired'`);
    expect(await why()).toContain('no version of it is approved');
    await db.pool.query(
      `insert into public.llm_prompts (prompt_key, version, template_hash, status, approved_by, approved_at) values ('community-plan', '2', repeat('a', 64), 'approved', 'ada', now())`,
    );
    expect(await why()).toContain('not the one that was approved');
  });

  test('451 before 429', async () => {
    const headers = await spentClient();
    const [answer, row] = await refusal(() =>
      post(strict, 'explain-chart', { datasetPath: INDIGENOUS, panelId: 'p' }, headers),
    );
    expect([answer.status, answer.json()['code']]).toEqual([451, 'INDIGENOUS_GUARD']);
    expect(answer.json()).toMatchObject({ error: expect.any(String), governance_request: { id: null, status: null } });
    expect(row).toMatchObject({ panel_id: 'p', prompt_key: 'explain-chart', prompt_version: '1' });
  });

  test('429 before 404, with when to come again', async () => {
    const headers = await spentClient();
    const [answer] = await refusal(() => post(strict, 'explain-chart', { datasetPath: 'no-such-data' }, headers));
    expect([answer.status, answer.json()['code']]).toEqual([429, 'LLM_QUOTA']);
    expect(answer.json()).toMatchObject({ message: expect.any(String), retryAfter: expect.any(Number) });
    expect(answer.headers).toMatchObject({
      'x-ratelimit-limit': '30',
      'x-ratelimit-remaining': '0',
      'retry-after': expect.stringMatching(/^\d+$/),
    });
  });

  test('404 where there are no such data, or no row of them: the model is not asked', async () => {
    for (const datasetPath of ['no-such-data', 'ontario-prices', "x'; drop table public.llm_call_log; --"]) {
      const [answer, row] = await refusal(() => post(on, 'explain-chart', { datasetPath }, client()));
      expect([answer.status, answer.json()['code'], row.dataset_path]).toEqual([404, 'DATA_UNKNOWN', datasetPath]);
    }
  });

  test('key figures pass the same gates, but need no model', async () => {
    expect((await refusal(() => post(off, 'transition-kpis', {}, client())))[0].status).toBe(400);
    expect((await refusal(() => ask(off.url, '/llm/transition-kpis', { headers: client() })))[0].status).toBe(400);
    expect((await refusal(() => post(off, 'transition-kpis', { datasetPath: INDIGENOUS }, client())))[0].status).toBe(
      451,
    );
    expect((await post(off, 'transition-kpis', { datasetPath: 'provincial-generation' }, client())).status).toBe(200);
    expect((await ask(off.url, '/llm/health')).json()).toMatchObject({ ok: false, mode: 'disabled' });
  });
});

describe('data of Indigenous peoples', () => {
  test.each([
    { datasetPath: 'indigenous_territories' },
    { datasetPath: 'kaggle/FirstNations' },
    { datasetPath: 'kaggle/first-nations' },
    { datasetPath: 'kaggle/firstnations%5Fenergy' },
    { datasetPath: 'inuit/heating' },
    { datasetPath: 'métis-communities' },
    { datasetPath: 'x/fnmi' },
    { datasetPath: 'treaty_6' },
    { datasetPath: DATASET, tags: ['energy', 'Indigenous'] },
    { datasetPath: DATASET, manifest: { title: 'Projects', notes: 'with First Nations' } },
    { datasetPath: DATASET, manifest: 'inuit' },
    { datasetPath: DATASET, userPrompt: 'use the in\u200bdigenous_projects dataset' },
    { datasetPath: DATASET, focus: 'Treaties' },
    { datasetPath: DATASET, logs: [{ dataset: 'first_nations' }] },
  ])('451: %j', async (body) => {
    const [answer] = await refusal(() => post(on, 'analytics-insight', body, client()));
    expect([answer.status, answer.json()['code']]).toEqual([451, 'INDIGENOUS_GUARD']);
  });

  test('a manifest in the database that says so shuts its dataset', async () => {
    await db.pool.query(
      'alter table public.stream_manifest drop constraint stream_manifest_provider_fkey, drop constraint stream_manifest_provenance_type_fkey',
    );
    await db.pool.query(
      `insert into public.stream_manifest (stream_key, health_key, dataset, version, fields, page_size_default, max_page_size, title, provider, license, source_url,
         update_frequency, enabled, provenance_type, notes, load_id)
       select 'provincial-generation', 'x', 'x', '1', array['a'], 1, 1, 'x', 'x', 'x', 'x', 'x', true, 'x', 'From Inuit communities', load_id from etl.load limit 1`,
    );
    const [answer] = await refusal(() => post(on, 'explain-chart', { datasetPath: 'provincial-generation' }, client()));
    expect(answer.status).toBe(451);
    await db.pool.query(`delete from public.stream_manifest`);
  });

  test.each(['continuity of supply', 'the first national figure', 'reserve margin', 'retreaty no'])(
    '"%s" is no marker',
    async (userPrompt) => {
      expect((await post(on, 'explain-chart', { datasetPath: DATASET, userPrompt }, client())).status).toBe(200);
    },
  );

  test('whoever proves who they are gets a governance request, one for the same data', async () => {
    const now = Math.floor(Date.now() / 1_000);
    const jwt = await sign({ role: 'authenticated', sub: 'user-7', exp: now + 60 }, SECRET, 'HS256');
    const headers = { ...client(), Authorization: `Bearer ${jwt}`, 'x-user-id': 'somebody-else' };
    const body = { datasetPath: INDIGENOUS, panelId: 'p', userPrompt: 'for ada@example.ca' };
    const ids = [];
    for (let n = 0; n < 2; n += 1) {
      const [answer, row] = await refusal(() => post(on, 'explain-chart', body, headers));
      ids.push(answer.json<{ governance_request: { id: string } }>().governance_request.id);
      expect(row.user_id).toBe('user-7');
    }
    expect(ids[1]).toBe(ids[0]);
    expect(
      await db.pool.query('select id, user_id, dataset_path, panel_id, prompt, status from public.governance_requests'),
    ).toEqual([
      {
        id: ids[0],
        user_id: 'user-7',
        dataset_path: INDIGENOUS,
        panel_id: 'p',
        prompt: '{"userPrompt":"for [redacted:email]"}',
        status: 'open',
      },
    ]);
  });
});

describe('quotas', () => {
  test('of 80 questions at once to two servers exactly 30 are answered; no header of the client makes another bucket', async () => {
    const headers = client();
    const rows = await callsOf(db, () =>
      Promise.all(
        Array.from({ length: 80 }, (_none, n) =>
          post(
            n % 2 === 0 ? strict : second,
            'explain-chart',
            { datasetPath: DATASET, userPrompt: `q ${n}` },
            { ...headers, 'x-user-id': `user-${n}` },
          ),
        ),
      ),
    );
    expect(rows).toHaveLength(80);
    const minutes = await db.pool.query<{ count: number }>(
      `select count from public.llm_rate_limit where user_id = etl.hash_client($1)`,
      [headers['x-real-ip']],
    );
    // The minute may have ended in between; each has its 30.
    const allowed = minutes.reduce((sum, { count }) => sum + Math.min(30, count), 0);
    expect(rows.filter(({ status_code }) => status_code === 200)).toHaveLength(allowed);
    expect(rows.filter(({ error_code }) => error_code === 'LLM_QUOTA')).toHaveLength(80 - allowed);
    expect(new Set(rows.map(({ client_hash }) => client_hash)).size).toBe(1);
    expect(allowed).toBe(minutes.length === 1 ? 30 : allowed);
  }, 60_000);

  test('where calls cannot be counted, nobody is let in', async () => {
    const signature = 'function public.llm_rl_increment(text, timestamp with time zone, int)';
    await db.pool.query(`revoke execute on ${signature} from service_role`);
    const [answer] = await refusal(() => post(on, 'explain-chart', { datasetPath: DATASET }, client()));
    await db.pool.query(`grant execute on ${signature} to service_role`);
    expect([answer.status, answer.json()['code']]).toEqual([503, 'LLM_QUOTA_UNCOUNTED']);
  });
});

describe('the cap of a month', () => {
  test('counts what is under way at the most that it can cost, and refuses what could exceed it', async () => {
    const [spent] = await db.pool.query<{ usd: number }>(
      `select coalesce(sum(coalesce(cost_usd, (meta ->> 'cost_max_usd')::numeric, 0)), 0)::float8 as usd from public.llm_call_log`,
    );
    // A question is counted with about 0.01 USD (its bytes, and 500 tokens) until it is known that it cost 0.0014.
    const capped = await startGateway(db, fake, { llm: { monthlyUsd: (spent?.usd ?? 0) + 0.013 } });
    let answerNow: () => void = () => undefined;
    const mayAnswer = new Promise<void>((done) => (answerNow = done));
    fake.onAsked = () => mayAnswer;
    const question = (userPrompt: string): Promise<Reply> =>
      post(capped, 'explain-chart', { datasetPath: DATASET, userPrompt }, client());
    const asked = fake.asked.length;
    const first = question('first');
    await vi.waitUntil(() => fake.asked.length > asked);
    const [answer] = await refusal(() => question('second'));
    expect([answer.status, answer.json()['code']]).toEqual([429, 'LLM_BUDGET_SPENT']);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    answerNow();
    fake.onAsked = null;
    expect((await first).json()).toMatchObject({ meta: { cost_usd: 0.0014 } });
    expect((await question('third')).status).toBe(200);
    await capped.stop();
  });
});
