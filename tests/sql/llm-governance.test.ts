/** The LLM tables: quota that honours its limit, a log with retention, prompts that stay as approved, spend by day. */
import { describe, expect, test } from 'vitest';
import { migrate } from '../../sql/migrate.ts';
import { freshDatabase, testServers } from '../support/postgres.ts';
import { emptyDatabase } from './empty-database.ts';

describe.each(testServers())('on $name', (server) => {
  test('a quota of 30 is a quota of 30, and parallel calls are counted exactly', async () => {
    const { pool } = await freshDatabase(server);
    const increment = async (bucket: string, at: string, limit: number) => {
      const [row] = await pool.query<{ count: number; user_quota: number }>(
        'select * from public.llm_rl_increment($1, $2, $3)',
        [bucket, at, limit],
      );
      return row;
    };
    expect(await increment('first', '2026-11-22T10:00:01Z', 30)).toEqual({ count: 1, user_quota: 30 });
    const all = await Promise.all(
      Array.from({ length: 20 }, (_none, index) => increment('ada', `2026-11-22T10:00:${10 + index}Z`, 30)),
    );
    expect(all.map((row) => row?.count).toSorted((a = 0, b = 0) => a - b)).toEqual(
      Array.from({ length: 20 }, (_none, index) => index + 1),
    );
    expect(new Set(all.map((row) => row?.user_quota))).toEqual(new Set([30]));
    expect(await increment('ada', '2026-11-22T10:01:00Z', 30)).toEqual({ count: 1, user_quota: 30 });
    expect(await increment('bob', '2026-11-22T10:00:20Z', 30)).toEqual({ count: 1, user_quota: 30 });
    // A limit that was lowered holds at once.
    expect(await increment('ada', '2026-11-22T10:00:40Z', 5)).toEqual({ count: 21, user_quota: 5 });
  });

  test('counting without bucket, time or limit fails, and does not let the call through', async () => {
    const { pool } = await freshDatabase(server);
    for (const params of [
      [null, '2026-11-22T10:00Z', 30],
      [' ', '2026-11-22T10:00Z', 30],
      ['ada', null, 30],
      ['ada', '2026-11-22T10:00Z', null],
      ['ada', '2026-11-22T10:00Z', 0],
    ]) {
      await expect(pool.query('select * from public.llm_rl_increment($1, $2, $3)', params)).rejects.toMatchObject({
        code: '22023',
      });
    }
    expect(await pool.query('select from public.llm_rate_limit')).toEqual([]);
  });

  test('the purge removes what is too old, says how much, and leaves a run', async () => {
    const { pool } = await freshDatabase(server);
    await pool.query(
      `insert into public.llm_call_log (endpoint, status_code, ts)
       select 'explain-chart', 200, now() - n * interval '1 day' from unnest(array[1, 179, 181, 400]) n`,
    );
    await pool.query(
      `insert into public.llm_feedback (endpoint, feedback, ts, call_id)
       select 'explain-chart', 'up', now() - n * interval '1 day', (select id from public.llm_call_log where ts < now() - interval '390 days')
       from unnest(array[1, 364, 366]) n`,
    );
    await pool.query(
      `insert into public.llm_rate_limit (user_id, window_start, count, user_quota)
       select 'ada', date_trunc('minute', now() - n * interval '1 day'), 1, 30 from unnest(array[1, 8]) n`,
    );
    const purge = `select calls::int, feedback::int, windows::int from public.llm_purge_old()`;
    expect(await pool.query(purge)).toEqual([{ calls: 2, feedback: 1, windows: 1 }]);
    expect(await pool.query(purge)).toEqual([{ calls: 0, feedback: 0, windows: 0 }]);
    expect(await pool.query('select call_id from public.llm_feedback')).toEqual([{ call_id: null }, { call_id: null }]);
    expect(
      await pool.query(`select run_type, job_name, status, metadata from public.ops_runs order by started_at limit 1`),
    ).toEqual([
      {
        run_type: 'purge',
        job_name: 'llm_purge_old',
        status: 'success',
        metadata: { calls: 2, feedback: 1, windows: 1 },
      },
    ]);
  });

  test('a prompt is approved by somebody, and its text stays as approved', async () => {
    const { pool } = await freshDatabase(server);
    const hash = (digit: string): string => digit.repeat(64);
    await pool.query(
      `insert into public.llm_prompts (prompt_key, version, template_hash) values ('explain-chart', '1', $1)`,
      [hash('a')],
    );
    await expect(pool.query(`update public.llm_prompts set status = 'approved'`)).rejects.toMatchObject({
      code: '23514',
    });
    await pool.query(`update public.llm_prompts set template_hash = $1`, [hash('b')]);
    await pool.query(`update public.llm_prompts set status = 'approved', approved_by = 'ada', approved_at = now()`);
    await expect(pool.query(`update public.llm_prompts set template_hash = $1`, [hash('c')])).rejects.toMatchObject({
      code: '23514',
    });
    await pool.query(`update public.llm_prompts set status = 'retired'`);
    await expect(pool.query(`update public.llm_prompts set status = 'draft'`)).rejects.toMatchObject({ code: '23514' });
    // A call names a version that is there, and that version cannot go.
    const call = (version: string) =>
      pool.query(
        `insert into public.llm_call_log (endpoint, status_code, prompt_key, prompt_version) values ('explain-chart', 200, 'explain-chart', $1)`,
        [version],
      );
    await call('1');
    await expect(call('2')).rejects.toMatchObject({ code: '23503' });
    await expect(pool.query('delete from public.llm_prompts')).rejects.toMatchObject({ code: '23503' });
  });

  test('variants of an earlier migration go: one quota, one purge, and a view that is never stale', async () => {
    const { pool, drop } = await emptyDatabase(server);
    await pool.query(
      `create table public.llm_call_log (id uuid primary key default gen_random_uuid(), created_at timestamptz, endpoint text, cost_usd numeric(10,4));
       create materialized view public.mv_llm_daily_spend as select endpoint, count(*) as calls from public.llm_call_log group by endpoint;
       create function public.llm_rl_increment(p_user_id text) returns int language sql as 'select 60';
       create function public.llm_rl_increment(p_user_id text, p_window timestamptz, p_default_limit int)
         returns table (count int, user_quota int, extra int) language sql as 'select 1, 60, 0';
       create function public.llm_purge_old() returns void language sql as 'select'`,
    );
    await migrate(pool);
    expect(
      await pool.query(
        `select p.oid::regprocedure::text as function from pg_proc p
         where p.pronamespace = 'public'::regnamespace and p.proname in ('llm_rl_increment', 'llm_purge_old') order by 1`,
      ),
    ).toEqual([
      { function: 'llm_purge_old()' },
      { function: 'llm_rl_increment(text,timestamp with time zone,integer)' },
    ]);
    expect(
      await pool.query(
        `select relkind from pg_class where relname = 'mv_llm_daily_spend' and relnamespace = 'public'::regnamespace`,
      ),
    ).toEqual([{ relkind: 'v' }]);
    expect(await pool.query(`select user_quota from public.llm_rl_increment('ada', '2026-11-22T10:00Z', 30)`)).toEqual([
      { user_quota: 30 },
    ]);
    await drop();
  });

  test('spend by day counts refusals, and says what has no price', async () => {
    const { pool } = await freshDatabase(server);
    await pool.query(
      `insert into public.llm_call_log (ts, endpoint, status_code, error_code, cost_usd, token_cost) values
         ('2026-11-21T23:59Z', 'explain-chart', 200, null, 0.000125, 900),
         ('2026-11-22T00:01Z', 'explain-chart', 200, null, 0.5, 1000),
         ('2026-11-22T00:02Z', 'explain-chart', 200, null, null, 10),
         ('2026-11-22T00:03Z', 'explain-chart', 451, 'INDIGENOUS_GUARD', null, null)`,
    );
    expect(
      await pool.query(
        `select day::text, endpoint, tokens::int, spend_usd::float8, calls::int, calls_without_price::int
         from public.mv_llm_daily_spend order by day`,
      ),
    ).toEqual([
      {
        day: '2026-11-21',
        endpoint: 'explain-chart',
        tokens: 900,
        spend_usd: 0.000125,
        calls: 1,
        calls_without_price: 0,
      },
      { day: '2026-11-22', endpoint: 'explain-chart', tokens: 1010, spend_usd: 0.5, calls: 3, calls_without_price: 1 },
    ]);
    // The platform's history sorts by created_at.
    expect(await pool.query('select from public.llm_call_log where created_at is distinct from ts')).toEqual([]);
  });
});
