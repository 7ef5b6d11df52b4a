/** Snapshots: the publisher says what is now, with a time of its own; the same time may come again, with the same or with other values. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { snapshot } from '../../core/partitions.ts';
import type { Pipeline } from '../../core/pipeline.ts';
import type { RunResult } from '../../engine/run.ts';
import { readLedger } from '../../loaders/postgres/ledger.ts';
import type { Catalog } from '../../pipelines/index.ts';
import { temporaryFolder, testEngine, testRun, writeRecordings } from '../support/engine.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { smallCatalog, smallFile, smallPipeline } from '../support/small-dataset.ts';

const URL_NOW = 'https://grid.example.org/now.csv';
const now = smallPipeline({ partitions: snapshot() });
const current: Pipeline = { ...now, extract: { ...now.extract, url: URL_NOW } };

let db: FreshDatabase;
let folder: Awaited<ReturnType<typeof temporaryFolder>> | undefined;
let catalog: Catalog;
let answers = 0;
beforeEach(async () => {
  await db?.drop();
  await folder?.[Symbol.asyncDispose]();
  db = await freshDatabase();
  folder = await temporaryFolder();
  catalog = await smallCatalog(db.pool, folder.path, [current]);
});
afterAll(() => folder?.[Symbol.asyncDispose]());

type Row = Parameters<typeof smallFile>[0][number];

/** Asks at `at` and is answered with these rows; null: the publisher is down. */
async function ask(
  at: string,
  rows: readonly Row[] | null,
  change: Partial<Catalog> & { replay?: true } = {},
): Promise<RunResult> {
  const { replay, ...rest } = change;
  const path = folder?.path ?? '';
  const answer = rows === null ? { url: URL_NOW, status: 500 } : { url: URL_NOW, body: smallFile(rows) };
  const recordings = await writeRecordings(join(path, `answer-${answers++}`), [answer]);
  const engine = await testEngine({
    pool: db.pool,
    recordings,
    dataDir: path,
    catalog: { ...catalog, ...rest },
    now: at,
  });
  return testRun(engine, replay === true ? { mode: 'replay' } : {});
}
const table = (): Promise<unknown[]> =>
  db.pool.query(
    `select to_char(hour at time zone 'UTC', 'HH24:MI') as at, fuel, value from public.grid_small order by 1, 2`,
  );
const history = (): Promise<unknown[]> =>
  db.pool.query(
    'select value, load_id::int, closed_by_load_id::int from history.grid_small order by closed_by_load_id, value',
  );
const moved = ({ report }: RunResult): unknown => {
  const { inserted, revised, withdrawn, unchanged } = report.datasets[0]?.rows ?? {};
  return { exit: report.exitCode, inserted, revised, withdrawn, unchanged };
};
const HOUR = '2020-06-01T12:00:00Z';

test('rows keep their own time, and the same time again with the same values writes nothing', async () => {
  expect(moved(await ask('2020-06-01T12:10Z', [[HOUR, 'GAS', 1]]))).toEqual({
    exit: 0,
    inserted: 1,
    revised: 0,
    withdrawn: 0,
    unchanged: 0,
  });
  // A stalled feed says the same again; then it goes on, and what it does not name any more stays.
  expect(moved(await ask('2020-06-01T12:11Z', [[HOUR, 'GAS', 1]]))).toMatchObject({
    inserted: 0,
    revised: 0,
    unchanged: 1,
  });
  expect(moved(await ask('2020-06-01T12:20Z', [['2020-06-01T12:15:00Z', 'GAS', 2]]))).toMatchObject({
    inserted: 1,
    withdrawn: 0,
  });
  expect(await table()).toEqual([
    { at: '12:00', fuel: 'GAS', value: 1 },
    { at: '12:15', fuel: 'GAS', value: 2 },
  ]);
  expect(await history()).toEqual([]);
  expect((await readLedger(db.pool, ['grid-small'])).map(({ status }) => status)).toEqual([
    'loaded',
    'loaded',
    'loaded',
  ]);
});

test('another value at the same time is a revision, and what was believed before can be asked for', async () => {
  await ask('2020-06-01T12:10Z', [[HOUR, 'GAS', 1]]);
  const [between] = await db.pool.query<{ now: string }>('select clock_timestamp()::text as now');
  expect(moved(await ask('2020-06-01T12:11Z', [[HOUR, 'GAS', 5]]))).toMatchObject({ inserted: 0, revised: 1 });
  expect(await table()).toEqual([{ at: '12:00', fuel: 'GAS', value: 5 }]);
  expect(await history()).toEqual([{ value: 1, load_id: 1, closed_by_load_id: 2 }]);
  expect(await db.pool.query('select value from as_of(null::public.grid_small, $1)', [between?.now])).toEqual([
    { value: 1 },
  ]);
});

test('a replay reads every snapshot again, and an earlier one does not undo a later one', async () => {
  await ask('2020-06-01T12:10Z', [[HOUR, 'GAS', 1]]);
  await ask('2020-06-01T12:11Z', [[HOUR, 'GAS', 5]]);
  const before = await history();
  const replayed = await ask('2020-06-01T12:30Z', [], { replay: true });
  expect(replayed.plan.map(({ label, action }) => `${label} ${action}`)).toEqual([
    '2020-06-01T12:10Z replay',
    '2020-06-01T12:11Z replay',
  ]);
  expect(moved(replayed)).toMatchObject({ exit: 0, inserted: 0, revised: 0 });
  expect([await table(), await history()]).toEqual([[{ at: '12:00', fuel: 'GAS', value: 5 }], before]);
});

test('a changed definition reads the earlier snapshots again from landing', async () => {
  await ask('2020-06-01T12:10Z', [[HOUR, 'GAS', 1]]);
  await ask('2020-06-01T12:20Z', [['2020-06-01T12:15:00Z', 'GAS', 2]]);
  const doubled = 'select _line, hour, fuel, (value::int * 2)::varchar as value from raw';
  const root = join(folder?.path ?? '', 'changed');
  await mkdir(join(root, 'transforms/grid'), { recursive: true });
  await writeFile(join(root, current.transform), doubled);
  const result = await ask('2020-06-01T12:30Z', [['2020-06-01T12:30:00Z', 'GAS', 3]], { root });
  expect(result.plan.map(({ label, reason, action }) => `${label} ${reason} ${action}`)).toEqual([
    '2020-06-01T12:10Z stale replay',
    '2020-06-01T12:20Z stale replay',
    '2020-06-01T12:30Z missing fetch',
  ]);
  expect(await table()).toEqual([
    { at: '12:00', fuel: 'GAS', value: 2 },
    { at: '12:15', fuel: 'GAS', value: 4 },
    { at: '12:30', fuel: 'GAS', value: 6 },
  ]);
});

test('a minute that failed is over with the next answer: the source is healthy again', async () => {
  const health = async (): Promise<unknown> =>
    (await db.pool.query(`select status from public.source_health where source_name = 'grid/grid-small'`))[0];
  expect(moved(await ask('2020-06-01T12:10Z', null))).toMatchObject({ exit: 2 });
  expect(await health()).toEqual({ status: 'degraded' });
  const next = await ask('2020-06-01T12:20Z', [[HOUR, 'GAS', 1]]);
  expect(next.plan.map(({ label }) => label)).toEqual(['2020-06-01T12:20Z']);
  expect(await health()).toEqual({ status: 'healthy' });
});

test('a row that cannot be read goes to quarantine and leaves the version that is there', async () => {
  await ask('2020-06-01T12:10Z', [
    [HOUR, 'GAS', 1],
    [HOUR, 'WIND', 2],
  ]);
  const result = await ask('2020-06-01T12:11Z', [
    [HOUR, 'GAS', 'many'],
    [HOUR, 'WIND', 3],
  ]);
  expect(moved(result)).toMatchObject({ exit: 0, inserted: 0, revised: 1, withdrawn: 0 });
  expect(await table()).toEqual([
    { at: '12:00', fuel: 'GAS', value: 1 },
    { at: '12:00', fuel: 'WIND', value: 3 },
  ]);
  expect(await db.pool.query('select interval_start, raw from etl.quarantine where resolved_at is null')).toEqual([
    { interval_start: new Date('2020-06-01T12:11Z'), raw: `${HOUR},GAS,many` },
  ]);
});
