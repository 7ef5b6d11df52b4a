/** The files of data/reference load through the ordinary engine, once: a second load writes nothing. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunResult } from '../../engine/run.ts';
import { loadCatalog } from '../../pipelines/index.ts';
import { temporaryFolder, testEngine, testRun, writeRecordings } from '../support/engine.ts';
import { type FreshDatabase, freshDatabase, testServers } from '../support/postgres.ts';
import { REFERENCE } from './reference-world.ts';

const catalog = await loadCatalog();
const folder = join(catalog.root, 'data/reference');
const datasets = catalog.pipelines.filter(({ extract }) => extract.url.startsWith('local://reference/'));
const fileOf = (url: string): string => url.slice('local://reference/'.length);

test('every file of data/reference has a dataset, and every dataset a file', async () => {
  const files = (await readdir(folder)).sort();
  expect(datasets.map(({ extract }) => fileOf(extract.url)).sort()).toEqual(files);
  expect(datasets.map(({ id }) => id)).toEqual([...REFERENCE].sort());
});

test.each(datasets.map(({ extract }) => fileOf(extract.url)))(
  '%s ends its lines with LF and is in the order of its first column',
  async (file) => {
    const text = await readFile(join(folder, file), 'utf8');
    expect(text).not.toContain('\r');
    expect(text.endsWith('\n')).toBe(true);
    const rows: string[][] = parse(text, { from: 2 });
    const keys = rows.map((row) => row[0] ?? '');
    expect(keys).toEqual([...keys].sort());
  },
);

describe.each(testServers())('on $name', (server) => {
  let database: FreshDatabase;
  let work: Awaited<ReturnType<typeof temporaryFolder>>;
  let first: RunResult;
  let second: RunResult;

  beforeAll(async () => {
    database = await freshDatabase(server);
    work = await temporaryFolder();
    const recordings = await writeRecordings(join(work.path, 'none'), []);
    const engine = await testEngine({ pool: database.pool, recordings, dataDir: work.path, catalog });
    first = await testRun(engine, { ids: REFERENCE });
    second = await testRun(engine, { ids: REFERENCE });
  }, 240_000);
  afterAll(async () => {
    await work[Symbol.asyncDispose]();
    await database.drop();
  });

  test('everything is loaded, nothing is refused and nothing is to be remarked', () => {
    expect(first.report.datasets.flatMap(({ intervals }) => intervals.flatMap(({ error }) => error ?? []))).toEqual([]);
    expect(first.report.exitCode).toBe(0);
    expect(first.report.datasets.map(({ id, outcomes }) => [id, outcomes])).toEqual(
      [...REFERENCE].sort().map((id) => [id, { loaded: 1 }]),
    );
  });

  test.each(datasets.map(({ id, extract, table }) => [id, table.name, fileOf(extract.url)]))(
    '%s: %s has as many rows as its file, each from a load of that file',
    async (id, table, file) => {
      const rows: string[][] = parse(await readFile(join(folder, file), 'utf8'));
      const [counted] = await database.pool.query<{ n: number; traced: number }>(
        `select count(*)::int as n, count(*) filter (where l.dataset = $1 and a.url = $2)::int as traced
         from ${table} t join etl.load l using (load_id) join etl.artifact a using (artifact_id)`,
        [id, `local://reference/${file}`],
      );
      expect(counted).toEqual({ n: rows.length - 1, traced: rows.length - 1 });
    },
  );

  test('a second load writes no row and no version', async () => {
    expect(second.report.exitCode).toBe(0);
    for (const { table } of datasets) {
      const name = table.name.replace('public.', 'history.');
      // The rows that a migration had written were closed once: the first load put the file's name to them.
      expect(await database.pool.query(`select count(*)::int as n from ${name} where load_id > 0`), name).toEqual([
        { n: 0 },
      ]);
    }
    const loads = await database.pool.query<{ writes: number }>(
      `select coalesce(sum(rows_inserted + rows_revised + rows_withdrawn), 0)::int as writes from etl.load l where l.run_id = $1`,
      [second.report.runId],
    );
    expect(loads).toEqual([{ writes: 0 }]);
  });

  test.each(datasets.map(({ table }) => [table.name, table] as const))(
    'the columns of %s are described as in its contract',
    async (name, table) => {
      const rows = await database.pool.query<{ name: string; doc: string }>(
        `select a.attname as name, col_description(a.attrelid, a.attnum) as doc
         from pg_attribute a where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped and a.attname <> all ($2)`,
        [name, ['created_at', 'load_id']],
      );
      expect(Object.fromEntries(rows.map((row) => [row.name, row.doc]))).toEqual(
        Object.fromEntries(
          Object.entries(table.columns).map(([column, { doc, unit }]) => [
            column,
            unit === null ? doc : `${doc} Unit: ${unit}.`,
          ]),
        ),
      );
    },
  );

  test('a mitigation refers to its threat, and the threat names its mitigations', async () => {
    const rows = await database.pool.query<{ threat: string; strategies: string[]; refers: string[] }>(
      `select t.slug as threat, t.mitigation_strategies as strategies,
         (select array_agg(m.strategy_name order by m.strategy_name) from public.mitigation_strategies m where m.related_threat = t.id) as refers
       from public.threat_models t order by t.slug`,
    );
    expect(rows.length).toBeGreaterThan(9);
    for (const { threat, strategies, refers } of rows) expect(strategies, threat).toEqual(refers);
  });

  test('nobody has assessed, estimated or reviewed anything, so those cells are NULL', async () => {
    const numbers = await database.pool.query<{ n: number }>(
      `select count(*)::int as n from (
         select likelihood, impact, severity, last_reviewed::text from public.threat_models
         union all select effectiveness, cost_estimate, status, last_updated::text from public.mitigation_strategies
         union all select reliability_score, null, null, null from public.data_provenance_types
       ) as x(a, b, c, d) where coalesce(a::text, b::text, c, d) is not null`,
    );
    expect(numbers).toEqual([{ n: 0 }]);
  });

  test('all five categories of threats occur, and every row cites a publication', async () => {
    const [row] = await database.pool.query(
      `select array_agg(distinct category order by category) as categories, bool_and(source_name <> '' and source_url like 'https://%') as cited from public.threat_models`,
    );
    expect(row).toEqual({
      categories: ['cyber', 'geopolitical', 'natural_disaster', 'physical', 'supply_chain'],
      cited: true,
    });
  });
});
