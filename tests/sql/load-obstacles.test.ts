/** What stands in the way of a load although columns and keys fit: triggers, rules, references, rights and the like. */
import { describe, expect, test } from 'vitest';
import { instant, mw, table, text, type Table } from '../../core/contract.ts';
import { contractFaults } from '../../sql/contract.ts';
import { createTableSql } from '../../sql/ddl.ts';
import { freshDatabase, testServers } from '../support/postgres.ts';
import { rolledBack } from '../support/rolled-back.ts';

const GAUGE = table('public.gauge', {
  hour: instant({ key: true, doc: 'Start of the hour.' }),
  station: text({ key: true, doc: "The station's id" }),
  level_mw: mw({ doc: 'Average.' }),
  note: text({ doc: "Free text with a \\ and a '.", required: true }),
}) as Table;

describe.each(testServers())('on $name', async (server) => {
  const database = await freshDatabase(server);
  const db = database.pool;

  // What fits in every column and key, and would still make a load wrong or impossible.
  test.each([
    [
      'a trigger that changes rows',
      `create function public.round_it() returns trigger language plpgsql as 'begin new.level_mw := 0; return new; end';
       create trigger tidy before insert on public.gauge for each row execute function public.round_it()`,
      [/^trigger tidy of public\.gauge runs public\.round_it before insert, so the numbers .* could differ/],
    ],
    [
      'a trigger after the row, on both tables',
      `create function public.note_it() returns trigger language plpgsql as 'begin return null; end';
       create trigger noted after delete on public.gauge for each row execute function public.note_it();
       create trigger noted after insert on history.gauge for each statement execute function public.note_it()`,
      [/^trigger noted of public\.gauge runs .* after delete/, /^trigger noted of history\.gauge runs .* after insert/],
    ],
    [
      'a trigger that is off, one on update, one that only tells a webhook',
      `create function public.note_it() returns trigger language plpgsql as 'begin return null; end';
       create trigger off before insert on public.gauge for each row execute function public.note_it();
       alter table public.gauge disable trigger off;
       create trigger on_update before update on public.gauge for each row execute function public.note_it();
       create schema supabase_functions;
       create function supabase_functions.http_request() returns trigger language plpgsql as 'begin return null; end';
       create trigger hook after insert on public.gauge for each row execute function supabase_functions.http_request()`,
      [],
    ],
    [
      'a rule',
      'create rule no_more as on delete to public.gauge do instead nothing',
      [/^rule no_more rewrites what is written to public\.gauge/],
    ],
    [
      'a rule that is off',
      `create rule r as on delete to public.gauge do instead nothing; alter table public.gauge disable rule r`,
      [],
    ],
    ['unlogged', 'alter table public.gauge set unlogged', [/^public\.gauge is unlogged, so a crash .* would empty it/]],
    [
      'a table that inherits',
      'create table public.gauge_child () inherits (public.gauge)',
      [/gauge_child inherits from public\.gauge, so rows that no load wrote/],
    ],
    [
      'partitioned, without a partition',
      `drop table public.gauge; create table public.gauge (hour timestamptz, station text, level_mw float8, note text not null,
         created_at timestamptz not null default now(), load_id bigint not null, primary key (hour, station)) partition by range (hour)`,
      [/^public\.gauge is partitioned and has no partition/],
    ],
    [
      'partitioned, with a partition',
      `drop table public.gauge; create table public.gauge (hour timestamptz, station text, level_mw float8, note text not null,
         created_at timestamptz not null default now(), load_id bigint not null, primary key (hour, station)) partition by range (hour);
       create table public.gauge_rest partition of public.gauge default`,
      [],
    ],
    [
      'a trigger of a partition',
      `drop table public.gauge; create table public.gauge (hour timestamptz, station text, level_mw float8, note text not null,
         created_at timestamptz not null default now(), load_id bigint not null, primary key (hour, station)) partition by range (hour);
       create table public.gauge_rest partition of public.gauge default;
       create function public.note_it() returns trigger language plpgsql as 'begin return null; end';
       create trigger noted before insert on public.gauge_rest for each row execute function public.note_it()`,
      [/^trigger noted of public\.gauge/],
    ],
    [
      'a key whose index is invalid',
      `update pg_index set indisvalid = false where indexrelid = 'public.gauge_pkey'::regclass`,
      [/^the index of the primary key of public\.gauge is invalid, so a key could be stored twice/],
    ],
    [
      'no default of created_at',
      'alter table public.gauge alter created_at drop default',
      [/^public\.gauge\.created_at has no default/],
    ],
    [
      'load_id that the database makes',
      'alter table public.gauge drop load_id, add load_id bigint generated always as identity',
      [/^public\.gauge\.load_id is generated/],
    ],
    [
      'history with a column of its own that must be given',
      'alter table history.gauge add reason text not null',
      [/^history\.gauge\.reason is not in its table in public/],
    ],
    [
      'an extra column that history cannot leave out',
      'alter table public.gauge add x int; alter table history.gauge add x int not null',
      [/^history\.gauge\.x is not null, in public it may be missing/],
    ],
    [
      'an extra column that history makes itself',
      'alter table public.gauge add x int; alter table history.gauge add x int generated always as (1) stored',
      [/^history\.gauge\.x is generated/],
    ],
    [
      'references that change or refuse when a row is replaced',
      `create table public.a (hour timestamptz, station text, constraint a_fkey foreign key (hour, station) references public.gauge on delete cascade);
       create table public.b (hour timestamptz, station text, constraint b_fkey foreign key (hour, station) references public.gauge on delete set null);
       create table public.c (hour timestamptz, station text, constraint c_fkey foreign key (hour, station) references public.gauge);
       create table public.d (hour timestamptz, station text, constraint d_fkey foreign key (hour, station) references public.gauge on delete restrict);
       create table public.e (hour timestamptz, station text, constraint e_fkey foreign key (hour, station) references public.gauge deferrable initially deferred)`,
      [
        /^foreign key a_fkey of a deletes rows there/,
        /^foreign key b_fkey of b empties rows/,
        /^foreign key c_fkey of c is not initially deferred/,
        /^foreign key d_fkey of d \(restrict\)/,
      ],
    ],
    [
      'a constraint that refuses rows: the server names it itself',
      'alter table public.gauge add check (level_mw < 1)',
      [],
    ],
  ])('obstacle: %s', async (_, change, expected) => {
    const faults = await rolledBack(db, async (tx) => {
      await tx.query(createTableSql(GAUGE, { title: 'Gauges' }));
      await tx.query(change);
      return await contractFaults(tx, GAUGE);
    });
    expect(faults).toHaveLength(expected.length);
    expected.forEach((part, i) => expect(faults[i]).toMatch(part));
  });

  test.each([
    ['as it should be', 'select 1', null],
    [
      'gone',
      'drop trigger gauge_edit on public.gauge',
      /^public\.gauge has no trigger that runs etl\.record_edit for each row, so the next load would overwrite/,
    ],
    [
      'disabled',
      'alter table public.gauge disable trigger gauge_edit',
      /gauge_edit of public\.gauge is disabled, so the next load/,
    ],
    [
      'of a replica only',
      'alter table public.gauge enable replica trigger gauge_edit',
      /gauge_edit of public\.gauge is disabled/,
    ],
    [
      'without delete',
      `create or replace trigger gauge_edit before insert or update on public.gauge for each row execute function etl.record_edit()`,
      /gauge_edit of public\.gauge does not run before each/,
    ],
    [
      'with a condition',
      `create or replace trigger gauge_edit before insert or update or delete on public.gauge for each row when (current_user <> 'x') execute function etl.record_edit()`,
      /gauge_edit of public\.gauge does not run before each/,
    ],
  ])('the trigger that keeps edits: %s', async (_, change, expected) => {
    const kept: Table = { ...GAUGE, edits: 'kept' };
    const faults = await rolledBack(db, async (tx) => {
      await tx.query(createTableSql(kept, { title: 'Gauges' }));
      await tx.query(change);
      return await contractFaults(tx, kept);
    });
    expect(faults).toHaveLength(expected === null ? 0 : 1);
    if (expected !== null) expect(faults[0]).toMatch(expected);
  });

  test('what the database user may not do is named, and row-level security that hides rows', async () => {
    const faults = await rolledBack(db, async (tx) => {
      await tx.query(createTableSql(GAUGE, { title: 'Gauges' }));
      await tx.query(`create role gauge_loader nologin; grant usage on schema public to gauge_loader;
        grant select, insert on public.gauge to gauge_loader; set local role gauge_loader`);
      const found = await contractFaults(tx, GAUGE);
      await tx.query('reset role');
      return found;
    });
    expect(faults).toEqual([
      'the database user may not DELETE on public.gauge, so no interval can be loaded',
      expect.stringMatching(/^row-level security of public\.gauge applies to the database user/),
      'the database user may not USAGE, INSERT on history.gauge, so no interval can be loaded',
      expect.stringMatching(/^row-level security of history\.gauge applies/),
    ]);
  });

  test('row-level security that is forced binds the owner too, but nobody who bypasses it', async () => {
    const faults = await rolledBack(db, async (tx) => {
      await tx.query(createTableSql(GAUGE, { title: 'Gauges' }));
      await tx.query(`alter table public.gauge force row level security; create role gauge_owner nologin;
        grant usage, create on schema public, history to gauge_owner;
        alter table public.gauge owner to gauge_owner; alter table history.gauge owner to gauge_owner`);
      const asSuperuser = await contractFaults(tx, GAUGE);
      await tx.query('set local role gauge_owner');
      return [asSuperuser, await contractFaults(tx, GAUGE)];
    });
    expect(faults[0]).toEqual([]);
    expect(faults[1]).toEqual([expect.stringMatching(/^row-level security of public\.gauge applies/)]);
  });
});
