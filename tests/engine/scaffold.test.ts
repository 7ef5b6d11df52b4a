/** A new dataset's files: they compile, `lint` says what to fill in, and once filled in nothing is missing. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Fault } from '../../core/errors.ts';
import { missingFiles, missingPieces, type RootFiles, scaffold, type ScaffoldOptions } from '../../engine/scaffold.ts';
import { loadCatalog } from '../../pipelines/index.ts';
import { readAccess } from '../../sql/access.ts';
import { contractFaults } from '../../sql/contract.ts';
import { freshDatabase } from '../support/postgres.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const NOW = Date.UTC(2026, 10, 22, 1, 2, 3);
const OPTIONS: ScaffoldOptions = {
  id: 'hydro-river-flow',
  publisher: 'hydro',
  publisherIsNew: true,
  table: 'river_flow',
  url: 'https://data.example.org/flow/{yyyy}/{mm}.csv',
  now: NOW,
};
const NOTHING: RootFiles = { migrations: new Map(), access: [], sqlFiles: new Set() };
const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

/** The project's core beside the new files, so that their imports resolve. */
async function written(options: ScaffoldOptions, change: (text: string) => string = (text) => text): Promise<string> {
  const root = await mkdtemp(join(ROOT, 'node_modules/.scaffold-'));
  folders.push(root);
  await symlink(join(ROOT, 'core'), join(root, 'core'));
  for (const { path, content } of scaffold(options)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), path.endsWith('.ts') ? change(content) : content);
  }
  return root;
}

function filledIn(text: string): string {
  return text
    .replace("title: '',", "title: 'River flow',")
    .replace("name: '', attribution: ''", "name: 'Open licence', attribution: 'Hydro'")
    .replace("from: '', zone: ''", "from: '2020-01-01', zone: 'UTC'")
    .replace("header: ['']", "header: ['Hour', 'Flow']")
    .replace(
      "every: '', delay: '', revises: '', staleAfter: '', schedule: '', zone: ''",
      "every: 'P1D', delay: 'P1D', revises: 'P7D', staleAfter: 'P2D', schedule: '0 8 * * *', zone: 'UTC'",
    )
    .replace("doc: '' }", "doc: 'Flow as power.' }");
}

test('the files of a new dataset of a new publisher', () => {
  const files = scaffold(OPTIONS);
  expect(files.map(({ path, mode }) => `${mode} ${path}`)).toEqual([
    'create pipelines/hydro/publisher.ts',
    'create pipelines/hydro/river-flow.ts',
    'create transforms/hydro/river_flow.sql',
    'create sql/migrations/20261122010203_river_flow.sql',
    'append sql/access.csv',
  ]);
  expect(files[1]?.content.split('\n').length).toBeLessThan(35);
  expect(scaffold({ ...OPTIONS, publisherIsNew: false }).map(({ path }) => path)).not.toContain(
    'pipelines/hydro/publisher.ts',
  );
});

describe.each([
  'https://data.example.org/{yyyy}.csv',
  'https://data.example.org/{yyyy}{mm}{dd}{hh}.xml',
  'https://data.example.org/all.parquet',
  'https://data.example.org/{yyyy}{mm}{dd}.zip?x=1',
  'https://data.example.org/all.arrow',
])('%s', (url) => {
  test('the definition loads, and each blank is named', async () => {
    const root = await written({ ...OPTIONS, url });
    const fault = await loadCatalog(join(root, 'pipelines')).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(Fault);
    const text = (fault as Fault).what;
    for (const part of [
      'title',
      'licence.name',
      'licence.attribution',
      'extract.decode',
      'publishes.every',
      'publishes.schedule',
      'publishes.zone',
      'table.columns.value_mw.doc',
    ]) {
      expect(text).toContain(`hydro/river-flow.ts: ${part}`);
    }
    expect(text).not.toContain('does not load');
  });
});

test('the new files compile under the strict settings of the project', async () => {
  const root = await written(OPTIONS);
  await writeFile(
    join(root, 'tsconfig.json'),
    JSON.stringify({
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions: { preserveSymlinks: false },
      include: ['pipelines'],
    }),
  );
  execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.json')], {
    stdio: 'pipe',
  });
});

test('filled in, the definition is valid, has everything it needs, and its migration makes the table of its contract', async () => {
  const root = await written(OPTIONS, filledIn);
  const { pipelines } = await loadCatalog(join(root, 'pipelines'));
  const [pipeline] = pipelines;
  if (pipeline === undefined) throw new Error('no pipeline');
  const migration = 'sql/migrations/20261122010203_river_flow.sql';
  const sql = await readFile(join(root, migration), 'utf8');
  const access = join(root, 'sql/access.csv');
  await writeFile(access, `table,role,verbs\n${await readFile(access, 'utf8')}`);
  expect(
    missingPieces(pipeline, {
      migrations: new Map([[migration, sql]]),
      access: await readAccess(access),
      sqlFiles: new Set([pipeline.transform]),
    }),
  ).toEqual([]);
  const { pool } = await freshDatabase();
  await pool.query(sql);
  expect(await contractFaults(pool, pipeline.table)).toEqual([]);
});

test('what a definition lacks is named piece by piece, and can be written from its contract', async () => {
  const { pipelines } = await loadCatalog();
  const pipeline = pipelines.find(({ id }) => id === 'ieso-demand');
  if (pipeline === undefined) throw new Error('no pipeline');
  expect(missingPieces(pipeline, NOTHING)).toEqual([
    'ieso-demand: there is no SQL file transforms/ieso/demand.sql',
    'ieso-demand: sql/access.csv has no row for public.ontario_hourly_demand',
    'ieso-demand: no file in sql/migrations says create table if not exists public.ontario_hourly_demand',
    'ieso-demand: no file in sql/migrations says create table if not exists history.ontario_hourly_demand',
  ]);
  const files = missingFiles(pipeline, NOTHING, NOW);
  expect(files.map(({ path }) => path)).toEqual([
    'transforms/ieso/demand.sql',
    'sql/migrations/20261122010203_ontario_hourly_demand.sql',
    'sql/access.csv',
  ]);
  const text = files[1]?.content ?? '';
  const complete: RootFiles = {
    migrations: new Map([['m.sql', text]]),
    access: [{ table: 'public.ontario_hourly_demand', role: 'anon', verbs: ['select'] }],
    sqlFiles: new Set(['transforms/ieso/demand.sql']),
  };
  expect(missingPieces(pipeline, complete)).toEqual([]);
  expect(missingFiles(pipeline, complete, NOW)).toEqual([]);
  expect(
    missingPieces(pipeline, {
      ...complete,
      migrations: new Map([['m.sql', text.replaceAll('market_demand_mw', 'market_mw')]]),
    }),
  ).toEqual([
    'ieso-demand: the migrations of public.ontario_hourly_demand do not name its column market_demand_mw',
    'ieso-demand: the migrations of history.ontario_hourly_demand do not name its column market_demand_mw',
  ]);
});

test.each([
  ['an id with SQL in it', { id: "x'; drop table a" }],
  ['a publisher that climbs', { publisher: '../etc' }],
  ['a table of another schema', { table: 'etl.load' }],
  ['a URL with a quote', { url: "https://a.b/'+x" }],
  ['a URL without a host', { url: 'ftp://a/b' }],
])('%s is refused', (_, bad) => {
  expect(() => scaffold({ ...OPTIONS, ...bad })).toThrow(/NEW_DATASET_INVALID/);
});
