/** docs/read-helpers.md has every helper with what it really answers; the helpers are what PostgREST can call. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { HELPERS, readHelpersPage } from '../../docs/read-helpers.ts';
import { freshDatabase } from '../support/postgres.ts';
import { samplesDatabase } from './read-helpers-support.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const NAMES = HELPERS.flatMap(({ helpers }) => helpers.map(({ name }) => name));

test('the page is what a samples database says', { timeout: 120_000 }, async () => {
  const { pool: db } = await samplesDatabase();
  const page = await readHelpersPage(db);
  const file = join(ROOT, 'docs/read-helpers.md');
  if (process.env['PENSTOCK_WRITE'] === '1') await writeFile(file, page);
  expect(await readFile(file, 'utf8')).toBe(page);
});

test('the page has every view and function that the migrations of the read helpers make', async () => {
  const folder = join(ROOT, 'sql/migrations');
  const files = (await readdir(folder)).filter(
    (file) => file.startsWith('2026112214') || file.includes('source_quality'),
  );
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const made = texts.flatMap((text) =>
    [...text.matchAll(/^create or replace (?:view|function) public\.(\w+)/gm)].map((match) => match[1]),
  );
  expect(files.length).toBeGreaterThan(4);
  expect([...NAMES].sort()).toEqual(made.sort());
});

test('PostgREST can call them: one function of each name, every argument named, a comment on everything, a fixed search_path', async () => {
  const { pool: db } = await freshDatabase();
  const functions = await db.query<{ name: string; named: boolean; steady: boolean; comment: boolean; path: boolean }>(
    `select proname as name, pronargs = 0 or (coalesce(array_length(proargnames, 1), 0) >= pronargs and not '' = any (proargnames)) as named,
       provolatile = 's' as steady, obj_description(oid, 'pg_proc') is not null as comment, 'search_path=""' = any (proconfig) as path
     from pg_proc where pronamespace = 'public'::regnamespace and proname = any ($1) order by 1`,
    [NAMES],
  );
  const views = await db.query<{ name: string; invoker: boolean; comments: boolean }>(
    `select relname as name, 'security_invoker=true' = any (reloptions) as invoker, obj_description(oid, 'pg_class') is not null and not exists (
         select from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and col_description(c.oid, a.attnum) is null) as comments
     from pg_class c where relnamespace = 'public'::regnamespace and relkind = 'v' and relname = any ($1)`,
    [NAMES],
  );
  expect([...functions, ...views].map(({ name }) => name).sort()).toEqual([...NAMES].sort());
  for (const one of functions)
    expect(one).toEqual({ name: one.name, named: true, steady: true, comment: true, path: true });
  for (const one of views) expect(one).toEqual({ name: one.name, invoker: true, comments: true });
});
