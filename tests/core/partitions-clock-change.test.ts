/** Partitions of clocks that are set forward and back: they tile time, and their days and hours are those of the clock. */
import { describe, expect, test } from 'vitest';
import type { Interval } from '../../core/interval.ts';
import {
  ALL_TIME,
  daily,
  extent,
  hourly,
  monthly,
  partitionAt,
  partitionIntervals,
  partitionLabel,
  yearly,
} from '../../core/partitions.ts';
import { histories } from '../../core/zones/history.ts';

const HOUR = 3_600_000;
const zone = 'America/Edmonton';
const far = Date.UTC(2031, 0, 1);

function gaps(intervals: readonly Interval[]): number {
  return intervals.filter(({ start, end }, i) => end <= start || (i > 0 && intervals[i - 1]?.end !== start)).length;
}

describe('in every zone of the world', () => {
  test.each([
    ['yearly', yearly, 2000, '2031-01-01', 31, 31],
    ['monthly', monthly, 2000, '2031-01-01', 372, 372],
    // Samoa and Tokelau crossed the date line at the end of 2011, so a day is missing there.
    ['daily', daily, 2009, '2012-01-01', 1094, 1095],
    ['hourly', hourly, '2011-09-01', '2012-01-01', 122 * 24 - 25, 122 * 24 + 2],
  ] as const)('%s partitions follow each other without a gap or overlap', (_, build, from, until, least, most) => {
    const wrong: string[] = [];
    const asked = Date.parse(`${from}`);
    for (const { zones } of histories().filter((one) => one.periods.some((period) => period.from > asked))) {
      const partitions = build({ from, until, zone: zones[0] ?? '' });
      const intervals = partitionIntervals(partitions, ALL_TIME, far);
      const whole = extent(partitions);
      const tiles = intervals[0]?.start === whole.start && intervals.at(-1)?.end === whole.end;
      if (gaps(intervals) > 0 || !tiles || intervals.length < least || intervals.length > most)
        wrong.push(`${zones[0]}: ${intervals.length}, ${gaps(intervals)} gaps`);
    }
    expect(wrong).toEqual([]);
  });

  test('the partition that holds an instant is one of them, around every change of a clock', () => {
    const wrong: string[] = [];
    for (const { zones, periods } of histories()) {
      for (const build of [daily, hourly]) {
        const partitions = build({ from: 2000, zone: zones[0] ?? '' });
        for (const { from: change } of periods.filter(
          ({ from }) => from > Date.UTC(2000, 0, 3) && from < Date.UTC(2013, 0, 1),
        )) {
          for (const at of [change - HOUR, change - 1, change, change + HOUR / 2, change + 2 * HOUR]) {
            const found = partitionAt(partitions, at);
            const [listed] = partitionIntervals(partitions, { start: at, end: at + 1 }, Infinity);
            if (found.start > at || found.end <= at || listed?.start !== found.start || listed.end !== found.end)
              wrong.push(`${zones[0]} ${new Date(at).toISOString()}`);
          }
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('a day of Alberta', () => {
  test.each([
    ['2025-03-09', 23],
    ['2025-07-15', 24],
    ['2024-11-03', 25],
    ['2026-11-01', 24],
  ])('%s has %d hourly partitions of an hour each, with a label of their own', (day, count) => {
    const [whole] = partitionIntervals(daily({ from: day, zone }), { start: 0, end: Infinity }, far);
    if (whole === undefined) throw new Error('no day');
    const partitions = hourly({ from: 2020, zone });
    const hours = partitionIntervals(partitions, whole, far);
    expect((whole.end - whole.start) / HOUR).toBe(count);
    expect(hours.map(({ start }) => start)).toEqual(Array.from({ length: count }, (_, i) => whole.start + i * HOUR));
    expect(new Set(hours.map((hour) => partitionLabel(partitions, hour))).size).toBe(count);
  });

  test.each([
    ['2024-11-03T07:00Z', '2024-11-03 HE 02'],
    ['2024-11-03T08:00Z', '2024-11-03 HE 02*'],
    ['2024-11-03T09:00Z', '2024-11-03 HE 03'],
    ['2024-11-04T06:00Z', '2024-11-03 HE 24'],
    ['2025-03-09T07:00Z', '2025-03-09 HE 01'],
    ['2025-03-09T08:00Z', '2025-03-09 HE 03'],
    ['2025-03-09T09:00Z', '2025-03-09 HE 04'],
    ['2025-03-10T05:00Z', '2025-03-09 HE 24'],
    ['2025-07-16T05:00Z', '2025-07-15 HE 24'],
  ])('the hour from %s on is labelled %s, as AESO does', (start, label) => {
    const partitions = hourly({ from: 2020, zone });
    expect(partitionLabel(partitions, partitionAt(partitions, Date.parse(start)))).toBe(label);
  });
});

test('a day whose midnight was skipped begins at the change, one whose midnight came twice at the first', () => {
  // Cuba goes forward at 00:00 and back from 01:00 to 00:00.
  const cuba = daily({ from: 2020, zone: 'America/Havana' });
  const [spring, autumn] = [Date.parse('2024-03-10T05:00Z'), Date.parse('2024-11-03T04:00Z')];
  expect(partitionAt(cuba, spring)).toEqual({ start: spring, end: Date.parse('2024-03-11T04:00Z') });
  expect(partitionAt(cuba, autumn)).toEqual({ start: autumn, end: Date.parse('2024-11-04T05:00Z') });
  // Newfoundland went back from 00:01 to 23:01 of the day before: the new day had begun.
  const newfoundland = daily({ from: 2005, zone: 'America/St_Johns' });
  const midnight = Date.parse('2010-11-07T02:30Z');
  expect(partitionAt(newfoundland, midnight + HOUR / 2).start).toBe(midnight);
  expect(partitionAt(newfoundland, midnight - 1).end).toBe(midnight);
});
