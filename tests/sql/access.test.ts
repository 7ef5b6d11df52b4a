/** The live rights agree with the access files, and every way to differ is found. */
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Database } from '../../core/effects.ts';
import { Fault } from '../../core/errors.ts';
import { readAccess, readAccessMatrix, readFunctionAccess, readRowRules } from '../../sql/access.ts';
import { accessFaults } from '../../sql/access-faults.ts';
import { migrate } from '../../sql/migrate.ts';
import { type FreshDatabase, freshDatabase, testServers, type TestServer } from '../support/postgres.ts';
import { emptyDatabase } from './empty-database.ts';

const matrix = await readAccessMatrix();

/** What somebody changes by hand, and how it is reported. */
const LEAKS: readonly (readonly [string, string, string])[] = [
  ['a table without a row', 'create table public.stray (x int)', 'public.stray has no access row'],
  [
    'a view that reads with its owner’s rights',
    'create view public.leak as select 1 as x',
    "public.leak reads with its owner's rights",
  ],
  [
    'a materialized view',
    'create materialized view public.leak as select 1 as x',
    "public.leak reads with its owner's rights",
  ],
  [
    'row-level security switched off',
    'alter table public.source_health disable row level security',
    'public.source_health has no row-level security',
  ],
  [
    'a grant on one column',
    'grant insert (notes) on public.source_health to anon',
    'public.source_health: anon should not have insert, but has a grant for it',
  ],
  [
    'a policy for everybody',
    'create policy open on public.source_health for delete using (true)',
    'public.source_health: anon should not have delete, but has a policy for it',
  ],
  [
    'a grant that is gone',
    'revoke select on public.ontario_prices from authenticated',
    'public.ontario_prices: authenticated should have select, but has no grant for it',
  ],
  [
    'a policy that is gone',
    'drop policy ontario_prices_read on public.ontario_prices',
    'public.ontario_prices: anon should have select, but has no policy for it',
  ],
  [
    'a grant to everybody',
    'grant truncate on public.ontario_prices to public',
    'public.ontario_prices: public should not have truncate, but has a grant for it',
  ],
  [
    'a policy that shows private events',
    'alter policy consultation_events_read on public.consultation_events using (true)',
    "public.consultation_events: anon may select rows where true, it should be where (consent_type = 'public'::text)",
  ],
  [
    'a policy that hides rows',
    `alter policy ontario_prices_read on public.ontario_prices using (created_at > '2020-01-01')`,
    'public.ontario_prices: anon may select rows where',
  ],
  [
    'a restrictive policy',
    'create policy less on public.ontario_prices as restrictive for select to anon using (false)',
    'public.ontario_prices: a restrictive policy takes rows from anon (select), which no file can say',
  ],
  [
    'a function without a row',
    `create function public.stray() returns int language sql set search_path = '' as 'select 1'`,
    'public.stray() has no access row',
  ],
  [
    'a function of its owner’s rights without a row',
    `create function etl.stray(a int, b text) returns int language sql security definer set search_path = '' as 'select 1'`,
    "etl.stray(integer, text) has no access row, and runs with its owner's rights",
  ],
  [
    'a function that finds tables by the caller’s search_path',
    'alter function public.llm_purge_old() reset search_path',
    'public.llm_purge_old() has no fixed search_path',
  ],
  [
    'a function that changed whose rights it has',
    'alter function public.llm_purge_old() security invoker',
    'public.llm_purge_old() runs as invoker, the file says definer',
  ],
  [
    'a function that anybody may call',
    'grant execute on function public.llm_purge_old() to public',
    'public.llm_purge_old(): anon should not have execute, but has a grant for it',
  ],
  [
    'a function that nobody may call any more',
    'revoke execute on function public.submit_help_feedback(text, smallint, text) from anon',
    'public.submit_help_feedback(text, smallint, text): anon should have execute, but has no grant for it',
  ],
  [
    'a table of etl that readers may touch',
    'grant select (run_id) on etl.run to authenticated',
    'etl.run: authenticated should not touch it, but has a grant',
  ],
  [
    'a closed version that readers may touch',
    'grant delete on history.ontario_prices to public',
    'history.ontario_prices: public should not touch it, but has a grant',
  ],
  [
    'a table of etl without row-level security',
    'alter table etl.review disable row level security',
    'etl.review has no row-level security',
  ],
  ['a new table of history', 'create table history.stray (x int)', 'history.stray has no row-level security'],
  [
    'a view of etl with its owner’s rights',
    'create view etl.leak as select 1 as x',
    "etl.leak reads with its owner's rights",
  ],
  [
    'a sequence that readers may use',
    'create sequence public.numbers; grant usage on sequence public.numbers to anon',
    'public.numbers: anon should not touch it, but has a grant',
  ],
  [
    'a schema that is open',
    'grant usage on schema etl to anon',
    'schema etl: anon should not have usage, but has a grant for it',
  ],
];

describe.each(testServers())('on $name', (server) => {
  test('rights are those of the files, also where a host grants everything by default', async () => {
    const database = await emptyDatabase(server);
    const db = database.pool;
    await makeRoles(server);
    for (const kind of ['tables', 'functions', 'sequences']) {
      await db.query(
        `alter default privileges in schema public grant all on ${kind} to anon, authenticated, service_role`,
      );
    }
    await migrate(db);
    expect(await accessFaults(db, matrix)).toEqual([]);

    // And what is made afterwards gets nothing by itself.
    await db.query('create table public.later (x int); create sequence public.later_numbers');
    await db.query(`create function public.later() returns int language sql as 'select 1'`);
    const open = await db.query(
      `select r as role from unnest(array['anon', 'authenticated']) r
       where has_table_privilege(r, 'public.later', 'select, insert, update, delete')
          or has_sequence_privilege(r, 'public.later_numbers', 'usage, select, update')`,
    );
    expect(open).toEqual([]);
    const acl = await db.query(
      `select proacl::text like '%anon=%' or proacl::text like '%authenticated=%' as granted from pg_proc where proname = 'later'`,
    );
    expect(acl).not.toEqual([{ granted: true }]);
    await database.drop();
  });

  test('a published number is written by nobody but the owner, a text that people edit by the service, too', async () => {
    const { pool } = await shared(server);
    const [found] = await pool.query(
      `select count(*) filter (where not edited)::int > 30 as series, bool_or(not edited and writable) as written,
         count(*) filter (where edited)::int > 10 as kept, bool_and(edited = writable) as agree
       from (
         select has_table_privilege('service_role', c.oid, 'insert, update, delete, truncate, references, trigger') as writable,
           exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgfoid = 'etl.record_edit()'::regprocedure) as edited
         from pg_class c join pg_class h on h.relname = c.relname and h.relnamespace = 'history'::regnamespace
         where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
       ) one`,
    );
    expect(found).toEqual({ series: true, written: false, kept: true, agree: true });
  });

  test.each(LEAKS)('%s is found', async (_what, sql, fault) => {
    const { pool } = await shared(server);
    const found = await rolledBack(pool, async (tx) => {
      await tx.query(sql);
      return await accessFaults(tx, matrix);
    });
    expect(found.filter((sentence) => sentence.startsWith(fault))).not.toEqual([]);
  });

  test('a row for what is not there is found', async () => {
    const { pool } = await shared(server);
    const found = await accessFaults(pool, {
      tables: [...matrix.tables, { table: 'public.gone', role: 'anon', verbs: ['select'] }],
      rows: matrix.rows,
      functions: [...matrix.functions, { function: 'public.gone()', security: 'invoker', roles: [] }],
    });
    expect(found).toEqual([
      'public.gone has access rows, but does not exist',
      'public.gone() has an access row, but does not exist',
    ]);
  });
});

const databases = new Map<string, Promise<FreshDatabase>>();

/** One for all that is rolled back. */
async function shared(server: TestServer): Promise<FreshDatabase> {
  const there = databases.get(server.name) ?? freshDatabase(server);
  databases.set(server.name, there);
  return await there;
}

async function rolledBack<T>(db: Database, work: (tx: Database) => Promise<T>): Promise<T> {
  const done = new Error('rolled back');
  let result: { value: T } | undefined;
  await db
    .transaction(async (tx) => {
      result = { value: await work(tx) };
      throw done;
    })
    .catch((error: unknown) => {
      if (error !== done) throw error;
    });
  if (result === undefined) throw new Error('the work did not end');
  return result.value;
}

/** Roles belong to the server; any migrated database makes them. */
async function makeRoles(server: TestServer): Promise<void> {
  const first = await emptyDatabase(server);
  await migrate(first.pool);
  await first.drop();
}

test.each([
  [
    'access.csv',
    readAccess,
    'table,role,verbs\npublic.a,anon,select\npublic.a,anon,select\nb,root,drop\npublic.c,anon,\n',
    [
      'line 3: public.a anon is there twice',
      'line 4: table: must be public.<name>',
      'line 4: role:',
      'line 4: verbs',
      'line 5: verbs',
    ],
  ],
  [
    'access-rows.csv',
    readRowRules,
    'table,role,verbs,rows,meaning\npublic.a,anon,select,,\netl.a,anon,select,true,all\n',
    ['line 2: rows: must be the condition', 'line 2: meaning: must say', 'line 3: table: must be public.<name>'],
  ],
  [
    'access-functions.csv',
    readFunctionAccess,
    'function,security,roles\npublic.a(),invoker,\npublic.a(),invoker,\nb,owner,root\n',
    ['line 3: public.a() is there twice', 'line 4: function: must be', 'line 4: security:', 'line 4: roles'],
  ],
])('bad rows of %s are reported together, with their lines', async (name, read, text, parts) => {
  const file = join(tmpdir(), `${process.pid}-${name}`);
  await writeFile(file, text);
  const fault: unknown = await (read as (file: string) => Promise<unknown>)(file).catch((error: unknown) => error);
  await rm(file);
  expect(fault).toBeInstanceOf(Fault);
  expect((fault as Fault).code).toBe('ACCESS_INVALID');
  for (const part of parts) expect((fault as Fault).what).toContain(part);
});
