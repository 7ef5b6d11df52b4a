/** The names that earlier objects are moved away from are exactly those that the migrations make. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SHIPPED_MIGRATIONS } from '../../sql/migration-files.ts';
import { emptyDatabase, type EmptyDatabase } from './empty-database.ts';
import { ADOPT, type MadeNames, madeNames, SET_ASIDE, setAsideSql } from './made-names.ts';

/** Names of the platform that we do not make, but whose content has a home here. */
const EXTRA = { '20261122120000': ['public.help_text'] };

let database: EmptyDatabase;
let made: MadeNames[];
beforeAll(async () => {
  database = await emptyDatabase();
  made = await madeNames(database.pool);
});
afterAll(() => database.drop());

// The whole list is written anew by: npx vitest run --project main tests/sql/adopt-names.test.ts -u
test('the first migration sets aside every name that a migration makes', async () => {
  const file = join(SHIPPED_MIGRATIONS, `${SET_ASIDE}_set_earlier_tables_aside.sql`);
  const text = await readFile(file, 'utf8');
  const block = `-- names: begin\n${setAsideSql(made, EXTRA)}-- names: end\n`;
  await expect(text.replace(/-- names: begin\n[^]*-- names: end\n/, block)).toMatchFileSnapshot(file);
});

test('a migration that comes after the adoption sets its own names aside', () => {
  const later = made.filter(({ version, names }) => version > ADOPT && names.length > 0);
  for (const { file, version, text, names } of later) {
    expect(text, file).toContain(`adopted.set_aside('${version}'`);
    for (const name of names) expect(text, `${file} must set ${name} aside`).toContain(`'${name}'`);
  }
});
