/** The database explains itself: every table, column, view and function says what it is, in the words of the contract where there is one. */
import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { loadCatalog } from '../../pipelines/index.ts';
import { columnComment } from '../../sql/ddl.ts';
import { type FreshDatabase, freshDatabase, testServers, type TestServer } from '../support/postgres.ts';

describe.each(testServers())('on $name', (server) => {
  test('every table, view, column and function of public, history and etl has a comment', async () => {
    const { pool } = await shared(server);
    const objects = await pool.query<{ object: string; comment: string | null }>(`
      select n.nspname || '.' || c.relname as object, obj_description(c.oid, 'pg_class') as comment
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('public', 'history', 'etl') and c.relkind in ('r', 'p', 'v', 'm', 'f')
      union all
      select n.nspname || '.' || c.relname || '.' || a.attname, col_description(c.oid, a.attnum)
      from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
      where n.nspname in ('public', 'history', 'etl') and c.relkind in ('r', 'p', 'v', 'm', 'f')
        and a.attnum > 0 and not a.attisdropped
      union all
      select n.nspname || '.' || p.proname || '()', obj_description(p.oid, 'pg_proc')
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname in ('public', 'history', 'etl')
        and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
      union all
      select 'schema ' || nspname, obj_description(oid, 'pg_namespace') from pg_namespace where nspname in ('history', 'etl')
      order by 1`);
    expect(objects.length).toBeGreaterThan(1000);
    expect(objects.filter(({ comment }) => (comment ?? '').trim() === '').map(({ object }) => object)).toEqual([]);
  });

  test('the comments of a contract’s columns are the contract’s words, in public and in history', async () => {
    const { pool } = await shared(server);
    const live = await pool.query<{ column: string; comment: string | null }>(`
      select n.nspname || '.' || c.relname || '.' || a.attname as column, col_description(c.oid, a.attnum) as comment
      from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
      where n.nspname in ('public', 'history') and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped`);
    const comments = new Map(live.map(({ column, comment }) => [column, comment]));
    const { pipelines } = await loadCatalog();
    const tables = new Map(pipelines.map(({ table }) => [table.name, table]));
    const wanted: [string, string][] = [];
    for (const { name, columns } of tables.values()) {
      for (const [column, spec] of Object.entries(columns)) {
        if (spec.doc === '') continue;
        for (const table of [name, name.replace(/^public\./, 'history.')]) {
          wanted.push([`${table}.${column}`, columnComment(spec)]);
        }
      }
    }
    expect(wanted.length).toBeGreaterThan(200);
    const differing = wanted.filter(([column, comment]) => comments.get(column) !== comment);
    expect(differing.map(([column, comment]) => ({ column, live: comments.get(column), contract: comment }))).toEqual(
      [],
    );
  });

  test('every list of allowed words is the list of data/reference/enumerations.csv', async () => {
    const { pool } = await shared(server);
    const checks = await pool.query<{ enumeration: string; definition: string }>(`
      select c.relname || '.' || a.attname as enumeration, pg_get_constraintdef(k.oid) as definition
      from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and k.conkey = array[a.attnum]
      where k.contype = 'c' and n.nspname in ('public', 'etl', 'history') and pg_get_constraintdef(k.oid) ~ '= ANY' order by 1`);
    const lists = checks.map(({ enumeration, definition }) => ({ enumeration, words: wordsOf(definition) }));
    expect(lists.length).toBeGreaterThan(20);

    const text = await readFile(new URL('../../data/reference/enumerations.csv', import.meta.url), 'utf8');
    const rows: { enumeration: string; value: string; position: string }[] = parse(text, { columns: true });
    const fileOf = (enumeration: string): string[] =>
      rows.filter((row) => row.enumeration === enumeration).map(({ value }) => value);
    expect(lists).toEqual(lists.map(({ enumeration }) => ({ enumeration, words: fileOf(enumeration).toSorted() })));

    // And the file lists columns that are there.
    const columns = await pool.query<{ column: string }>(`
      select c.relname || '.' || a.attname as column from pg_class c join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 where n.nspname in ('public', 'etl')`);
    const there = new Set(columns.map(({ column }) => column));
    expect([...new Set(rows.map(({ enumeration }) => enumeration))].filter((name) => !there.has(name))).toEqual([]);
  });
});

const databases = new Map<string, Promise<FreshDatabase>>();

/** Nothing is written, so one database serves all. */
async function shared(server: TestServer): Promise<FreshDatabase> {
  const there = databases.get(server.name) ?? freshDatabase(server);
  databases.set(server.name, there);
  return await there;
}

/** The words of `CHECK ((x = ANY (ARRAY['a'::text, 'b'::text])))`. */
function wordsOf(definition: string): string[] {
  return [...definition.matchAll(/'((?:[^']|'')*)'::text/g)]
    .map(([, word = '']) => word.replaceAll("''", "'"))
    .toSorted();
}
