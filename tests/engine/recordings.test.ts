/** The publishers' real files, end to end: every loaded cell is the file's cell, counted again here by other means. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunResult } from '../../engine/run.ts';
import type { DatasetReport } from '../../reports/model.ts';
import { temporaryFolder, testEngine, testRun } from '../support/engine.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { hasShared, sharedFolder } from '../support/shared.ts';

const NOW = '2026-08-19T12:00Z';
const HOUR = 3_600_000;

/** Files of the folder whose address matches, by the year in their name. */
function filesOf(folder: string, pattern: RegExp): Map<number, string> {
  const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as {
    recordings: { url: string; status: number; file?: string }[];
  };
  return new Map(
    index.recordings
      .filter(({ url, status, file }) => pattern.test(url) && status === 200 && file !== undefined)
      .map(({ url, file }): [number, string] => [Number(/_(\d{4})\./.exec(url)?.[1]), join(folder, file ?? '')]),
  );
}

/** D hour h: starts at D 00:00Z + 5 h + (h − 1) h. */
function startOf(day: string, hourEnding: string): number {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return Date.UTC(year, month - 1, date) + (4 + Number(hourEnding)) * HOUR;
}

/** Cells of a line with quotes around some of them; none of these files has a quote in a cell. */
const cellsOf = (line: string): string[] =>
  [...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map((match) => match[1] ?? match[2] ?? '');
const numberOf = (cell: string): number | null => (cell.trim() === '' ? null : Number(cell.replaceAll(',', '')));

/** Rows by the start of their hour (and fuel): the numbers that follow day and hour. */
async function csvCells(path: string): Promise<Map<string, (number | null)[]>> {
  const lines = (await readFile(path, 'latin1')).split(/\r?\n/).filter((line) => /^\d{4}-/.test(line));
  return new Map(
    lines.map((line) => {
      const [day = '', hour = '', ...rest] = cellsOf(line);
      return [new Date(startOf(day, hour)).toISOString(), rest.map(numberOf)];
    }),
  );
}

async function xmlCells(path: string): Promise<Map<string, (number | null)[]>> {
  const cells = new Map<string, (number | null)[]>();
  const xml = await readFile(path, 'utf8');
  const leaf = (text: string, name: string): string | undefined =>
    new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
  for (const daily of xml.split('<DailyData>').slice(1)) {
    const day = leaf(daily, 'Day') ?? '';
    for (const hourly of daily.split('<HourlyData>').slice(1)) {
      for (const total of hourly.split('<FuelTotal>').slice(1)) {
        const start = new Date(startOf(day, leaf(hourly, 'Hour') ?? '')).toISOString();
        cells.set(`${start} ${leaf(total, 'Fuel')}`, [
          numberOf(leaf(total, 'Output') ?? ''),
          numberOf(leaf(total, 'OutputQuality') ?? ''),
        ]);
      }
    }
  }
  return cells;
}

/** Differences between what the files say and what the table holds; empty when they are the same. */
function differences(
  expected: Map<string, (number | null)[]>,
  found: readonly (readonly [string, (number | null)[]])[],
): string[] {
  const faults: string[] = [];
  const seen = new Set<string>();
  for (const [key, cells] of found) {
    const wanted = expected.get(key);
    seen.add(key);
    if (wanted === undefined) faults.push(`${key} is not in the file`);
    else if (wanted.length !== cells.length || wanted.some((cell, i) => cell !== cells[i]))
      faults.push(`${key}: ${wanted.join(' ')} became ${cells.join(' ')}`);
  }
  for (const key of expected.keys()) if (!seen.has(key)) faults.push(`${key} is missing`);
  return faults.slice(0, 10);
}

describe.skipIf(!hasShared('recordings'))('real files', () => {
  let db: FreshDatabase;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let first: RunResult;
  const datasets = ['ieso-demand', 'ieso-hoep', 'ieso-generation-by-fuel'];
  const request = { ids: datasets, from: '2002-01-01', to: '2027-01-01', jobs: 2 };
  const dataset = (result: RunResult, id: string): DatasetReport => {
    const found = result.report.datasets.find((one) => one.id === id);
    if (found === undefined) throw new Error(`no ${id}`);
    return found;
  };
  const engineOn = (recordings: string): ReturnType<typeof testEngine> =>
    testEngine({ pool: db.pool, recordings, dataDir: folder.path, now: NOW });

  beforeAll(async () => {
    db = await freshDatabase();
    folder = await temporaryFolder();
    first = await testRun(await engineOn(sharedFolder('recordings')), request);
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  test('all recorded years load, none fails, no row is refused', () => {
    expect(first.report.exitCode).toBe(0);
    const files = {
      'ieso-demand': /\/PUB_Demand_\d{4}\.csv/,
      'ieso-hoep': /PriceHOEPPredispOR_\d{4}/,
      'ieso-generation-by-fuel': /GenOutputbyFuelHourly_\d{4}/,
    };
    for (const [id, pattern] of Object.entries(files)) {
      const { outcomes, rows } = dataset(first, id);
      expect(outcomes.loaded).toBe(filesOf(sharedFolder('recordings'), pattern).size);
      expect([outcomes.failed, outcomes.blocked, rows.rejected, rows.revised, rows.withdrawn]).toEqual([
        undefined,
        undefined,
        0,
        0,
        0,
      ]);
      expect(rows.inserted).toBe(rows.read);
    }
  });

  test('demand: every cell of every file, and no other', async () => {
    const expected = new Map<string, (number | null)[]>();
    for (const path of filesOf(sharedFolder('recordings'), /\/PUB_Demand_\d{4}\.csv/).values())
      for (const [key, cells] of await csvCells(path)) expected.set(key, cells);
    const rows = await db.pool.query<{ hour: Date; market: number; ontario: number }>(
      'select hour, market_demand_mw as market, ontario_demand_mw as ontario from public.ontario_hourly_demand',
    );
    expect(expected.size).toBeGreaterThan(100_000);
    expect(
      differences(
        expected,
        rows.map(({ hour, market, ontario }) => [hour.toISOString(), [market, ontario]]),
      ),
    ).toEqual([]);
  });

  test('prices: every cell of every file, quoted thousands and blanks too', async () => {
    const expected = new Map<string, (number | null)[]>();
    for (const path of filesOf(sharedFolder('recordings'), /PriceHOEPPredispOR_\d{4}/).values())
      for (const [key, cells] of await csvCells(path)) expected.set(key, cells);
    const rows = await db.pool.query<Record<string, number | null> & { datetime: Date }>(
      'select * from public.ontario_prices',
    );
    const names = [
      'hoep',
      'predispatch_1h_cad_per_mwh',
      'predispatch_2h_cad_per_mwh',
      'predispatch_3h_cad_per_mwh',
      'or_10min_sync_cad_per_mwh',
      'or_10min_non_sync_cad_per_mwh',
      'or_30min_cad_per_mwh',
    ];
    expect([...expected.values()].flat().some((cell) => cell === 2_000)).toBe(true);
    expect([...expected.values()].flat().some((cell) => cell === null)).toBe(true);
    expect(
      differences(
        expected,
        rows.map((row) => [row.datetime.toISOString(), names.map((name) => row[name] ?? null)]),
      ),
    ).toEqual([]);
  });

  test('generation by fuel: every cell of the file', async () => {
    const [path = ''] = filesOf(sharedFolder('recordings'), /GenOutputbyFuelHourly_\d{4}/).values();
    const rows = await db.pool.query<{
      hour: Date;
      fuel: string;
      output_mw: number | null;
      output_quality: number | null;
    }>('select hour, fuel, output_mw, output_quality from public.ontario_generation_by_fuel');
    expect(
      differences(
        await xmlCells(path),
        rows.map(({ hour, fuel, output_mw, output_quality }) => [
          `${hour.toISOString()} ${fuel}`,
          [output_mw, output_quality],
        ]),
      ),
    ).toEqual([]);
    expect(rows.some(({ output_mw }) => output_mw === null)).toBe(true);
  });

  test('ten years of hours, less the one that was never published', async () => {
    const [row] = await db.pool.query<{ n: number }>(
      `select count(*)::int as n from public.ontario_hourly_demand where hour >= '2016-01-01T05:00Z' and hour < '2026-01-01T05:00Z'`,
    );
    expect(row?.n).toBe(87_671);
    const years = await db.pool.query<{ year: number; n: number }>(
      `select extract(year from hour at time zone 'Etc/GMT+5')::int as year, count(*)::int as n from public.ontario_hourly_demand group by 1 order by 1`,
    );
    const hoursOf = (year: number): number => (Date.UTC(year + 1, 0, 1) - Date.UTC(year, 0, 1)) / HOUR;
    expect(years).toEqual(
      [2002, 2003, 2016, 2017, 2018, 2019, 2020, 2021, 2022, 2023, 2024, 2025].map((year) => ({
        year,
        n: year === 2002 ? 245 * 24 : hoursOf(year) - (year === 2025 ? 1 : 0),
      })),
    );
  });

  test("every day has 24 rows on the publisher's clock, also when clocks change", async () => {
    const short = await db.pool.query<{ day: string; n: number }>(
      `select (hour at time zone 'Etc/GMT+5')::date::text as day, count(*)::int as n from public.ontario_hourly_demand group by 1 having count(*) <> 24`,
    );
    expect(short).toEqual([{ day: '2025-05-01', n: 23 }]);
    const changes = await db.pool.query<{ n: number }>(
      `select count(*)::int as n from public.ontario_hourly_demand where (hour at time zone 'Etc/GMT+5')::date = any (array['2024-03-10', '2024-11-03', '2025-03-09', '2025-11-02']::date[])`,
    );
    expect(changes).toEqual([{ n: 96 }]);
  });

  test('the hole of 2025-05-01 is reported and not filled', async () => {
    expect(await db.pool.query(`select from public.ontario_hourly_demand where hour = '2025-05-01T05:00Z'`)).toEqual(
      [],
    );
    const report = dataset(first, 'ieso-demand');
    const gap = report.checks.find(({ name }) => name === 'complete(hour, PT1H)');
    expect(gap).toMatchObject({
      result: 'found',
      severity: 'warn',
      failingRows: 1,
      samples: [{ interval: '2025', key: '2025-05-01T05:00:00Z' }],
    });
    expect(report.coverage.filter(({ expected, present }) => expected !== present)).toEqual([
      { day: '2025-05-01', expected: 24, present: 23 },
    ]);
  });

  test('provenance: each row leads to its file by load and artifact', async () => {
    const rows = await db.pool.query<{ url: string; n: number }>(
      `select a.url, count(*)::int as n from public.ontario_hourly_demand d join etl.load l using (load_id) join etl.artifact a using (artifact_id)
       where extract(year from d.hour at time zone 'Etc/GMT+5')::text = substring(a.url from '_(\\d{4})\\.csv') group by 1`,
    );
    const [all] = await db.pool.query<{ n: number }>('select count(*)::int as n from public.ontario_hourly_demand');
    expect(rows.reduce((sum, { n }) => sum + n, 0)).toBe(all?.n);
  });

  test('a second run writes nothing', async () => {
    const state = async (): Promise<unknown> =>
      db.pool
        .query(`select (select count(*) from etl.load) as loads, (select count(*) from etl.artifact) as artifacts, (select count(*) from etl.check_result) as checks,
        (select count(*) from etl.quarantine) as refused,
        (select md5(string_agg(xmin::text || ctid::text, ',' order by hour)) from public.ontario_hourly_demand) as demand,
        (select md5(string_agg(xmin::text || ctid::text, ',' order by datetime)) from public.ontario_prices) as prices,
        (select md5(string_agg(xmin::text || ctid::text, ',' order by hour, fuel)) from public.ontario_generation_by_fuel) as fuels,
        (select count(*) from history.ontario_hourly_demand) + (select count(*) from history.ontario_prices) + (select count(*) from history.ontario_generation_by_fuel) as closed`);
    const before = await state();
    const second = await testRun(await engineOn(sharedFolder('recordings')), request);
    expect(await state()).toEqual(before);
    expect(second.report.exitCode).toBe(0);
    for (const id of datasets) {
      const { outcomes, rows, checks } = dataset(second, id);
      expect(outcomes.unchanged).toBe(dataset(first, id).outcomes.loaded);
      expect(outcomes.loaded).toBeUndefined();
      expect(rows).toEqual({ read: 0, rejected: 0, inserted: 0, revised: 0, withdrawn: 0, unchanged: 0 });
      // What was found when the rows were loaded is still said.
      expect(checks.map(({ name, failingRows }) => [name, failingRows])).toEqual(
        expect.arrayContaining(dataset(first, id).checks.map(({ name, failingRows }) => [name, failingRows])),
      );
    }
  });

  test('a plan for today has nothing that is settled', async () => {
    const due = await testRun(await engineOn(sharedFolder('recordings')), { ids: ['ieso-demand'] });
    expect(due.plan.filter(({ reason }) => reason !== 'missing').map(({ label }) => label)).toEqual([]);
  });
});

describe.skipIf(!hasShared('recordings') || !hasShared('recordings-earlier'))(
  'an earlier issue, then a later one',
  () => {
    test('differ by added rows only: no version closes, and before the later one the earlier is all that was known', async () => {
      const db = await freshDatabase();
      await using folder = await temporaryFolder();
      const request = { ids: ['ieso-demand', 'ieso-generation-by-fuel'], from: '2020-01-01', to: '2027-01-01' };
      const run = async (recordings: string): Promise<RunResult> =>
        testRun(await testEngine({ pool: db.pool, recordings, dataDir: folder.path, now: NOW }), request);
      const known = async (at: Date): Promise<unknown> =>
        db.pool.query(
          `select (select count(*)::int from as_of(null::public.ontario_hourly_demand, $1)) as demand,
           (select md5(string_agg(d::text, ',' order by hour)) from as_of(null::public.ontario_hourly_demand, $1) d) as demand_rows,
           (select count(*)::int from as_of(null::public.ontario_generation_by_fuel, $1)) as fuels`,
          [at],
        );
      const earlier = await run(sharedFolder('recordings-earlier'));
      const [now] = await db.pool.query<{ at: Date }>('select clock_timestamp() as at');
      const at = now?.at ?? new Date(0);
      const before = await known(at);
      const later = await run(sharedFolder('recordings'));
      for (const id of request.ids) {
        const rows = later.report.datasets.find((one) => one.id === id)?.rows;
        expect(rows).toMatchObject({ revised: 0, withdrawn: 0, rejected: 0 });
        expect(rows?.inserted).toBeGreaterThan(0);
        expect(rows?.unchanged).toBe(earlier.report.datasets.find((one) => one.id === id)?.rows.inserted);
      }
      expect(
        await db.pool.query(
          'select from history.ontario_hourly_demand union all select from history.ontario_generation_by_fuel',
        ),
      ).toEqual([]);
      expect(await known(at)).toEqual(before);
    });
  },
);
