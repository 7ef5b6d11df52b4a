/** Names of zones, dates and instants as text, and the worked examples of IESO's hours. */
import { describe, expect, test } from 'vitest';
import {
  civilTime,
  instantOf,
  isZone,
  localInstant,
  offsetAt,
  parseDate,
  parseDateOrInstant,
} from '../../core/zone.ts';

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
});

describe('zones', () => {
  test.each([
    ['UTC', 0],
    ['Etc/UTC', 0],
    ['Etc/GMT+5', -5],
    ['Etc/GMT-14', 14],
    ['Etc/GMT+0', 0],
    ['EST', -5],
  ])('%s is %d h from UTC', (name, hours) => {
    expect(isZone(name)).toBe(true);
    expect(offsetAt(name, Date.UTC(2020, 6, 1)) / HOUR + 0).toBe(hours);
  });

  test('a clock that never changed is known for all time, one that did from 2000 to 2037', () => {
    expect(offsetAt('Etc/GMT+5', -Infinity)).toBe(-5 * HOUR);
    expect(offsetAt('America/Edmonton', Date.UTC(2000, 0, 1))).toBe(-7 * HOUR);
    for (const instant of [Date.UTC(1999, 11, 1), Date.UTC(2038, 1, 1), Infinity, NaN])
      expect(() => offsetAt('America/Edmonton', instant)).toThrow(RangeError);
    expect(localInstant({ year: 1999, month: 6, day: 1, hour: 0 }, 'America/Edmonton')).toEqual({ kind: 'not known' });
    expect(() => instantOf({ year: 1999, month: 6, day: 1, hour: 0 }, 'America/Edmonton')).toThrow(
      /outside 2000 to 2037/,
    );
  });

  test.each(['Etc/GMT+15', 'Etc/GMT5', 'GMT+5', '+05:00', '', 'etc/gmt+5', 'Etc/GMT+5 ', 'Factory', 'America/Calgary'])(
    '%j is none',
    (name) => {
      expect(isZone(name)).toBe(false);
      expect(() => offsetAt(name, 0)).toThrow(RangeError);
      expect(() => localInstant({ year: 2020, month: 1, day: 1, hour: 0 }, name)).toThrow(RangeError);
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

  test('dates of a zone that changes its clock begin where its clock says', () => {
    expect(parseDate('2024-07-01', 'America/Edmonton')).toBe(Date.UTC(2024, 6, 1, 6));
    expect(parseDate('2026-12-01', 'America/Edmonton')).toBe(Date.UTC(2026, 11, 1, 6));
    // Samoa went from the 29th to the 31st.
    expect(parseDate('2011-12-30', 'Pacific/Apia')).toBeNull();
    expect(parseDate('1999-06-01', 'America/Edmonton')).toBeNull();
    // As the bound of a range it is good enough: nothing is published there.
    expect(parseDateOrInstant('1999-06-01', 'America/Edmonton')).toBe(Date.UTC(1999, 5, 1));
    expect(parseDateOrInstant('2011-12-30', 'Pacific/Apia')).toBeNull();
  });
});
