/** Every hour of 2000 to 2030 in the zones of Canada, against rules that are written down here once more and owe nothing to the code. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { civilTime, instantOf, isZone, type LocalTime, localInstant, offsetAt } from '../../core/zone.ts';
import { histories, periodsOf } from '../../core/zones/history.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FROM = Date.UTC(2000, 0, 1);
const UNTIL = Date.UTC(2031, 0, 1);

interface Rule {
  /** Hours from UTC in winter. */
  readonly standard: number;
  /** Hours after local midnight at which clocks changed, up to and with a year. */
  readonly early?: { readonly begin: number; readonly end: number; readonly until: number };
  /** From this instant on the clock is so many hours from UTC for good. */
  readonly last?: readonly [from: string, hours: number];
}

const CANADA: Readonly<Record<string, Rule>> = {
  'America/St_Johns': { standard: -3.5, early: { begin: 1 / 60, end: 1 / 60, until: 2011 } },
  'America/Halifax': { standard: -4 },
  'America/Goose_Bay': { standard: -4, early: { begin: 1 / 60, end: 1 / 60, until: 2011 } },
  'America/Moncton': { standard: -4, early: { begin: 1 / 60, end: 1 / 60, until: 2006 } },
  'America/Toronto': { standard: -5 },
  // Manitoba went back at 02:00 of standard time.
  'America/Winnipeg': { standard: -6, early: { begin: 2, end: 3, until: 2005 }, last: ['2026-03-08T08:00Z', -5] },
  'America/Edmonton': { standard: -7, last: ['2026-03-08T09:00Z', -6] },
  'America/Yellowknife': { standard: -7, last: ['2026-03-08T09:00Z', -6] },
  'America/Vancouver': { standard: -8, last: ['2026-03-08T10:00Z', -7] },
  'America/Whitehorse': { standard: -8, last: ['2020-03-08T10:00Z', -7] },
  'America/Regina': { standard: -6, last: ['2000-01-01T00:00Z', -6] },
  'America/Atikokan': { standard: -5, last: ['2000-01-01T00:00Z', -5] },
  'America/Blanc-Sablon': { standard: -4, last: ['2000-01-01T00:00Z', -4] },
  'America/Creston': { standard: -7, last: ['2000-01-01T00:00Z', -7] },
  'America/Dawson_Creek': { standard: -7, last: ['2000-01-01T00:00Z', -7] },
  'Etc/GMT+5': { standard: -5, last: ['2000-01-01T00:00Z', -5] },
};

/** Day of the month of the n-th Sunday (counted from the end where negative). */
function sunday(year: number, month: number, n: number): number {
  const days = Array.from({ length: new Date(Date.UTC(year, month, 0)).getUTCDate() }, (_, i) => i + 1);
  return days.filter((day) => new Date(Date.UTC(year, month - 1, day)).getUTCDay() === 0).at(n < 0 ? n : n - 1) ?? 0;
}

/** The rule as a function, with the number of times at which it sets the clock back. */
function expectedOffsets(rule: Rule): ((instant: number) => number) & { readonly autumns: number } {
  const summers = Array.from({ length: 31 }, (_, i) => {
    const year = 2000 + i;
    const early = rule.early !== undefined && year <= rule.early.until ? rule.early : { begin: 2, end: 2 };
    const [begin, end] =
      year < 2007
        ? [Date.UTC(year, 3, sunday(year, 4, 1)), Date.UTC(year, 9, sunday(year, 10, -1))]
        : [Date.UTC(year, 2, sunday(year, 3, 2)), Date.UTC(year, 10, sunday(year, 11, 1))];
    // Newfoundland and Labrador went over to 02:00 in November 2011, after that spring's change.
    const endHour = rule.early?.until === 2011 && year === 2011 ? 2 : early.end;
    return [begin + (early.begin - rule.standard) * HOUR, end + (endHour - rule.standard - 1) * HOUR] as const;
  });
  const lastFrom = rule.last === undefined ? Infinity : Date.parse(rule.last[0]);
  // Asked in order of time, as the walks below do: the summer that is not over yet.
  let next = 0;
  const offset = (instant: number): number => {
    if (instant >= lastFrom) return (rule.last?.[1] ?? 0) * HOUR;
    if (instant < (summers[next - 1]?.[1] ?? 0)) next = 0;
    while (instant >= (summers[next]?.[1] ?? Infinity)) next++;
    return (rule.standard + (instant >= (summers[next]?.[0] ?? Infinity) ? 1 : 0)) * HOUR;
  };
  return Object.assign(offset, { autumns: summers.filter(([, end]) => end < lastFrom).length });
}

describe.each(Object.entries(CANADA))('every hour of 2000 to 2030 in %s', (zone, rule) => {
  const expected = expectedOffsets(rule);

  test('has the offset of the rule, and its clock time leads back to it alone or is known to come twice', () => {
    const wrong: string[] = [];
    let twice = 0;
    let [year, month, dayOfMonth, day] = [0, 0, 0, -Infinity];
    for (let at = FROM; at < UNTIL; at += HOUR) {
      const offset = offsetAt(zone, at);
      const local = at + offset;
      if (local >= day + DAY || local < day) {
        const date = new Date(local);
        [year, month, dayOfMonth] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
        day = Date.UTC(year, month - 1, dayOfMonth);
      }
      const minutes = (local - day) / 60_000;
      const found = localInstant(
        { year, month, day: dayOfMonth, hour: Math.floor(minutes / 60), minute: minutes % 60 },
        zone,
      );
      if (found.kind === 'ambiguous') twice++;
      const back =
        found.kind === 'once'
          ? found.instant === at
          : found.kind === 'ambiguous' && [found.earlier, found.later].includes(at);
      if (offset !== expected(at) || !back) wrong.push(`${new Date(at).toISOString()} ${offset / HOUR} ${found.kind}`);
    }
    expect(wrong).toEqual([]);
    // Each autumn change shows one hour again, which this walk meets twice.
    expect(twice).toBe(expected.autumns * 2);
  });

  test('its days follow each other without a gap and have the length that the rule says', () => {
    const wrong: string[] = [];
    const lengths = new Map<number, number>();
    let start = instantOf({ year: 2000, month: 1, day: 1, hour: 0 }, zone);
    for (let day = 1; start < UNTIL; day++) {
      const end = instantOf({ year: 2000, month: 1, day: day + 1, hour: 0 }, zone);
      const hours = (end - start) / HOUR;
      lengths.set(hours, (lengths.get(hours) ?? 0) + 1);
      if (civilTime(start, zone).hour !== 0 || hours !== 24 - (expected(end) - expected(start)) / HOUR)
        wrong.push(new Date(start).toISOString());
      start = end;
    }
    expect(wrong).toEqual([]);
    expect([...lengths.keys()].every((hours) => [23, 24, 25].includes(hours))).toBe(true);
  });
});

test.each([
  ['America/Inuvik', 'America/Edmonton'],
  ['America/Swift_Current', 'America/Regina'],
  ['America/Dawson', 'America/Whitehorse'],
  ['America/Glace_Bay', 'America/Halifax'],
  ['America/Iqaluit', 'America/Toronto', 2007],
  ['America/Fort_Nelson', 'America/Creston', 2016],
])('%s shows what %s does', (zone, other, since = 2000) => {
  const from = Date.UTC(since, 0, 1);
  const changes = (name: string): number[][] =>
    (periodsOf(name) ?? []).filter(({ until }) => until > from).map((one) => [Math.max(one.from, from), one.offset]);
  expect(changes(zone)).toEqual(changes(other));
});

describe('Alberta', () => {
  test.each([
    ['2024-03-10T08:59Z', -7],
    ['2024-03-10T09:00Z', -6],
    ['2024-11-03T07:59Z', -6],
    ['2024-11-03T08:00Z', -7],
    ['2025-11-02T08:00Z', -7],
    ['2026-03-08T08:59Z', -7],
    ['2026-03-08T09:00Z', -6],
    ['2026-11-01T08:00Z', -6],
    ['2030-01-15T00:00Z', -6],
  ])('at %s is UTC%d', (instant, hours) => {
    expect(offsetAt('America/Edmonton', Date.parse(instant)) / HOUR).toBe(hours);
  });

  test('has a 23-hour day in March 2026 and none of 25 hours that autumn', () => {
    const length = (month: number, day: number): number =>
      instantOf({ year: 2026, month, day: day + 1, hour: 0 }, 'America/Edmonton') -
      instantOf({ year: 2026, month, day, hour: 0 }, 'America/Edmonton');
    expect([length(3, 8), length(11, 1)]).toEqual([23 * HOUR, DAY]);
  });
});

const zones = histories().flatMap((one) => one.zones);
const anyHour = fc.record({
  year: fc.integer({ min: 2000, max: 2037 }),
  month: fc.integer({ min: 1, max: 12 }),
  day: fc.integer({ min: 1, max: 28 }),
  hour: fc.integer({ min: 0, max: 23 }),
  minute: fc.integer({ min: 0, max: 59 }),
  second: fc.constant(0),
});

describe('in every zone of the world', () => {
  test('an instant is one of those that its clock time may mean', () => {
    const holds = (zone: string, at: number): void => {
      const instant = Math.floor(at / 60_000) * 60_000;
      const local = new Date(instant + offsetAt(zone, instant));
      const found = localInstant({ ...civilTime(instant, zone), minute: local.getUTCMinutes() }, zone);
      expect(
        found.kind === 'once' ? [found.instant] : found.kind === 'ambiguous' ? [found.earlier, found.later] : [],
      ).toContain(instant);
    };
    fc.assert(fc.property(fc.constantFrom(...zones), fc.integer({ min: FROM, max: Date.UTC(2037, 11, 31) }), holds), {
      numRuns: 2000,
    });
  });

  test('a clock time has the number of instants that a search over all offsets finds', () => {
    const holds = (zone: string, time: Required<LocalTime>): void => {
      const clock = Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute);
      const instants: number[] = [];
      for (let quarter = -14 * 4; quarter <= 14 * 4; quarter++) {
        const at = clock + quarter * (HOUR / 4);
        if (at + offsetAt(zone, at) === clock) instants.push(at);
      }
      const kind = ['does not exist', 'once', 'ambiguous'][instants.length];
      expect(localInstant(time, zone).kind).toBe(kind);
    };
    fc.assert(fc.property(fc.constantFrom(...zones), anyHour, holds), { numRuns: 2000 });
  });

  test('there are the zones that rows of the world carry', () => {
    expect(zones.length).toBeGreaterThan(590);
    expect(new Set(zones).size).toBe(zones.length);
    expect(
      ['Europe/London', 'Asia/Kolkata', 'Australia/Lord_Howe', 'America/New_York', 'Asia/Calcutta'].filter(
        (z) => !isZone(z),
      ),
    ).toEqual([]);
  });
});
