/** What means an earlier table, what its rows are refused for, and a database whose list of applied versions is lost. */
import { describe, expect, test } from 'vitest';
import { adoption } from '../../sql/adoption.ts';
import { migrate } from '../../sql/migrate.ts';
import { readMigrations } from '../../sql/migration-files.ts';
import { freshDatabase, testServers } from '../support/postgres.ts';
import { emptyDatabase } from './empty-database.ts';
import { ADOPT, SET_ASIDE } from './made-names.ts';

describe.each(testServers())('on $name', (server) => {
  test('what still means the earlier table is listed, and views keep their options', async () => {
    const database = await emptyDatabase(server);
    const { pool } = database;
    await pool.query(`
      create table public.ontario_hourly_demand (hour timestamptz primary key, ontario_demand_mw float8);
      create view public.my_demand with (security_barrier = true, check_option = local) as
        select hour, ontario_demand_mw from public.ontario_hourly_demand where ontario_demand_mw > 0;
      create function public.my_latest() returns setof public.ontario_hourly_demand language sql as
        'select * from public.ontario_hourly_demand';
      create function public.my_count() returns bigint language sql begin atomic
        select count(*) from public.ontario_hourly_demand; end;
      create function public.my_text() returns bigint language sql as 'select count(*) from public.ontario_hourly_demand';
      create function public.my_stamp() returns trigger language plpgsql as 'begin return new; end';
      create trigger stamp before insert on public.ontario_hourly_demand for each row execute function public.my_stamp();
      create table public.my_notes (note text, about public.ontario_hourly_demand, others public.ontario_hourly_demand[]);
      alter table public.my_notes enable row level security`);
    await migrate(pool);
    expect((await adoption(pool)).map(({ stillUsedBy }) => stillUsedBy)).toEqual([
      [
        'column about of public.my_notes, which has its row type',
        'column others of public.my_notes, which has its row type',
        'function public.my_count()',
        'function public.my_latest()',
        'trigger stamp of its own, which calls public.my_stamp()',
      ],
    ]);
    expect(
      await pool.query(
        `select o.option_name || '=' || o.option_value as option from pg_class c, pg_options_to_table(c.reloptions) o where c.oid = 'public.my_demand'::regclass order by 1`,
      ),
    ).toEqual([
      { option: 'check_option=local' },
      { option: 'security_barrier=true' },
      { option: 'security_invoker=true' },
    ]);
    expect(await pool.query('select outcome from adopted.dependent_view')).toEqual([
      { outcome: 'reads the new table, with the rights of who asks' },
    ]);
    await database.drop();
  });

  test('rows with the same fault are refused for the same reason, and the values are in the detail', async () => {
    const database = await emptyDatabase(server);
    const { pool } = database;
    await pool.query(`
      create table public.ontario_hourly_demand (hour timestamp, ontario_demand_mw float8);
      insert into public.ontario_hourly_demand select timestamp '2024-01-01' + n * interval '1 hour', n from generate_series(1, 3000) n;
      create table public.llm_feedback (id uuid, ts text, rating text);
      insert into public.llm_feedback values ('00000000-0000-0000-0000-000000000001', '2024-01-01 05:00', null);
      create table public.ops_runs (id text, run_type text, status text, created_at text);
      insert into public.ops_runs values ('first', 'a', 'success', '2024-01-01T05:00Z'), ('second', 'a', 'success', '2024-01-01T05:00Z')`);
    await migrate(pool);
    expect(
      await pool.query(
        `select table_name, reason, code, count(*)::int as n, count(distinct detail)::int as details from adopted.refused_row group by 1, 2, 3 order by 1, 2`,
      ),
    ).toEqual([
      {
        table_name: 'public.llm_feedback',
        reason: 'its ts is no time with a zone, so the instant is not known',
        code: '22007',
        n: 1,
        details: 1,
      },
      {
        table_name: 'public.ontario_hourly_demand',
        reason: 'its hour is no time with a zone, so the instant is not known',
        code: '22007',
        n: 3_000,
        details: 3_000,
      },
      { table_name: 'public.ops_runs', reason: 'invalid input syntax for type uuid', code: '22P02', n: 2, details: 2 },
    ]);
    await database.drop();
  });

  test('a database whose list of applied versions is lost keeps its tables, and is told how to restore the list', async () => {
    const { pool } = await freshDatabase(server);
    await pool.query('drop table etl.migration_checksum, supabase_migrations.schema_migrations');
    const tables = `select c.oid::regclass::text as name from pg_class c where relkind in ('r', 'v') and relnamespace::regnamespace::text in ('public', 'history', 'etl', 'adopted') order by 1`;
    const before = await pool.query(tables);
    const files = await readMigrations();
    const first = files.find(({ version }) => version === SET_ASIDE);
    const named = [...(first?.text ?? '').matchAll(/^select adopted\.set_aside\('(\d+)'/gm)].map(
      ([, version]) => version,
    );
    const versions = [SET_ASIDE, ...named, ADOPT];
    await expect(
      pool.transaction(async (tx) => {
        for (const { text } of first?.statements ?? []) await tx.query(text);
      }),
    ).rejects.toMatchObject({
      message: expect.stringContaining('the list of applied versions is lost'),
    });
    expect(await pool.query(tables)).toEqual(before);
    await expect(migrate(pool)).rejects.toThrow(`supabase migration repair --status applied ${versions.join(' ')}`);
    expect(await pool.query(tables)).toEqual(before);
  });
});
