/** Ledger and health: what a failure leaves on the record, what clears it, and what must not. */
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { SourceKind } from '../../reports/model.ts';
import { recordSourceFailure, recordSuccess } from '../../loaders/postgres/health.ts';
import { readLedger } from '../../loaders/postgres/ledger.ts';
import type { Pipeline } from '../../core/pipeline.ts';
import { range } from '../../core/check.ts';
import { yearly } from '../../core/partitions.ts';
import type { RunResult } from '../../engine/run.ts';
import { type Recorded, temporaryFolder, testEngine, testRun, writeRecordings } from '../support/engine.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { SMALL_URL, smallCatalog, smallFile, smallPipeline } from '../support/small-dataset.ts';

let db: FreshDatabase;
let folder: Awaited<ReturnType<typeof temporaryFolder>> | undefined;
let issue = 0;
beforeEach(async () => {
  await db?.drop();
  await folder?.[Symbol.asyncDispose]();
  db = await freshDatabase();
  folder = await temporaryFolder();
});
afterAll(() => folder?.[Symbol.asyncDispose]());

const good = (year: number, value = 1): Recorded => ({
  url: SMALL_URL(year),
  body: smallFile([[`${year}-06-01T00:00Z`, 'GAS', value]]),
});
const bad = (year: number): Recorded => ({ url: SMALL_URL(year), status: 404 });

async function runWith(
  recorded: readonly Recorded[],
  options: {
    readonly now: string;
    readonly pipelines?: readonly Pipeline[];
    readonly source?: SourceKind;
    readonly from?: string;
    readonly mode?: 'replay';
    readonly only?: readonly { readonly dataset: string; readonly start: number }[];
  },
): Promise<RunResult> {
  const path = folder?.path ?? '';
  const recordings = await writeRecordings(join(path, `issue-${issue++}`), recorded);
  const catalog = await smallCatalog(db.pool, path, options.pipelines ?? [smallPipeline()]);
  const engine = await testEngine({ pool: db.pool, recordings, dataDir: path, catalog, now: options.now });
  const { from, mode, only } = options;
  return testRun(
    { ...engine, source: options.source ?? 'recordings' },
    {
      ...(from === undefined ? {} : { from }),
      ...(mode === undefined ? {} : { mode }),
      ...(only === undefined ? {} : { only }),
    },
  );
}
const health = async (): Promise<Record<string, unknown>> =>
  Object.fromEntries(
    (
      await db.pool.query<{ source_name: string; status: string; n: number }>(
        'select source_name, status, consecutive_failures as n from public.source_health where starts_with(source_name, $1)',
        ['grid'],
      )
    ).map(({ source_name, status, n }) => [source_name, `${status} ${n}`]),
  );
const outcomes = (result: RunResult): (string | undefined)[] =>
  result.report.datasets.flatMap(({ intervals }) => intervals.map(({ label, outcome }) => `${label} ${outcome}`));

describe('a failed interval', () => {
  test('is on record, is tried again by every run, and is forgotten when it loads', async () => {
    expect(outcomes(await runWith([bad(2020)], { now: '2021-06-01T00:00Z' }))).toEqual(['2020 failed']);
    const ledger = async (): Promise<unknown> =>
      (await readLedger(db.pool, ['grid-small'])).map(({ status, attempts, everLoaded, artifact }) => ({
        status,
        attempts,
        everLoaded,
        landed: artifact !== null,
      }));
    expect(await ledger()).toEqual([{ status: 'failed', attempts: 1, everLoaded: false, landed: false }]);
    await runWith([bad(2020)], { now: '2021-06-01T00:00Z' });
    expect(await ledger()).toEqual([{ status: 'failed', attempts: 2, everLoaded: false, landed: false }]);
    const [row] = await db.pool.query<{ error: { code: string } }>('select error from etl.interval');
    expect(row?.error.code).toBe('HTTP_NOT_FOUND');
    const third = await runWith([good(2020)], { now: '2021-06-01T00:00Z' });
    expect(third.plan[0]).toMatchObject({ reason: 'failed before', because: 'failed 2 times, last 2021-06-01T00:00Z' });
    expect(outcomes(third)).toEqual(['2020 loaded']);
    expect(third.report.datasets[0]?.outcomes).toEqual({ loaded: 1, 'not recorded': 1 });
    expect(await ledger()).toEqual([{ status: 'loaded', attempts: 0, everLoaded: true, landed: true }]);
    expect(await db.pool.query('select error from etl.interval')).toEqual([{ error: null }]);
  });

  test('keeps what was loaded before, and the link to it', async () => {
    await runWith([good(2020)], { now: '2020-06-01T00:00Z' });
    await runWith([{ url: SMALL_URL(2020), body: 'something else entirely' }], { now: '2020-06-02T00:00Z' });
    expect(await db.pool.query('select value from public.grid_small')).toEqual([{ value: 1 }]);
    expect(await readLedger(db.pool, ['grid-small'])).toMatchObject([
      { status: 'failed', attempts: 1, everLoaded: true, artifact: { url: SMALL_URL(2020) } },
    ]);
    expect(outcomes(await runWith([good(2020)], { now: '2020-06-03T00:00Z' }))).toEqual(['2020 loaded']);
    expect(await db.pool.query('select load_id::int from public.grid_small')).toEqual([{ load_id: 1 }]);
  });

  test("that a check blocked says so, keeps nothing of it, and is not a failure of the publisher's file", async () => {
    const blocking = smallPipeline({ checks: [range('value', 0, 5, { severity: 'block' })] });
    const result = await runWith([good(2020, 9)], { now: '2020-06-01T00:00Z', pipelines: [blocking] });
    expect([outcomes(result), result.report.exitCode]).toEqual([['2020 blocked'], 3]);
    expect(await db.pool.query('select from public.grid_small')).toEqual([]);
    expect(await readLedger(db.pool, ['grid-small'])).toMatchObject([
      { status: 'blocked', attempts: 1, everLoaded: false },
    ]);
    expect(
      await db.pool.query(
        `select check_name, result, failing_rows::int from etl.check_result where severity = 'block'`,
      ),
    ).toEqual([{ check_name: 'range(value, 0, 5)', result: 'found', failing_rows: 1 }]);
    expect(outcomes(await runWith([good(2020, 4)], { now: '2020-06-02T00:00Z', pipelines: [blocking] }))).toEqual([
      '2020 loaded',
    ]);
  });
});

describe('health', () => {
  test('goes from healthy by degraded to failing in three runs, and back in one', async () => {
    await runWith([good(2020)], { now: '2020-06-01T00:00Z' });
    expect(await health()).toEqual({ 'grid/grid-small': 'healthy 0', grid: 'healthy 0' });
    const steps: unknown[] = [];
    for (const day of [2, 3, 4]) {
      await runWith([{ url: SMALL_URL(2020), status: 500 }], { now: `2020-06-0${day}T00:00Z` });
      steps.push((await health())['grid/grid-small']);
    }
    expect(steps).toEqual(['degraded 1', 'degraded 2', 'failing 3']);
    expect((await health())['grid']).toBe('failing 3');
    await runWith([good(2020)], { now: '2020-06-05T00:00Z' });
    expect(await health()).toEqual({ 'grid/grid-small': 'healthy 0', grid: 'healthy 0' });
    const [row] = await db.pool.query(
      'select last_success, last_failure, covered_until from public.source_health where source_name = $1',
      ['grid/grid-small'],
    );
    expect(row).toEqual({
      last_success: new Date('2020-06-05T00:00Z'),
      last_failure: new Date('2020-06-04T00:00Z'),
      covered_until: new Date('2020-06-01T00:00Z'),
    });
  });

  test.each([
    ['before', [bad(2020), good(2021)]],
    ['after', [good(2020), bad(2021)]],
  ])(
    'an interval that fails %s another loads leaves the source degraded, and failing in the third run',
    async (_, recorded) => {
      const steps: unknown[] = [];
      for (const month of ['06', '07', '08']) {
        // A new value each time, so that the other interval loads anew.
        const fresh = recorded.map((one) =>
          one.status === 404 ? one : good(Number(/\d{4}/.exec(one.url)?.[0]), Number(month)),
        );
        await runWith(fresh, { now: `2022-${month}-01T00:00Z`, from: '2020-01-01' });
        steps.push((await health())['grid/grid-small']);
      }
      expect(steps).toEqual(['degraded 1', 'degraded 2', 'failing 3']);
    },
  );

  test('stays degraded while another interval is still failed, whatever loads meanwhile, also by a replay', async () => {
    await runWith([good(2020), bad(2021)], { now: '2022-06-01T00:00Z', from: '2020-01-01' });
    expect((await health())['grid/grid-small']).toBe('degraded 1');
    const only = (year: number): { dataset: string; start: number }[] => [
      { dataset: 'grid-small', start: Date.UTC(year, 0, 1) },
    ];
    const recorded = [good(2020, 5)];
    const loaded = await runWith(recorded, { now: '2022-07-01T00:00Z', from: '2020-01-01', only: only(2020) });
    expect([outcomes(loaded), (await health())['grid/grid-small']]).toEqual([['2020 loaded'], 'degraded 1']);
    const replayed = await runWith([], { now: '2022-07-02T00:00Z', mode: 'replay' });
    expect([outcomes(replayed), (await health())['grid/grid-small']]).toEqual([['2020 loaded'], 'degraded 1']);
    await runWith([good(2021)], { now: '2022-07-03T00:00Z' });
    expect((await health())['grid/grid-small']).toBe('healthy 0');
  });

  test('of data that are older than the definition allows is degraded and says since when; the exit code is 0', async () => {
    const strict = smallPipeline({
      partitions: yearly({ from: 2020, zone: 'UTC' }),
      publishes: { ...smallPipeline().publishes, staleAfter: 'P2D' },
    });
    const fresh = await runWith([good(2020)], { now: '2020-06-03T00:00Z', pipelines: [strict] });
    expect((await health())['grid/grid-small']).toBe('healthy 0');
    expect(fresh.report.datasets[0]?.freshness.staleSince).toBeNull();
    const stale = await runWith([good(2020)], { now: '2020-06-03T01:00Z', pipelines: [strict] });
    expect(stale.report).toMatchObject({ exitCode: 0, datasets: [{ freshness: { staleSince: '2020-06-03T00:00Z' } }] });
    expect(stale.report.datasets[0]?.verdict).toContain('stale since 2020-06-03T00:00Z');
    const [row] = await db.pool.query(
      `select status, consecutive_failures as n, notes from public.source_health where source_name = 'grid/grid-small'`,
    );
    expect(row).toEqual({
      status: 'degraded',
      n: 0,
      notes:
        'nothing new; stale since 2020-06-03T00:00Z, the newest row is of 2020-06-01T00:00Z; next: npm run pipeline -- run grid-small',
    });
    expect((await health())['grid']).toBe('degraded 0');
    const newer = { url: SMALL_URL(2020), body: smallFile([['2020-06-04T00:00Z', 'GAS', 2]]) };
    await runWith([newer], { now: '2020-06-04T02:00Z', pipelines: [strict] });
    expect((await health())['grid/grid-small']).toBe('healthy 0');
  });

  test('of a dataset that the publisher has ended is never stale', async () => {
    const ended = smallPipeline({ publishes: { ...smallPipeline().publishes, staleAfter: 'P2D' } });
    await runWith([good(2020), good(2021)], { now: '2022-06-01T00:00Z', pipelines: [ended] });
    expect((await health())['grid/grid-small']).toBe('healthy 0');
  });

  test('two intervals that fail in one run count as one failed run', async () => {
    await runWith([bad(2020), bad(2021)], { now: '2022-06-01T00:00Z' });
    expect((await health())['grid/grid-small']).toBe('degraded 1');
  });

  test('an interval that is unchanged does not wash a failure of the same run away', async () => {
    await runWith([good(2020), good(2021)], { now: '2021-06-01T00:00Z' });
    await runWith([good(2020), { url: SMALL_URL(2021), status: 500 }], { now: '2022-02-01T00:00Z' });
    expect((await health())['grid/grid-small']).toBe('degraded 1');
  });

  test('of a publisher is that of its worst dataset', async () => {
    const other = {
      ...smallPipeline(),
      id: 'grid-other',
      extract: { ...smallPipeline().extract, url: 'https://grid.example.org/other_{yyyy}.csv' },
    };
    await runWith([good(2020), { url: 'https://grid.example.org/other_2020.csv', status: 500 }], {
      now: '2020-06-01T00:00Z',
      pipelines: [other, smallPipeline()],
    });
    expect(await health()).toEqual({
      'grid/grid-small': 'healthy 0',
      'grid/grid-other': 'degraded 1',
      grid: 'degraded 1',
    });
    const [row] = await db.pool.query<{ notes: string }>(
      `select notes from public.source_health where source_name = 'grid'`,
    );
    expect(row?.notes).toMatch(/^grid-other: 2020: /);
  });

  test('of a publisher is right also when two datasets report at the same moment', async () => {
    const at = Date.parse('2022-06-01T00:00Z');
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    // One dataset has reported success in a load that is not committed yet, another reports its failure meanwhile.
    const load = db.pool.transaction(async (tx) => {
      await recordSuccess(tx, { publisher: 'grid', dataset: 'a' }, at, {
        clean: true,
        coveredUntil: null,
        notes: 'loaded',
      });
      await gate;
    });
    const failure = recordSourceFailure(db.pool, { publisher: 'grid', dataset: 'b' }, at, {
      first: true,
      notes: 'broken',
    });
    const second = recordSuccess(db.pool, { publisher: 'grid', dataset: 'c' }, at, {
      clean: true,
      coveredUntil: null,
      notes: 'loaded',
    });
    await new Promise((resolve) => void setTimeout(resolve, 100));
    release();
    await Promise.all([load, failure, second]);
    expect(await health()).toEqual({
      'grid/a': 'healthy 0',
      'grid/b': 'degraded 1',
      'grid/c': 'healthy 0',
      grid: 'degraded 1',
    });
  });
});

describe('samples and real data', () => {
  test.each([
    ['samples', 'recordings'],
    ['recordings', 'samples'],
  ] as const)('%s first, then %s is refused before anything is asked', async (first, second) => {
    await runWith([good(2020)], { now: '2020-06-01T00:00Z', source: first });
    await expect(runWith([good(2020, 7)], { now: '2020-06-02T00:00Z', source: second })).rejects.toMatchObject({
      code: 'SAMPLES_AND_REAL_DATA',
      kind: 'configuration',
    });
    expect(await db.pool.query('select value from public.grid_small')).toEqual([{ value: 1 }]);
    expect(await db.pool.query(`select count(*)::int as n from etl.run where source <> 'adopted'`)).toEqual([{ n: 1 }]);
  });

  test('recordings and live data are both real', async () => {
    await runWith([good(2020)], { now: '2020-06-01T00:00Z', source: 'recordings' });
    await expect(runWith([good(2020)], { now: '2020-06-02T00:00Z', source: 'live' })).resolves.toMatchObject({
      report: { exitCode: 0 },
    });
  });
});
