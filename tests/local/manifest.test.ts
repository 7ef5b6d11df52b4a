/** What the reference files say about streams, publishers and lists of values is what the platform really has. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Pipeline } from '../../core/pipeline.ts';
import { credentialVariables } from '../../core/pipeline.ts';
import { loadCatalog } from '../../pipelines/index.ts';
import { type FreshDatabase, freshDatabase, testServers } from '../support/postgres.ts';

const { pipelines, publishers, root } = await loadCatalog();

async function rowsOf(file: string): Promise<Record<string, string>[]> {
  return parse(await readFile(join(root, 'data/reference', file), 'utf8'), { columns: true });
}
const list = (cell = ''): string[] => cell.split(';').flatMap((item) => item.trim() || []);

const streams = await rowsOf('streams.csv');
const sources = await rowsOf('sources.csv');
const enumerations = await rowsOf('enumerations.csv');

describe.each(testServers())('on $name', (server) => {
  let database: FreshDatabase;
  beforeAll(async () => {
    database = await freshDatabase(server);
  });

  test.each(streams.map((row) => [row['stream_key'] ?? '', row['fields'] ?? '']))(
    'fields of stream %s are the columns of its view, in order',
    async (key, fields) => {
      const columns = await database.pool.query<{ name: string }>(
        `select column_name as name from information_schema.columns
         where table_schema = 'public' and table_name = $1 order by ordinal_position`,
        [`stream_${key.replaceAll('-', '_')}`],
      );
      expect(list(fields)).toEqual(columns.map(({ name }) => name));
    },
  );

  test('every view of a stream is in the manifest', async () => {
    const views = await database.pool.query<{ name: string }>(
      `select table_name as name from information_schema.views where table_schema = 'public' and starts_with(table_name, 'stream_')`,
    );
    expect(views.map(({ name }) => name).sort()).toEqual(
      streams.map((row) => `stream_${row['stream_key']?.replaceAll('-', '_')}`).sort(),
    );
  });

  test('every CHECK that lists values has its list in enumerations.csv, with the same values', async () => {
    const checks = await database.pool.query<{ name: string; rule: string }>(
      `select c.relname || '.' || a.attname as name, pg_get_constraintdef(k.oid) as rule
       from pg_constraint k join pg_class c on c.oid = k.conrelid
       join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
       where k.contype = 'c' and cardinality(k.conkey) = 1 and c.relnamespace in ('public'::regnamespace, 'etl'::regnamespace)
         and pg_get_constraintdef(k.oid) ~ '= ANY \\(ARRAY\\['`,
    );
    const live = checks.map(({ name, rule }): [string, string[]] => [
      name,
      [...rule.matchAll(/'((?:[^']|'')*)'::text/g)].map(([, value = '']) => value).sort(),
    ]);
    expect(live.length).toBeGreaterThan(25);
    const inFile = live.map(([name]): [string, string[]] => [
      name,
      enumerations.flatMap((row) => (row['enumeration'] === name ? (row['value'] ?? []) : [])).sort(),
    ]);
    expect(Object.fromEntries(inFile)).toEqual(Object.fromEntries(live));
  });

  test('a migrated database has one row of source_health per publisher, which says that nobody was asked', async () => {
    const rows = await database.pool.query(
      `select source_name, status, notes, last_success, last_failure, consecutive_failures from public.source_health order by source_name`,
    );
    expect(rows).toEqual(
      [...publishers.keys()].sort().map((publisher) => ({
        source_name: publisher,
        status: 'unknown',
        notes: 'never asked',
        last_success: null,
        last_failure: null,
        consecutive_failures: 0,
      })),
    );
  });
});

test('every stream that a dataset feeds is in the manifest, and only those', () => {
  const fed = new Set(pipelines.flatMap(({ feeds }) => feeds?.stream ?? []));
  expect(streams.map((row) => row['stream_key'])).toEqual([...fed].sort());
});

test('streams are off, and their pages are those of the front end', () => {
  expect(streams.map((row) => [row['enabled'], row['page_size_default'], row['max_page_size']])).toEqual(
    streams.map(() => ['false', '100', '1000']),
  );
});

test('the keys under which streams are watched are those of the front end', () => {
  expect(streams.map((row) => row['health_key'])).toEqual([
    'aeso-grid-data',
    'hf-electricity-demand',
    'ontario-demand',
    'ontario-nodal-prices',
    'provincial-generation',
  ]);
});

test('sources.csv has one row per publisher of the catalog', () => {
  expect(sources.map((row) => row['publisher'])).toEqual([...publishers.keys()].sort());
});

test.each(sources.map((row) => [row['publisher'] ?? '', row] as const))(
  'sources.csv says of %s what its definitions say',
  (id, row) => {
    const publisher = publishers.get(id);
    const { credentials } = publisher ?? {};
    expect(row['title']).toBe(publisher?.title);
    expect(row['credentials']).toBe(
      credentials === undefined ? 'none' : credentials.required ? 'required' : 'optional',
    );
    expect(list(row['credentials_env'])).toEqual(credentialVariables(credentials));
    expect(row['credentials_url']).toBe(credentials?.getOneAt ?? '');
    for (const { licence } of pipelines.filter((pipeline) => pipeline.publisher === id)) {
      expect(row['licence']).toBe(licence.name);
      // Where every data set has a page and a line of its own, the row can name neither.
      if (row['licence_url'] !== '') {
        expect(row['licence_url']).toBe(licence.url);
        expect(row['attribution']).toBe(licence.attribution);
      }
    }
  },
);

const OPEN_SETS = [
  'aeso_generation_by_fuel.fuel',
  'alberta_generation_by_fuel.fuel',
  'ontario_generation_by_fuel.fuel',
];
const listsOf = ({ table, checks }: Pipeline): readonly (readonly [string, readonly string[]])[] => {
  const name = table.name.replace('public.', '');
  return [
    ...Object.entries(table.columns).flatMap(([column, { oneOf }]) =>
      oneOf === undefined ? [] : [[`${name}.${column}`, oneOf] as const],
    ),
    ...checks.flatMap((check) =>
      check.kind === 'oneOf' && OPEN_SETS.includes(`${name}.${check.columns[0]}`)
        ? [[`${name}.${check.columns[0]}`, check.values] as const]
        : [],
    ),
  ];
};

// Punctuation behind a name, whose meaning the publisher does not say: there is no label for it.
const WITHOUT_WORDS = ['alberta_asset_generation.marks'];

test.each([...new Map(pipelines.flatMap(listsOf))].filter(([name]) => !WITHOUT_WORDS.includes(name)))(
  'enumerations.csv has the values that the contract of %s allows',
  (name, values) => {
    const inFile = enumerations.filter((row) => row['enumeration'] === name).map((row) => row['value']);
    expect(inFile.sort()).toEqual([...values].sort());
  },
);

test('positions of every list count from 1', () => {
  for (const name of new Set(enumerations.map((row) => row['enumeration']))) {
    const positions = enumerations.filter((row) => row['enumeration'] === name).map((row) => Number(row['position']));
    expect(positions, name).toEqual(positions.map((_, i) => i + 1));
  }
});
