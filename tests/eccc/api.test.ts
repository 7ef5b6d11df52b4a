/** The OGC API end to end: rows are placed by UTC, and an answer that cannot be trusted is blocked. */
import { describe, expect, test } from 'vitest';
import { partitionIntervals } from '../../core/partitions.ts';
import { ecccSamples } from '../../data/samples/eccc.ts';
import { runOn, stations, urlOf } from './support.ts';

const EDMONTON = 'eccc-weather-edmonton';
const DECEMBER = { ids: [EDMONTON], from: '2025-12-01', to: '2026-01-01' };
const items = String(ecccSamples().find(({ url }) => url.includes('api.weather'))?.body);

describe('the OGC API', () => {
  test('is asked for exactly the month of the local clock, which has at most 744 rows', () => {
    expect(urlOf(EDMONTON, '2024-02-15T00:00Z')).toBe(
      'https://api.weather.gc.ca/collections/climate-hourly/items?CLIMATE_IDENTIFIER=3012216&datetime=2024-02-01T00:00:00Z/2024-02-29T23:00:00Z&sortby=LOCAL_DATE&limit=10000&f=json',
    );
    for (const { partitions } of stations) {
      for (const { start: from, end } of partitionIntervals(
        partitions,
        { start: -Infinity, end: Infinity },
        Date.parse('2031-01-01'),
      ))
        expect(end - from).toBeLessThanOrEqual(744 * 3_600_000);
    }
  });

  test('gives every item as a row, placed by UTC', async () => {
    const { db, exitCode } = await runOn([{ url: urlOf(EDMONTON, '2025-12-15T00:00Z'), body: items }], DECEMBER);
    expect(exitCode).toBe(0);
    const rows = await db.pool.query<{
      at: string;
      temperature_c: number;
      wind_speed_m_s: number;
      wind_direction_deg: number;
      flags: string | null;
      weather: string | null;
    }>(
      `select to_char(timestamp at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') as at, temperature_c, wind_speed_m_s, wind_direction_deg, flags, weather from public.weather_data order by timestamp`,
    );
    const { features } = JSON.parse(items) as { features: { properties: Record<string, string | number | null> }[] };
    expect(rows).toEqual(
      features.map(({ properties: of }) => ({
        at: of['UTC_DATE'],
        temperature_c: of['TEMP'],
        wind_speed_m_s: Number(of['WIND_SPEED']) / 3.6,
        wind_direction_deg: Number(of['WIND_DIRECTION']) * 10,
        flags: of['TEMP_FLAG'] === null ? null : `temperature:${of['TEMP_FLAG']}`,
        weather: of['WEATHER_ENG_DESC'] === 'NA' ? null : of['WEATHER_ENG_DESC'],
      })),
    );
    expect(rows[0]?.at).toBe('2025-12-01T07:00:00');
  });

  test.each([
    [
      'does not hold all rows that match',
      items.replace('"numberMatched":48', '"numberMatched":49'),
      'sql(transforms/eccc/one_page.sql)',
    ],
    [
      'has a local clock that is no longer UTC−7',
      items.replace('"UTC_DATE":"2025-12-02T07:00:00"', '"UTC_DATE":"2025-12-02T06:00:00"'),
      'sql(transforms/eccc/standard_time.sql)',
    ],
  ])('blocks a month that %s', async (_, body, check) => {
    expect(body).not.toBe(items);
    const { db, dataset, exitCode } = await runOn([{ url: urlOf(EDMONTON, '2025-12-15T00:00Z'), body }], DECEMBER);
    expect([exitCode, dataset(EDMONTON).outcomes.blocked]).toEqual([3, 1]);
    expect(
      await db.pool.query(`select check_name from etl.check_result where result = 'found' and severity = 'block'`),
    ).toEqual([{ check_name: check }]);
  });

  test('a month without items is loaded as no rows', async () => {
    const body = '{"type":"FeatureCollection","features":[],"numberMatched":0,"numberReturned":0}';
    const { dataset, exitCode } = await runOn([{ url: urlOf(EDMONTON, '2025-12-15T00:00Z'), body }], DECEMBER);
    expect([exitCode, dataset(EDMONTON).outcomes.loaded, dataset(EDMONTON).rows.inserted]).toEqual([0, 1, 0]);
  });
});
