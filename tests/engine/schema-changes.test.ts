/** Drift of the schema through runs: two vintages of a CSV file, the finding, and the report's list; the order of a backfill is no drift. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { csv } from '../../core/decode.ts';
import type { Pipeline } from '../../core/pipeline.ts';
import type { Engine } from '../../engine/engine.ts';
import type { RunResult } from '../../engine/run.ts';
import type { DatasetReport } from '../../reports/model.ts';
import type { Catalog } from '../../pipelines/index.ts';
import { type Recorded, temporaryFolder, testEngine, testRun, writeRecordings } from '../support/engine.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { SMALL_URL, smallCatalog, smallPipeline } from '../support/small-dataset.ts';

const NEW = ['hour', 'fuel', 'value', 'quality'];
const OLD = ['hour', 'fuel', 'value', 'remark'];
const base = smallPipeline();
const withVintages = (header: string[], earlier: string[][] = []): Pipeline => ({
  ...base,
  extract: { ...base.extract, decode: csv({ header, earlier }) },
});
const own = withVintages(NEW, [OLD]);

let db: FreshDatabase;
let folder: Awaited<ReturnType<typeof temporaryFolder>> | undefined;
let catalog: Catalog;
let answers = 0;
beforeEach(async () => {
  await db?.drop();
  await folder?.[Symbol.asyncDispose]();
  db = await freshDatabase();
  folder = await temporaryFolder();
  catalog = await smallCatalog(db.pool, folder.path, [own]);
});
afterAll(() => folder?.[Symbol.asyncDispose]());

async function runWith(
  recorded: readonly Recorded[],
  words: { from?: string; to?: string; pipeline?: Pipeline; jobs?: number; reached?: Engine['reached'] } = {},
): Promise<RunResult> {
  const path = folder?.path ?? '';
  const { pipeline = own, reached, ...request } = words;
  const recordings = await writeRecordings(join(path, `answer-${answers++}`), recorded);
  const engine = await testEngine({
    pool: db.pool,
    recordings,
    dataDir: path,
    catalog: { ...catalog, pipelines: [pipeline] },
    now: '2022-06-01T00:00Z',
    ...(reached === undefined ? {} : { reached }),
  });
  return testRun(engine, { from: '2020-01-01', ...request });
}
/** Ten hours of a year, with this last column. */
function file(year: number, header: readonly string[], last: (n: number) => string): Recorded {
  const rows = Array.from({ length: 10 }, (_, n) => `${year}-01-01T0${n}:00:00Z,GAS,${n},${last(n)}`);
  return { url: SMALL_URL(year), body: [header.join(','), ...rows, ''].join('\n') };
}
const always = (): string => 'x';
const never = (): string => '';
const dataset = ({ report }: RunResult): DatasetReport | undefined => report.datasets[0];
const schemaOf = (result: RunResult): unknown => dataset(result)?.checks.find(({ name }) => name === 'schema');

describe('two vintages of a file', () => {
  test('a column that the newer one no longer fills is a finding, and one that it fills now is told', async () => {
    const result = await runWith([file(2020, OLD, always), file(2021, NEW, always)]);
    expect(dataset(result)?.schemaChanges).toEqual([
      { interval: '2021', column: 'quality', change: 'filled now' },
      { interval: '2021', column: 'remark', change: 'empty now' },
    ]);
    expect(schemaOf(result)).toMatchObject({
      engine: 'duckdb',
      result: 'found',
      severity: 'warn',
      failingRows: 1,
      sentence: 'the file has the columns that the one before had, and fills them',
      samples: [{ interval: '2021', key: 'remark', value: 'empty now' }],
    });
    expect(dataset(result)?.findings).toMatchObject([
      { check: 'schema', state: 'open', change: 'new', interval: '2021', rows: 1 },
    ]);
    expect(result.report.exitCode).toBe(0);
    expect(dataset(result)?.state).toBe('warning');
    for (const path of [result.written.html, result.written.markdown])
      expect(await readFile(path, 'utf8')).toContain('remark');
  });

  test('of which a definition knows one at a time tell of the column that is new and of the one that is gone', async () => {
    await runWith([file(2020, OLD, always)], { to: '2021-01-01', pipeline: withVintages(OLD) });
    const result = await runWith([file(2021, NEW, always)], { from: '2021-01-01', pipeline: withVintages(NEW) });
    expect(dataset(result)?.schemaChanges).toEqual([
      { interval: '2021', column: 'quality', change: 'new in the file' },
      { interval: '2021', column: 'remark', change: 'gone from the file' },
    ]);
    expect(schemaOf(result)).toMatchObject({
      failingRows: 1,
      samples: [{ key: 'remark', value: 'gone from the file' }],
    });
  });

  test('a newer issue of the same interval is compared with its own last one', async () => {
    const first = await runWith([file(2020, NEW, always), file(2021, NEW, never)]);
    expect(dataset(first)?.findings).toMatchObject([{ check: 'schema', change: 'new', interval: '2021' }]);
    const result = await runWith([file(2020, NEW, always), file(2021, NEW, always)]);
    expect(dataset(result)?.schemaChanges).toEqual([{ interval: '2021', column: 'quality', change: 'filled now' }]);
    expect(dataset(result)?.findings).toMatchObject([{ check: 'schema', change: 'fixed' }]);
  });
});

test('files that are filled alike are no finding, nor is a column that is now and then filled', async () => {
  const seasonal = await runWith([file(2020, NEW, (n) => (n < 5 ? 'x' : '')), file(2021, NEW, never)]);
  expect(dataset(seasonal)?.schemaChanges).toEqual([]);
  expect(schemaOf(seasonal)).toMatchObject({ result: 'passed', failingRows: 0 });
  expect(dataset(seasonal)?.findings).toEqual([]);
});

test('the first file of a dataset has nothing to be compared with', async () => {
  const result = await runWith([file(2020, NEW, always)]);
  expect(dataset(result)?.schemaChanges).toEqual([]);
  expect(schemaOf(result)).toBeUndefined();
});

test('an older year that is loaded after a newer one may lack what the newer one has', async () => {
  const newer = await runWith([file(2021, NEW, always)], { from: '2021-01-01' });
  expect(dataset(newer)?.schemaChanges).toEqual([]);
  const older = await runWith([file(2020, OLD, always), file(2021, NEW, always)], { to: '2021-01-01' });
  expect(dataset(older)).toMatchObject({ schemaChanges: [], findings: [] });
  expect(schemaOf(older)).toBeUndefined();
});

test('a file that is unchanged keeps what was found when it was loaded', async () => {
  const both = [file(2020, OLD, always), file(2021, NEW, always)];
  await runWith(both);
  const again = await runWith(both);
  expect(dataset(again)?.schemaChanges).toEqual([]);
  const sentence = 'the file has the columns that the one before had, and fills them';
  expect(schemaOf(again)).toMatchObject({ result: 'found', failingRows: 1, sentence });
  expect(dataset(again)?.findings).toMatchObject([{ check: 'schema', state: 'open', change: null }]);
});

test('a file that is prepared while the one before it still loads is compared with that one', async () => {
  let decoded: () => void = () => undefined;
  const nextIsDecoded = new Promise<void>((resolve) => void (decoded = resolve));
  const result = await runWith([file(2020, OLD, always), file(2021, NEW, always)], {
    jobs: 2,
    reached: async (point, _, label) => {
      if (point === 'decoded' && label === '2021') decoded();
      if (point !== 'before commit' || label !== '2020') return;
      await nextIsDecoded;
      // Time for the next one to be ready, far more than it takes.
      await sleep(1_500);
    },
  });
  expect(dataset(result)?.schemaChanges.map(({ change }) => change)).toEqual(['filled now', 'empty now']);
  expect(schemaOf(result)).toMatchObject({ result: 'found', failingRows: 1 });
});
