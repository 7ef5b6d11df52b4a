/** Clocks with one offset all year, and the worked examples of IESO's hours. */
import { describe, expect, test } from 'vitest';
import { civilTime, fixedOffsetMs, instantOf, offsetMs, parseDate, parseDateOrInstant } from '../../core/zone.ts';

const HOUR = 3_600_000;
const zone = 'Etc/GMT+5';

describe('IESO runs on UTC−5 all year', () => {
  test.each([
    ['2025-07-15', 1, '2025-07-15T05:00Z'],
    ['2025-07-15', 24, '2025-07-16T04:00Z'],
    ['2025-01-15', 24, '2025-01-16T04:00Z'],
    ['2025-03-09', 3, '2025-03-09T07:00Z'],
    ['2025-11-02', 2, '2025-11-02T06:00Z'],
    ['2026-03-05', 1, '2026-03-05T05:00Z'],
  ])('%s hour ending %d starts at %s', (day, hourEnding, start) => {
    const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
    expect(instantOf({ year, month, day: date, hour: hourEnding - 1 }, zone)).toBe(Date.parse(start));
    expect(civilTime(Date.parse(start), zone)).toEqual({ year, month, day: date, hour: hourEnding - 1 });
    expect(parseDate(day, zone)).toBe(Date.parse(start) - (hourEnding - 1) * HOUR);
  });

  test('every hour of 2000 to 2030 has a clock time of its own, and there is no other', () => {
    let day = Date.UTC(2000, 0, 1, 5);
    for (let at = day; at < Date.UTC(2031, 0, 1, 5); at += HOUR) {
      const clock = civilTime(at, zone);
      if (instantOf(clock, zone) !== at || clock.hour !== ((at - Date.UTC(2000, 0, 1, 5)) / HOUR) % 24)
        throw new Error(new Date(at).toISOString());
      if (clock.hour === 0) day = at;
      if (at - day !== clock.hour * HOUR) throw new Error(new Date(at).toISOString());
    }
    expect(day).toBe(Date.UTC(2030, 11, 31, 5));
  });
});

describe('zones with a fixed offset', () => {
  test.each([
    ['UTC', 0],
    ['Etc/UTC', 0],
    ['Etc/GMT+5', -5],
    ['Etc/GMT-14', 14],
    ['Etc/GMT+0', 0],
  ])('%s is %d h from UTC', (name, hours) => {
    expect(offsetMs(name) / HOUR + 0).toBe(hours);
  });

  test.each(['America/Toronto', 'EST', 'Etc/GMT+15', 'Etc/GMT5', 'GMT+5', '+05:00', '', 'etc/gmt+5', 'Etc/GMT+5 '])(
    '%j is none',
    (name) => {
      expect(fixedOffsetMs(name)).toBeNull();
      expect(() => offsetMs(name)).toThrow(RangeError);
    },
  );
});

describe('dates', () => {
  test.each([
    '2025-02-29',
    '2025-02-30',
    '2025-13-01',
    '2025-00-10',
    '2025-04-31',
    '2025-1-1',
    '2025-01-01T00:00',
    ' 2025-01-01',
    '',
    '20250101',
    '0050-01-01',
  ])('%j is no date', (text) => {
    expect(parseDate(text, zone)).toBeNull();
    expect(parseDateOrInstant(text, zone)).toBeNull();
  });

  test('29 February is one in a leap year', () => {
    expect(parseDate('2024-02-29', zone)).toBe(Date.UTC(2024, 1, 29, 5));
  });

  test.each([
    ['2025-05-01T05:00Z', Date.UTC(2025, 4, 1, 5)],
    ['2025-05-01T00:00-05:00', Date.UTC(2025, 4, 1, 5)],
    ['2025-05-01T05:00:30.5Z', Date.UTC(2025, 4, 1, 5, 0, 30, 500)],
  ])('%s is an instant', (text, instant) => {
    expect(parseDateOrInstant(text, zone)).toBe(instant);
  });

  test.each([
    '2025-02-30T00:00Z',
    '2025-02-31T00:00:00Z',
    '2025-05-01T05:00',
    '2025-05-01 05:00Z',
    '2025-05-01T25:00Z',
    '2025-04-31T00:00+01:00',
    'now',
    '2025-05-01T05:00:00+0500',
  ])('%j is no instant', (text) => {
    expect(parseDateOrInstant(text, zone)).toBeNull();
  });
});
