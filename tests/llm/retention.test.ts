/** The retention job: once a day, by one server, and calls whose server died go into the log. */
import { expect, test, vi } from 'vitest';
import { openPool } from '../../loaders/postgres/database.ts';
import { keepRetention, purgeIfDue } from '../../serve/llm/retention.ts';
import { silentLog } from '../support/log.ts';
import { freshDatabase } from '../support/postgres.ts';

test('of several servers one purges, once a day', async () => {
  const db = await freshDatabase();
  await db.pool.query(
    `insert into public.llm_call_log (endpoint, status_code, ts) select 'x', 200, now() - n * interval '1 day' from unnest(array[1, 181]) n`,
  );
  const servers = Array.from({ length: 4 }, () =>
    openPool(db.url, { max: 1, applicationName: 'test server', session: { role: 'service_role' } }),
  );
  const outcomes = await Promise.all(servers.map((server) => purgeIfDue(server)));
  expect(outcomes.filter((outcome) => outcome !== null)).toEqual([{ calls: 1, feedback: 0, windows: 0 }]);
  expect(await purgeIfDue(servers[0]!)).toBeNull();
  await db.pool.query(
    `update public.ops_runs set completed_at = completed_at - interval '25 hours', started_at = started_at - interval '25 hours'`,
  );
  expect(await purgeIfDue(servers[0]!)).toEqual({ calls: 0, feedback: 0, windows: 0 });
  await Promise.all(servers.map((server) => server.close()));
});

test('a server looks after it while it runs, and ends when it is told to, also where the database fails', async () => {
  const db = await freshDatabase();
  const server = openPool(db.url, { max: 1, applicationName: 'test server', session: { role: 'service_role' } });
  await db.pool.query(
    `insert into public.llm_prompts (prompt_key, version, template_hash) values ('p', '1', repeat('a', 64))`,
  );
  await db.pool.query(
    `insert into etl.llm_open_call (id, ts, endpoint, prompt_key, prompt_version, model, cost_max_usd) values (gen_random_uuid(), now() - interval '1 hour', 'x', 'p', '1', 'm', 0.5)`,
  );
  const warnings: string[] = [];
  const stop = keepRetention(server, { ...silentLog, warn: (text) => void warnings.push(text) }, 20);
  await vi.waitUntil(async () => (await db.pool.query('select from public.ops_runs')).length === 1);
  expect(await db.pool.query(`select status_code, error_code, model, meta, cost_usd from public.llm_call_log`)).toEqual(
    [{ status_code: 500, error_code: 'LLM_UNFINISHED', model: 'm', meta: { cost_max_usd: 0.5 }, cost_usd: null }],
  );
  expect(warnings[0]).toContain('1 calls of language models had no end');
  await server.close();
  await vi.waitUntil(() => warnings.some((text) => text.includes('retention of the log of language models failed')));
  await stop();
});
