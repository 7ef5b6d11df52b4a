/** The same quantity in two tables: compared when both are loaded, whatever is loaded first, and shown like every other check. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { complete } from '../../core/check.ts';
import { instant, mw, table } from '../../core/contract.ts';
import { whole } from '../../core/partitions.ts';
import type { Pipeline } from '../../core/pipeline.ts';
import { reconciles } from '../../core/table-check.ts';
import type { RunResult } from '../../engine/run.ts';
import type { CheckReport } from '../../reports/model.ts';
import type { Catalog } from '../../pipelines/index.ts';
import { type Recorded, temporaryFolder, testEngine, testRun, writeRecordings } from '../support/engine.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { SMALL_URL, smallCatalog, smallFile, smallPipeline } from '../support/small-dataset.ts';

const NAME = 'reconciles(value, public.grid_other.load_mw)';
const check = reconciles('value', {
  with: 'public.grid_other',
  other: 'load_mw',
  on: { hour: 'hour' },
  where: { fuel: 'GAS' },
  tolerance: 0.5,
});
const own = smallPipeline({ checks: [check] });
const OTHER_URL = (year: number): string => `https://grid.example.org/other_${year}.csv`;
const other: Pipeline = {
  ...smallPipeline(),
  id: 'grid-other',
  extract: { ...own.extract, url: 'https://grid.example.org/other_{yyyy}.csv' },
  transform: 'transforms/grid/other.sql',
  table: table('public.grid_other', {
    hour: instant({ key: true, doc: 'x' }),
    load_mw: mw({ doc: 'x' }),
  }) as Pipeline['table'],
};

let db: FreshDatabase;
let folder: Awaited<ReturnType<typeof temporaryFolder>> | undefined;
let answers = 0;
beforeEach(async () => {
  await db?.drop();
  await folder?.[Symbol.asyncDispose]();
  db = await freshDatabase();
  folder = await temporaryFolder();
});
afterAll(() => folder?.[Symbol.asyncDispose]());

async function catalogOf(pipelines: readonly Pipeline[]): Promise<Catalog> {
  const path = folder?.path ?? '';
  const mine = pipelines.filter(({ id }) => id !== 'grid-other');
  const catalog = await smallCatalog(db.pool, path, mine);
  const theirs = pipelines.filter(({ id }) => id === 'grid-other');
  await smallCatalog(db.pool, path, theirs, 'select _line, hour, value as load_mw from raw');
  return { ...catalog, pipelines };
}
async function runWith(
  catalog: Catalog,
  recorded: readonly Recorded[],
  request: { ids?: readonly string[]; from?: string; now?: string } = {},
): Promise<RunResult> {
  const path = folder?.path ?? '';
  const { now = '2022-06-01T00:00Z', ...words } = request;
  const recordings = await writeRecordings(join(path, `answer-${answers++}`), recorded);
  const engine = await testEngine({ pool: db.pool, recordings, dataDir: path, catalog, now });
  return testRun(engine, { from: '2020-01-01', ...words });
}
type Values = readonly (string | number | null)[];
const hour = (year: number, n: number): string => `${year}-01-01T0${n}:00:00Z`;
const ownFile = (year: number, values: Values): Recorded => ({
  url: SMALL_URL(year),
  body: smallFile(
    values.flatMap((value, n) => [[hour(year, n), 'GAS', value] as const, [hour(year, n), 'WIND', 77] as const]),
  ),
});
const otherFile = (year: number, values: Values): Recorded => ({
  url: OTHER_URL(year),
  body: smallFile(values.map((value, n) => [hour(year, n), '', value])),
});
const checkOf = ({ report }: RunResult, id = 'grid-small'): CheckReport | undefined =>
  report.datasets.find((dataset) => dataset.id === id)?.checks.find(({ name }) => name.startsWith('reconciles('));
const stored = (): Promise<unknown[]> =>
  db.pool.query(
    `select extract(year from interval_start at time zone 'UTC')::int as year, result, failing_rows::int as rows
     from etl.check_result where check_name like 'reconciles(%' order by 1`,
  );

describe.each([
  ['before', [own, other]],
  ['after', [other, own]],
] as const)('the dataset with the check is loaded %s the other one', (_, pipelines) => {
  test('and rows that differ by more than the tolerance are a warning with both values and the SQL', async () => {
    const catalog = await catalogOf(pipelines);
    const result = await runWith(catalog, [
      ownFile(2020, [1, 2, 3, null, 5]),
      otherFile(2020, ['1.5', '2.51', '3', '4', '']),
    ]);
    const found = checkOf(result);
    expect(found).toMatchObject({
      name: NAME,
      sentence: 'value agrees with load_mw of public.grid_other within 0.5',
      severity: 'warn',
      result: 'found',
      intervals: 1,
      failingRows: 1,
      samples: [
        {
          interval: '2020',
          key: `${hour(2020, 1)}, GAS`,
          value: '2',
          expectation: 'load_mw of public.grid_other within 0.5, which is 2.51',
        },
      ],
    });
    expect(result.report).toMatchObject({ exitCode: 0 });
    expect(result.report.datasets.find(({ id }) => id === 'grid-small')?.state).toBe('warning');
    // The SQL stands on its own: whoever pastes it sees the same row.
    expect(await db.pool.query(found?.sql ?? '')).toEqual([
      {
        key: `${hour(2020, 1)}, GAS`,
        value: '2',
        expectation: 'load_mw of public.grid_other within 0.5, which is 2.51',
      },
    ]);
    for (const path of [result.written.json, result.written.html, result.written.markdown])
      expect(await readFile(path, 'utf8')).toContain('which is 2.51');
  });
});

test('rows that agree pass, and a row that only one table has is not compared', async () => {
  const catalog = await catalogOf([own, other]);
  const result = await runWith(catalog, [ownFile(2020, [1, 2]), otherFile(2020, [1, 2, 3])]);
  expect(checkOf(result)).toMatchObject({ result: 'passed', intervals: 1, failingRows: 0 });
});

test('tables that share no row are not checked, also in the next run', async () => {
  const catalog = await catalogOf([own, other]);
  const recorded = [ownFile(2020, [1]), otherFile(2021, [1])];
  expect(checkOf(await runWith(catalog, recorded))).toMatchObject({ result: 'not checked', intervals: 0 });
  expect(checkOf(await runWith(catalog, recorded))).toMatchObject({ result: 'not checked', intervals: 0 });
  expect(await stored()).toEqual([{ year: 2020, result: 'not checked', rows: 0 }]);
});

test('an interval that is unchanged keeps its result, and gets another one when the other table changes', async () => {
  const catalog = await catalogOf([own, other]);
  const same = [ownFile(2020, [1, 2]), ownFile(2021, [1, 2])];
  await runWith(catalog, [...same, otherFile(2020, [1, 9]), otherFile(2021, [1, 2])]);
  const both = [
    { year: 2020, result: 'found', rows: 1 },
    { year: 2021, result: 'passed', rows: 0 },
  ];
  expect(await stored()).toEqual(both);
  const unchanged = await runWith(catalog, [...same, otherFile(2020, [1, 9]), otherFile(2021, [1, 2])]);
  expect(checkOf(unchanged)).toMatchObject({ intervals: 2, failingRows: 1, samples: [{ interval: '2020' }] });
  // Only the other dataset is run, and only one of its years differs.
  await runWith(catalog, [otherFile(2020, [1, 2]), otherFile(2021, [7, 2])], { ids: ['grid-other'] });
  expect(await stored()).toEqual([
    { year: 2020, result: 'passed', rows: 0 },
    { year: 2021, result: 'found', rows: 1 },
  ]);
  const after = await runWith(catalog, same, { ids: ['grid-small'] });
  expect(checkOf(after)).toMatchObject({
    result: 'found',
    intervals: 2,
    failingRows: 1,
    samples: [{ interval: '2021' }],
  });
});

test('a comparison that a run could not make is made by the next one', async () => {
  const catalog = await catalogOf([own, other]);
  const recorded = [ownFile(2020, [1, 2]), otherFile(2020, [1, 9])];
  await db.pool.query('alter table public.grid_other rename column load_mw to other_mw');
  const broken = { ...catalog, pipelines: [own] };
  expect(checkOf(await runWith(broken, recorded))).toMatchObject({ result: 'not checked' });
  await db.pool.query('alter table public.grid_other rename column other_mw to load_mw');
  expect(checkOf(await runWith(catalog, recorded))).toMatchObject({ result: 'found', failingRows: 1 });
});

test('a whole file is compared in all its rows, whatever the other table was loaded by', async () => {
  const file: Pipeline = {
    ...own,
    partitions: whole(),
    extract: { ...own.extract, url: 'https://grid.example.org/all.csv' },
  };
  const catalog = await catalogOf([file, other]);
  const body = smallFile([2020, 2021].map((year) => [hour(year, 0), 'GAS', year]));
  const result = await runWith(catalog, [
    { url: 'https://grid.example.org/all.csv', body },
    otherFile(2020, [2020]),
    otherFile(2021, [1]),
  ]);
  expect(checkOf(result)).toMatchObject({
    intervals: 1,
    failingRows: 1,
    samples: [{ interval: 'all', key: `${hour(2021, 0)}, GAS`, value: '2021' }],
  });
});

test('a finding of many rows is counted in full and shown in part', async () => {
  const hours = Array.from({ length: 30 }, (_, n) => new Date(Date.UTC(2020, 0, 1, n)).toISOString());
  const catalog = await catalogOf([own, other]);
  const result = await runWith(catalog, [
    { url: SMALL_URL(2020), body: smallFile(hours.map((at) => [at, 'GAS', 1])) },
    { url: OTHER_URL(2020), body: smallFile(hours.map((at) => [at, '', 2])) },
  ]);
  expect(checkOf(result)).toMatchObject({ failingRows: 30 });
  expect(checkOf(result)?.samples.map(({ key }) => Date.parse(key.split(',')[0] ?? ''))).toEqual(
    hours.slice(0, 20).map((at) => Date.parse(at)),
  );
});

test('other checks of the dataset are as before', async () => {
  const two = smallPipeline({ checks: [complete('hour', 'PT1H', { by: ['fuel'] }), check] });
  const catalog = await catalogOf([two, other]);
  const { report } = await runWith(catalog, [ownFile(2020, [1]), otherFile(2020, [1])]);
  expect(report.datasets[0]?.checks.filter(({ result }) => result === 'found').map(({ name }) => name)).toEqual([
    'complete(hour, PT1H, fuel)',
  ]);
});
