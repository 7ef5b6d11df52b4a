/** Partitions: every hour of a publisher's clock lies in exactly one, and together they are what the definition says. */
import { describe, expect, test } from 'vitest';
import { contains, type Interval, normalise } from '../../core/interval.ts';
import {
  ALL_TIME,
  daily,
  extent,
  hourly,
  monthly,
  partitionAt,
  partitionIntervals,
  partitionLabel,
  snapshot,
  whole,
  yearly,
} from '../../core/partitions.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const zone = 'Etc/GMT+5';
const far = Date.UTC(2040, 0, 1);
/** Midnight of IESO's clock, worked out without the code under test. */
const midnight = (year: number, month: number, day: number): number => Date.UTC(year, month - 1, day) + 5 * HOUR;

describe.each([
  ['yearly', yearly, 29],
  ['monthly', monthly, 29 * 12],
  ['daily', daily, (midnight(2031, 1, 1) - midnight(2002, 1, 1)) / DAY],
  ['hourly', hourly, (midnight(2031, 1, 1) - midnight(2002, 1, 1)) / HOUR],
] as const)('%s partitions of 2002 to 2030', (grain, build, count) => {
  const partitions = build({ from: 2002, until: '2031-01-01', zone });
  const intervals = partitionIntervals(partitions, ALL_TIME, far);

  test('each begins where the one before ends, and together they are the extent', () => {
    expect(intervals).toHaveLength(count);
    expect(intervals.every(({ start }, i) => i === 0 || intervals[i - 1]?.end === start)).toBe(true);
    expect(normalise(intervals)).toEqual([extent(partitions)]);
    expect(extent(partitions)).toEqual({ start: midnight(2002, 1, 1), end: midnight(2031, 1, 1) });
  });

  test('every day of the publisher is in one partition, whole or as 24 hours', () => {
    let at = 0;
    let days = 0;
    for (let day = midnight(2002, 1, 1); day < midnight(2031, 1, 1); day += DAY) {
      while ((intervals[at]?.end ?? Infinity) <= day) at++;
      const found = intervals[at];
      if (
        found === undefined ||
        found.start > day ||
        found.end < Math.min(day + DAY, grain === 'hourly' ? day + HOUR : Infinity)
      )
        throw new Error(`no partition holds ${new Date(day).toISOString()}`);
      days++;
    }
    expect(days).toBe(10_592);
  });

  test('labels tell them apart', () => {
    expect(new Set(intervals.map((interval) => partitionLabel(partitions, interval))).size).toBe(count);
  });

  test('the partition of an instant is the one that the list has', () => {
    for (const interval of intervals.filter((_, i) => i % 97 === 0)) {
      expect(partitionAt(partitions, interval.start)).toEqual(interval);
      expect(partitionAt(partitions, interval.end - 1)).toEqual(interval);
    }
  });
});

describe('the first and the last partition', () => {
  const partitions = yearly({ from: '2002-05-01', until: '2025-05-01', zone });

  test('are cut at the first and the last day', () => {
    const intervals = partitionIntervals(partitions, ALL_TIME, far);
    expect(intervals[0]).toEqual({ start: midnight(2002, 5, 1), end: midnight(2003, 1, 1) });
    expect(intervals.at(-1)).toEqual({ start: midnight(2025, 1, 1), end: midnight(2025, 5, 1) });
  });

  test.each([
    ['a range before the first day', { start: midnight(1990, 1, 1), end: midnight(2002, 5, 1) }, []],
    ['a range that ends one millisecond into it', { start: -Infinity, end: midnight(2002, 5, 1) + 1 }, ['2002']],
    [
      'a range that touches a year',
      { start: midnight(2016, 1, 1), end: midnight(2026, 1, 1) },
      ['2016', '2017', '2018', '2019', '2020', '2021', '2022', '2023', '2024', '2025'],
    ],
    ['the last hour of a year', { start: midnight(2017, 1, 1) - HOUR, end: midnight(2017, 1, 1) }, ['2016']],
    ['a range after the last day', { start: midnight(2025, 5, 1), end: Infinity }, []],
  ])('%s has %j', (_, range, labels) => {
    expect(partitionIntervals(partitions, range, far).map((interval) => partitionLabel(partitions, interval))).toEqual(
      labels,
    );
  });

  test('nothing starts at or after now', () => {
    const now = midnight(2010, 1, 1);
    expect(partitionIntervals(partitions, ALL_TIME, now).at(-1)?.end).toBe(now);
    expect(partitionIntervals(partitions, ALL_TIME, now + 1).at(-1)?.start).toBe(now);
    expect(partitionIntervals(partitions, ALL_TIME, midnight(2002, 5, 1))).toEqual([]);
  });
});

describe('labels', () => {
  const at = (start: number, length: number): Interval => ({ start, end: start + length });
  test.each([
    [hourly({ from: 2025, zone }), at(midnight(2025, 5, 1), HOUR), '2025-05-01 HE 01'],
    [hourly({ from: 2025, zone }), at(midnight(2025, 5, 1) + 23 * HOUR, HOUR), '2025-05-01 HE 24'],
    [daily({ from: 2025, zone }), at(midnight(2025, 5, 1), DAY), '2025-05-01'],
    [monthly({ from: 2025, zone }), at(midnight(2025, 5, 1), 31 * DAY), '2025-05'],
    [whole(), ALL_TIME, 'all'],
    [snapshot(), at(Date.UTC(2025, 4, 1, 5, 7), 60_000), '2025-05-01T05:07Z'],
  ])('of %j', (partitions, interval, label) => {
    expect(partitionLabel(partitions, interval)).toBe(label);
  });
});

describe('files without dates', () => {
  test('a whole file overlaps every range', () => {
    expect(partitionIntervals(whole(), { start: 5, end: 6 }, far)).toEqual([ALL_TIME]);
  });

  test('a snapshot is the minute of now, whatever the range', () => {
    const now = Date.UTC(2025, 4, 1, 5, 7, 31);
    const [minute, ...more] = partitionIntervals(snapshot(), { start: 0, end: 1 }, now);
    expect(more).toEqual([]);
    expect(minute).toEqual({ start: Date.UTC(2025, 4, 1, 5, 7), end: Date.UTC(2025, 4, 1, 5, 8) });
    expect(contains(minute ?? ALL_TIME, now)).toBe(true);
  });
});
