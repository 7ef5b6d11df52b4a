/** `llm` from the command line: prompts from file to approval, the audit and what makes it fail, retention. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { FaultJson } from '../../core/errors.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import type { Audit } from '../../cli/llm-audit.ts';
import { type Answer, builtProgram, runProgram, temporaryFolder } from './support.ts';

const program = builtProgram();
const folder = temporaryFolder();
/** Several processes, one after the other. */
const LONG = { timeout: 180_000 };
let db: FreshDatabase;
beforeAll(async () => {
  db = await freshDatabase();
});

const penstock = (words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  runProgram(program, ['llm', ...words, '--json'], { cwd: folder, env: { DATABASE_URL: db.url, ...env } });
const code = (answer: Answer): [number | null, string] => [answer.code, answer.json<{ error: FaultJson }>().error.code];

describe('prompts', () => {
  test('go from file to draft to approved, by somebody who has a name, and their text stays', LONG, async () => {
    const registered = (await penstock(['prompts', 'register'])).json<{ prompts: { outcome: string }[] }>();
    expect(registered.prompts.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 8 }, () => 'registered'));
    expect(code(await penstock(['prompts', 'approve', 'explain-chart', '1']))).toEqual([1, 'LLM_BY_WHOM']);
    expect(code(await penstock(['prompts', 'approve', 'explain-chart', '9', '--by', 'ada']))).toEqual([
      1,
      'LLM_PROMPT_UNKNOWN',
    ]);
    // Somebody put another text there than the one of the file.
    await db.pool.query(
      `update public.llm_prompts set template_hash = repeat('a', 64) where prompt_key = 'market-brief'`,
    );
    expect(code(await penstock(['prompts', 'approve', 'market-brief', '1', '--by', 'ada']))).toEqual([
      1,
      'LLM_PROMPT_CHANGED',
    ]);
    expect(
      (await penstock(['prompts', 'register']))
        .json<{ prompts: { key: string; outcome: string }[] }>()
        .prompts.filter(({ outcome }) => outcome !== 'unchanged'),
    ).toEqual([{ key: 'market-brief', version: '1', outcome: 'draft updated' }]);
    const approved = await penstock([
      'prompts',
      'approve',
      'explain-chart',
      '1',
      '--by',
      'ada',
      '--note',
      'read with two teachers',
    ]);
    expect([approved.code, approved.json()]).toEqual([
      0,
      { key: 'explain-chart', version: '1', status: 'approved', changed: true },
    ]);
    expect((await penstock(['prompts', 'approve', 'explain-chart', '1', '--by', 'ada'])).json()).toMatchObject({
      changed: false,
    });
    expect(
      await db.pool.query(
        `select approved_by, note, status from public.llm_prompts where prompt_key = 'explain-chart'`,
      ),
    ).toEqual([{ approved_by: 'ada', note: 'read with two teachers', status: 'approved' }]);
  });

  test('one that is retired is used no more, and stays so', LONG, async () => {
    expect((await penstock(['prompts', 'approve', 'community-plan', '1'], { USER: 'bob' })).code).toBe(0);
    expect(
      (await penstock(['prompts', 'retire', 'community-plan', '1', '--by', 'ada', '--note', 'too bold'])).json(),
    ).toMatchObject({ changed: true });
    expect(code(await penstock(['prompts', 'approve', 'community-plan', '1', '--by', 'ada']))).toEqual([
      1,
      'LLM_PROMPT_RETIRED',
    ]);
    const { prompts } = (await penstock(['prompts', 'list'])).json<{ prompts: { key: string }[] }>();
    expect(prompts.find(({ key }) => key === 'community-plan')).toMatchObject({
      status: 'retired',
      file: 'same',
      approvedBy: 'bob',
      note: expect.stringContaining('retired by ada: too bold'),
    });
  });
});

describe('audit', () => {
  const audit = async (
    words: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): Promise<{ code: number | null; audit: Audit }> => {
    const answer = await penstock(['audit', ...words], env);
    return { code: answer.code, audit: answer.json<Audit>() };
  };
  const states = ({ lines }: Audit): Record<string, string> =>
    Object.fromEntries(lines.filter(({ state }) => state !== 'ok').map(({ check, state }) => [check, state]));

  test('says what is so, with figures that can be counted again', LONG, async () => {
    await db.pool.query(
      `insert into public.llm_call_log (ts, endpoint, status_code, error_code, prompt_key, prompt_version, model, provenance, cost_usd, token_cost, duration_ms, redaction_summary, meta) values
        (now() - interval '1 hour', 'explain-chart', 200, null, 'explain-chart', '1', 'm', '["a"]', 0.01, 1000, 100, '{"email": 2}', '{"attempt": 1}'),
        (now() - interval '1 hour', 'explain-chart', 200, null, 'explain-chart', '1', 'm', '["a"]', 0, 0, 5, '{}', '{"cached": true}'),
        (now() - interval '1 hour', 'explain-chart', 502, 'LLM_ANSWER_UNUSABLE', 'explain-chart', '1', 'm', null, 0.01, 1000, 900, '{}', '{"attempt": 1, "retried": true}'),
        (now() - interval '1 hour', 'explain-chart', 200, null, 'explain-chart', '1', 'm', '["a"]', 0.01, 1000, 300, '{"telephone": 1}', '{"attempt": 2}'),
        (now() - interval '1 hour', 'explain-chart', 429, 'LLM_QUOTA', null, null, null, null, null, null, 2, '{}', '{}'),
        (now() - interval '40 days', 'explain-chart', 451, 'INDIGENOUS_GUARD', null, null, null, null, null, null, 2, '{}', '{}')`,
    );
    await db.pool.query(
      `insert into public.edge_invocation_log (function_name, status, started_at, completed_at, duration_ms, metadata)
       select 'llm-explain-chart', 'success', now() - interval '1 hour', now() - interval '1 hour', 1, '{"status_code": 200, "sample_rate": 1}' from generate_series(1, 4)`,
    );
    await db.pool.query(
      `insert into public.llm_feedback (endpoint, feedback, call_id) select 'explain-chart', 'up', id from public.llm_call_log limit 1`,
    );
    await penstock(['purge']);
    const { code: exit, audit: found } = await audit();
    expect(exit).toBe(0);
    expect(states(found)).toEqual({ model: 'warn', prompts: 'warn' });
    expect(found.calls).toMatchObject({
      calls: 5,
      answered: 3,
      by_model: 3,
      with_prompt: 3,
      with_sources: 3,
      cached: 1,
      inferences: 3,
      inferences_failed: 1,
      p50_ms: 300,
      p95_ms: 900,
    });
    expect(found.calls.refusals).toEqual([
      { code: 'LLM_ANSWER_UNUSABLE', calls: 1 },
      { code: 'LLM_QUOTA', calls: 1 },
    ]);
    expect(found.others).toMatchObject({
      feedback: 1,
      feedback_up: 1,
      feedback_linked: 1,
      oldest_days: 40,
      redactions: [
        { kind: 'email', n: 2 },
        { kind: 'telephone', n: 1 },
      ],
    });
    expect(found.reconciled).toEqual({ answered: 4, logged: 4, sampled: 0 });
    expect(found.spend).toEqual([expect.objectContaining({ model: 'm', calls: 4, tokens: 3_000, usd: 0.03 })]);
    expect((await audit(['--days', '366'])).audit.calls.calls).toBe(6);
  });

  test.each<[string, string, string, string]>([
    [
      'every call logged',
      'fail',
      `insert into public.edge_invocation_log (function_name, status, started_at, metadata) values ('llm-explain-chart', 'success', now() - interval '1 minute', '{"status_code": 451}')`,
      `delete from public.edge_invocation_log where started_at > now() - interval '30 minutes'`,
    ],
    [
      'sources',
      'fail',
      `insert into public.llm_call_log (endpoint, status_code, prompt_key, prompt_version, provenance, cost_usd, token_cost) values ('x', 200, 'explain-chart', '1', '[]', 0, 0)`,
      `delete from public.llm_call_log where endpoint = 'x'`,
    ],
    [
      'personal data',
      'fail',
      `insert into public.llm_call_log (endpoint, status_code, prompt) values ('x', 403, 'mail ada@example.ca')`,
      `delete from public.llm_call_log where endpoint = 'x'`,
    ],
    [
      'prompt texts',
      'fail',
      `insert into public.llm_prompts (prompt_key, version, template_hash, status, approved_by, approved_at) values ('data-quality', '2', repeat('b', 64), 'approved', 'eve', now())`,
      `delete from public.llm_prompts where version = '2'`,
    ],
    [
      'prompts approved',
      'fail',
      `insert into public.llm_call_log (endpoint, status_code, prompt_key, prompt_version, provenance, cost_usd, token_cost) values ('x', 200, 'data-quality', '1', '["a"]', 0, 0)`,
      `delete from public.llm_call_log where endpoint = 'x'`,
    ],
    [
      'retention',
      'fail',
      `insert into public.llm_call_log (endpoint, status_code, ts) values ('x', 403, now() - interval '190 days')`,
      `delete from public.llm_call_log where endpoint = 'x'`,
    ],
    [
      'cost',
      'warn',
      `insert into public.llm_call_log (endpoint, status_code, prompt_key, prompt_version, provenance, token_cost) values ('x', 200, 'explain-chart', '1', '["a"]', 7)`,
      `delete from public.llm_call_log where endpoint = 'x'`,
    ],
  ])('"%s" is %s where it should be', LONG, async (check, state, plant, mend) => {
    await db.pool.query(plant);
    const { code: exit, audit: found } = await audit();
    await db.pool.query(mend);
    expect(states(found)).toMatchObject({ [check]: state });
    expect(exit).toBe(state === 'fail' ? 4 : 0);
  });

  test('a month that is spent fails, one that is nearly spent warns', LONG, async () => {
    const env = (usd: string) => ({ LLM_MONTHLY_USD: usd });
    expect(states((await audit([], env('0.02'))).audit)).toMatchObject({ month: 'fail' });
    expect(states((await audit([], env('0.032'))).audit)).toMatchObject({ month: 'warn' });
    expect(states((await audit([], env('1'))).audit)).not.toHaveProperty('month');
  });
});

test('serve does not start with settings that make no sense, and names them all', LONG, async () => {
  const answer = await runProgram(program, ['serve', '--port', '0', '--json'], {
    cwd: folder,
    env: {
      DATABASE_URL: db.url,
      LLM_ENABLED: 'true',
      LLM_BASE_URL: 'ftp://x',
      LLM_PRICES: '/no/such/file',
      LLM_MONTHLY_USD: '5',
      LLM_MAX_RPM: 'many',
      LLM_API_KEY: 'a-key-that-nobody-sees',
    },
  });
  expect(code(answer)).toEqual([1, 'SETTINGS_INVALID']);
  const { what } = answer.json<{ error: FaultJson }>().error;
  for (const name of ['LLM_BASE_URL', 'LLM_MODEL', 'LLM_PRICES', 'LLM_MONTHLY_USD', 'LLM_MAX_RPM'])
    expect(what).toContain(name);
  expect(answer.stdout + answer.stderr).not.toContain('a-key-that-nobody-sees');
});
