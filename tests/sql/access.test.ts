/** Who may do what: the live grants and policies agree with sql/access.csv, for every table, role and verb. */
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../core/errors.ts';
import { ACCESS_ROLES, ACCESS_VERBS, accessFaults, readAccess } from '../../sql/access.ts';
import { migrate } from '../../sql/migrate.ts';
import { testServers, type TestServer } from '../support/postgres.ts';
import { emptyDatabase } from './empty-database.ts';

const rows = await readAccess();

describe.each(testServers())('on $name', (server) => {
  test('grants and policies are those of access.csv, also where a host grants everything by default', async () => {
    const database = await emptyDatabase(server);
    const db = database.pool;
    await makeRoles(server);
    await db.query(
      'alter default privileges in schema public grant all on tables to anon, authenticated, service_role',
    );
    await db.query(
      'alter default privileges in schema public grant all on functions to anon, authenticated, service_role',
    );
    await migrate(db);
    expect(await accessFaults(db, rows)).toEqual([]);

    await db.query('create table public.stray (x int)');
    await db.query('create view public.leak as select * from public.source_health');
    await db.query(
      'alter table public.source_health disable row level security; grant insert (notes) on public.source_health to anon',
    );
    await db.query('create policy open on public.source_health for delete using (true)');
    await db.query(
      'revoke select on public.ontario_prices from authenticated; grant truncate on public.ontario_prices to public',
    );
    const faults = await accessFaults(db, [
      ...rows,
      { table: 'public.gone', role: 'anon', verbs: ['select'] },
      { table: 'public.leak', role: 'anon', verbs: ['select'] },
    ]);
    expect(faults).toEqual(
      expect.arrayContaining([
        'public.gone has access rows, but does not exist',
        'public.stray has no access row',
        'public.leak has no row-level security',
        'public.source_health has no row-level security',
        'public.source_health: anon should not have insert, but has a grant for it',
        'public.source_health: anon should not have delete, but has a policy for it',
        'public.ontario_prices: authenticated should have select, but has no grant for it',
        'public.ontario_prices: public should not have truncate, but has a grant for it',
      ]),
    );
    const anon = await db.query<{ may: boolean }>(
      `select has_function_privilege('anon', 'public.as_of(anyelement, timestamptz)', 'execute') as may`,
    );
    expect(anon).toEqual([{ may: false }]);
    await database.drop();
  });

  test('the roles can do what the file says, and nothing else', async () => {
    const database = await emptyDatabase(server);
    await migrate(database.pool);
    await database.pool.query(`insert into public.source_health (source_name) values ('x')`);
    const outcomes: string[] = [];
    for (const table of new Set(rows.map((row) => row.table))) {
      for (const role of ACCESS_ROLES) {
        for (const verb of ACCESS_VERBS) outcomes.push(`${table} ${role} ${verb} ${await tryIt(table, role, verb)}`);
      }
    }
    const allowed = (table: string, role: string, verb: string): boolean =>
      rows.some((row) => row.table === table && row.role === role && row.verbs.some((one) => one === verb));
    expect(outcomes.length).toBeGreaterThanOrEqual(4 * 3 * 4);
    expect(outcomes).toEqual(
      outcomes.map((outcome) => {
        const [table = '', role = '', verb = ''] = outcome.split(' ');
        return `${table} ${role} ${verb} ${allowed(table, role, verb) ? 'allowed' : 'refused'}`;
      }),
    );
    for (const role of ['anon', 'authenticated']) {
      for (const schema of ['etl', 'history']) {
        await expect(
          as(role, `select * from ${schema}.${schema === 'etl' ? 'run' : 'ontario_prices'}`),
        ).rejects.toMatchObject({ code: '42501' });
      }
    }
    expect(await as('service_role', 'select source_name from public.source_health')).toEqual([{ source_name: 'x' }]);
    expect(await as('anon', 'select source_name from public.source_health')).toEqual([{ source_name: 'x' }]);
    await as('service_role', `insert into etl.setting values ('a', 'b')`);
    expect(await as('service_role', 'select name from etl.setting')).toEqual([{ name: 'a' }]);
    expect(await as('service_role', `select * from as_of(null::public.ontario_prices, now())`)).toEqual([]);
    await expect(as('service_role', 'delete from history.ontario_prices')).rejects.toMatchObject({ code: '42501' });
    await database.drop();

    async function as(role: string, sql: string): Promise<unknown[]> {
      return await database.pool.transaction(async (tx) => {
        await tx.query(`set local role ${role}`);
        return await tx.query(sql);
      });
    }
    async function tryIt(table: string, role: string, verb: string): Promise<'allowed' | 'refused'> {
      const [column] = await database.pool.query<{ name: string }>(
        `select attname as name from pg_attribute where attrelid = $1::regclass and attnum = 1`,
        [table],
      );
      const sql = {
        select: `select 1 from ${table}`,
        insert: `insert into ${table} select * from ${table} where false`,
        update: `update ${table} set ${column?.name} = ${column?.name} where false`,
        delete: `delete from ${table} where false`,
      }[verb];
      if (verb === 'insert' && role !== 'service_role') {
        // It reads as well, which must not be what refuses it.
        return await as(role, `insert into ${table} default values`).then(() => 'allowed' as const, refusedFor);
      }
      return await as(role, sql ?? '').then(() => 'allowed' as const, refusedFor);
    }
  });
});

/** Roles belong to the server; any migrated database makes them. */
async function makeRoles(server: TestServer): Promise<void> {
  const first = await emptyDatabase(server);
  await migrate(first.pool);
  await first.drop();
}

/** 55000: nobody can write into a view of several rows, whatever the rights. */
function refusedFor(error: unknown): 'refused' {
  if (error instanceof Error && 'code' in error && ['42501', '55000'].includes(String(error.code))) return 'refused';
  throw error;
}

test('bad access rows are reported together, with their lines', async () => {
  const file = join(tmpdir(), `access-${process.pid}.csv`);
  await writeFile(file, 'table,role,verbs\npublic.a,anon,select\npublic.a,anon,select\nb,root,drop\npublic.c,anon,\n');
  const fault = await readAccess(file).catch((error: unknown) => error);
  await rm(file);
  expect(fault).toBeInstanceOf(Fault);
  expect((fault as Fault).code).toBe('ACCESS_INVALID');
  for (const part of [
    'line 3: public.a anon is there twice',
    'line 4: table: must be public.<name>',
    'line 4: role:',
    'line 4: verbs',
    'line 5: verbs',
  ]) {
    expect((fault as Fault).what).toContain(part);
  }
});
