/** Earlier databases, migrated: the catalog is that of a new one, and each row is in our table or kept with a reason. */
import { beforeAll, describe, expect, test } from 'vitest';
import { adoption, adoptionText } from '../../sql/adoption.ts';
import { migrate } from '../../sql/migrate.ts';
import { readMigrations } from '../../sql/migration-files.ts';
import { DEMAND_URL, demandFile, temporaryFolder, testEngine, testRun, writeRecordings } from '../support/engine.ts';
import { testServers } from '../support/postgres.ts';
import { accounted, build, catalogLines, EARLIER, isTheirs, OTHER_SHAPES, refusals } from './earlier-support.ts';
import { emptyDatabase, type EmptyDatabase, withFolder } from './empty-database.ts';
import { ADOPT, SET_ASIDE } from './made-names.ts';

const firstShapes = EARLIER.filter((name) => !name.endsWith('-2'));
/** Migrations of the release before the adoption. */
const RELEASED = '20261122060000';

describe.each(testServers())('on $name', (server) => {
  let clean: string[];
  beforeAll(async () => {
    await using database = await opened(server);
    await migrate(database.pool);
    clean = await catalogLines(database.pool);
    expect(await adoption(database.pool)).toEqual([]);
  });

  test.each([
    ['their first shapes', firstShapes],
    ['their other shapes', OTHER_SHAPES],
  ])('all earlier tables at once, in %s: the catalog of a new database, and no row is lost', async (label, names) => {
    await using database = await opened(server);
    await build(database.pool, names);
    await migrate(database.pool);
    expect((await catalogLines(database.pool)).filter((line) => !isTheirs(line))).toEqual(clean);
    const lines = [...(await accounted(database.pool)), ...(await refusals(database.pool))];
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`earlier/${label.replaceAll(' ', '-')}.txt`);

    const before = await adoption(database.pool);
    expect(adoptionText(before).join('\n')).toContain('public.help_content: 2 of 6 rows adopted, 4 refused');
    const [counts] = await database.pool.query(
      'select (select count(*) from etl.load) as loads, (select count(*) from adopted.object) as objects',
    );
    await database.pool.query(
      `delete from supabase_migrations.schema_migrations where version in ('${SET_ASIDE}', '${ADOPT}')`,
    );
    // Both are older than what came after the adoption, and say so.
    expect((await migrate(database.pool, { includeAll: true })).applied).toHaveLength(2);
    expect(await adoption(database.pool)).toEqual(before);
    expect(
      await database.pool.query(
        'select (select count(*) from etl.load) as loads, (select count(*) from adopted.object) as objects',
      ),
    ).toEqual([counts]);
    // What a hosted project had opened leads nowhere.
    const open = await database.pool.query(
      `select nspname, role from pg_namespace, unnest(array['anon', 'authenticated']) role where nspname like 'adopted%' and has_schema_privilege(role, oid, 'usage')`,
    );
    expect(open).toEqual([]);
  });

  test('a database of the release before, with a table made by hand since: its own tables stay, that one is set aside', async () => {
    await using database = await opened(server);
    const files = Object.fromEntries(
      (await readMigrations())
        .filter(({ version }) => version > SET_ASIDE && version <= RELEASED)
        .map(({ file, text }) => [file, text]),
    );
    await withFolder(files, (folder) => migrate(database.pool, { folder }));
    const [kept] = await database.pool.query(`select 'public.ontario_hourly_demand'::regclass::oid::text as oid`);
    await build(database.pool, ['help_text', 'threats-2']);
    await migrate(database.pool);
    expect(await catalogLines(database.pool)).toEqual(clean);
    expect(await database.pool.query(`select 'public.ontario_hourly_demand'::regclass::oid::text as oid`)).toEqual([
      kept,
    ]);
    expect((await adoption(database.pool)).map(({ target, adopted }) => `${target} ${adopted}`).sort()).toEqual([
      'public.help_content 1',
      'public.mitigation_strategies 2',
      'public.threat_models 2',
    ]);
    expect(
      await database.pool.query(
        'select m.strategy_name, t.vector from public.mitigation_strategies m join public.threat_models t on t.id = m.related_threat order by 1',
      ),
    ).toEqual([
      { strategy_name: 'Fences', vector: 'copper theft' },
      { strategy_name: 'Second factor', vector: 'phishing' },
    ]);
  });

  test('a row whose reference comes later is adopted when asked again, once', async () => {
    await using database = await opened(server);
    await build(database.pool, ['help_content']);
    await migrate(database.pool);
    await database.pool.query(
      `insert into public.help_content (id, title, short_text, body_md, discipline_tags, related_sources, last_updated, author)
       values ('tab.home', 'Home', 'Where it starts', 'Text.', '{}', '[]', now(), 'a test')`,
    );
    for (let time = 0; time < 2; time += 1) {
      await database.pool.query('select adopted.adopt()');
      expect((await accounted(database.pool))[1]).toBe('public.help_feedback: 4 found, 2 adopted, 2 refused, 0 left');
    }
    expect(
      await database.pool.query(`select comment from public.help_feedback where help_id = 'tab.home'`),
    ).toHaveLength(1);
  });

  test('a file of the publisher takes the place of adopted rows, which go to history', async () => {
    await using database = await opened(server);
    await using folder = await temporaryFolder();
    await database.pool
      .query(`create table public.ontario_hourly_demand (hour timestamptz primary key, ontario_demand_mw float8, market_demand_mw float8);
      insert into public.ontario_hourly_demand values ('2024-01-01T05:00Z', 14000, 16000), ('2024-01-01T06:00Z', 1, 2)`);
    await migrate(database.pool);
    const asked = `select s.load_id is not null as known, l.strategy from public.ontario_hourly_demand s left join etl.load l using (load_id) order by s.hour`;
    expect(await database.pool.query(asked)).toEqual([
      { known: true, strategy: 'adopted' },
      { known: true, strategy: 'adopted' },
    ]);
    const recordings = await writeRecordings(folder.path, [
      {
        url: DEMAND_URL(2024),
        body: demandFile(2024, [
          ['2024-01-01', 1, 16_000, 14_000],
          ['2024-01-01', 2, 16_500, 14_500],
        ]),
      },
    ]);
    const engine = await testEngine({
      pool: database.pool,
      recordings,
      dataDir: folder.path,
      now: '2025-06-01T00:00Z',
    });
    await testRun(engine, { ids: ['ieso-demand'], from: '2024-01-01', to: '2025-01-01' });
    expect(await database.pool.query(asked)).toEqual([
      { known: true, strategy: 'merge' },
      { known: true, strategy: 'merge' },
    ]);
    expect(
      await database.pool.query(
        `select h.ontario_demand_mw as mw, l.strategy, c.strategy as closed_by from history.ontario_hourly_demand h
         join etl.load l using (load_id) join etl.load c on c.load_id = h.closed_by_load_id order by hour`,
      ),
    ).toEqual([
      { mw: 14_000, strategy: 'adopted', closed_by: 'merge' },
      { mw: 1, strategy: 'adopted', closed_by: 'merge' },
    ]);
  });
});

async function opened(server: ReturnType<typeof testServers>[number]): Promise<EmptyDatabase & AsyncDisposable> {
  const database = await emptyDatabase(server);
  return { ...database, [Symbol.asyncDispose]: () => database.drop() };
}
