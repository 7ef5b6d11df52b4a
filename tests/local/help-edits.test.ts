/** A help text that an administrator edits by hand: a load leaves it, says so, and the file can take it over. */
import { describe, expect, test } from 'vitest';
import type { RunResult } from '../../engine/run.ts';
import type { Pool } from '../../loaders/postgres/database.ts';
import { temporaryFolder } from '../support/engine.ts';
import { freshDatabase, testServers } from '../support/postgres.ts';
import { helpWorld } from './help-world.ts';

const FILE = 'page.trends.md';

/** What the report says of rows that people edited. */
function keptRows({ report }: RunResult): unknown[] {
  return report.datasets.flatMap(({ id, checks }) =>
    checks
      .filter(({ name, result }) => name === 'kept(edits)' && result === 'found')
      .flatMap(({ samples }) => samples.map(({ key, value, expectation }) => `${id} ${key}: ${value}; ${expectation}`)),
  );
}

async function shortText(pool: Pool): Promise<unknown> {
  const [row] = await pool.query<{ short_text: string }>(
    `select short_text from help_content where id = 'page.trends'`,
  );
  return row?.short_text;
}

/** The version that a query gives, with what loaded it. */
async function loadedBy(pool: Pool): Promise<unknown> {
  const [row] = await pool.query(
    `select l.strategy, l.dataset, r.actor from help_content h join etl.load l using (load_id) join etl.run r using (run_id) where id = 'page.trends'`,
  );
  return row;
}

describe.each(testServers())('on $name', (server) => {
  test('an edited text stays and is reported, its past can be asked for, and the file can take it over', async () => {
    const { pool } = await freshDatabase(server);
    await using folder = await temporaryFolder();
    const world = await helpWorld(pool, folder.path);
    await world.load();
    const original = await shortText(pool);
    const [before] = await pool.query<{ at: string }>('select clock_timestamp()::text as at');

    await pool.transaction(async (tx) => {
      await tx.query(`set local penstock.actor = 'ada'`);
      await tx.query(
        `update help_content set short_text = 'Written by hand.', author = 'Ada', last_updated = '2026-11-23' where id = 'page.trends'`,
      );
    });
    expect(await loadedBy(pool)).toEqual({ strategy: 'edit', dataset: 'edit', actor: 'ada' });
    expect(await pool.query('select id, short_text from history.help_content')).toEqual([
      { id: 'page.trends', short_text: original },
    ]);
    expect(
      await pool.query(`select short_text from as_of(null::public.help_content, $1) where id = 'page.trends'`, [
        before?.at,
      ]),
    ).toEqual([{ short_text: original }]);
    expect(
      await pool.query(`select short_text from as_of(null::public.help_content, now()) where id = 'page.trends'`),
    ).toEqual([{ short_text: 'Written by hand.' }]);

    // Reseeding with the same files, and with a newer file.
    for (const change of ['', 'Changed in the file. ']) {
      await world.change(FILE, 'short_text: ', `short_text: ${change}`);
      const again = await world.load();
      expect(again.report.exitCode).toBe(0);
      expect(await shortText(pool)).toBe('Written by hand.');
      const rows = keptRows(again);
      expect(rows).toHaveLength(1);
      expect(rows[0]).toMatch(
        /^local-help-content page\.trends: kept: .*short_text "Written by hand\.".*\(changed by ada at 20/,
      );
      expect(rows[0]).toContain(`short_text "${change}How demand`);
    }

    // Into the file with it: then it is the file's row again.
    await world.change(FILE, `short_text: Changed in the file. ${String(original)}`, 'short_text: Written by hand.');
    await world.change(FILE, 'author: Penstock maintainers', 'author: Ada');
    await world.change(FILE, 'last_updated: 2026-11-22', 'last_updated: 2026-11-23');
    expect(keptRows(await world.load())).toEqual([]);
    expect(await loadedBy(pool)).toEqual({ strategy: 'merge', dataset: 'local-help-content', actor: null });
    await world.change(FILE, 'Written by hand.', 'Written by hand, then in the file.');
    expect(keptRows(await world.load())).toEqual([]);
    expect(await shortText(pool)).toBe('Written by hand, then in the file.');
    expect(
      await pool.query(`select short_text from as_of(null::public.help_content, $1) where id = 'page.trends'`, [
        before?.at,
      ]),
    ).toEqual([{ short_text: original }]);
  });

  test('a text and a name that somebody added stay, and a name that somebody deleted stays away', async () => {
    const { pool } = await freshDatabase(server);
    await using folder = await temporaryFolder();
    const world = await helpWorld(pool, folder.path);
    await world.load();
    await pool.query(
      `insert into help_content (id, title, short_text, body_md, discipline_tags, related_sources, last_updated, author)
       values ('page.local', 'Local', 'A page of ours.', 'It shows our own meters in MW.', '{}', '[]', now(), 'Ada')`,
    );
    await pool.query(`insert into help_alias (alias, help_id) values ('tab.local', 'page.local')`);
    await pool.query(`delete from help_alias where alias = 'trends.analysis'`);
    const rows = keptRows(await world.load());
    expect(rows.map((row) => String(row).split(' (')[0])).toEqual([
      'local-help-alias tab.local: kept',
      'local-help-alias trends.analysis: left out',
      'local-help-content page.local: kept',
    ]);
    expect(await pool.query(`select alias from help_alias where alias in ('tab.local', 'trends.analysis')`)).toEqual([
      { alias: 'tab.local' },
    ]);
  });
});
