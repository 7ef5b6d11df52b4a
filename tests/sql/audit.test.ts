/** The audit of a live database against the repository: what is told, by which verdict, and when it refuses to judge. */
import { describe, expect, test } from 'vitest';
import { openPool } from '../../loaders/postgres/database.ts';
import { compare } from '../../sql/audit/compare.ts';
import { withExpectedRoles } from '../../sql/audit/roles.ts';
import { readCatalog } from '../../sql/audit/snapshot.ts';
import { LOCK_KEY, migrate } from '../../sql/migrate.ts';
import { DEMAND_URL, demandFile, temporaryFolder, testEngine, testRun, writeRecordings } from '../support/engine.ts';
import { freshDatabase, testServers, urlOf } from '../support/postgres.ts';
import { auditOf, FILES, line, shadowFor } from './audit-support.ts';
import { emptyDatabase, withFolder } from './empty-database.ts';

const [FIRST, SECOND, THIRD] = Object.keys(FILES) as [keyof typeof FILES, keyof typeof FILES, keyof typeof FILES];
const two = { [FIRST]: FILES[FIRST], [SECOND]: FILES[SECOND] };

describe.each(testServers())('db audit on $name', (server) => {
  /** A database with some files applied, and the audit of it against others. */
  async function audited(
    applied: Readonly<Record<string, string>>,
    change: string,
    files: Readonly<Record<string, string>> = applied,
  ): Promise<Awaited<ReturnType<typeof auditOf>>> {
    const database = await emptyDatabase(server);
    try {
      await withFolder(applied, async (folder) => migrate(database.pool, { folder }));
      if (change !== '') await database.pool.query(change);
      return await withFolder(files, async (folder) => auditOf(server, database.pool, { folder }));
    } finally {
      await database.drop();
    }
  }

  test('a database that nobody touched has no finding, also with data, seeds and statistics in it', async () => {
    const { pool } = await freshDatabase(server);
    await using folder = await temporaryFolder();
    const recordings = await writeRecordings(folder.path, [
      { url: DEMAND_URL(2024), body: demandFile(2024, [['2024-01-01', 1, 16_000, 14_000]]) },
    ]);
    const engine = await testEngine({ pool, recordings, dataDir: folder.path, now: '2025-06-01T00:00Z' });
    const local = engine.catalog.pipelines
      .filter(({ extract }) => extract.url.startsWith('local://'))
      .map(({ id }) => id);
    expect(local.length).toBeGreaterThan(5);
    await testRun(engine, { ids: ['ieso-demand'], from: '2024-01-01', to: '2025-01-01' });
    await testRun(engine, { ids: local });
    await pool.query('vacuum analyze');
    expect(await pool.query('select from public.ontario_hourly_demand')).not.toEqual([]);

    const report = await auditOf(server, pool);

    expect(report.findings).toEqual([]);
    expect(report.looked.table).toBeGreaterThan(50);
    expect(report.looked.column).toBeGreaterThan(500);
    expect(new Set(report.migrations.map(({ state }) => state))).toEqual(new Set(['applied']));
  });

  test('a migration that is not applied is one finding, with what it would make', async () => {
    const { findings, migrations } = await audited(two, '', FILES);
    expect(findings.map(line)).toEqual([`fail pending migration ${THIRD}: missing`]);
    expect(findings[0]?.objects).toEqual(['makes column public.a.more', 'makes table public.b', 'makes view public.v']);
    expect(migrations.map(({ state }) => state)).toEqual(['applied', 'applied', 'pending']);
  });

  test('a database that was never migrated has every migration pending and nothing else', async () => {
    const database = await emptyDatabase(server);
    const report = await withFolder(FILES, async (folder) => auditOf(server, database.pool, { folder }));
    await database.drop();
    expect(report.findings.map(line)).toEqual([
      `fail pending migration ${FIRST}: missing`,
      `fail pending migration ${SECOND}: missing`,
      `fail pending migration ${THIRD}: missing`,
    ]);
  });

  test('what is there before the first migration gets no DDL: db migrate comes first', async () => {
    const database = await emptyDatabase(server);
    await database.pool.query('create table public.a (id int); create view public.mine as select id from public.a');
    const report = await withFolder(FILES, async (folder) => auditOf(server, database.pool, { folder }));
    await database.drop();
    expect(report.findings.map(({ name }) => name)).toContain('public.mine');
    expect(report.findings.filter(({ repair }) => repair !== null)).toEqual([]);
    expect(report.repair).toBe('');
    for (const { next } of report.findings) expect(next).toContain('db migrate');
  });

  test('a file that was edited after it was applied is told with its lines, and what it made is no drift', async () => {
    const edited = { ...FILES, [FIRST]: FILES[FIRST].replace('name text', 'name varchar(10)') };
    const { findings } = await audited(FILES, '', edited);
    expect(findings.map(line)).toEqual([`fail edited migration ${FIRST}: edited after it was applied`]);
    expect(findings[0]?.actual).toContain('- create table public.a');
    expect(findings[0]?.actual).toContain('varchar(10)');
  });

  test('what was changed by hand is drifted, what was made by hand is unknown, and both are told beside pending ones', async () => {
    const { findings } = await audited(
      two,
      `alter table public.a disable row level security; drop index public.a_name_idx; create table public.mine (id int primary key, t text unique)`,
      FILES,
    );
    expect(findings.map(line)).toEqual([
      `fail pending migration ${THIRD}: missing`,
      'fail drifted table public.a: row security',
      'warn drifted index public.a_name_idx: missing',
      'info unknown table public.mine: extra',
    ]);
  });

  test('what a pending migration makes and somebody made already is pending, with the attributes that differ', async () => {
    const made = await audited(two, 'create table public.b (id int constraint b_pkey primary key, t text)', FILES);
    expect(made.findings.map(line)).toEqual([
      `fail pending migration ${THIRD}: missing`,
      'info pending table public.b: extra',
    ]);
    const other = await audited(two, 'create table public.b (id int constraint b_pkey primary key, t int)', FILES);
    expect(other.findings.map(line)).toContain('fail pending column public.b.t: type');
  });

  test('a version that the folder does not have is told, since supabase db push stops there', async () => {
    const { findings, migrations } = await audited(
      FILES,
      `insert into supabase_migrations.schema_migrations (version) values ('20250101000000')`,
    );
    expect(findings.map(line)).toEqual(['warn unknown migration 20250101000000: extra']);
    expect(migrations[0]).toEqual({ version: '20250101000000', file: '20250101000000', state: 'foreign' });
  });

  test('a database that the Supabase CLI migrated, without checksums, is judged like another', async () => {
    expect((await audited(FILES, 'delete from etl.migration_checksum')).findings).toEqual([]);
    const edited = await audited(FILES, 'delete from etl.migration_checksum', {
      ...FILES,
      [SECOND]: FILES[SECOND].replace('select 1', 'select 2'),
    });
    expect(edited.findings.map(line)).toEqual([`fail edited migration ${SECOND}: edited after it was applied`]);
  });

  test('what is granted and set for the whole server is told although the shadow may be on that server, too', async () => {
    const { pool } = await freshDatabase(server);
    const undo = new Error('undo');
    await pool
      .transaction(async (tx) => {
        await tx.query(
          `create role probe_stranger login; alter role probe_stranger set session_replication_role = replica;
           grant set on parameter session_replication_role to service_role`,
        );
        const both = await readCatalog(tx);
        const expected = withExpectedRoles(both, true, both);
        expect(compare({ expected, expectedAll: expected, actual: both }).map(line)).toEqual([
          'fail drifted database (database): settings of probe_stranger in every database',
          'fail unknown opening parameter session_replication_role: extra',
        ]);
        throw undo;
      })
      .catch((error: unknown) => {
        if (error !== undo) throw error;
      });
  });

  test('kinds that it cannot read are failures', async () => {
    const { findings } = await audited(
      FILES,
      `create operator public.=== (leftarg = int, rightarg = int, function = int4eq);
       create collation public.c from "C";
       create text search configuration public.cfg (copy = simple);
       create type public.span as range (subtype = int);
       create cast (public.a as text) with inout;
       create foreign data wrapper w; create server s foreign data wrapper w; create foreign table public.f (a int) server s;`,
    );
    expect(findings.map(line)).toEqual([
      'fail unknown unreadable cast (public.a AS pg_catalog.text): extra',
      'fail unknown unreadable collation public.c: extra',
      'fail unknown unreadable foreign table public.f: extra',
      'fail unknown unreadable foreign-data wrapper w: extra',
      'fail unknown unreadable operator public.===(integer,integer): extra',
      'fail unknown unreadable server s: extra',
      'fail unknown unreadable text search configuration public.cfg: extra',
      'fail unknown unreadable type public.span: extra',
    ]);
    expect(findings.every(({ repair }) => repair === null)).toBe(true);
  });

  test('a renamed table, column or index is told as perhaps renamed, and the repair renames it back', async () => {
    const { findings } = await audited(
      FILES,
      'alter table public.b rename column t to text; alter index public.a_name_idx rename to n',
    );
    const missing = findings.filter(({ difference }) => difference === 'missing');
    expect(missing.map(({ name }) => name)).toEqual(['public.b.t', 'public.a_name_idx']);
    for (const { next } of missing) expect(next).toMatch(/^perhaps it was renamed to /);
    expect(missing.map(({ repair }) => repair)).toEqual([
      'alter table public.b rename column text to t;',
      'alter index public.n rename to a_name_idx;',
    ]);
  });

  test('a partition as its parent makes it is no finding, one that deviates is', async () => {
    const partitioned = {
      '20260101000000_parts.sql': `create table public.p (at date not null, v int, constraint p_pkey primary key (at)) partition by range (at);
alter table public.p enable row level security;
create index p_v_idx on public.p (v);`,
    };
    const part = `create table public.p_2026 partition of public.p for values from ('2026-01-01') to ('2027-01-01'); alter table public.p_2026 enable row level security;`;
    expect((await audited(partitioned, part)).findings).toEqual([]);
    const { findings } = await audited(
      partitioned,
      `${part} alter table public.p_2026 disable row level security; alter table public.p_2026 alter v set not null; create index mine on public.p_2026 (at, v)`,
    );
    expect(findings.map(line)).toEqual([
      'fail drifted table public.p_2026: row security',
      'fail drifted column public.p_2026.v: not null',
      'info unknown index public.mine: extra',
    ]);
  });

  test('another name of the owner is no difference, another owner of one table is', async () => {
    const database = await emptyDatabase(server);
    const role = `audit_owner_${Math.random().toString(36).slice(2, 10)}`;
    try {
      await withFolder(FILES, async (folder) => migrate(database.pool, { folder }));
      await database.pool.query(`create role ${role}`);
      await database.pool.query(
        `grant create on schema public, etl to ${role}; alter table public.a owner to ${role}; alter table public.b owner to ${role};
         alter view public.v owner to ${role}; alter function public.one() owner to ${role}; alter table etl.migration_checksum owner to ${role};
         revoke create on schema public, etl from ${role}; alter schema etl owner to ${role}`,
      );
      await withFolder(FILES, async (folder) => {
        expect((await auditOf(server, database.pool, { folder })).findings).toEqual([]);
        await database.pool.query('alter table public.b owner to current_user');
        expect((await auditOf(server, database.pool, { folder })).findings.map(line)).toEqual([
          'fail drifted table public.b: owner',
        ]);
      });
    } finally {
      await database.drop();
      const admin = openPool(server.url, { max: 1 });
      await admin.query(`drop role if exists ${role}`);
      await admin.close();
    }
  });

  test('it changes nothing and leaves no shadow behind, also when a migration cannot be replayed', async () => {
    const admin = openPool(server.url, { max: 1 });
    const shadows = (): Promise<{ datname: string }[]> =>
      admin.query(`select datname from pg_database where datname like 'penstock\\_shadow\\_%'`);
    const database = await emptyDatabase(server);
    await withFolder({ ...FILES, '20260104000000_broken.sql': 'select no_such_column' }, async (folder) => {
      await expect(auditOf(server, database.pool, { folder })).rejects.toMatchObject({
        code: 'AUDIT_REPLAY_FAILED',
        kind: 'configuration',
        where: '20260104000000_broken.sql',
      });
    });
    expect(await database.pool.query(`select from pg_class c where c.relnamespace = 'public'::regnamespace`)).toEqual(
      [],
    );
    await database.drop();
    const young = await shadows();
    // An audit of another test may be at work; none that is an hour old is.
    await admin.query('create database penstock_shadow_1000000000_0123abcd');
    await audited(FILES, '');
    const left = (await shadows()).map(({ datname }) => datname);
    expect(left).not.toContain('penstock_shadow_1000000000_0123abcd');
    expect(left.length).toBeLessThanOrEqual(young.length + 1);
    await admin.close();
  });

  test('it waits for a migration that is being applied, and says who applies it', async () => {
    const database = await emptyDatabase(server);
    const migrator = openPool(database.url, { max: 1, applicationName: 'the other one' });
    await withFolder(FILES, async (folder) => {
      await migrator.transaction(async (tx) => {
        await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [LOCK_KEY]);
        await expect(auditOf(server, database.pool, { folder, lockTimeoutMs: 50 })).rejects.toMatchObject({
          code: 'AUDIT_LOCKED',
          kind: 'configuration',
          what: expect.stringContaining('the other one'),
        });
      });
    });
    await migrator.close();
    await database.drop();
  });

  test('a user who may not read the ledger gets no verdict', async () => {
    const database = await emptyDatabase(server);
    const role = `audit_reader_${Math.random().toString(36).slice(2, 10)}`;
    await withFolder(FILES, async (folder) => {
      await migrate(database.pool, { folder });
      await database.pool.query(`create role ${role} login password 'only-for-tests'`);
      const url = new URL(database.url);
      url.username = role;
      url.password = 'only-for-tests';
      const reader = openPool(url.href, { max: 2 });
      await expect(auditOf(server, reader, { folder })).rejects.toMatchObject({
        code: 'AUDIT_NOT_ALLOWED',
        kind: 'configuration',
      });
      await reader.close();
    });
    await database.pool.query(`drop role ${role}`);
    await database.drop();
  });

  test('without a server of the same major version there is no verdict', async () => {
    const others = testServers().filter(({ name }) => name !== server.name);
    await using folder = await temporaryFolder();
    const { pool } = await freshDatabase(server);
    for (const other of others) {
      await expect(
        auditOf(server, pool, { shadow: shadowFor(urlOf(other, 'postgres'), folder.path) }),
      ).rejects.toMatchObject({
        code: 'AUDIT_NO_SHADOW',
        kind: 'configuration',
        next: expect.stringContaining('--shadow-url'),
      });
    }
    await expect(shadowFor(null, folder.path)(99)).rejects.toMatchObject({ code: 'AUDIT_NO_SHADOW' });
  });
});
