/** Bad help files that nobody checked: the load refuses them one by one with the reason, and everything else loads. */
import { expect, test } from 'vitest';
import type { Pool } from '../../loaders/postgres/database.ts';
import { temporaryFolder } from '../support/engine.ts';
import { freshDatabase } from '../support/postgres.ts';
import { helpFile, helpWorld } from './help-world.ts';

async function refused(pool: Pool): Promise<string[]> {
  const rows = await pool.query<{ reason: string }>(
    `select dataset || ' ' || reason as reason from etl.quarantine order by 1`,
  );
  return rows.map(({ reason }) => reason);
}

test('each bad file is refused alone, with its reason', async () => {
  const { pool } = await freshDatabase();
  await using folder = await temporaryFolder();
  const world = await helpWorld(pool, folder.path, [
    helpFile('page.good', { aliases: '[tab.good, page.other, tab.shared]' }),
    helpFile('page.other', { aliases: '[tab.shared]' }),
    helpFile('page.no-id', { id: null }),
    helpFile('page.hash', { sources: '[{ name: Docs, url: "#" }]', aliases: '[tab.hash]' }),
    helpFile('page.nested', { sources: '[[{ name: Docs, url: https://a.example/ }]]' }),
    helpFile('page.link', {}, 'See [more](#).'),
    helpFile('page.html', {}, 'Run <script>x()</script>.'),
    helpFile('page.long', { short_text: 'x'.repeat(160), aliases: '[tab.long]' }),
    helpFile('page.date', { last_updated: '2026-02-30' }),
    helpFile('page.form', { id: 'Page' }),
    helpFile('page.review', { curation: 'done' }),
    helpFile('page.blank', {}, ''),
    { ...helpFile('page.twice'), name: 'page.copy.md' },
    helpFile('page.twice'),
    helpFile('page.field', { status: 'healthy' }),
  ]);
  const { report } = await world.load();
  expect(report.exitCode).toBe(0);
  expect(await pool.query('select id from help_content order by id')).toEqual([
    { id: 'page.good' },
    { id: 'page.other' },
  ]);
  expect(await pool.query('select alias, help_id from help_alias order by alias')).toEqual([
    { alias: 'tab.good', help_id: 'page.good' },
  ]);
  const file = 'sql(transforms/local/check_help_file.sql)';
  expect(await refused(pool)).toEqual([
    'local-help-alias matches(alias): page.other is the id of a text, expected alias like [a-z][a-z0-9_-]*([.][a-z0-9_-]+)+',
    expect.stringMatching(/^local-help-alias page\.field\.md line 9: the field "status" is not known; known are id, /),
    'local-help-alias sql(transforms/local/check_help_alias_text.sql): page.long, expected a text that loads: local-help-content says in the quarantine why it does not',
    `local-help-alias ${file}: {"name":"Docs","url":"#"}, expected sources as a list of name and url, every url an https address`,
    // Two files want tab.shared: nobody gets it.
    'local-help-alias the key occurs 2 times with different values, first in line 6',
    'local-help-alias the key occurs 2 times with different values, first in line 6',
    'local-help-content last_updated: 2026-02-30T00:00:00Z is not an instant',
    expect.stringMatching(/^local-help-content matches\(id\): Page, expected id like /),
    expect.stringMatching(/^local-help-content matches\(short_text\): x{160}, expected short_text like /),
    'local-help-content notNull(body_md): null, expected body_md must have a value',
    'local-help-content notNull(id): null, expected id must have a value',
    expect.stringMatching(/^local-help-content page\.field\.md line 9: the field "status" is not known/),
    // The id is in two files: neither loads.
    'local-help-content repeats line 2',
    `local-help-content ${file}: <script>x()</script>., expected Markdown without HTML`,
    `local-help-content ${file}: [{"name":"Docs","url":"https://a.example/"}], expected sources as a list of name and url, every url an https address`,
    `local-help-content ${file}: ](#)., expected links in the text that lead to https addresses, written [words](https://…)`,
    `local-help-content ${file}: done, expected curation: required, or curation: reviewed by <name> on <date>, or none`,
    `local-help-content ${file}: page.copy.md, expected a file called page.twice.md`,
    `local-help-content ${file}: {"name":"Docs","url":"#"}, expected sources as a list of name and url, every url an https address`,
  ]);
});

test('on a table that has the text, a bad new version leaves the old one', async () => {
  const { pool } = await freshDatabase();
  await using folder = await temporaryFolder();
  const world = await helpWorld(pool, folder.path);
  await world.load();
  await world.change('page.trends.md', 'https://reports-public.ieso.ca/public/', "'#'");
  await world.change('tab.home.md', 'title: Home', 'title: Start');
  const { report } = await world.load();
  expect(report.datasets.map(({ id, rows }) => [id, rows.revised, rows.withdrawn, rows.rejected])).toEqual([
    ['local-help-alias', 0, 0, 2],
    ['local-help-content', 1, 0, 1],
  ]);
  const reason = `sql(transforms/local/check_help_file.sql): {"name":"IESO: public reports","url":"#"}, expected sources as a list of name and url, every url an https address`;
  expect(await refused(pool)).toEqual([
    `local-help-alias ${reason}`,
    `local-help-alias ${reason}`,
    `local-help-content ${reason}`,
  ]);
  expect(
    await pool.query(`select title from help_content where id in ('page.trends', 'tab.home') order by id`),
  ).toEqual([{ title: 'Trends' }, { title: 'Start' }]);
});

test('a text that is taken away goes with its other names, and stays in the history', async () => {
  const { pool } = await freshDatabase();
  await using folder = await temporaryFolder();
  const world = await helpWorld(pool, folder.path);
  await world.load();
  await world.remove('page.security.md');
  const { report } = await world.load();
  expect(report.datasets.flatMap(({ intervals }) => intervals.flatMap(({ error }) => error ?? []))).toEqual([]);
  expect(
    await pool.query(
      `select 'text' as left_over from help_content where id = 'page.security' union all select 'name' from help_alias where alias = 'tab.security'`,
    ),
  ).toEqual([]);
  expect(await pool.query(`select id from history.help_content`)).toEqual([{ id: 'page.security' }]);
});
