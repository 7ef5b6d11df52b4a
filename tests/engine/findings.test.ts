/** Findings from run to run: found, seen again, accepted, grown, fixed, back again; and what is told of each change. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { range } from '../../core/check.ts';
import { table } from '../../core/contract.ts';
import { snapshot } from '../../core/partitions.ts';
import type { Pipeline } from '../../core/pipeline.ts';
import type { ReviewStore } from '../../core/review.ts';
import { isTableCheck, reconciles } from '../../core/table-check.ts';
import type { RunResult } from '../../engine/run.ts';
import { openPool, type Pool } from '../../loaders/postgres/database.ts';
import { reviewStore } from '../../loaders/postgres/review-store.ts';
import { type Catalog, loadCatalog } from '../../pipelines/index.ts';
import type { DatasetReport, Finding } from '../../reports/model.ts';
import {
  clockAt,
  DEMAND_URL,
  demandFile,
  type Recorded,
  temporaryFolder,
  testEngine,
  testRun,
  writeRecordings,
} from '../support/engine.ts';
import { recordingLog } from '../support/log.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { GRID, SMALL_URL, smallCatalog, smallFile, smallPipeline } from '../support/small-dataset.ts';

const NOW = '2026-06-01T12:00Z';
const HOUR = 3_600_000;

let db: FreshDatabase;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let store: ReviewStore;
let issue = 0;
beforeEach(async () => {
  db = await freshDatabase();
  folder = await temporaryFolder();
  store = reviewStore(db.pool, clockAt(NOW));
});
afterEach(async () => {
  await db.drop();
  await folder[Symbol.asyncDispose]();
});

/** The year 2025 of Ontario's demand; hours of the day, e.g. `2025-05-01 7`, are left out. */
function year(
  missing: readonly string[] = [],
  change: (hour: string, mw: number) => number | string = (_, mw) => mw,
): string {
  const rows: [string, number, number, number | string][] = [];
  for (let at = Date.UTC(2025, 0, 1); at < Date.UTC(2026, 0, 1); at += HOUR) {
    const day = new Date(at).toISOString().slice(0, 10);
    const hour = new Date(at).getUTCHours() + 1;
    const mw = 15_000 + (Math.round(at / HOUR) % 24) * 100;
    if (!missing.includes(`${day} ${hour}`)) rows.push([day, hour, mw + 2_000, change(`${day} ${hour}`, mw)]);
  }
  return demandFile(2025, rows);
}

/** What looks at the table as a whole would find that a made-up year repeats itself. */
async function withoutTableChecks(): Promise<Catalog> {
  const catalog = await loadCatalog();
  const pipelines = catalog.pipelines.map((one) => ({
    ...one,
    checks: one.checks.filter((check) => !isTableCheck(check)),
  }));
  return { ...catalog, pipelines };
}

async function runDemand(
  file: string | { readonly status: number },
  options: { readonly pool?: Pool; readonly now?: string } = {},
): Promise<RunResult> {
  const answer: Recorded =
    typeof file === 'string'
      ? { url: DEMAND_URL(2025), body: file, recordedAt: '2026-02-01T00:00:00Z' }
      : { url: DEMAND_URL(2025), ...file };
  const recordings = await writeRecordings(join(folder.path, `issue-${issue++}`), [answer]);
  const engine = await testEngine({
    pool: options.pool ?? db.pool,
    recordings,
    dataDir: folder.path,
    now: options.now ?? NOW,
    catalog: await withoutTableChecks(),
  });
  return testRun(engine, { ids: ['ieso-demand'], from: '2025-01-01', to: '2026-01-01' });
}

const datasetOf = ({ report }: RunResult): DatasetReport => report.datasets[0]!;
/** Of the check for missing hours. */
const gaps = (result: RunResult): Finding[] =>
  datasetOf(result).findings.filter(({ check }) => check === 'complete(hour, PT1H)');
const told = async (): Promise<string[]> =>
  (
    await db.pool.query<{ said: string }>(
      `select kind || ': ' || (payload ->> 'text') as said from etl.alert where kind like 'finding%' order by alert_id`,
    )
  ).map(({ said }) => said);
const history = async (fingerprint: string): Promise<string[]> =>
  (await store.show(fingerprint)).changes
    .map(({ actor, from, to, note }) => `${actor}: ${from ?? 'new'} -> ${to}${note === null ? '' : ` (${note})`}`)
    .toReversed();

describe('a missing hour', () => {
  const HOLE = ['2025-05-01 1'];

  test('is found, is the same finding in the next run, and is told once', async () => {
    const first = await runDemand(year(HOLE));
    expect(gaps(first)).toEqual([
      expect.objectContaining({
        subject: '2025: 2025-05-01T05:00:00Z',
        sentence: '1 row missing at 2025-05-01T05:00Z (every hour has a row)',
        interval: '2025',
        firstKey: '2025-05-01T05:00:00Z',
        lastKey: '2025-05-01T05:00:00Z',
        rows: 1,
        severity: 'warn',
        state: 'open',
        change: 'new',
        owner: null,
      }),
    ]);
    const [{ fingerprint }] = gaps(first) as [Finding];
    expect(fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(datasetOf(first)).toMatchObject({ state: 'warning', findingCounts: { open: 1, fixed: 0 } });
    // Unchanged bytes; then other bytes with the same hole.
    for (const file of [year(HOLE), year(HOLE, (hour, mw) => (hour === '2025-07-01 3' ? mw + 1 : mw))]) {
      const again = await runDemand(file);
      expect(gaps(again)).toEqual([expect.objectContaining({ fingerprint, state: 'open', change: null })]);
      expect(datasetOf(again).state).toBe('warning');
    }
    expect(await told()).toEqual([
      'finding opened: ieso-demand 2025: opened, 1 row missing at 2025-05-01T05:00Z (every hour has a row)',
    ]);
    expect(await history(fingerprint)).toEqual(['penstock: new -> open']);
  });

  test('that was accepted does not alarm any more and stays visible, until it grows', async () => {
    const [{ fingerprint }] = gaps(await runDemand(year(HOLE))) as [Finding];
    await store.decide([fingerprint], {
      action: 'approve',
      by: 'ada',
      note: 'the publisher has no such hour',
      owner: 'ada',
    });
    const accepted = await runDemand(year(HOLE, (hour, mw) => (hour === '2025-07-01 3' ? mw + 1 : mw)));
    expect(gaps(accepted)).toEqual([
      expect.objectContaining({
        fingerprint,
        state: 'accepted',
        note: 'the publisher has no such hour',
        owner: 'ada',
        change: null,
      }),
    ]);
    expect(datasetOf(accepted)).toMatchObject({ state: 'good', findingCounts: { open: 0, accepted: 1 } });
    expect(datasetOf(accepted).verdict).toContain('1 accepted finding');
    expect(
      datasetOf(await runDemand(year(HOLE, (hour, mw) => (hour === '2025-07-01 3' ? mw + 1 : mw)))).findings,
    ).toHaveLength(1);

    const grown = await runDemand(year([...HOLE, '2025-05-01 2', '2025-05-01 3']));
    expect(gaps(grown)).toEqual([
      expect.objectContaining({
        fingerprint,
        state: 'open',
        rows: 3,
        change: 'reopened',
        owner: 'ada',
        lastKey: '2025-05-01T07:00:00Z',
      }),
    ]);
    expect(datasetOf(grown).state).toBe('warning');
    expect(await history(fingerprint)).toEqual([
      'penstock: new -> open',
      'ada: open -> accepted (the publisher has no such hour)',
      'penstock: accepted -> open (grew from 1 row to 3 since it was accepted)',
    ]);
    expect((await told()).map((said) => said.split(':', 1)[0])).toEqual(['finding opened', 'finding reopened']);
  });

  test('that a corrected file fills is fixed, and open again when it comes back', async () => {
    const [{ fingerprint }] = gaps(await runDemand(year(HOLE))) as [Finding];
    const fixed = await runDemand(year());
    expect(gaps(fixed)).toEqual([expect.objectContaining({ fingerprint, state: 'fixed', change: 'fixed' })]);
    expect(datasetOf(fixed)).toMatchObject({ state: 'good', findingCounts: { open: 0, fixed: 1 } });
    expect(gaps(await runDemand(year()))).toEqual([]);
    const back = await runDemand(year(HOLE));
    expect(gaps(back)).toEqual([expect.objectContaining({ fingerprint, state: 'open', change: 'reopened' })]);
    expect((await told()).map((said) => said.split(':', 1)[0])).toEqual([
      'finding opened',
      'finding fixed',
      'finding reopened',
    ]);
    expect((await history(fingerprint)).map((line) => line.replace(/run [\w-]+/, 'run X'))).toEqual([
      'penstock: new -> open',
      'penstock: open -> fixed (not found any more by run X)',
      'penstock: fixed -> open (found again)',
    ]);
  });

  test('that was acknowledged is silent until the date, and open afterwards', async () => {
    const [{ fingerprint }] = gaps(await runDemand(year(HOLE))) as [Finding];
    await store.decide([fingerprint], { action: 'approve', by: 'ada', until: '2026-07-01' });
    const before = await runDemand(year(HOLE), { now: '2026-06-30T12:00Z' });
    expect(datasetOf(before)).toMatchObject({
      state: 'good',
      findingCounts: { acknowledged: 1, open: 0 },
    });
    // Nobody looked again, yet the date has passed.
    const after = await runDemand(year(HOLE), { now: '2026-07-02T12:00Z' });
    expect(gaps(after)).toEqual([
      expect.objectContaining({ state: 'open', acknowledgedUntil: '2026-07-01T00:00:00.000Z', change: null }),
    ]);
    const seen = await runDemand(
      year(HOLE, (hour, mw) => (hour === '2025-07-01 3' ? mw + 1 : mw)),
      { now: '2026-07-02T13:00Z' },
    );
    expect(gaps(seen)).toEqual([
      expect.objectContaining({ state: 'open', acknowledgedUntil: null, change: 'reopened' }),
    ]);
    expect((await history(fingerprint)).at(-1)).toBe(
      'penstock: acknowledged -> open (was acknowledged until 2026-07-01T00:00Z and is still there)',
    );
  });

  test('and another one a day and more away are two findings; more than ten are one of the whole year', async () => {
    const two = await runDemand(year([...HOLE, '2025-05-01 2', '2025-05-03 1']));
    expect(gaps(two).map(({ subject, rows }) => [subject, rows])).toEqual([
      ['2025: 2025-05-01T05:00:00Z', 2],
      ['2025: 2025-05-03T05:00:00Z', 1],
    ]);
    const many = await runDemand(
      year(Array.from({ length: 11 }, (_, i) => `2025-${String(i + 1).padStart(2, '0')}-15 1`)),
    );
    expect(gaps(many).filter(({ state }) => state === 'open')).toEqual([
      expect.objectContaining({ subject: '2025', rows: 11, firstKey: '2025-01-15T05:00:00Z', change: 'new' }),
    ]);
    const [one] = gaps(many).filter(({ state }) => state === 'open');
    expect(
      gaps(many)
        .filter(({ state }) => state === 'fixed')
        .map(({ note }) => note),
    ).toEqual(Array(2).fill(`goes on as finding ${one?.fingerprint}`));
    // They are not over, so nobody is told that they are.
    expect((await told()).map((said) => said.split(':', 1)[0])).toEqual(Array(3).fill('finding opened'));
  });
});

describe('refused rows', () => {
  test('are a finding of their rule, and fixed by a file without them', async () => {
    const bad = await runDemand(year([], (hour, mw) => (hour === '2025-03-04 5' ? 168_930 : mw)));
    const found = datasetOf(bad).findings.find(({ severity }) => severity === 'reject');
    expect(found).toMatchObject({
      check: 'range(ontario_demand_mw, 1500, 30000)',
      subject: '2025: 2025-03-04T09:00:00Z',
      rows: 1,
      state: 'open',
    });
    expect(found?.sentence).toContain('168930');
    await store.decide([found!.fingerprint], { action: 'approve', by: 'ada' });
    const rest = datasetOf(bad)
      .findings.filter(({ severity }) => severity !== 'reject')
      .map(({ fingerprint }) => fingerprint);
    await store.decide(rest, { action: 'approve', by: 'ada' });
    const accepted = await runDemand(
      year([], (hour, mw) => (hour === '2025-03-04 5' ? 168_930 : hour === '2025-03-04 6' ? mw + 1 : mw)),
    );
    expect(datasetOf(accepted)).toMatchObject({ state: 'good', rows: { rejected: 1 } });
    expect(datasetOf(accepted).verdict).toMatch(/2 accepted findings/);
    expect((await db.pool.query('select clean_share::float8 as clean from etl.dataset_quality'))[0]).toEqual({
      clean: 1,
    });
  });

  test('that could not even be cut into cells are one finding', async () => {
    const result = datasetOf(await runDemand(year().replace('2025-03-04,5,', '2025-03-04,5,1,2,')));
    expect(result.rows.rejected).toBe(1);
    expect(result.findings.filter(({ check }) => check === 'decode')).toMatchObject([
      { subject: '2025', severity: 'reject', rows: 1, state: 'open', firstKey: null },
    ]);
    expect(datasetOf(await runDemand(year())).findings.map(({ state }) => state)).toEqual(['fixed', 'fixed']);
  });
});

describe('a failed interval', () => {
  test('is a finding that is fixed when it loads', async () => {
    const failed = await runDemand({ status: 404 });
    expect(failed.report.exitCode).toBe(2);
    const [{ fingerprint }] = datasetOf(failed).findings as [Finding];
    expect(datasetOf(failed).findings).toEqual([
      expect.objectContaining({
        check: 'HTTP_NOT_FOUND',
        severity: 'failure',
        subject: '2025',
        state: 'open',
        change: 'new',
        rows: 0,
      }),
    ]);
    await store.decide([fingerprint], { action: 'approve', by: 'ada' });
    expect(datasetOf(await runDemand({ status: 404 }))).toMatchObject({
      state: 'failed',
      findings: [{ fingerprint, state: 'accepted', change: null }],
    });
    await store.decide([fingerprint], { action: 'reject', by: 'ada', note: 'ask them' });
    const loaded = await runDemand(year());
    expect(datasetOf(loaded)).toMatchObject({
      state: 'good',
      findings: [{ fingerprint, state: 'fixed', change: 'fixed' }],
    });
    expect((await told()).map((said) => said.split(':', 1)[0])).toEqual([
      'finding opened',
      'finding reopened',
      'finding fixed',
    ]);
  });
});

describe('checks of a definition', () => {
  const small = (change: Partial<Pipeline>): Pipeline => ({ ...smallPipeline(), ...change });
  const body = (value: number): string => smallFile([['2020-06-01T00:00Z', 'GAS', value]]);
  async function runSmall(
    pipeline: Pipeline,
    file: string,
    options: { readonly pool?: Pool; readonly now?: string } = {},
  ): Promise<RunResult> {
    const path = join(folder.path, `small-${issue++}`);
    const recordings = await writeRecordings(path, [
      { url: SMALL_URL(2020), body: file },
      { url: 'https://grid.example.org/now.csv', body: file },
    ]);
    const there = await db.pool.query(`select where to_regclass('public.grid_small') is not null`);
    const catalog =
      there.length === 0
        ? await smallCatalog(db.pool, folder.path, [pipeline])
        : { pipelines: [pipeline], publishers: new Map([[GRID.id, GRID]]), root: folder.path, files: new Map() };
    return testRun(
      await testEngine({
        pool: options.pool ?? db.pool,
        recordings,
        dataDir: folder.path,
        catalog,
        now: options.now ?? '2021-01-01T00:00Z',
      }),
      {
        ids: ['grid-small'],
        ...(pipeline.partitions.kind === 'calendar' ? { from: '2020-01-01', to: '2021-01-01' } : {}),
      },
    );
  }
  const check = (max: number, severity: 'warn' | 'info' | 'block' = 'warn'): Pipeline =>
    small({ checks: [range('value', 0, max, { severity })] });

  test('a threshold that moves leaves the finding the same; a check that goes fixes it', async () => {
    const [before] = datasetOf(await runSmall(check(5), body(9))).findings;
    const [after] = datasetOf(await runSmall(check(6), body(9))).findings;
    expect(after).toMatchObject({ fingerprint: before?.fingerprint, check: 'range(value, 0, 6)', change: null });
    const gone = datasetOf(await runSmall(small({ checks: [] }), body(9))).findings;
    expect(gone).toMatchObject([{ state: 'fixed', note: 'the definition has no such check any more' }]);
  });

  test('information is kept and never told', async () => {
    const found = datasetOf(await runSmall(check(5, 'info'), body(9)));
    expect(found.findings).toMatchObject([{ severity: 'info', state: 'open' }]);
    expect(found.state).not.toBe('warning');
    await runSmall(check(5, 'info'), body(1));
    expect(await told()).toEqual([]);
    expect(await db.pool.query('select from etl.open_finding')).toEqual([]);
  });

  test('what blocks a load is open until a load passes', async () => {
    const blocked = datasetOf(await runSmall(check(5, 'block'), body(9)));
    expect(blocked).toMatchObject({
      state: 'blocked',
      findings: [{ severity: 'block', state: 'open', subject: '2020: 2020-06-01T00:00:00Z, GAS' }],
    });
    await store.decide([blocked.findings[0]!.fingerprint], { action: 'approve', by: 'ada' });
    expect(datasetOf(await runSmall(check(5, 'block'), body(9))).state).toBe('blocked');
    await store.decide([blocked.findings[0]!.fingerprint], { action: 'reject', by: 'ada', note: 'no' });
    expect(datasetOf(await runSmall(check(5, 'block'), body(1))).findings).toMatchObject([{ state: 'fixed' }]);
  });

  test('a snapshot is one interval to a reader: the fault of the next minute is the same finding', async () => {
    const pipeline = {
      ...check(5),
      partitions: snapshot('UTC'),
      extract: { ...smallPipeline().extract, url: 'https://grid.example.org/now.csv' },
    };
    const [first] = datasetOf(await runSmall(pipeline, body(9), { now: '2021-01-01T00:00Z' })).findings;
    expect(first).toMatchObject({ state: 'open', change: 'new', interval: '2021-01-01T00:00Z' });
    const [second] = datasetOf(await runSmall(pipeline, body(9), { now: '2021-01-01T00:05Z' })).findings;
    expect(second).toMatchObject({ fingerprint: first?.fingerprint, change: null, interval: '2021-01-01T00:05Z' });
    const third = datasetOf(await runSmall(pipeline, body(1), { now: '2021-01-01T00:10Z' })).findings;
    expect(third).toMatchObject([{ fingerprint: first?.fingerprint, state: 'fixed' }]);
  });

  test('what a load of another dataset contradicts is found, and fixed, though its own dataset is not part of the run', async () => {
    const own = small({
      checks: [reconciles('value', { with: 'public.grid_other', other: 'value', on: { hour: 'hour', fuel: 'fuel' } })],
    });
    const other: Pipeline = {
      ...smallPipeline(),
      id: 'grid-other',
      extract: { ...own.extract, url: 'https://grid.example.org/other_{yyyy}.csv' },
      transform: 'transforms/grid/other.sql',
      table: table('public.grid_other', smallPipeline().table.columns),
    };
    const catalog = await smallCatalog(db.pool, folder.path, [own, other]);
    const load = async (ids: readonly string[], theirs: number): Promise<void> => {
      const recordings = await writeRecordings(join(folder.path, `pair-${issue++}`), [
        { url: SMALL_URL(2020), body: body(9) },
        { url: 'https://grid.example.org/other_2020.csv', body: body(theirs) },
      ]);
      const engine = await testEngine({
        pool: db.pool,
        recordings,
        dataDir: folder.path,
        catalog,
        now: '2021-01-01T00:00Z',
      });
      await testRun(engine, { ids, from: '2020-01-01', to: '2021-01-01' });
    };
    const states = async (): Promise<string[]> =>
      (await store.list({ limit: 9 })).findings.map(({ dataset, state }) => `${dataset} ${state}`);
    await load(['grid-small', 'grid-other'], 9);
    expect(await states()).toEqual([]);
    await load(['grid-other'], 8);
    expect(await states()).toEqual(['grid-small open']);
    await load(['grid-other'], 9);
    expect(await states()).toEqual(['grid-small fixed']);
  });

  test('two runs side by side neither lose nor double a finding or an alert', async () => {
    await smallCatalog(db.pool, folder.path, [check(5)]);
    const others = [openPool(db.url), openPool(db.url), openPool(db.url)];
    try {
      await Promise.all(others.map((pool) => runSmall(check(5), body(9), { pool })));
    } finally {
      await Promise.all(others.map((pool) => pool.close()));
    }
    const again = datasetOf(await runSmall(check(5), body(9)));
    expect(again.findings).toMatchObject([{ state: 'open', rows: 1 }]);
    expect(await told()).toHaveLength(1);
    expect(await history(again.findings[0]!.fingerprint)).toEqual(['penstock: new -> open']);
  });

  test('what a killed run loaded becomes a finding in the next one', async () => {
    await runSmall(check(5), body(9));
    // As if it had been killed between its load and its end.
    await db.pool.query('alter table etl.review_change disable trigger user');
    await db.pool.query('delete from etl.review');
    await db.pool.query('delete from etl.review_change');
    await db.pool.query('update etl.run set finished_at = null');
    const next = datasetOf(await runSmall(check(5), body(9)));
    expect(next.outcomes).toEqual({ unchanged: 1 });
    expect(next.findings).toMatchObject([{ check: 'range(value, 0, 5)', state: 'open', change: 'new' }]);
  });

  test('a run whose findings cannot be kept says so and is still a run', async () => {
    await db.pool.query('alter table etl.review rename to review_gone');
    const path = join(folder.path, 'gone');
    const recordings = await writeRecordings(path, [{ url: SMALL_URL(2020), body: body(9) }]);
    const catalog = await smallCatalog(db.pool, folder.path, [check(5)]);
    const log = recordingLog();
    const engine = {
      ...(await testEngine({ pool: db.pool, recordings, dataDir: folder.path, catalog, now: '2021-01-01T00:00Z' })),
      log,
    };
    const result = await testRun(engine, { ids: ['grid-small'], from: '2020-01-01', to: '2021-01-01' });
    expect(result.report.exitCode).toBe(0);
    expect(datasetOf(result)).toMatchObject({ state: 'warning', findings: [], rows: { inserted: 1 } });
    expect(log.lines.join('\n')).toContain('the findings of grid-small could not be kept');
  });
});
