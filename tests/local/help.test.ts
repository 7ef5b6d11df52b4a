/** Help texts on a real server: all ids and other names are there, a second load changes nothing, an edit by hand stays and can be taken over. */
import { describe, expect, test } from 'vitest';
import type { RunResult } from '../../engine/run.ts';
import type { Pool } from '../../loaders/postgres/database.ts';
import { temporaryFolder } from '../support/engine.ts';
import { freshDatabase, testServers } from '../support/postgres.ts';
import { helpWorld } from './help-world.ts';

// Typed out from the platform's contract, section 3, so that a change of the files or of data/help/required-ids.ts cannot hide an id.
const IDS = `
chart.alberta_supply_demand
chart.indigenous.consultation_status
chart.indigenous.tek_categories
chart.stakeholder.feedback_categories
chart.stakeholder.sentiment_trend
dashboard.overview
metric.indigenous.completed_consultations
metric.indigenous.completion_rate
metric.indigenous.ongoing_consultations
metric.indigenous.total_territories
metric.stakeholder.average_sentiment
metric.stakeholder.feedback_entries
metric.stakeholder.total
metric.stakeholder.upcoming_meetings
module.indigenous.governance
module.indigenous.map
module.indigenous.overview
module.stakeholder.overview
module.stakeholder.protocols
page.education
page.gridops
page.indigenous
page.innovation
page.investment
page.provinces
page.resilience
page.security
page.stakeholders
page.trends
tab.home`;

const ALIASES = `
tab.dashboard dashboard.overview
tab.gridops page.gridops
tab.indigenous page.indigenous
tab.innovation page.innovation
tab.investment page.investment
tab.provinces page.provinces
tab.resilience page.resilience
tab.security page.security
tab.stakeholders page.stakeholders
tab.trends page.trends`;

const words = (list: string): string[] => list.trim().split('\n');

/** What every dataset came to: its counts of outcomes and of rows that were written or refused. */
function outcomes({ report }: RunResult): unknown[] {
  return report.datasets.map(({ id, outcomes: seen, rows, intervals }) => [
    id,
    seen,
    { inserted: rows.inserted, revised: rows.revised, withdrawn: rows.withdrawn, rejected: rows.rejected },
    ...intervals.flatMap(({ error }) => error ?? []),
  ]);
}

const written = (inserted: number, revised = 0, withdrawn = 0, rejected = 0): unknown => ({
  inserted,
  revised,
  withdrawn,
  rejected,
});

async function loadsOf(pool: Pool): Promise<unknown> {
  return pool.query('select load_id, dataset, strategy, rows_inserted, rows_revised from etl.load order by load_id');
}

describe.each(testServers())('on $name', (server) => {
  test('the thirty texts and their other names load, and a second load changes nothing', async () => {
    const { pool } = await freshDatabase(server);
    await using folder = await temporaryFolder();
    const world = await helpWorld(pool, folder.path);
    const first = await world.load();
    expect(outcomes(first)).toEqual([
      ['local-help-alias', { loaded: 1 }, written(12)],
      ['local-help-content', { loaded: 1 }, written(30)],
    ]);
    expect(await pool.query('select id from help_content order by id collate "C"')).toEqual(
      words(IDS).map((id) => ({ id })),
    );
    const aliases = await pool.query<{ alias: string; help_id: string }>('select alias, help_id from help_alias');
    expect(aliases.map(({ alias, help_id }) => `${alias} ${help_id}`)).toEqual(expect.arrayContaining(words(ALIASES)));

    expect(await pool.query('select alias from help_alias where alias in (select id from help_content)')).toEqual([]);

    const before = { rows: await pool.query('select * from help_content order by id'), loads: await loadsOf(pool) };
    const second = await world.load();
    expect(outcomes(second)).toEqual([
      ['local-help-alias', { unchanged: 1 }, written(0)],
      ['local-help-content', { unchanged: 1 }, written(0)],
    ]);
    expect({ rows: await pool.query('select * from help_content order by id'), loads: await loadsOf(pool) }).toEqual(
      before,
    );
    expect(await pool.query('select count(*)::int as n from history.help_content')).toEqual([{ n: 0 }]);
  });

  test('a text has the fields of its file, and the date that the file says and not that of the load', async () => {
    const { pool } = await freshDatabase(server);
    await using folder = await temporaryFolder();
    const world = await helpWorld(pool, folder.path);
    await world.change('page.gridops.md', 'last_updated: 2026-11-22', 'last_updated: 2024-02-29');
    await world.load();
    const [row] = await pool.query(
      `select title, author, discipline_tags, last_updated = '2024-02-29T00:00Z' as dated, related_sources -> 0 as source,
              body_md like 'This page shows the grid %' as begins, body_md ~ '\\S$' as ends
       from help_content where id = 'page.gridops'`,
    );
    expect(row).toEqual({
      title: 'Grid operations',
      author: 'Penstock maintainers',
      discipline_tags: ['grid', 'operations', 'ontario', 'alberta'],
      dated: true,
      source: { name: 'IESO: public reports', url: 'https://reports-public.ieso.ca/public/' },
      begins: true,
      ends: true,
    });
    const uncurated = await pool.query<{ id: string }>(
      `select id from help_content where 'needs-curation' = any (discipline_tags) order by id collate "C"`,
    );
    expect(uncurated.map(({ id }) => id)).toEqual(words(IDS).filter((id) => id.includes('indigenous')));
  });

  test('anybody may read a text, and only the service may write one', async () => {
    const { pool } = await freshDatabase(server);
    await using folder = await temporaryFolder();
    await (await helpWorld(pool, folder.path)).load();
    const as = (role: string, sql: string): Promise<unknown[]> =>
      pool.transaction(async (tx) => {
        await tx.query(`set local role ${role}`);
        return tx.query(sql);
      });
    expect(
      await as(
        'anon',
        `select h.id from help_alias a join help_content h on h.id = a.help_id where alias = 'tab.trends'`,
      ),
    ).toEqual([{ id: 'page.trends' }]);
    await expect(as('anon', `update help_content set title = 'x'`)).rejects.toMatchObject({ code: '42501' });
    await expect(as('authenticated', `delete from help_alias`)).rejects.toMatchObject({ code: '42501' });
    expect(
      await as('service_role', `update help_content set title = 'x' where id = 'tab.home' returning title`),
    ).toEqual([{ title: 'x' }]);
  });

  test('an edit by hand must keep the rules of the files', async () => {
    const { pool } = await freshDatabase(server);
    await using folder = await temporaryFolder();
    await (await helpWorld(pool, folder.path)).load();
    const edit = (assignment: string): Promise<unknown> =>
      pool.query(`update help_content set ${assignment} where id = 'tab.home'`).then(
        () => 'accepted',
        (error: unknown) => (error as { constraint?: string }).constraint ?? String(error),
      );
    for (const body of [
      '<script>x</script>',
      '[x](#)',
      '[x](http://a.example)',
      '[x](javascript:y)',
      '[x]: https://a.example',
      ' ',
    ])
      expect([body, await edit(`body_md = '${body}'`)]).toEqual([body, 'help_content_body_md_check']);
    for (const sources of [
      '{}',
      'null',
      '[1]',
      '[{"name":"x","url":"#"}]',
      '[{"url":"https://a.example/"}]',
      '[[{"name":"x","url":"https://a.example/"}]]',
      '[{"name":"x","url":"http://a.example/"}]',
    ])
      expect([sources, await edit(`related_sources = '${sources}'`)]).toEqual([
        sources,
        'help_content_related_sources_check',
      ]);
    expect(await edit(`short_text = repeat('x', 160)`)).toBe('help_content_short_text_check');
    expect(
      await edit(`short_text = repeat('x', 159), body_md = 'See [x](https://a.example/b).', related_sources = '[]'`),
    ).toBe('accepted');
    await expect(
      pool.query(`insert into help_alias (alias, help_id) values ('tab.new', 'page.nowhere')`),
    ).rejects.toMatchObject({
      constraint: 'help_alias_help_id_fkey',
    });
  });
});
