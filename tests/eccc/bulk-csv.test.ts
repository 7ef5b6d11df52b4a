/** The bulk CSV end to end: every layout, and what can go wrong. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decode } from '../../loaders/source/decode/index.ts';
import { HOURLY_CSV } from '../../pipelines/eccc/hourly-layouts.ts';
import { gather } from '../decode/support.ts';
import type { Recorded } from '../support/engine.ts';
import { hasShared, sharedFolder } from '../support/shared.ts';
import { runOn, urlOf } from './support.ts';

const NEWEST =
  '"Longitude (x)","Latitude (y)","Station Name","Climate ID","Date/Time (LST)","Year","Month","Day","Time (LST)","Flag","Temp (°C)","Temp Flag","Dew Point Temp (°C)","Dew Point Temp Flag","Rel Hum (%)","Rel Hum Flag","Precip. Amount (mm)","Precip. Amount Flag","Wind Dir (10s deg)","Wind Dir Flag","Wind Spd (km/h)","Wind Spd Flag","Visibility (km)","Visibility Flag","Stn Press (kPa)","Stn Press Flag","Hmdx","Hmdx Flag","Wind Chill","Wind Chill Flag","Weather"';
const start = (time: string, station = '6158731'): string =>
  `"-79.63","43.68","TORONTO INTL A","${station}","${time}",${time
    .slice(0, 10)
    .split('-')
    .map((part) => `"${part}"`)
    .join(',')},"${time.slice(11)}"`;
const newest = (...rows: string[]): string => `\uFEFF${[NEWEST, ...rows].join('\r\n')}\r\n`;

const TORONTO = 'eccc-weather-toronto';
const JANUARY = { ids: [TORONTO], from: '2024-01-01', to: '2024-02-01' };

describe('the bulk CSV', () => {
  test('in its newest layout: units are converted, flags and traces kept, missing cells NULL', async () => {
    const file = newest(
      `${start('2024-01-01 00:00')},"†","-4.5","E","-6.0","","88","","0.0","T","36","","35","","16.1","","99.30","","","","-13","","Snow"`,
      `${start('2024-01-01 01:00')},"","","M","","M","","M","","M","0","","0","","","","","","","","","","NA"`,
      `${start('2024-01-01 02:00')},"","","M","","M","","M","","M","","M","","M","","M","","M","","","","","NA"`,
      `${start('2024-01-01 03:00')},"†","","","","","","","","","","","","","","","","","","","","","NA"`,
      start('2024-01-01 04:00'),
    );
    const { db, dataset, exitCode } = await runOn([{ url: urlOf(TORONTO, '2024-01-15T00:00Z'), body: file }], JANUARY);
    expect(exitCode).toBe(0);
    expect(dataset(TORONTO).rows.rejected).toBe(0);
    const rows = await db.pool.query(
      `select to_char(timestamp at time zone 'UTC', 'DD HH24:MI') as at, temperature_c, precipitation_mm, wind_direction_deg, wind_speed_m_s, visibility_km, wind_chill, weather, flags from public.weather_data order by timestamp`,
    );
    const nothing = {
      temperature_c: null,
      precipitation_mm: null,
      visibility_km: null,
      wind_chill: null,
      weather: null,
    };
    expect(rows).toEqual([
      {
        at: '01 05:00',
        temperature_c: -4.5,
        precipitation_mm: 0,
        wind_direction_deg: 360,
        wind_speed_m_s: 35 / 3.6,
        visibility_km: 16.1,
        wind_chill: -13,
        weather: 'Snow',
        flags: 'row:†,temperature:E,precipitation:T',
      },
      {
        ...nothing,
        at: '01 06:00',
        wind_direction_deg: 0,
        wind_speed_m_s: 0,
        flags: 'temperature:M,dew_point:M,relative_humidity:M,precipitation:M',
      },
      {
        ...nothing,
        at: '01 07:00',
        wind_direction_deg: null,
        wind_speed_m_s: null,
        flags:
          'temperature:M,dew_point:M,relative_humidity:M,precipitation:M,wind_direction:M,wind_speed:M,visibility:M,station_pressure:M',
      },
    ]);
    const found = await db.pool.query(
      `select check_name, failing_rows::int from etl.check_result where check_name in ('sql(transforms/eccc/hours_without_observation.sql)', 'notNull(temperature_c)') order by 1`,
    );
    expect(found).toEqual([
      { check_name: 'notNull(temperature_c)', failing_rows: 2 },
      { check_name: 'sql(transforms/eccc/hours_without_observation.sql)', failing_rows: 2 },
    ]);
  });

  test('in the layout of old with data quality and a preamble: the station comes from the preamble', async () => {
    const body = `\uFEFF"Station Name","TORONTO INTL A"\n"Province","ONTARIO"\n"Latitude","43.68"\n"Longitude","-79.63"\n"Elevation","173.4"\n"Climate Identifier","6158731"\n"WMO Identifier","71624"\n\n"Legend"\n"M","Missing"\n\n"Date/Time","Year","Month","Day","Time","Data Quality","Temp (°C)","Temp Flag","Dew Point Temp (°C)","Dew Point Temp Flag","Rel Hum (%)","Rel Hum Flag","Wind Dir (10s deg)","Wind Dir Flag","Wind Spd (km/h)","Wind Spd Flag","Visibility (km)","Visibility Flag","Stn Press (kPa)","Stn Press Flag","Hmdx","Hmdx Flag","Wind Chill","Wind Chill Flag","Weather"\n"2024-01-01 00:00","2024","01","01","00:00","‡","1.5","","","","","","","","","","","","","","","","","",""\n`;
    const { db, exitCode } = await runOn([{ url: urlOf(TORONTO, '2024-01-15T00:00Z'), body }], JANUARY);
    expect(exitCode).toBe(0);
    expect(await db.pool.query('select station_id, temperature_c, flags from public.weather_data')).toEqual([
      { station_id: '6158731', temperature_c: 1.5, flags: 'row:‡' },
    ]);
  });

  test.skipIf(!hasShared('fixtures'))(
    'in the old layout without units: a real file decodes cell by cell, and its station is not ours',
    async () => {
      const path = join(sharedFolder('fixtures'), 'eccc_old_layout_eng-hourly-07012018-07312018.csv');
      const text = readFileSync(path, 'utf8');
      const lines = text.split(/\r?\n/);
      const at = lines.findIndex((line) => line.startsWith('"Date/Time"'));
      const [header = [], ...expected] = lines
        .slice(at)
        .filter((line) => line !== '')
        .map((line) => line.slice(1, -1).split('","'));
      const found = await gather(decode(path, HOURLY_CSV));
      expect(found.undecodable).toEqual([]);
      const columns = [...new Set([...HOURLY_CSV.vintages.flat(), ...Object.keys(HOURLY_CSV.capture ?? {})])];
      expect(found.cells.map((row) => header.map((name) => row[columns.indexOf(name)]))).toEqual(
        expected.map((row) => header.map((_, i) => row[i] ?? null)),
      );
      expect(expected.length).toBe(744);
      expect(new Set(found.cells.map((row) => row[columns.indexOf('Climate ID')]))).toEqual(new Set(['7086719']));

      const observed = expected.filter((row) => row.length > 5).length;
      expect(observed).toBeLessThan(744);

      const moved = text.replace('"Climate Identifier","7086719"', '"Climate Identifier","6158731"');
      const url = urlOf(TORONTO, '2018-07-15T00:00Z');
      const july = { ids: [TORONTO], from: '2018-07-01', to: '2018-08-01' };
      const { db, exitCode } = await runOn([{ url, body: moved }], july);
      expect(exitCode).toBe(0);
      const [sums] = await db.pool.query<Record<string, number>>(
        'select count(*)::int as n, round(sum(temperature_c)::numeric, 6)::float8 as temperature, count(wind_direction_deg)::int as directions, sum(station_pressure_kpa::numeric)::float8 as pressure from public.weather_data',
      );
      const cells = (name: string): string[] =>
        expected.map((row) => row[header.indexOf(name)] ?? '').filter((cell) => cell !== '');
      const sum = (name: string): number =>
        Math.round(cells(name).reduce((total, cell) => total + Number(cell), 0) * 1e6) / 1e6;
      expect(sums).toEqual({
        n: observed,
        temperature: sum('Temp'),
        directions: cells('Wind Dir').length,
        pressure: sum('Stn Press'),
      });
      const refused = await runOn([{ url, body: text }], july);
      expect(refused.exitCode).toBe(2);
      expect(refused.error(TORONTO)).toContain('7086719');
    },
  );

  test('of another station: blocked, nothing is loaded', async () => {
    const body = newest(
      `${start('2024-01-01 00:00', '6158733')},"","1.0","","","","","","","","","","","","","","","","","","","","NA"`,
    );
    const { db, dataset, exitCode } = await runOn([{ url: urlOf(TORONTO, '2024-01-15T00:00Z'), body }], JANUARY);
    expect([exitCode, dataset(TORONTO).outcomes.blocked]).toEqual([3, 1]);
    expect(await db.pool.query('select 1 from public.weather_data')).toEqual([]);
  });

  test('of a station that closed within the month: loads what is there and names the hours that are not', async () => {
    const id = 'eccc-weather-calgary-1953';
    const row = (time: string, cells = ''): string =>
      start(time, '3031093').replace('TORONTO INTL A', "CALGARY INT'L A") + cells;
    const rows = Array.from({ length: 31 * 24 }, (_, i) => {
      const time = new Date(Date.UTC(2012, 6, 1) + i * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
      return row(time, i < 8 * 24 ? `,"","20.0","","","","","","","","","","","","","","","","","","","","NA"` : '');
    });
    const { db, dataset, exitCode } = await runOn([{ url: urlOf(id, '2012-07-15T00:00Z'), body: newest(...rows) }], {
      ids: [id],
      from: '2012-07-01',
      to: '2012-08-01',
    });
    expect([exitCode, dataset(id).rows.inserted, dataset(id).rows.rejected]).toEqual([0, 8 * 24, 0]);
    const [missing] = await db.pool.query(
      `select failing_rows::int, severity from etl.check_result where check_name = 'complete(timestamp, PT1H)'`,
    );
    expect(missing).toEqual({ failing_rows: 23 * 24, severity: 'warn' });
  });

  test.each([
    [
      'sent with status 200',
      (url: string): Recorded[] => [
        {
          url,
          body: '<!DOCTYPE html><html><head><title>Error</title></head><body>Service unavailable</body></html>',
          headers: { 'content-type': 'text/html' },
        },
      ],
    ],
    [
      'behind a redirect',
      (url: string): Recorded[] => [
        { url, status: 302, headers: { location: 'https://climate.weather.gc.ca/error_e.html' } },
        {
          url: 'https://climate.weather.gc.ca/error_e.html',
          body: '\n<html lang="en"><body>Error</body></html>',
          headers: { 'content-type': 'text/html' },
        },
      ],
    ],
  ])('an error page %s fails the month and says what it is', async (_, answers) => {
    const { error, exitCode } = await runOn(answers(urlOf(TORONTO, '2024-01-15T00:00Z')), JANUARY);
    expect(exitCode).toBe(2);
    expect(error(TORONTO)).toContain('FORMAT_HTML_INSTEAD_OF_DATA');
  });

  test('a month without any observation is loaded as no rows, also while another station has rows in it', async () => {
    const cs = 'eccc-weather-calgary-cs';
    const observed = `,"","1.0","","","","","","","","","","","","","","","","","","","","NA"`;
    const { db, dataset, exitCode } = await runOn(
      [
        { url: urlOf(cs, '2024-01-15T00:00Z'), body: newest(start('2024-01-10 00:00', '3031094') + observed) },
        {
          url: urlOf(TORONTO, '2024-01-15T00:00Z'),
          body: newest(start('2024-01-10 00:00'), start('2024-01-10 01:00')),
        },
      ],
      { ...JANUARY, ids: [cs, TORONTO] },
    );
    expect(exitCode).toBe(0);
    expect(dataset(TORONTO).outcomes.loaded).toBe(1);
    expect(await db.pool.query('select station_id from public.weather_data')).toEqual([{ station_id: '3031094' }]);
    // Freshness is that of the station itself, not of its fresher neighbour in the same table.
    expect(
      await db.pool.query(
        `select source_name, covered_until = '2024-01-10T07:00Z' as covered from public.source_health where source_name like 'eccc/%' order by 1`,
      ),
    ).toEqual([
      { source_name: 'eccc/eccc-weather-calgary-cs', covered: true },
      { source_name: 'eccc/eccc-weather-toronto', covered: null },
    ]);
  });
});
