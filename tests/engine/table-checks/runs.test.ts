/** Checks that look at tables within runs: when they look again, what a check that breaks does to a run, and how long one may take. */
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { instant, mw, table, text } from '../../../core/contract.ts';
import type { Pipeline } from '../../../core/pipeline.ts';
import { hourOfWeekAnomaly } from '../../../core/table-check.ts';
import { bandOf } from '../../../engine/expected-band.ts';
import type { RunResult } from '../../../engine/run.ts';
import { judge } from '../../../loaders/postgres/table-checks.ts';
import type { Catalog } from '../../../pipelines/index.ts';
import type { CheckReport } from '../../../reports/model.ts';
import { type Recorded, temporaryFolder, testEngine, testRun, writeRecordings } from '../../support/engine.ts';
import { DAY, HOUR, hours, iso } from '../../support/hourly-table.ts';
import { recordingLog } from '../../support/log.ts';
import { type FreshDatabase, freshDatabase } from '../../support/postgres.ts';
import { SMALL_URL, smallCatalog, smallFile, smallPipeline } from '../../support/small-dataset.ts';

const check = hourOfWeekAnomaly('value', { zone: 'UTC' });
const NAME = 'hourOfWeekAnomaly(value, 10)';
const columns = {
  hour: instant({ key: true, doc: 'x' }),
  fuel: text({ key: true, doc: 'x' }),
  value: mw({ doc: 'x' }),
};
const own = smallPipeline({ table: table('public.grid_small', columns) as Pipeline['table'], checks: [check] });
const other: Pipeline = {
  ...own,
  id: 'grid-other',
  extract: { ...own.extract, url: 'https://grid.example.org/other_{yyyy}.csv' },
  table: table('public.grid_other', columns) as Pipeline['table'],
  checks: [],
};
const otherFile: Recorded = {
  url: 'https://grid.example.org/other_2020.csv',
  body: smallFile([['2020-01-01T00:00:00Z', 'GAS', 1]]),
};

const newYear = Date.parse('2021-01-01T00:00Z');
const BAD = newYear - 5 * DAY;
/** Three hours a day: 100, and `bad` at one of them. */
function file(from: number, to: number, bad: string | number = 500, fuel = 'GAS'): Recorded {
  const rows = hours(from, to, 8 * HOUR).map((at) => [iso(at), fuel, at === BAD ? bad : 100] as const);
  return { url: SMALL_URL(new Date(from).getUTCFullYear()), body: smallFile(rows) };
}
/** The weeks before a new year, too few to judge by, and those after it. */
const december = file(newYear - 21 * DAY, newYear);
const winter = file(newYear, newYear + 42 * DAY);
/** Enough to judge by, in one file. */
const autumn = (bad: string | number = 500): Recorded => file(newYear - 70 * DAY, newYear, bad);

let db: FreshDatabase;
let folder: Awaited<ReturnType<typeof temporaryFolder>> | undefined;
let answers = 0;
const log = recordingLog();
beforeEach(async () => {
  await db?.drop();
  await folder?.[Symbol.asyncDispose]();
  db = await freshDatabase();
  folder = await temporaryFolder();
  log.lines.length = 0;
});
afterAll(() => folder?.[Symbol.asyncDispose]());

const catalogOf = (pipelines: readonly Pipeline[]): Promise<Catalog> =>
  smallCatalog(db.pool, folder?.path ?? '', pipelines);
async function runWith(
  catalog: Catalog,
  recorded: readonly Recorded[],
  words: { ids?: readonly string[]; from?: string; to?: string } = {},
): Promise<RunResult> {
  const path = folder?.path ?? '';
  const recordings = await writeRecordings(join(path, `answer-${answers++}`), recorded);
  const engine = await testEngine({ pool: db.pool, recordings, dataDir: path, catalog, now: '2022-06-01T00:00Z' });
  return testRun({ ...engine, log }, { from: '2020-01-01', ...words });
}
const checkOf = ({ report }: RunResult, name = NAME): CheckReport | undefined =>
  report.datasets.find(({ id }) => id === 'grid-small')?.checks.find((one) => one.name === name);
const stored = (): Promise<unknown[]> =>
  db.pool.query(
    `select extract(year from interval_start at time zone 'UTC')::int as year, check_name as name, result, failing_rows::int as rows
     from etl.check_result where check_name like 'hourOfWeek%' order by 1, 2`,
  );
const loads = (): Promise<unknown[]> =>
  db.pool.query(
    `select load_id::int as id, definition_hash as hash from etl.load where dataset = 'grid-small' order by 1`,
  );

describe('when it looks', () => {
  test('a history that is too short is not checked, and is judged when the table has got more', async () => {
    const catalog = await catalogOf([own]);
    const first = await runWith(catalog, [december], { to: '2021-01-01' });
    expect(checkOf(first)).toMatchObject({ result: 'not checked', failingRows: 0 });
    expect(await stored()).toEqual([{ year: 2020, name: NAME, result: 'not checked', rows: 0 }]);
    const second = await runWith(catalog, [december, winter]);
    expect(checkOf(second)).toMatchObject({
      result: 'found',
      intervals: 2,
      failingRows: 1,
      samples: [{ interval: '2020', key: '2020-12-27T00:00:00Z, GAS', value: '500' }],
    });
    expect(await stored()).toEqual([
      { year: 2020, name: NAME, result: 'found', rows: 1 },
      { year: 2021, name: NAME, result: 'passed', rows: 0 },
    ]);
    expect(second.report.exitCode).toBe(0);
  });

  test('a changed threshold is looked at anew, and nothing is loaded for it', async () => {
    const catalog = await catalogOf([own]);
    const first = await runWith(catalog, [autumn(130)]);
    expect(checkOf(first)).toMatchObject({ result: 'passed' });
    const before = await loads();
    expect(before).toHaveLength(1);
    const stricter = { ...own, checks: [hourOfWeekAnomaly('value', { zone: 'UTC', threshold: 5 })] };
    const second = await runWith({ ...catalog, pipelines: [stricter] }, [autumn(130)]);
    expect(checkOf(second, 'hourOfWeekAnomaly(value, 5)')).toMatchObject({ result: 'found', failingRows: 1 });
    expect(checkOf(second)).toBeUndefined();
    expect(await loads()).toEqual(before);
    expect(second.report.datasets[0]?.outcomes).toEqual({ unchanged: 1, 'not recorded': 1 });
    // The report of the same threshold once more keeps its result, which nobody looked at again.
    const third = await runWith({ ...catalog, pipelines: [stricter] }, [autumn(130)]);
    expect(checkOf(third, 'hourOfWeekAnomaly(value, 5)')).toMatchObject({ result: 'found', failingRows: 1 });
  });

  test('another parameter that the name does not hold is looked at anew, too, and the same ones are not', async () => {
    const checked = (): Promise<{ at: string }[]> =>
      db.pool.query(`select max(checked_at)::text as at from etl.check_result where check_name = $1`, [NAME]);
    const catalog = await catalogOf([own]);
    await runWith(catalog, [autumn(130)]);
    const first = await checked();
    await runWith(catalog, [autumn(130)]);
    expect(await checked()).toEqual(first);
    const demanding = { ...own, checks: [hourOfWeekAnomaly('value', { zone: 'UTC', minHistory: 100 })] };
    const third = await runWith({ ...catalog, pipelines: [demanding] }, [autumn(130)]);
    expect(checkOf(third)).toMatchObject({ result: 'not checked' });
    expect(await checked()).not.toEqual(first);
  });

  test('a threshold that is wide enough now, or a check that is gone, leaves nothing of the earlier one behind', async () => {
    const catalog = await catalogOf([own]);
    const open = (): Promise<unknown[]> => db.pool.query('select check_name as name from etl.open_finding');
    const stricter = { ...own, checks: [hourOfWeekAnomaly('value', { zone: 'UTC', threshold: 5 })] };
    const first = await runWith({ ...catalog, pipelines: [stricter] }, [autumn(130)]);
    expect(first.report.datasets[0]).toMatchObject({ state: 'warning', findingCounts: { open: 1 } });
    const second = await runWith(catalog, [autumn(130)]);
    expect(second.report.datasets[0]).toMatchObject({ state: 'good', findingCounts: { open: 0, fixed: 1 } });
    expect(second.report.datasets[0]?.checks.filter(({ name }) => name.startsWith('hourOfWeek'))).toMatchObject([
      { name: NAME, result: 'passed' },
    ]);
    expect(await open()).toEqual([]);
    await runWith({ ...catalog, pipelines: [{ ...own, checks: [] }] }, [autumn(130)]);
    expect(await stored()).toEqual([]);
  });

  test('a value that the publisher has put right is a finding no more', async () => {
    const catalog = await catalogOf([own]);
    expect(checkOf(await runWith(catalog, [autumn()]))).toMatchObject({ result: 'found', failingRows: 1 });
    expect(checkOf(await runWith(catalog, [autumn(101)]))).toMatchObject({ result: 'passed', failingRows: 0 });
  });

  test('the SQL that a report shows gives the failing rows to whoever pastes it', async () => {
    const found = checkOf(await runWith(await catalogOf([own]), [autumn()]));
    expect(found).toMatchObject({ engine: 'postgres', severity: 'warn' });
    expect(await db.pool.query(found?.sql ?? '')).toEqual([
      {
        key: '2020-12-27T00:00:00Z, GAS',
        value: '500',
        expectation: 'between 60.00 and 140.00, as 6 hours like it (median 100.00)',
      },
    ]);
  });
});

describe('a check that breaks', () => {
  test('on values that PostgreSQL cannot add up is not checked, is warned about, and fails no run', async () => {
    const catalog = await catalogOf([own]);
    const huge = file(newYear - 70 * DAY, newYear).body;
    const body = String(huge).replaceAll(',100', ',1.7e308');
    const result = await runWith(catalog, [{ url: SMALL_URL(2020), body }]);
    expect(result.report).toMatchObject({ exitCode: 0 });
    expect(result.report.datasets[0]?.outcomes).toMatchObject({ loaded: 1 });
    expect(checkOf(result)).toMatchObject({ result: 'not checked', failingRows: 0 });
    expect(log.lines).toContainEqual(
      expect.stringMatching(/^warn: grid-small: hourOfWeekAnomaly\(value, 10\) was not checked: /),
    );
    expect(await stored()).toEqual([]);
    // The rows are there, and the next file is judged.
    expect(await db.pool.query('select count(*)::int as n from public.grid_small')).toEqual([{ n: 210 }]);
    expect(checkOf(await runWith(catalog, [autumn()]))).toMatchObject({ result: 'found', failingRows: 1 });
  });

  test('by being stopped in the middle is made by the next run', async () => {
    const catalog = await catalogOf([own, other]);
    const recorded = [autumn(), otherFile];
    await runWith({ ...catalog, pipelines: [{ ...own, checks: [] }] }, recorded);
    const holder = await db.pool.connect();
    try {
      await holder.query('begin');
      await holder.query('lock table public.grid_small in access exclusive mode');
      const [result] = await Promise.all([runWith(catalog, recorded, { ids: ['grid-other'] }), stopWaiting()]);
      expect(result.report).toMatchObject({ exitCode: 0 });
    } finally {
      await holder.query('rollback');
      holder.release();
    }
    expect(log.lines.filter((line) => line.startsWith('warn: grid-small'))).toEqual([
      expect.stringContaining(`${NAME} was not checked: `),
    ]);
    expect(await stored()).toEqual([]);
    const next = await runWith(catalog, recorded, { ids: ['grid-other'] });
    expect(next.report).toMatchObject({ exitCode: 0 });
    expect(await stored()).toEqual([{ year: 2020, name: NAME, result: 'found', rows: 1 }]);
    expect(log.lines).toContain(
      `warn: grid-small: ${NAME} does not hold for 1 row of 1 interval from 2020 on; next: penstock run grid-small`,
    );
  });

  /** Stops the statement of the check that waits for the table, as a statement that takes too long is stopped. */
  async function stopWaiting(): Promise<void> {
    for (let attempt = 0; attempt < 300; attempt++) {
      const stopped = await db.pool.query(
        `select pg_cancel_backend(pid) from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock' and query like 'select n, count(*)::int as compared%' and pid <> pg_backend_pid()`,
      );
      if (stopped.length > 0) return;
      await sleep(50);
    }
    throw new Error('no check waited for the table');
  }

  test('by taking longer than it may is ended by PostgreSQL, and keeps no result', async () => {
    const job = (rows: string): Parameters<typeof judge>[1] => ({
      dataset: 'grid-small',
      table: 'public.grid_small',
      name: 'slow',
      severity: 'warn',
      with: null,
      parameters: '{}',
      sql: { scope: 'load', plan: 'steps', rows: () => rows },
    });
    const loaded = [{ start: 0, end: 1, loadId: '1' }];
    const options = { runId: 'x', sampleLimit: 5 };
    const columnsOf = (value: string): string =>
      `select null::timestamptz as at, 'key' as key, ${value} as value, '' as expectation, $1::text is not null as differs`;
    const [limited] = await judge(db.pool, job(columnsOf(`current_setting('statement_timeout')`)), loaded, options);
    expect(limited?.samples).toMatchObject([{ value: '2min' }]);
    await db.pool.query('delete from etl.check_result');
    // The first statement counts, and sets the limit of the second one, which lists.
    const slow = `set_config('statement_timeout', '100ms', true) || pg_sleep(0.3)::text`;
    const made = judge(db.pool, job(`${columnsOf(slow)} offset 0`), loaded, options);
    await expect(made).rejects.toMatchObject({ code: expect.any(String) });
    expect(await db.pool.query('select from etl.check_result')).toEqual([]);
    // The limit goes with its transaction.
    expect(await db.pool.query(`select current_setting('statement_timeout') as limit`)).not.toEqual([
      { limit: '100ms' },
    ]);
  });
});

test('the band of a close-up leaves out what another dataset wrote into the table', async () => {
  const catalog = await catalogOf([own]);
  await runWith(catalog, [autumn(100)]);
  const second: Pipeline = { ...own, id: 'grid-second', extract: { ...own.extract, url: other.extract.url } };
  const both = { ...catalog, pipelines: [own, second] };
  const rows = hours(newYear - 70 * DAY, newYear, 8 * HOUR).map((at) => [iso(at), 'WIND', 900] as const);
  await runWith(both, [autumn(100), { url: otherFile.url, body: smallFile(rows) }]);
  const path = folder?.path ?? '';
  const recordings = await writeRecordings(join(path, 'none'), []);
  const engine = await testEngine({ pool: db.pool, recordings, dataDir: path, catalog: both });
  const band = await bandOf(engine, own, 'value', newYear - 35 * DAY, newYear - 34 * DAY);
  expect(band.map(({ at, lower, upper }) => [iso(at), lower, upper])).toEqual(
    hours(newYear - 35 * DAY, newYear - 34 * DAY, 8 * HOUR).map((at) => [iso(at), 60, 140]),
  );
});
