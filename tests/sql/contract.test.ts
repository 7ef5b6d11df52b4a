/** Contracts and live tables: the generated tables match their contracts, and every kind of drift is found and named. */
import { describe, expect, test } from 'vitest';
import {
  bigint,
  boolean,
  decimal,
  instant,
  integer,
  jsonb,
  mw,
  table,
  text,
  textArray,
  typed,
  type Table,
} from '../../core/contract.ts';
import { loadCatalog } from '../../pipelines/index.ts';
import { contractFaults } from '../../sql/contract.ts';
import { createTableSql } from '../../sql/ddl.ts';
import { identifier } from '../../sql/identifier.ts';
import { freshDatabase, testServers } from '../support/postgres.ts';
import { rolledBack } from '../support/rolled-back.ts';

const GAUGE = table('public.gauge', {
  hour: instant({ key: true, doc: 'Start of the hour.' }),
  station: text({ key: true, doc: "The station's id" }),
  level_mw: mw({ doc: 'Average.' }),
  note: text({ doc: "Free text with a \\ and a '.", required: true }),
}) as Table;

const EVERY_TYPE = table('public.order', {
  user: typed('uuid', { key: true, doc: 'Key with a reserved name.' }),
  a_bool: boolean({ doc: 'x' }),
  an_int2: typed('int2', { doc: 'x' }),
  an_int4: integer({ doc: 'x' }),
  an_int8: bigint({ doc: 'x' }),
  a_float4: typed('float4', { doc: 'x' }),
  a_numeric: decimal(12, 2, { doc: 'x', unit: 'CAD/MWh' }),
  a_free_numeric: typed('numeric', { doc: 'x' }),
  a_varchar: typed('varchar', { doc: 'x', length: 12 }),
  a_timestamp: typed('timestamp', { doc: 'x' }),
  a_date: typed('date', { doc: 'x' }),
  a_json: jsonb({ doc: 'x' }),
  a_list: textArray({ doc: 'x' }),
}) as Table;

describe.each(testServers())('on $name', async (server) => {
  const database = await freshDatabase(server);
  const db = database.pool;

  test('every shipped definition agrees with the migrated database', async () => {
    const { pipelines } = await loadCatalog();
    expect(pipelines.length).toBeGreaterThan(0);
    for (const pipeline of pipelines)
      expect([pipeline.id, await contractFaults(db, pipeline.table)]).toEqual([pipeline.id, []]);
  });

  test.each([
    ['plain', GAUGE],
    ['of every type, with reserved names', EVERY_TYPE],
  ])('a table made from a contract matches it, and its SQL may run twice: %s', async (_, contract) => {
    await rolledBack(db, async (tx) => {
      const sql = createTableSql(contract, {
        title: "It's a title",
        extra: [{ name: 'extra', type: 'double precision', doc: 'No source.' }],
      });
      await tx.query(sql);
      await tx.query(sql);
      expect(await contractFaults(tx, contract)).toEqual([]);
    });
  });

  test('comments carry meaning and unit', async () => {
    await rolledBack(db, async (tx) => {
      await tx.query(createTableSql(GAUGE, { title: 'Gauges' }));
      const rows = await tx.query<{ doc: string | null }>(
        `select obj_description('public.gauge'::regclass) as doc union all
         (select col_description('public.gauge'::regclass, a) from generate_series(1, 4) a order by a)`,
      );
      expect(rows.map(({ doc }) => doc)).toEqual([
        'Gauges.',
        'Start of the hour. Unit: UTC.',
        "The station's id.",
        'Average. Unit: MW.',
        "Free text with a \\ and a '.",
      ]);
    });
  });

  test.each([
    ['no table', 'drop table public.gauge', ['public.gauge does not exist']],
    ['no history', 'drop table history.gauge', ['history.gauge does not exist']],
    [
      'a view',
      'drop table public.gauge; create view public.gauge as select 1 as hour',
      ['public.gauge is not a table'],
    ],
    [
      'no column',
      'alter table public.gauge drop column level_mw',
      ['public.gauge has no column level_mw; the contract has level_mw double precision'],
    ],
    [
      'another type',
      'alter table public.gauge alter level_mw type numeric(9,2)',
      ['public.gauge.level_mw is numeric(9,2), the contract says double precision'],
    ],
    [
      'a type of the same name',
      'create domain public.text as pg_catalog.text; alter table public.gauge alter note type public.text',
      ['public.gauge.note is'],
    ],
    [
      'refuses missing values',
      'alter table public.gauge alter level_mw set not null',
      ['public.gauge.level_mw is not null, the contract allows missing values'],
    ],
    [
      'an extra column that must be given',
      'alter table public.gauge add x int not null',
      ['public.gauge.x is not in the contract, is not null and has no default', 'history.gauge has no column x'],
    ],
    [
      'an extra column with a default',
      'alter table public.gauge add x int not null default 1; alter table history.gauge add x int',
      [],
    ],
    [
      'an extra column of another type in history',
      'alter table public.gauge add x int; alter table history.gauge add x text',
      ['history.gauge.x is text, in public it is integer'],
    ],
    [
      'a generated column',
      'alter table public.gauge drop note, add note text generated always as (station) stored not null',
      ['public.gauge.note is generated'],
    ],
    ['no key', 'alter table public.gauge drop constraint gauge_pkey', ['public.gauge has no primary key']],
    [
      'a narrower key',
      'alter table public.gauge drop constraint gauge_pkey, add primary key (hour)',
      ["public.gauge has the primary key (hour), the contract's key is (hour, station)"],
    ],
    [
      'the same key in another order',
      'alter table public.gauge drop constraint gauge_pkey, add primary key (station, hour)',
      [],
    ],
    [
      'no load_id',
      'alter table public.gauge drop column load_id',
      ['public.gauge has no column load_id bigint, which the loader needs'],
    ],
    [
      'load_id too small',
      'alter table public.gauge alter load_id type int',
      ['public.gauge.load_id is integer, the loader writes bigint'],
    ],
    ['history without a column', 'alter table history.gauge drop column note', ['history.gauge has no column note']],
    [
      'history without the closing load',
      'alter table history.gauge drop column closed_by_load_id',
      ['history.gauge has no column closed_by_load_id'],
    ],
    [
      'history with the key of public',
      'alter table history.gauge drop constraint gauge_pkey, add primary key (hour, station)',
      ['history.gauge has the primary key (hour, station)'],
    ],
  ])('drift: %s', async (_, change, expected) => {
    const faults = await rolledBack(db, async (tx) => {
      await tx.query(createTableSql(GAUGE, { title: 'Gauges' }));
      await tx.query(change);
      return await contractFaults(tx, GAUGE);
    });
    expect(faults).toHaveLength(expected.length);
    expected.forEach((part, i) => expect(faults[i]).toContain(part));
  });

  test('every word that the server reserves is quoted', async () => {
    const words = await db.query<{ word: string }>(`select word from pg_get_keywords() where catcode in ('R', 'T')`);
    expect(words.length).toBeGreaterThan(90);
    expect(words.filter(({ word }) => !identifier(word).startsWith('"'))).toEqual([]);
    expect([identifier('hour'), identifier('Größe'), identifier('a"b')]).toEqual(['hour', '"Größe"', '"a""b"']);
  });
});
