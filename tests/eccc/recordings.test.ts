/** The recorded months of ECCC, end to end: every cell in PostgreSQL is the file's cell, read again here by other means. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../engine/engine.ts';
import { findGaps } from '../../engine/gaps.ts';
import type { RunResult } from '../../engine/run.ts';
import type { DatasetReport } from '../../reports/model.ts';
import { temporaryFolder, testEngine, testRun } from '../support/engine.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { hasShared, sharedFolder } from '../support/shared.ts';

const DATASETS = ['eccc-weather-calgary', 'eccc-weather-calgary-cs', 'eccc-weather-toronto'];
const BEHIND_UTC: Readonly<Record<string, number>> = { '6158731': 5, '3031092': 7, '3031094': 7 };
/** Column of the table → column of the file and what is done to its number. */
const MEASURES: readonly (readonly [string, string, ((n: number) => number)?])[] = [
  ['temperature_c', 'Temp (°C)'],
  ['dew_point_c', 'Dew Point Temp (°C)'],
  ['relative_humidity_percent', 'Rel Hum (%)'],
  ['wind_direction_deg', 'Wind Dir (10s deg)', (n) => n * 10],
  ['wind_speed_m_s', 'Wind Spd (km/h)', (n) => n / 3.6],
  ['visibility_km', 'Visibility (km)'],
  ['station_pressure_kpa', 'Stn Press (kPa)'],
  ['humidex', 'Hmdx'],
  ['wind_chill', 'Wind Chill'],
];

interface Observation {
  readonly numbers: readonly (number | null)[];
  readonly weather: string | null;
  readonly flags: number;
}
interface Month {
  readonly file: string;
  readonly listed: number;
  readonly observations: ReadonlyMap<string, Observation>;
}

/** No cell of these files holds a quote or a line break. */
function monthOf(path: string): Month {
  const [header = [], ...rows] = readFileSync(path, 'utf8')
    .replace('\uFEFF', '')
    .trim()
    .split(/\r?\n/)
    .map((line) => line.slice(1, -1).split('","'));
  const observations = new Map<string, Observation>();
  for (const row of rows) {
    const cell = (name: string): string => row[header.indexOf(name)] ?? '';
    const numbers = MEASURES.map(([, name, change = (n: number): number => n]) =>
      cell(name) === '' ? null : change(Number(cell(name))),
    );
    const weather = ['', 'NA'].includes(cell('Weather')) ? null : cell('Weather');
    const flags = header.filter((name) => name.endsWith(' Flag') && cell(name) !== '').length;
    if (numbers.every((n) => n === null) && weather === null && flags === 0) continue;
    const [day = '', time = ''] = cell('Date/Time').split(' ');
    const instant = Date.parse(`${day}T${time}:00Z`) + (BEHIND_UTC[cell('Climate ID')] ?? NaN) * 3_600_000;
    observations.set(`${new Date(instant).toISOString()} ${cell('Climate ID')}`, { numbers, weather, flags });
  }
  return { file: path, listed: rows.length, observations };
}

function recordedMonths(folder: string): Month[] {
  const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as {
    recordings: { url: string; file?: string }[];
  };
  return index.recordings
    .filter(({ url }) => url.includes('climate.weather.gc.ca'))
    .map(({ file = '' }) => monthOf(join(folder, file)));
}

describe.skipIf(!hasShared('recordings'))('the recorded months', () => {
  const months = hasShared('recordings') ? recordedMonths(sharedFolder('recordings')) : [];
  let db: FreshDatabase;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let result: RunResult;
  let engine: Engine;
  const dataset = (id: string): DatasetReport => {
    const found = result.report.datasets.find((one) => one.id === id);
    if (found === undefined) throw new Error(`no ${id}`);
    return found;
  };

  beforeAll(async () => {
    db = await freshDatabase();
    folder = await temporaryFolder();
    engine = await testEngine({
      pool: db.pool,
      recordings: sharedFolder('recordings'),
      dataDir: folder.path,
      now: '2026-08-19T12:00Z',
    });
    result = await testRun(engine, { ids: DATASETS, from: '2017-01-01', to: '2020-01-01', jobs: 2 });
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  test('all 42 load, and no row is refused', () => {
    expect(months.length).toBe(42);
    expect(result.report.exitCode).toBe(0);
    expect(DATASETS.map((id) => dataset(id).outcomes.loaded)).toEqual([3, 3, 36]);
    expect(DATASETS.map((id) => dataset(id).rows.rejected)).toEqual([0, 0, 0]);
  });

  test('a missing hour of one station is a gap, whatever its neighbour in the same table has', async () => {
    const hour = '2019-07-06T07:00:00.000Z';
    const there = months.flatMap(({ observations }) => [...observations.keys()]).filter((key) => key.startsWith(hour));
    expect(there.filter((key) => key.includes(' 3031'))).toEqual([`${hour} 3031094`]);
    const gaps = await findGaps(engine, { ids: ['eccc-weather-calgary'], from: '2019-07-01', to: '2019-08-01' });
    expect(gaps.map(({ start }) => start)).toContain(Date.parse(hour));
  });

  test('every cell is the cell of the file, to the last digit', async () => {
    const rows = await db.pool.query<Record<string, string | number | Date | null>>(
      `select timestamp, station_id, ${MEASURES.map(([column]) => column).join(', ')}, precipitation_mm, weather, flags
       from public.weather_data`,
    );
    const expected = new Map(months.flatMap(({ observations }) => [...observations]));
    const faults: string[] = [];
    for (const row of rows) {
      const key = `${new Date(String(row['timestamp'])).toISOString()} ${row['station_id']}`;
      const wanted = expected.get(key);
      const flags = row['flags'] === null ? 0 : String(row['flags']).split(',').length;
      const found = JSON.stringify([
        MEASURES.map(([column]) => row[column]),
        row['weather'],
        flags,
        row['precipitation_mm'],
      ]);
      if (wanted === undefined) faults.push(`${key} is not in the file`);
      else if (found !== JSON.stringify([wanted.numbers, wanted.weather, wanted.flags, null]))
        faults.push(`${key}: ${found}`);
      expected.delete(key);
    }
    expect(faults.slice(0, 5)).toEqual([]);
    expect([...expected.keys()].slice(0, 5)).toEqual([]);
    expect(rows.length).toBe(28_936);
  });

  test('sums and nulls of each file and column agree', async () => {
    const found = await db.pool.query<{ url: string; n: number; sums: (string | null)[]; nulls: number[] }>(
      `select a.url, count(w.timestamp)::int as n,
         array[${MEASURES.map(([column]) => `round(sum(w.${column}::numeric), 6)::text`).join(', ')}] as sums,
         array[${MEASURES.map(([column]) => `count(w.timestamp) - count(w.${column})`).join(', ')}]::int[] as nulls
       from etl.load l join etl.artifact a using (artifact_id) left join public.weather_data w using (load_id)
       group by a.url`,
    );
    expect(found.length).toBe(42);
    const index = JSON.parse(readFileSync(join(sharedFolder('recordings'), 'index.json'), 'utf8')) as {
      recordings: { url: string; file?: string }[];
    };
    for (const { url, n, sums, nulls } of found) {
      const file = join(sharedFolder('recordings'), index.recordings.find((one) => one.url === url)?.file ?? '');
      const rows = [...(months.find((month) => month.file === file)?.observations.values() ?? [])];
      const columns = MEASURES.map((_, i) => rows.map(({ numbers }) => numbers[i] ?? null));
      expect([file, n, nulls]).toEqual([
        file,
        rows.length,
        columns.map((cells) => cells.filter((cell) => cell === null).length),
      ]);
      columns.forEach((cells, i) => {
        const sum = cells.reduce<number>((total, cell) => total + (cell ?? 0), 0);
        expect(Number(sums[i] ?? 0), `${file} ${MEASURES[i]?.[0]}`).toBeCloseTo(sum, 5);
      });
    }
  });

  test('hours that are listed without an observation are no rows, but a finding, also where a whole month is like that', async () => {
    const check = 'sql(transforms/eccc/hours_without_observation.sql)';
    const left = months.reduce((sum, { listed, observations }) => sum + listed - observations.size, 0);
    expect(left).toBe(1_760);
    const [counted] = await db.pool.query<{ n: number; severity: string }>(
      `select sum(failing_rows)::int as n, min(severity) as severity from etl.check_result where check_name = $1`,
      [check],
    );
    expect(counted).toEqual({ n: left, severity: 'info' });
    const empty = await db.pool.query(
      `select rows_read::int, rows_inserted::int from etl.load where dataset = 'eccc-weather-toronto' and interval_start in ('2019-11-01T05:00Z', '2019-12-01T05:00Z') order by 1`,
    );
    expect(empty).toEqual([
      { rows_read: 720, rows_inserted: 0 },
      { rows_read: 744, rows_inserted: 0 },
    ]);
  });

  test('a missing hour is a warning: the two of July 2018 at Toronto', async () => {
    const found = await db.pool.query<{ samples: { key: string }[] }>(
      `select c.samples from etl.check_result c join etl.load l using (load_id)
       where l.dataset = 'eccc-weather-toronto' and l.interval_start = '2018-07-01T05:00Z' and c.check_name = 'complete(timestamp, PT1H)'`,
    );
    expect(found[0]?.samples.length).toBe(2);
  });

  test('the flags of the files are kept: five missing cells', async () => {
    const flags = await db.pool.query<{ flags: string; n: number }>(
      'select flags, count(*)::int as n from public.weather_data where flags is not null group by 1 order by 1',
    );
    expect(flags.reduce((sum, { flags: text, n }) => sum + text.split(',').length * n, 0)).toBe(5);
    expect(flags.every(({ flags: text }) => /^(dew_point:M,)?relative_humidity:M$/.test(text))).toBe(true);
  });
});
