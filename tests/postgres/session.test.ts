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
});
