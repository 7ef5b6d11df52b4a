/** Which dataset owns which instants of a station, and which station stands for a place. */
import { describe, expect, test } from 'vitest';
import { partitionIntervals } from '../../core/partitions.ts';
import { freshDatabase } from '../support/postgres.ts';
import { stations } from './support.ts';

describe('one owner per key', () => {
  test('no two datasets of a station cover the same instant', () => {
    const until = Date.parse('2031-01-01');
    const periods = stations.map((pipeline) => {
      const block = pipeline.checks.find((check) => check.kind === 'oneOf' && check.columns[0] === 'station_id');
      const intervals = partitionIntervals(pipeline.partitions, { start: -Infinity, end: Infinity }, until);
      return {
        id: pipeline.id,
        station: block?.kind === 'oneOf' ? block.values.join(' ') : pipeline.id,
        start: intervals[0]?.start ?? 0,
        end: intervals.at(-1)?.end ?? 0,
      };
    });
    expect(periods.length).toBe(8);
    const overlapping = periods.flatMap((a) =>
      periods
        .filter((b) => a.id < b.id && a.station === b.station && a.start < b.end && b.start < a.end)
        .map((b) => `${a.id} ${b.id}`),
    );
    expect(overlapping).toEqual([]);
    const of = (id: string): { start: number; end: number } | undefined => periods.find((period) => period.id === id);
    for (const id of ['eccc-weather-calgary', 'eccc-weather-calgary-cs'])
      expect(of(id)?.end).toBe(of(`${id}-api`)?.start);
  });

  test('weather_by_place follows a place across the seam, with one station at each instant, and says which', async () => {
    const db = await freshDatabase();
    await db.pool.query(`insert into public.weather_data (timestamp, station_id, temperature_c, load_id) values
      ('2013-06-11T04:00Z', '6158733', 1, 1), ('2013-06-11T05:00Z', '6158733', 2, 1), ('2013-06-11T05:00Z', '6158731', 3, 1),
      ('2013-06-11T04:00Z', '6158731', 4, 1), ('2019-07-01T07:00Z', '3031092', 5, 1), ('2019-07-01T07:00Z', '3031094', 6, 1)`);
    expect(
      await db.pool.query(
        'select place, station_id, temperature_c from public.weather_by_place order by place, timestamp',
      ),
    ).toEqual([
      { place: 'Calgary International', station_id: '3031092', temperature_c: 5 },
      { place: 'Toronto Pearson', station_id: '6158733', temperature_c: 1 },
      { place: 'Toronto Pearson', station_id: '6158731', temperature_c: 3 },
    ]);
    const overlapping = await db.pool.query(
      `select from public.weather_place_station a join public.weather_place_station b on a.place = b.place and a.valid_from < b.valid_from and b.valid_from < a.valid_until`,
    );
    expect(overlapping).toEqual([]);
    const [options] = await db.pool.query(`select reloptions from pg_class where relname = 'weather_by_place'`);
    expect(options).toEqual({ reloptions: ['security_invoker=true'] });
  });
});
