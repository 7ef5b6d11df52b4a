/** What a newer file of the same interval does: exactly the rows that differ close a version, and the past stays as it was known. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { IntervalReport } from '../../reports/model.ts';
import { DEMAND_URL, demandFile, temporaryFolder, testEngine, testRun, writeRecordings } from '../support/engine.ts';
import { type FreshDatabase, freshDatabase, testServers } from '../support/postgres.ts';
import { hasShared, sharedFolder } from '../support/shared.ts';

interface DemandRow {
  readonly hour: string;
  readonly market: number | null;
  readonly ontario: number | null;
}
type Line = readonly [string, number | string, number | string, number | string];

describe.each(testServers())('revisions on $name', (server) => {
  let db: FreshDatabase;
  let folder: Awaited<ReturnType<typeof temporaryFolder>> | undefined;
  let issue = 0;
  beforeEach(async () => {
    await db?.drop();
    await folder?.[Symbol.asyncDispose]();
    db = await freshDatabase(server);
    folder = await temporaryFolder();
  });
  afterAll(() => folder?.[Symbol.asyncDispose]());

  /** Loads one issue of the file of 2024 and answers with its interval. */
  async function issued(body: string | Uint8Array): Promise<IntervalReport> {
    const path = folder?.path ?? '';
    const recordings = await writeRecordings(join(path, `issue-${issue++}`), [{ url: DEMAND_URL(2024), body }]);
    const engine = await testEngine({ pool: db.pool, recordings, dataDir: path, now: '2025-06-01T00:00Z' });
    const { report } = await testRun(engine, { ids: ['ieso-demand'], from: '2024-01-01', to: '2025-01-01' });
    const interval = report.datasets[0]?.intervals[0];
    if (interval === undefined) throw new Error('no interval');
    return interval;
  }
  const rows = (at?: Date): Promise<DemandRow[]> =>
    db.pool.query<DemandRow>(
      `select hour::text, market_demand_mw as market, ontario_demand_mw as ontario from ${at === undefined ? 'public.ontario_hourly_demand' : 'as_of(null::public.ontario_hourly_demand, $1)'} order by hour`,
      at === undefined ? [] : [at],
    );
  const now = async (): Promise<Date> =>
    (await db.pool.query<{ at: Date }>('select clock_timestamp() as at'))[0]?.at ?? new Date(0);
  const closed = (): Promise<Record<string, unknown>[]> =>
    db.pool.query(
      'select hour::text, market_demand_mw as market, ontario_demand_mw as ontario, load_id::int, closed_by_load_id::int as closed_by from history.ontario_hourly_demand order by hour, load_id',
    );
  const hoursOf = (list: readonly DemandRow[]): string[] => list.map(({ hour }) => hour);
  const day: Line[] = Array.from({ length: 24 }, (_, i): Line => ['2024-01-01', i + 1, 16_000 + i, 14_000 + i]);
  const file = (lines: readonly Line[]): string => demandFile(2024, lines);
  const at = (n: number): string => `2024-01-0${n + 4 < 24 ? 1 : 2} ${String((n + 4) % 24).padStart(2, '0')}:00:00+00`;

  test('altered, added and removed rows: just these close, and both pasts can be read', async () => {
    expect(await issued(file(day))).toMatchObject({
      outcome: 'loaded',
      strategy: 'append',
      rows: { read: 24, inserted: 24, revised: 0, withdrawn: 0, unchanged: 0 },
    });
    const before = await rows();
    const then = await now();
    const changed: Line[] = [
      ...day
        .filter(([, hour]) => hour !== 5 && hour !== 6)
        .map((line): Line =>
          line[1] === 3 ? ['2024-01-01', 3, 17_000, line[3]] : line[1] === 4 ? ['2024-01-01', 4, '', ''] : line,
        ),
      ['2024-01-02', 1, 1, 2_000],
    ];
    expect(await issued(file(changed))).toMatchObject({
      outcome: 'loaded',
      strategy: 'merge',
      rows: { read: 23, inserted: 1, revised: 2, withdrawn: 2, unchanged: 20 },
    });
    expect((await closed()).map(({ hour, load_id, closed_by }) => [hour, load_id, closed_by])).toEqual(
      [3, 4, 5, 6].map((hour) => [at(hour), 1, 2]),
    );
    expect(await rows(then)).toEqual(before);
    expect(await rows(await now())).toEqual(await rows());
    expect(await rows(new Date(0))).toEqual([]);
    expect((await rows()).find(({ hour }) => hour === at(4))).toMatchObject({ market: null, ontario: null });
    expect(hoursOf(await rows())).not.toContain(at(5));
    const versions = await db.pool.query<{ load_id: number; n: number }>(
      'select load_id::int, count(*)::int as n from public.ontario_hourly_demand group by 1 order by 1',
    );
    expect(versions).toEqual([
      { load_id: 1, n: 20 },
      { load_id: 2, n: 3 },
    ]);
  });

  test('the report names old and new value of revised cells', async () => {
    await issued(file(day));
    const path = folder?.path ?? '';
    const recordings = await writeRecordings(join(path, 'later'), [
      {
        url: DEMAND_URL(2024),
        body: file(day.map((line): Line => (line[1] === 3 ? ['2024-01-01', 3, 17_000.5, line[3]] : line))),
      },
    ]);
    const { report } = await testRun(
      await testEngine({ pool: db.pool, recordings, dataDir: path, now: '2025-06-01T00:00Z' }),
      { from: '2024-01-01', to: '2025-01-01', ids: ['ieso-demand'] },
    );
    expect(report.datasets[0]?.revisions).toEqual([
      {
        key: '2024-01-01T07:00:00Z',
        column: 'market_demand_mw',
        old: '16002',
        new: '17000.5',
        knownSince: expect.stringMatching(/^\d{4}-/),
      },
    ]);
  });

  test('a withdrawn row comes back; a value that changes and changes back has three versions', async () => {
    const instants: Date[] = [];
    const issues = [
      file(day),
      file(day.slice(0, 23)),
      file(day),
      file(day.map((line): Line => (line[1] === 1 ? ['2024-01-01', 1, 1, line[3]] : line))),
      file(day),
    ];
    const known: DemandRow[][] = [];
    for (const body of issues) {
      expect((await issued(body)).outcome).toBe('loaded');
      known.push(await rows());
      instants.push(await now());
    }
    expect(known[4]).toEqual(known[0]);
    for (const [i, instant] of instants.entries()) expect(await rows(instant)).toEqual(known[i]);
    expect((await closed()).map(({ hour, load_id, closed_by }) => [hour, load_id, closed_by])).toEqual([
      [at(1), 1, 4],
      [at(1), 4, 5],
      [at(24), 1, 2],
    ]);
    const [loads] = await db.pool.query<{ loads: number; artifacts: number }>(
      'select (select count(*)::int from etl.load where load_id > 0) as loads, (select count(*)::int from etl.artifact) as artifacts',
    );
    expect(loads).toEqual({ loads: 5, artifacts: 3 });
  });

  test('other bytes with the same rows write no row', async () => {
    await issued(file(day));
    const state = `select md5(string_agg(xmin::text || ctid::text, ',' order by hour)) as state from public.ontario_hourly_demand`;
    const before = await db.pool.query(state);
    expect(await issued(demandFile(2024, day.toReversed(), '2025-03-01 07:30:00'))).toMatchObject({
      outcome: 'loaded',
      rows: { inserted: 0, revised: 0, withdrawn: 0, unchanged: 24 },
    });
    expect(await db.pool.query(state)).toEqual(before);
    expect(await closed()).toEqual([]);
  });

  test('a refused row keeps the version that was loaded before', async () => {
    await issued(file(day));
    const before = await rows();
    const bad = day
      .slice(0, 23)
      .map((line): Line =>
        line[1] === 3 ? ['2024-01-01', 3, 'n/a', line[3]] : line[1] === 4 ? ['2024-01-01', 4, 99_999, line[3]] : line,
      );
    expect(await issued(file(bad))).toMatchObject({
      outcome: 'loaded',
      rows: { rejected: 2, revised: 0, withdrawn: 1, unchanged: 21 },
    });
    expect(await rows()).toEqual(before.slice(0, 23));
    const quarantine = await db.pool.query(
      'select line::int, rule, row_key, raw from etl.quarantine where resolved_at is null order by line',
    );
    expect(quarantine).toEqual([
      { line: 7, rule: 'cast(market_demand_mw)', row_key: '2024-01-01T07:00:00Z', raw: '2024-01-01,3,n/a,14002' },
      {
        line: 8,
        rule: 'range(market_demand_mw, 0, 40000)',
        row_key: '2024-01-01T08:00:00Z',
        raw: '2024-01-01,4,99999,14003',
      },
    ]);
    await issued(file(day));
    expect(await db.pool.query('select from etl.quarantine where resolved_at is null')).toEqual([]);
    expect(await rows()).toEqual(before);
  });

  test('conflicting rows keep the version that was loaded before', async () => {
    await issued(file(day));
    const before = await rows();
    expect(await issued(file([...day, ['2024-01-01', 3, 1, 2_000]]))).toMatchObject({
      rows: { rejected: 2, withdrawn: 0, revised: 0, unchanged: 23 },
    });
    expect(await rows()).toEqual(before);
  });

  test.each<[string, (lines: Line[]) => string]>([
    ['a row with an unreadable key', (lines) => file([...lines, ['2024-01-32', 1, 5, 5]])],
    ['a row that cannot be cut into cells', (lines) => `${file(lines)}2024-01-02,1,5,5,5,5\r\n`],
  ])('%s suspends withdrawals, not revisions', async (_, body) => {
    await issued(file(day));
    const fewer = day.slice(0, 20).map((line): Line => (line[1] === 1 ? ['2024-01-01', 1, 7, line[3]] : line));
    expect(await issued(body(fewer))).toMatchObject({
      outcome: 'loaded',
      rows: { rejected: 1, revised: 1, withdrawn: 0, unchanged: 19 },
    });
    expect(await rows()).toHaveLength(24);
    expect(await issued(file(fewer))).toMatchObject({ rows: { rejected: 0, withdrawn: 4 } });
  });

  test('a file without a usable row withdraws nothing', async () => {
    await issued(file(day));
    for (const body of [file([]), file([['2024-01-01', 25, 1, 1]]), file([['2023-01-01', 1, 16_000, 14_000]])]) {
      expect((await issued(body)).outcome).toBe('failed');
      expect(await rows()).toHaveLength(24);
    }
    expect(await closed()).toEqual([]);
  });

  test.skipIf(!hasShared('recordings'))('a real year with cells altered, rows added and rows removed', async () => {
    const text = await readFile(
      join(sharedFolder('recordings'), 'reports-public.ieso.ca/public/Demand/PUB_Demand_2024.csv'),
      'latin1',
    );
    const lines = text.split('\n');
    const isRow = (line: string): boolean => line.startsWith('2024-');
    const all = lines.filter(isRow);
    expect(all).toHaveLength(8_784);
    // The first issue lacks the last hundred hours; the second alters every 97th row and removes every 101st of the others.
    const firstIssue = lines.filter((line) => !all.slice(-100).includes(line)).join('\n');
    const altered = new Set(all.slice(0, -100).filter((_, i) => i % 97 === 0));
    const removed = new Set(all.slice(0, -100).filter((line, i) => i % 101 === 0 && !altered.has(line)));
    const secondIssue = lines
      .filter((line) => !removed.has(line))
      .map((line) =>
        altered.has(line)
          ? line.replace(/,(\d+)(\s*)$/, (_, ontario: string, end: string) => `,${Number(ontario) + 1}${end}`)
          : line,
      )
      .join('\n');
    await issued(firstIssue);
    const before = await rows();
    const then = await now();
    expect(await issued(secondIssue)).toMatchObject({
      rows: {
        inserted: 100,
        revised: altered.size,
        withdrawn: removed.size,
        unchanged: 8_684 - altered.size - removed.size,
      },
    });
    const startOf = (line: string): string => {
      const [date = '', hour = ''] = line.split(',');
      return `${new Date(Date.parse(`${date}T05:00Z`) + (Number(hour) - 1) * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')}+00`;
    };
    expect((await closed()).map(({ hour }) => hour)).toEqual([...altered, ...removed].map(startOf).sort());
    expect(await rows(then)).toEqual(before);
    expect(await rows(await now())).toEqual(await rows());
    await issued(text);
    const counted = await db.pool.query('select count(*)::int as n from public.ontario_hourly_demand');
    expect(counted).toEqual([{ n: 8_784 }]);
    expect(await rows(then)).toEqual(before);
  });
});

describe('replay', () => {
  test('does not count as asking the publisher: a year that is still revised stays due', async () => {
    const db = await freshDatabase();
    await using folder = await temporaryFolder();
    const line: Line = ['2024-01-01', 1, 16_000, 14_000];
    const recordings = await writeRecordings(join(folder.path, 'a'), [
      { url: DEMAND_URL(2024), body: demandFile(2024, [line]), recordedAt: '2025-01-10T00:00:00Z' },
    ]);
    const engineAt = (now: string): ReturnType<typeof testEngine> =>
      testEngine({ pool: db.pool, recordings, dataDir: folder.path, now });
    const year = { ids: ['ieso-demand'], from: '2024-01-01', to: '2025-01-01' };
    await testRun(await engineAt('2025-01-10T00:00Z'), year);
    const replayed = await testRun(await engineAt('2025-06-01T00:00Z'), { ...year, mode: 'replay' });
    expect(replayed.report.datasets[0]?.intervals).toMatchObject([
      { reason: 'replay', outcome: 'loaded', rows: { unchanged: 1 } },
    ]);
    const next = await testRun(await engineAt('2025-06-02T00:00Z'), { ids: ['ieso-demand'] });
    expect(next.plan.find(({ label }) => label === '2024')).toMatchObject({ reason: 'possibly revised' });
  });
});
