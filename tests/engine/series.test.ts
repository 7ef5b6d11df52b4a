import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { complete } from '../../core/check.ts';
import { hourOfWeekAnomaly } from '../../core/table-check.ts';
import { instant, integer, mw, table, text } from '../../core/contract.ts';
import type { Pipeline } from '../../core/pipeline.ts';
import type { Engine } from '../../engine/engine.ts';
import { type IntervalOutcome, nothing } from '../../engine/interval-outcome.ts';
import { drawnColumn, seriesOf } from '../../engine/series.ts';
import { BUCKET_LIMIT, CLOSE_UP_LIMIT, type Finding, type Series } from '../../reports/model.ts';
import { createTableSql } from '../../sql/ddl.ts';
import { temporaryFolder, testEngine, writeRecordings } from '../support/engine.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { smallPipeline } from '../support/small-dataset.ts';

const COLUMNS = {
  hour: instant({ key: true, doc: 'Hour.' }),
  fuel: text({ key: true, doc: 'Fuel.' }),
  units: integer({ doc: 'Units.' }),
  'load "mw"': mw({ doc: 'Load.' }),
};
const PIPELINE = smallPipeline({
  table: table('public.many', COLUMNS),
  checks: [complete('hour', 'PT1H', { by: ['fuel'] })],
});
const SINGLE = smallPipeline({
  table: table('public.single', { hour: COLUMNS.hour, load_mw: mw({ doc: 'Load.' }) }),
  checks: [],
});

let db: FreshDatabase;
let engine: Engine;
beforeAll(async () => {
  db = await freshDatabase();
  await using folder = await temporaryFolder();
  engine = await testEngine({
    pool: db.pool,
    recordings: await writeRecordings(folder.path, []),
    dataDir: folder.path,
  });
  for (const { table: made } of [PIPELINE, SINGLE]) await db.pool.query(createTableSql(made, { title: 'x' }));
  await db.pool.query(
    `insert into public.many (hour, fuel, units, "load ""mw""", load_id) select hour, fuel, 1, case when hour = '2020-03-01T05:00Z' then 999 else extract(hour from hour) end, 1
     from generate_series(timestamptz '2020-01-01', '2020-12-31T23:00Z', '1 hour') hour, unnest(array['GAS', 'O''NEIL']) fuel
     where not (fuel = 'GAS' and hour = '2020-06-01') and not (hour >= '2020-07-01' and hour < '2020-08-01')`,
  );
  await db.pool.query(
    `insert into public.single (hour, load_mw, load_id) select month, 'nan'::float8, 1 from generate_series(timestamptz '2020-01-01', '2020-12-01', '1 month') month`,
  );
});
afterAll(() => db.drop());

function loaded(from: string, to: string, more: Partial<IntervalOutcome> = {}): IntervalOutcome {
  const interval = { start: Date.parse(from), end: Date.parse(to) };
  const planned = {
    dataset: 'grid-small',
    label: from.slice(0, 4),
    interval,
    reason: 'missing',
    action: 'fetch',
    url: 'https://grid.example.org',
  } as unknown as IntervalOutcome['planned'];
  return { ...nothing(planned, 'loaded'), ...more };
}

function finding(firstKey: string, more: Partial<Finding> = {}): Finding {
  return {
    fingerprint: '00ff00ff00ff00ff',
    check: 'range(load, 0, 100)',
    severity: 'warn',
    subject: firstKey,
    sentence: 'load is not between 0 and 100',
    interval: '2020',
    firstKey,
    lastKey: firstKey,
    rows: 1,
    state: 'open',
    acknowledgedUntil: null,
    owner: null,
    note: null,
    firstSeenAt: '2020-03-02T00:00Z',
    lastSeenAt: '2020-03-02T00:00Z',
    change: null,
    ...more,
  };
}

const YEAR = loaded('2020-01-01T00:00Z', '2021-01-01T00:00Z');

async function draw(
  pipeline: Pipeline,
  findings: readonly Finding[] = [],
  outcomes: readonly IntervalOutcome[] = [YEAR],
): Promise<Series | null> {
  return seriesOf(engine, { pipeline, runId: 'r', outcomes, tableChecks: [] }, findings);
}

describe('the overview of a series', () => {
  test('has at most 300 parts that together cover what was loaded', async () => {
    const series = await draw(PIPELINE);
    expect(series).toMatchObject({ column: 'load "mw"', unit: 'MW', marks: [], closeUps: [] });
    expect(series?.buckets.length).toBeGreaterThan(BUCKET_LIMIT - 20);
    expect(series?.buckets.length).toBeLessThanOrEqual(BUCKET_LIMIT);
    for (const { at } of series!.buckets) expect(at).toMatch(/T\d\d:00Z$/);
    expect(series?.buckets[0]).toMatchObject({ at: '2020-01-01T00:00Z', min: 0, max: 23 });
    expect(Math.max(...series!.buckets.map(({ max }) => max ?? 0))).toBe(999);
  });

  test('is empty where rows are missing', async () => {
    const empty = (await draw(PIPELINE))!.buckets.filter(({ median }) => median === null);
    expect(empty.length).toBeGreaterThan(20);
    for (const { at } of empty) expect(at).toMatch(/^2020-07/);
  });

  test('shows one of many series: that of the finding, else the largest', async () => {
    expect((await draw(PIPELINE))?.of).toBe(`fuel = O'NEIL`);
    expect((await draw(PIPELINE, [finding('2020-03-01T05:00:00Z, GAS')]))?.of).toBe('fuel = GAS');
  });

  test('has no more parts than steps', async () => {
    const day = loaded('2020-02-01T00:00Z', '2020-02-02T00:00Z');
    const series = await draw(PIPELINE, [], [day]);
    expect(series?.buckets.map(({ median }) => median)).toEqual(Array.from({ length: 24 }, (_, hour) => hour));
  });

  test('is left out where nothing was loaded, where there is no number, and where PostgreSQL refuses', async () => {
    expect(await draw(PIPELINE, [], [])).toBeNull();
    expect(await draw(SINGLE)).toBeNull();
    expect(await draw({ ...PIPELINE, table: { ...PIPELINE.table, name: 'public.not_there' } })).toBeNull();
  });
});

describe('a close-up', () => {
  const AT = '2020-03-01T05:00:00Z, GAS';

  test('shows three days before and after, hour by hour, with what is anomalous', async () => {
    const [closeUp] = (await draw(PIPELINE, [finding(AT)]))!.closeUps;
    expect(closeUp).toMatchObject({ fingerprint: '00ff00ff00ff00ff', title: 'load is not between 0 and 100' });
    expect(closeUp?.points).toHaveLength(145);
    expect(closeUp?.points[0]?.at).toBe('2020-02-27T05:00Z');
    expect(closeUp?.points.filter(({ mark }) => mark !== null)).toEqual([
      { at: '2020-03-01T05:00Z', value: 999, lower: null, upper: null, mark: 'anomalous' },
    ]);
  });

  test('marks the rows that the check found, not those between them', async () => {
    const sample = (hour: number) => ({ key: `2020-03-01T0${hour}:00:00Z, GAS`, value: '1', expectation: 'x' });
    const checks = [
      {
        name: 'range(load, 0, 100)',
        sentence: 'x',
        severity: 'warn' as const,
        failingRows: 3,
        samples: [sample(1), sample(3), sample(9)],
        sql: '',
      },
    ];
    const wide = finding('2020-03-01T01:00:00Z, GAS', { lastKey: '2020-03-01T05:00:00Z, GAS' });
    const [closeUp] = (await draw(PIPELINE, [wide], [{ ...YEAR, checks }]))!.closeUps;
    expect(closeUp?.points.filter(({ mark }) => mark !== null).map(({ at }) => at)).toEqual([
      '2020-03-01T01:00Z',
      '2020-03-01T03:00Z',
      '2020-03-01T05:00Z',
    ]);
  });

  test('is broken where a row is missing', async () => {
    const [closeUp] = (await draw(PIPELINE, [finding('2020-06-01T03:00:00Z, GAS')]))!.closeUps;
    expect(closeUp?.points.filter(({ value }) => value === null).map(({ at }) => at)).toEqual(['2020-06-01T00:00Z']);
  });

  test('is made for the three worst that do not lie in the same picture', async () => {
    const many = Array.from({ length: 9 }, (_, i) =>
      finding(`2020-0${(i % 6) + 1}-02T05:00:00Z, GAS`, {
        fingerprint: String(i),
        severity: i === 5 ? 'block' : 'warn',
      }),
    );
    const closeUps = (await draw(PIPELINE, many))!.closeUps;
    expect(closeUps).toHaveLength(CLOSE_UP_LIMIT);
    expect(closeUps[0]?.fingerprint).toBe('5');
  });

  test('is not made for what is settled, and holds for a run that loaded nothing', async () => {
    expect((await draw(PIPELINE, [finding(AT, { state: 'accepted' })]))?.closeUps).toEqual([]);
    const series = await draw(PIPELINE, [finding(AT)], []);
    expect([series?.buckets, series?.closeUps.length]).toEqual([[], 1]);
  });
});

test('Rejected and revised rows are marked with the value that was refused or is there now', async () => {
  const pipeline = smallPipeline({
    ...PIPELINE,
    table: table('public.many', { ...COLUMNS, 'load "mw"': mw({ doc: 'Load.', range: [0, 99] }) }),
  });
  const outcome = loaded('2020-01-01T00:00Z', '2020-02-01T00:00Z', {
    quarantined: [
      {
        id: '1',
        row: {
          line: 2,
          rule: 'range(load "mw", 0, 99)',
          reason: 'range(load "mw", 0, 99): 1200, expected load "mw" between 0 and 99',
          key: '2020-01-05T00:00:00Z, GAS',
          raw: 'x',
        },
      },
    ],
    revisions: [
      {
        key: '2020-01-06T00:00:00Z, GAS',
        column: 'load "mw"',
        old: '1',
        new: '2.5',
        knownSince: '2020-01-07T00:00Z',
      },
      { key: `2020-01-06T00:00:00Z, O'NEIL`, column: 'load "mw"', old: '1', new: '3', knownSince: '2020-01-07T00:00Z' },
    ],
  });
  expect((await draw(pipeline, [], [outcome]))?.marks).toEqual([
    { at: '2020-01-05T00:00Z', kind: 'rejected', value: 1200 },
    { at: '2020-01-06T00:00Z', kind: 'revised', value: 2.5 },
  ]);
});

test('The drawn column is the one that is watched for anomalies, else the first number with a unit that tells nothing about a person', () => {
  expect(drawnColumn(PIPELINE)).toBe('load "mw"');
  expect(drawnColumn({ ...PIPELINE, checks: [hourOfWeekAnomaly('units', { zone: 'UTC' })] })).toBe('units');
  const secret = table('public.x', { hour: COLUMNS.hour, use: { ...mw({ doc: 'x' }), sensitive: true } });
  expect(drawnColumn({ table: secret, checks: [] })).toBeNull();
});
