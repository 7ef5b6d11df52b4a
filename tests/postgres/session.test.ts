/** Sessions of the server: reads have the rights of anon and cannot write, whatever is asked; a statement that takes too long ends. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPool, type Pool } from '../../loaders/postgres/database.ts';
import { type FreshDatabase, freshDatabase, testServers } from '../support/postgres.ts';

describe.each(testServers())('on $name', (server) => {
  let db: FreshDatabase;
  let reads: Pool;
  let service: Pool;
  beforeAll(async () => {
    db = await freshDatabase(server);
    reads = openPool(db.url, { max: 1, session: { role: 'anon', readOnly: true, statementTimeoutMs: 200 } });
    service = openPool(db.url, { max: 1, session: { role: 'service_role' } });
  });
  afterAll(async () => {
    await Promise.all([reads.close(), service.close()]);
  });

  test('each works as its role', async () => {
    for (const [pool, role] of [
      [reads, 'anon'],
      [service, 'service_role'],
    ] as const)
      expect(await pool.query('select current_user::text as role')).toEqual([{ role }]);
  });

  test('reads see what is public, and neither operations nor what only the service may see', async () => {
    expect(await reads.query('select 1 as one from public.stream_ontario_demand limit 1')).toEqual([]);
    for (const table of ['etl.load', 'etl.setting', 'public.llm_call_log', 'public.ops_runs', 'public.help_feedback'])
      await expect(reads.query(`select from ${table}`)).rejects.toMatchObject({ code: '42501' });
  });

  test('reads write nothing, not even where anon may call a function that writes', async () => {
    await expect(reads.query('create temporary table x (a int)')).rejects.toMatchObject({ code: '25006' });
    await expect(reads.query(`select submit_help_feedback('page.trends', 3::smallint)`)).rejects.toMatchObject({
      code: expect.stringMatching(/25006|PT404/) as string,
    });
    await expect(reads.query(`insert into public.feature_flags (key) values ('x')`)).rejects.toMatchObject({
      code: '25006',
    });
  });

  test('the service writes where it may, and no published numbers', async () => {
    await service.query(
      `insert into public.ops_runs (run_type, status, started_at) values ('other', 'success', now())`,
    );
    await expect(service.query('delete from public.ontario_hourly_demand')).rejects.toMatchObject({ code: '42501' });
  });

  test('a statement that takes too long is ended, and the connection goes on', async () => {
    await expect(reads.query('select pg_sleep(20)')).rejects.toMatchObject({ code: '57014' });
    expect(await reads.query('select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('statements that are kept give what others give, and a table that changes costs one answer', async () => {
    const kept = openPool(db.url, { max: 1, prepare: true });
    try {
      await kept.query('create table public.kept_test (a int, b text)');
      await kept.query(`insert into public.kept_test values (1, 'x'), (2, null)`);
      const ask = () => kept.query('select * from public.kept_test where a >= $1 order by a', [1]);
      for (let turn = 0; turn < 7; turn += 1)
        expect(await ask()).toEqual([
          { a: 1, b: 'x' },
          { a: 2, b: null },
        ]);
      expect(
        await kept.query(`select count(*)::int as n from pg_prepared_statements where statement like '%kept_test%'`),
      ).toEqual([{ n: 1 }]);
      await kept.query('alter table public.kept_test add column c int default 3');
      await ask().catch(() => undefined);
      expect(await ask()).toEqual([
        { a: 1, b: 'x', c: 3 },
        { a: 2, b: null, c: 3 },
      ]);
      // One too many is asked without being kept.
      for (let n = 0; n < 520; n += 1)
        expect(await kept.query(`select ${n} + $1::int as sum`, [1])).toEqual([{ sum: n + 1 }]);
      await kept.query('drop table public.kept_test');
    } finally {
      await kept.close();
    }
  });
});
