/** Migrations on real servers: applied once, whole or not at all, and never silently different from their files. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Fault } from '../../core/errors.ts';
import { openPool } from '../../loaders/postgres/database.ts';
import { migrate, pending, requireMigrated } from '../../sql/migrate.ts';
import { testServers } from '../support/postgres.ts';
import { rolledBack } from '../support/rolled-back.ts';
import { emptyDatabase, type EmptyDatabase, withFolder } from './empty-database.ts';

const A = '20260101000000_a.sql';
const B = '20260102000000_b.sql';
const C = '20260103000000_c.sql';

async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const error = await work.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  if (error instanceof Fault) return error;
  throw error;
}

describe.each(testServers())('on $name', (server) => {
  let database: EmptyDatabase;
  beforeEach(async () => {
    database = await emptyDatabase(server);
  });
  afterEach(() => database.drop());

  const tables = async (): Promise<string[]> =>
    (
      await database.pool.query<{ name: string }>(
        `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
      )
    ).map(({ name }) => name);

  test('the shipped migrations apply to an empty database, and a second call changes nothing', async () => {
    const waiting = await pending(database.pool);
    expect(waiting.length).toBeGreaterThanOrEqual(2);
    expect(await migrate(database.pool)).toEqual({ applied: waiting, already: 0 });
    expect(await migrate(database.pool)).toEqual({ applied: [], already: waiting.length });
    expect(await pending(database.pool)).toEqual([]);
    await requireMigrated(database.pool);
  });

  test('the statements of the shipped migrations may run twice', async () => {
    await migrate(database.pool);
    await database.pool.query('delete from supabase_migrations.schema_migrations');
    await migrate(database.pool);
  });

  test('what was applied is recorded as the Supabase CLI records it', async () => {
    await withFolder({ [A]: '-- first\ncreate table a ();\ncreate table b ();\n-- end\n' }, async (folder) => {
      await migrate(database.pool, { folder });
      expect(
        await database.pool.query('select version, name, statements from supabase_migrations.schema_migrations'),
      ).toEqual([
        { version: '20260101000000', name: 'a', statements: ['-- first\ncreate table a ()', 'create table b ()'] },
      ]);
    });
  });

  test('what the Supabase CLI applied is not applied again, and its statements are compared', async () => {
    await database.pool.query(`create schema supabase_migrations;
      create table supabase_migrations.schema_migrations (version text not null primary key, statements text[], name text);
      insert into supabase_migrations.schema_migrations values ('20260101000000', array['create table a ()', '-- end'], 'a')`);
    await withFolder({ [A]: 'create table a ();\n-- end\n' }, async (folder) => {
      expect(await migrate(database.pool, { folder })).toEqual({ applied: [], already: 1 });
      await writeFile(join(folder, A), 'create table b ();');
      expect((await faultOf(migrate(database.pool, { folder }))).code).toBe('MIGRATION_EDITED');
    });
  });

  test('versions of another project are left alone', async () => {
    await withFolder({ [A]: 'create table a ();' }, (folder) => migrate(database.pool, { folder }));
    await withFolder({ [B]: 'create table b ();' }, async (folder) => {
      expect(await migrate(database.pool, { folder })).toEqual({ applied: [B], already: 0 });
    });
  });

  test('an applied file that was edited is refused, with the lines that differ', async () => {
    await withFolder({ [A]: 'create table a (\n  x int\n);', [B]: 'create table b ();' }, async (folder) => {
      await migrate(database.pool, { folder });
      await writeFile(join(folder, A), 'create table a (\n  x text\n);');
      await writeFile(join(folder, C), 'create table c ();');
      const fault = await faultOf(migrate(database.pool, { folder }));
      expect(fault).toMatchObject({ code: 'MIGRATION_EDITED', kind: 'configuration' });
      expect(fault.what).toContain(`${A}\n    -   x int\n    +   x text\n`);
      expect(fault.what).not.toContain(B);
      expect(await tables()).toEqual(['a', 'b']);
    });
  });

  test('a comment at the end is an edit, another line end is not', async () => {
    await withFolder({ [A]: 'create table a ();\ncreate table b ();\n' }, async (folder) => {
      await migrate(database.pool, { folder });
      await writeFile(join(folder, A), '\uFEFFcreate table a ();\r\ncreate table b ();\r\n');
      expect(await migrate(database.pool, { folder })).toEqual({ applied: [], already: 1 });
      await writeFile(join(folder, A), 'create table a ();\ncreate table b ();\n-- more\n');
      expect((await faultOf(migrate(database.pool, { folder }))).what).toContain('a comment at the end');
    });
  });

  test('bad names, duplicate versions and statements that leave the transaction are reported together', async () => {
    const files = {
      [A]: 'create table a ();',
      '20260101000000_other.sql': 'create table b ();',
      '20261301000000_month.sql': 'select 1;',
      'nameless.sql': 'select 1;',
      [B]: '-- why\n\ncreate table c ();\ncommit;\nset search_path to x;',
      [C]: '-- nothing\n',
      'README.md': 'not a migration',
    };
    await withFolder(files, async (folder) => {
      const fault = await faultOf(migrate(database.pool, { folder }));
      expect(fault.code).toBe('MIGRATION_FILES_INVALID');
      for (const part of [
        '6 faults',
        'version 20260101000000 is also the version of 20260101000000_a.sql',
        '20261301000000_month.sql: the name must be',
        'nameless.sql: the name must be',
        `${B}: line 4: commit`,
        `${B}: line 5: set search_path`,
        `${C}: holds no statement`,
      ]) {
        expect(fault.what).toContain(part);
      }
      expect(await tables()).toEqual([]);
    });
  });

  test('a folder that is not there is named', async () => {
    expect(await faultOf(migrate(database.pool, { folder: '/nowhere/at/all' }))).toMatchObject({
      code: 'MIGRATIONS_NOT_FOUND',
    });
  });

  test('a file older than the newest applied one is refused, unless all are wanted', async () => {
    await withFolder({ [B]: 'create table b ();' }, async (folder) => {
      await migrate(database.pool, { folder });
      await writeFile(join(folder, A), 'create table a ();');
      const fault = await faultOf(migrate(database.pool, { folder }));
      expect(fault).toMatchObject({ code: 'MIGRATION_OUT_OF_ORDER' });
      expect(fault.what).toBe(`${A} is older than ${B}, which is applied`);
      expect(await migrate(database.pool, { folder, includeAll: true })).toEqual({ applied: [A], already: 1 });
    });
  });

  test('a file that says it may come late is applied after newer ones; a file beside it that does not say so is refused', async () => {
    await withFolder({ [C]: 'create table c ();' }, async (folder) => {
      await migrate(database.pool, { folder });
      await writeFile(join(folder, B), '-- why\n-- penstock: may come late. It looks first.\ncreate table b ();');
      expect(await migrate(database.pool, { folder })).toEqual({ applied: [B], already: 1 });
      await writeFile(join(folder, A), 'create table a ();\n-- penstock: may come late\n');
      const fault = await faultOf(migrate(database.pool, { folder }));
      expect(fault.what).toBe(`${A} is older than ${C}, which is applied`);
      expect(await tables()).toEqual(['b', 'c']);
    });
  });

  test('versions need not follow each other closely: a gap is no fault', async () => {
    await withFolder({ [A]: 'create table a ();', [C]: 'create table c ();' }, async (folder) => {
      expect(await migrate(database.pool, { folder })).toEqual({ applied: [A, C], already: 0 });
    });
  });

  test('invalid SQL is shown with file, line, column and a caret; files before it stay, nothing of it does', async () => {
    const bad = 'create table b ();\n\ncreate table c (\n  x int,\n  y strange\n);\n';
    await withFolder({ [A]: 'create table a ();', [B]: bad }, async (folder) => {
      const fault = await faultOf(migrate(database.pool, { folder }));
      expect(fault).toMatchObject({ code: 'MIGRATION_FAILED', kind: 'configuration', where: `${B}:5:5` });
      expect(fault.what).toBe('type "strange" does not exist\n\n5 |   y strange\n        ^\n');
      expect(await tables()).toEqual(['a']);
      await writeFile(join(folder, B), bad.replace('strange', 'text'));
      expect(await migrate(database.pool, { folder })).toEqual({ applied: [B], already: 1 });
      expect(await tables()).toEqual(['a', 'b', 'c']);
    });
  });

  test('an error without a position is shown at its statement, with what the server says about where', async () => {
    await withFolder({ [A]: "select 1;\n\n-- why\ndo $$\nbegin\n  raise exception 'no';\nend $$;" }, async (folder) => {
      const fault = await faultOf(migrate(database.pool, { folder }));
      expect(fault.where).toBe(`${A}:4:1`);
      expect(fault.what).toContain('inline_code_block line 3 at RAISE');
    });
  });

  test('a lock that another session holds is named with its holder', async () => {
    await withFolder({ [A]: 'create table a ();' }, (folder) => migrate(database.pool, { folder }));
    const holder = openPool(database.url, { applicationName: 'a long report', max: 1 });
    const connection = await holder.connect();
    await connection.query('begin');
    await connection.query('select count(*) from a');
    await withFolder({ [B]: 'create table b ();\nalter table a add column x int;' }, async (folder) => {
      const fault = await faultOf(migrate(database.pool, { folder, lockTimeoutMs: 200 }));
      expect(fault).toMatchObject({ code: 'MIGRATION_LOCKED', where: `${B}:2:1` });
      expect(fault.what).toMatch(
        /holds a: process \d+ \(user \w+, a long report, idle in transaction\): select count\(\*\) from a/,
      );
      await connection.query('rollback');
      expect(await migrate(database.pool, { folder })).toEqual({ applied: [B], already: 0 });
    });
    connection.release();
    await holder.close();
  });

  test('a session that has made the same table and not committed it is named, and so is its process number', async () => {
    const holder = openPool(database.url, { applicationName: 'by hand', max: 1 });
    const connection = await holder.connect();
    await connection.query('begin');
    await connection.query('create table fresh ()');
    await withFolder({ [A]: 'create table fresh ();' }, async (folder) => {
      const fault = await faultOf(migrate(database.pool, { folder, lockTimeoutMs: 200 }));
      expect(fault.code).toBe('MIGRATION_LOCKED');
      const [, pid] =
        /process (\d+) \(user \w+, by hand, idle in transaction\): create table fresh/.exec(fault.what) ?? [];
      expect(fault.next).toContain(`select pg_terminate_backend(${pid})`);
    });
    await connection.query('rollback');
    connection.release();
    await holder.close();
  });

  test('each file is told when it is committed, also when a later one fails', async () => {
    const told: string[] = [];
    await withFolder({ [A]: 'create table first ();', [B]: 'create table broken (;' }, async (folder) => {
      await faultOf(
        migrate(database.pool, {
          folder,
          applied: async (file) => {
            // It can be seen from outside by now.
            const rows = await database.pool.query(`select to_regclass('public.first') is not null as there`);
            told.push(`${file} ${JSON.stringify(rows)}`);
          },
        }),
      );
    });
    expect(told).toEqual([`${A} [{"there":true}]`]);
  });

  test('a user who may not read which are applied is told to connect as the owner', async () => {
    await withFolder({ [A]: 'create table first ();' }, async (folder) => {
      await migrate(database.pool, { folder });
      await rolledBack(database.pool, async (tx) => {
        await tx.query('create role visitor_of_migrations');
        await tx.query('set local role visitor_of_migrations');
        expect(await faultOf(pending(tx, folder))).toMatchObject({
          code: 'MIGRATION_NOT_ALLOWED',
          next: expect.stringContaining('as the owner') as string,
        });
      });
    });
  });

  test('a migration that another migrator is in the midst of is waited for, and named when it takes too long', async () => {
    await withFolder({ [A]: 'select pg_sleep(60);' }, async (folder) => {
      const other = openPool(database.url, { applicationName: 'other migrator' });
      const running = faultOf(migrate(other, { folder }));
      await until(async () => (await sleeping()).length === 1);
      const fault = await faultOf(migrate(database.pool, { folder, lockTimeoutMs: 200 }));
      expect(fault.code).toBe('MIGRATION_LOCKED');
      expect(fault.what).toMatch(
        /another migration is running: process \d+ \(user \w+, other migrator, active\): select pg_sleep/,
      );
      await database.pool.query(`select pg_terminate_backend($1)`, [(await sleeping())[0]]);
      await running;
      await other.close();
    });
  });

  test('a migrator whose backend is killed in the middle leaves nothing of the file, and the next one goes on', async () => {
    const slow = 'create table b ();\nselect pg_sleep(60);\ncreate table c ();';
    await withFolder({ [A]: 'create table a ();', [B]: slow }, async (folder) => {
      const running = faultOf(migrate(database.pool, { folder }));
      await until(async () => (await sleeping()).length === 1);
      await database.pool.query(`select pg_terminate_backend($1)`, [(await sleeping())[0]]);
      expect(await running).toMatchObject({ code: 'MIGRATION_INTERRUPTED', kind: 'configuration' });
      expect(await tables()).toEqual(['a']);
      expect(await pending(database.pool, folder)).toEqual([B]);
      await writeFile(join(folder, B), slow.replace('60', '0'));
      expect(await migrate(database.pool, { folder })).toEqual({ applied: [B], already: 1 });
      expect(await tables()).toEqual(['a', 'b', 'c']);
    });
  });

  test('two migrators at once apply each file once', async () => {
    const other = openPool(database.url);
    const both = await Promise.all([migrate(database.pool), migrate(other)]);
    await other.close();
    const files = await pending(database.pool, undefined);
    expect(files).toEqual([]);
    const applied = both.flatMap((result) => result.applied);
    expect(new Set(applied).size).toBe(applied.length);
    expect(both.map((result) => result.applied.length + result.already)).toEqual([applied.length, applied.length]);
  });

  test('a user who may not create roles is told what an administrator must run', async () => {
    const owner = `limited_${process.pid}`;
    await database.pool.query(
      `create role ${owner} login password 'x'; grant create on database ${new URL(database.url).pathname.slice(1)} to ${owner}`,
    );
    const url = new URL(database.url);
    [url.username, url.password] = [owner, 'x'];
    const limited = openPool(url.href);
    await withFolder({ [A]: 'select 1;\ncreate role penstock_test_role nologin;' }, async (folder) => {
      const fault = await faultOf(migrate(limited, { folder }));
      expect(fault).toMatchObject({ code: 'MIGRATION_NOT_ALLOWED', where: `${A}:2:1` });
      expect(fault.next).toContain('create role anon nologin');
    });
    await limited.close();
    await database.pool.query(`drop owned by ${owner}; drop role ${owner}`);
  });

  test('a command on a database that is not migrated names what is pending', async () => {
    await withFolder({ [A]: 'create table a ();', [B]: 'create table b ();' }, async (folder) => {
      await rm(join(folder, B));
      await migrate(database.pool, { folder });
      await writeFile(join(folder, B), 'create table b ();');
      const fault = await faultOf(requireMigrated(database.pool, folder));
      expect(fault).toMatchObject({
        code: 'DATABASE_NOT_MIGRATED',
        kind: 'configuration',
        what: `one migration is not applied: ${B}`,
        next: 'npm run pipeline -- db migrate',
      });
    });
  });

  async function sleeping(): Promise<number[]> {
    const rows = await database.pool.query<{ pid: number }>(
      `select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state = 'active' and query like 'select pg_sleep%'`,
    );
    return rows.map(({ pid }) => pid);
  }
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20);
}
