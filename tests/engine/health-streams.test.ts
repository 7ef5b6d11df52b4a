/** What follows from a dataset's state: its publisher's, its stream's and the alerts, all in the transaction of the change. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { range } from '../../core/check.ts';
import { yearly } from '../../core/partitions.ts';
import type { Pipeline } from '../../core/pipeline.ts';
import { streamHealthKey } from '../../core/streams.ts';
import { healthSource } from '../../engine/health-source.ts';
import type { RunResult } from '../../engine/run.ts';
import { recordSourceFailure, recordSuccess, refreshSource } from '../../loaders/postgres/health.ts';
import { clockAt, type Recorded, temporaryFolder, testEngine, testRun, writeRecordings } from '../support/engine.ts';
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

const ONGOING = yearly({ from: 2020, zone: 'UTC' });
const fed = (change: Partial<Pipeline> = {}): Pipeline =>
  smallPipeline({
    partitions: ONGOING,
    publishes: { ...smallPipeline().publishes, staleAfter: 'P30D' },
    feeds: { stream: 'ontario-prices' },
    ...change,
  });
const OTHER_URL = 'https://grid.example.org/other_2020.csv';
const other = fed({
  id: 'grid-other',
  extract: { ...smallPipeline().extract, url: 'https://grid.example.org/other_{yyyy}.csv' },
});
const good = (value = 1, hour = '2020-06-01T00:00Z'): Recorded => ({
  url: SMALL_URL(2020),
  body: smallFile([[hour, 'GAS', value]]),
});
const dead: Recorded = { url: SMALL_URL(2020), status: 500 };

async function runWith(
  recorded: readonly Recorded[],
  now: string,
  pipelines: readonly Pipeline[] = [fed()],
  reached?: (point: string) => Promise<void>,
): Promise<RunResult> {
  const path = folder?.path ?? '';
  const recordings = await writeRecordings(join(path, `issue-${issue++}`), recorded);
  const catalog = await smallCatalog(db.pool, path, pipelines);
  const options = { pool: db.pool, recordings, dataDir: path, catalog, now };
  return testRun(await testEngine(reached === undefined ? options : { ...options, reached }), {});
}
const rows = <T extends object>(sql: string): Promise<T[]> => db.pool.query<T>(sql);
const source = async (name = 'grid/grid-small'): Promise<Record<string, unknown> | undefined> =>
  (
    await db.pool.query(
      `select status, freshness, consecutive_failures as failures, score::float8, open_findings as findings, notes
       from public.source_health where source_name = $1`,
      [name],
    )
  )[0];
const stream = async (): Promise<unknown[]> =>
  rows(
    `select stream_key, status, error_count, metadata->>'dataset' as dataset from public.stream_health order by stream_key`,
  );
const alerts = async (): Promise<string[]> =>
  (
    await rows<{ told: string }>(
      `select subject || ': ' || coalesce(payload->>'from', 'nothing') || ' -> ' || (payload->>'to') || ', ' || (payload->>'severity') as told
       from etl.alert where kind = 'source changed' order by alert_id`,
    )
  ).map(({ told }) => told);

describe('a publisher that is killed', () => {
  test('is degraded, then failing, its stream in error, and healthy when it answers again; each change is told once', async () => {
    const seen: unknown[] = [];
    const look = async (): Promise<void> => {
      const [one] = (await stream()) as { status: string }[];
      seen.push([(await source())?.['status'], (await source('grid'))?.['status'], one?.status]);
    };
    await runWith([good()], '2020-06-01T12:00Z');
    await look();
    expect(await alerts()).toEqual([]);
    for (const day of [2, 3, 4, 5]) {
      await runWith([dead], `2020-06-0${day}T12:00Z`);
      await look();
    }
    expect(await rows(`select metadata->>'code' as code from public.stream_health`)).toEqual([
      { code: 'HTTP_SERVER_ERROR' },
    ]);
    expect(await source()).toMatchObject({
      failures: 4,
      notes: expect.stringMatching(/^2020: HTTP_.*; next: .*npm run pipeline -- run grid-small$/),
    });
    await runWith([good(2)], '2020-06-06T12:00Z');
    await look();
    expect(seen).toEqual([
      ['healthy', 'healthy', 'healthy'],
      ['degraded', 'degraded', 'degraded'],
      ['degraded', 'degraded', 'degraded'],
      ['failing', 'failing', 'error'],
      ['failing', 'failing', 'error'],
      ['healthy', 'healthy', 'healthy'],
    ]);
    expect(await stream()).toEqual([
      { stream_key: 'ontario-nodal-prices', status: 'healthy', error_count: 0, dataset: 'grid-small' },
    ]);
    expect(await alerts()).toEqual([
      'grid/grid-small: healthy -> degraded, warn',
      'grid: healthy -> degraded, warn',
      'grid/grid-small: degraded -> failing, failure',
      'grid: degraded -> failing, failure',
      'grid/grid-small: failing -> healthy, failure',
      'grid: failing -> healthy, failure',
    ]);
    const [first] = await rows<{ payload: { text: string; next: string } }>(
      `select payload from etl.alert where kind = 'source changed' order by alert_id`,
    );
    expect(first?.payload.text).toMatch(/^grid\/grid-small is degraded \(was healthy\): 2020: HTTP_/);
    expect(first?.payload.next).toBeTruthy();
  });

  test('from the start is degraded without ever having been healthy', async () => {
    await runWith([dead], '2020-06-01T12:00Z');
    expect(await source()).toMatchObject({ status: 'degraded', freshness: 'unknown', score: 0 });
    expect(await alerts()).toEqual(['grid/grid-small: nothing -> degraded, warn', 'grid: nothing -> degraded, warn']);
  });
});

describe('without data', () => {
  test('a source is unknown and its stream has no row', async () => {
    await runWith([], '2020-06-01T12:00Z');
    expect(await source()).toMatchObject({
      status: 'unknown',
      score: null,
      notes: 'no data yet; next: npm run pipeline -- run grid-small',
    });
    expect(await source('grid')).toMatchObject({
      status: 'unknown',
      notes: expect.stringMatching(/^grid-small: no data/),
    });
    expect([await stream(), await alerts()]).toEqual([[], []]);
  });

  test('also an answer of no rows is no health', async () => {
    await runWith([{ url: SMALL_URL(2020), body: smallFile([]) }], '2020-06-01T12:00Z');
    expect(await source()).toMatchObject({ status: 'unknown' });
    expect([await stream(), await alerts()]).toEqual([[], []]);
  });

  test('the row of a stream goes when its only dataset loses its key, and that is told', async () => {
    await runWith([good()], '2020-06-01T12:00Z');
    expect(await stream()).toHaveLength(1);
    const { recordNotConfigured } = await import('../../loaders/postgres/health.ts');
    const catalog = await smallCatalog(db.pool, folder?.path ?? '', [fed()]);
    const lost = healthSource({ catalog, clock: clockAt('2020-06-02T00:00Z') }, fed(), {});
    await recordNotConfigured(db.pool, lost, Date.parse('2020-06-02T00:00Z'), 'GRID_KEY is not set');
    expect(await stream()).toEqual([]);
    expect(await alerts()).toEqual([
      'grid/grid-small: healthy -> not configured, warn',
      'grid: healthy -> not configured, warn',
    ]);
  });
});

test('an interval that a check blocks makes the source degraded, and says which check and what to do', async () => {
  const blocking = fed({ checks: [range('value', 0, 5, { severity: 'block' })] });
  await runWith([good(9)], '2020-06-01T12:00Z', [blocking]);
  expect(await source()).toMatchObject({ status: 'degraded', notes: expect.stringMatching(/CHECK_BLOCKED.*; next: /) });
  await runWith([good(4)], '2020-06-02T12:00Z', [blocking]);
  expect(await source()).toMatchObject({ status: 'healthy', notes: 'loaded', score: 100 });
});

test('time alone makes a source stale: a run that has nothing to do says so, once, in all three places', async () => {
  await runWith([good()], '2020-06-01T12:00Z');
  const later = async (day: string): Promise<void> => {
    const catalog = await smallCatalog(db.pool, folder?.path ?? '', [fed()]);
    const now = clockAt(day);
    await refreshSource(db.pool, healthSource({ catalog, clock: now }, fed(), {}), now.now());
  };
  await later('2020-06-30T00:00Z');
  expect(await source()).toMatchObject({ status: 'healthy', freshness: 'fresh' });
  await later('2020-07-02T00:00Z');
  await later('2020-07-03T00:00Z');
  expect(await source()).toMatchObject({
    status: 'degraded',
    freshness: 'stale',
    failures: 0,
    notes:
      'loaded; stale since 2020-07-01T00:00Z, the newest row is of 2020-06-01T00:00Z; next: npm run pipeline -- run grid-small',
  });
  expect(await source('grid')).toMatchObject({ status: 'degraded', freshness: 'stale' });
  expect(await stream()).toMatchObject([{ status: 'degraded' }]);
  expect(await alerts()).toEqual(['grid/grid-small: healthy -> degraded, warn', 'grid: healthy -> degraded, warn']);
});

test('a backfill that begins with old rows does not cry in the middle', async () => {
  const years: Recorded[] = [2020, 2021, 2022].map((year) => ({
    url: SMALL_URL(year),
    body: smallFile([[`${year}-06-01T00:00Z`, 'GAS', 1]]),
  }));
  const result = await runWith(years, '2022-06-02T00:00Z', [fed()]);
  expect(result.report.datasets[0]?.outcomes).toEqual({ loaded: 3 });
  expect(await source()).toMatchObject({ status: 'healthy', freshness: 'fresh', score: 100 });
  expect(await alerts()).toEqual([]);
});

test('open findings are counted and named and lower the score, and do not change the status', async () => {
  await runWith([good(9)], '2020-06-01T12:00Z', [fed({ checks: [range('value', 0, 5, { severity: 'warn' })] })]);
  const after = await source();
  expect(after).toMatchObject({
    status: 'healthy',
    findings: 1,
    notes: 'loaded; 1 open finding; next: npm run pipeline -- review list grid-small',
  });
  expect(after?.['score']).toBeLessThan(100);
  expect(await source('grid')).toMatchObject({
    status: 'healthy',
    findings: 1,
    score: after?.['score'],
    notes: 'all datasets are healthy; 1 open finding; next: npm run pipeline -- review list',
  });
  expect(await alerts()).toEqual([]);
});

describe('two datasets that feed one stream', () => {
  test('a broken copy harms nobody while the other fills the stream, and the newest is what counts', async () => {
    const both = [fed(), other];
    await runWith([good(), { url: OTHER_URL, status: 500 }], '2020-06-02T12:00Z', both);
    expect(await source('grid')).toMatchObject({ status: 'degraded' });
    expect(await stream()).toMatchObject([{ status: 'healthy', dataset: 'grid-small' }]);
    const newer = { url: OTHER_URL, body: smallFile([['2020-06-02T00:00Z', 'GAS', 1]]) };
    await runWith([good(), newer], '2020-06-03T12:00Z', both);
    expect(await stream()).toMatchObject([{ status: 'healthy', dataset: 'grid-other' }]);
    await runWith([good(), { url: OTHER_URL, status: 500 }], '2020-06-04T12:00Z', both);
    expect(await stream()).toMatchObject([{ status: 'degraded', dataset: 'grid-other' }]);
  });

  test('side by side and in two publishers, neither waits for ever and each state is right', async () => {
    const at = Date.parse('2020-06-02T00:00Z');
    const shared = { key: 'both', sources: ['a/one', 'b/two'] };
    const done = { clean: true, coveredUntil: at, notes: 'loaded' };
    for (let round = 0; round < 10; round++) {
      await Promise.all([
        recordSuccess(db.pool, { publisher: 'a', dataset: 'one', stream: shared }, at, done),
        recordSourceFailure(db.pool, { publisher: 'b', dataset: 'two', stream: shared }, at, {
          first: true,
          notes: 'x',
        }),
        recordSuccess(db.pool, { publisher: 'a', dataset: 'three' }, at, done),
        recordSourceFailure(db.pool, { publisher: 'b', dataset: 'four' }, at, { first: true, notes: 'x' }),
      ]);
    }
    expect(
      await rows('select source_name, status from public.source_health where source_name ~ $$^[ab](/|$)$$ order by 1'),
    ).toEqual(
      ['a', 'a/one', 'a/three', 'b', 'b/four', 'b/two'].map((source_name) => ({
        source_name,
        status: source_name.startsWith('a') ? 'healthy' : 'failing',
      })),
    );
    expect(await stream()).toEqual([{ stream_key: 'both', status: 'healthy', error_count: 0, dataset: 'one' }]);
  });
});

test('a load that is interrupted before its commit leaves neither health nor stream nor alert', async () => {
  await runWith([dead], '2020-06-01T12:00Z');
  const before = [await source(), await source('grid'), await stream(), await alerts()];
  let within: unknown;
  const stop = runWith([good()], '2020-06-02T12:00Z', [fed()], async (point) => {
    if (point !== 'before commit') return;
    within = [await source(), await source('grid'), await stream(), await alerts()];
  });
  await stop;
  // Another connection sees nothing of what the load's transaction has written.
  expect(within).toEqual(before);
  expect(await source()).toMatchObject({ status: 'healthy' });
  const settled = [await source(), await stream(), await alerts()];
  await runWith([good(7)], '2020-06-03T12:00Z', [fed()], async (point) => {
    if (point === 'before commit') throw new Error('the power is gone');
  }).catch(() => undefined);
  const [told] = await rows<{ notes: string }>(
    `select notes from public.source_health where source_name = 'grid/grid-small'`,
  );
  expect(told?.notes).toContain('the power is gone');
  expect(await rows('select value from public.grid_small')).toEqual([{ value: 1 }]);
  expect([await source(), await stream(), await alerts()]).not.toEqual(settled);
});

test('the names of streams in stream_health are those of the reference data', async () => {
  const text = await readFile(new URL('../../data/reference/streams.csv', import.meta.url), 'utf8');
  const streams: { stream_key: string; health_key: string }[] = parse(text, { columns: true });
  expect(streams.map(({ stream_key }) => streamHealthKey(stream_key))).toEqual(
    streams.map(({ health_key }) => health_key),
  );
});
