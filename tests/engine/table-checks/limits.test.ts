/** Limits that a table teaches: the largest value of other days, and how many rows a weekday has. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { beyondHistory, volume } from '../../../core/table-check.ts';
import {
  clear,
  DAY,
  found,
  HOUR,
  hours,
  hourlyTable,
  iso,
  judged,
  type Point,
  put,
  quantile,
  random,
  wallClock,
} from '../../support/hourly-table.ts';
import type { FreshDatabase } from '../../support/postgres.ts';

let db: FreshDatabase;
beforeAll(async () => {
  db = await hourlyTable();
});
afterAll(() => db.drop());
beforeEach(() => clear(db.pool));

const start = Date.parse('2023-01-01T00:00Z');
const dayOf = (at: number): number => Math.floor(at / DAY);

describe('beyondHistory', () => {
  const asked = { from: start, to: start + 120 * DAY };
  /** Eight rows a day, the largest of size 10. */
  const plain: readonly Point[] = hours(asked.from, asked.to, 3 * HOUR).map((at) => ({
    at,
    value: ((at / (3 * HOUR)) % 8) + 3,
  }));
  const with_ = (changes: Readonly<Record<string, number>>): Point[] =>
    plain.map(({ at, value }) => ({ at, value: changes[iso(at)] ?? value }));
  const check = beyondHistory('load_mw');

  test.each([1, 2, 3])(
    'days fail as in a model that compares each with all others, made with seed %i',
    async (seed) => {
      const next = random(seed);
      const points = plain.flatMap(({ at }): Point[] =>
        next() < 0.1 ? [] : [{ at, value: (next() < 0.5 ? -1 : 1) * next() ** -0.4 }],
      );
      await put(db.pool, points);
      const margin = 1.05;
      const largest = new Map<number, Point>();
      for (const point of points) {
        const before = largest.get(dayOf(point.at));
        if (before === undefined || Math.abs(point.value ?? 0) > Math.abs(before.value ?? 0))
          largest.set(dayOf(point.at), point);
      }
      const size = ({ value }: Point): number => Math.abs(value ?? 0);
      const limits = [...largest].map(([day, point]) => {
        const others = [...largest].filter(([other]) => Math.abs(other - day) > 1).map(([, other]) => size(other));
        return {
          at: point.at,
          upper: margin * Math.max(...others),
          differs: size(point) > margin * Math.max(...others),
        };
      });
      const rows = await judged(db.pool, beyondHistory('load_mw', { margin }), asked);
      expect(rows.map(({ at, differs }) => ({ at, differs }))).toEqual(
        limits.map(({ at, differs }) => ({ at, differs })),
      );
      for (const [i, { upper, lower }] of rows.entries()) {
        expect(upper).toBeCloseTo(limits[i]?.upper ?? Number.NaN, 9);
        expect(lower).toBeCloseTo(-(limits[i]?.upper ?? Number.NaN), 9);
      }
    },
  );

  test('a value of more than twice the largest of other days fails in either direction, twice of it passes', async () => {
    await put(db.pool, with_({ '2023-02-01T03:00:00.000Z': 20, '2023-03-01T03:00:00.000Z': -20 }));
    expect(await found(db.pool, beyondHistory('load_mw', { margin: 1 }), asked)).toEqual([]);
    expect(await found(db.pool, check, asked)).toEqual([]);
    await clear(db.pool);
    await put(db.pool, with_({ '2023-02-01T03:00:00.000Z': -20.5 }));
    expect(await found(db.pool, check, asked)).toEqual(['2023-02-01T03:00:00.000Z']);
  });

  test('a fault over midnight does not vouch for itself', async () => {
    await put(db.pool, with_({ '2023-02-01T21:00:00.000Z': 99, '2023-02-02T00:00:00.000Z': 98 }));
    expect(await found(db.pool, check, asked)).toEqual(['2023-02-01T21:00:00.000Z', '2023-02-02T00:00:00.000Z']);
  });

  test('too few days judge nothing, and zeros are no limit', async () => {
    const few = plain.filter(({ at }) => at < start + 59 * DAY);
    await put(db.pool, few);
    expect(await judged(db.pool, check, asked)).toEqual([]);
    await put(db.pool, [{ at: start + 59 * DAY, value: 5 }]);
    expect(await judged(db.pool, check, asked)).toHaveLength(60);
    await clear(db.pool);
    await put(
      db.pool,
      plain.map(({ at }) => ({ at, value: at === start + 30 * DAY ? 5 : 0 })),
    );
    // Of the day itself and its neighbours nothing but zeros is known besides.
    expect(await found(db.pool, check, asked)).toEqual([]);
  });
});

describe('volume', () => {
  const check = volume('hour', { zone: 'UTC' });
  const asked = { from: start, to: start + 100 * DAY };

  test.each([
    ['UTC', 1],
    ['America/Toronto', 2],
    ['America/Toronto', 3],
  ])('days fail as in a model that counts on the clock of %s, made with seed %i', async (zone, seed) => {
    const next = random(seed);
    const wall = wallClock(zone);
    const shares = new Map<number, number>();
    const points = hours(asked.from, asked.to, HOUR).flatMap((at): Point[] => {
      const day = dayOf(wall(at));
      const share = shares.get(day) ?? (next() < 0.2 ? 0.4 + 0.5 * next() : 0.97);
      shares.set(day, share);
      return next() < share ? [{ at, value: 1 }] : [];
    });
    await put(db.pool, points);
    const days = new Map<number, number[]>();
    for (const { at } of points) days.set(dayOf(wall(at)), [...(days.get(dayOf(wall(at))) ?? []), at]);
    const newest = Math.max(...days.keys());
    const inside = { from: start + 40 * DAY, to: start + 80 * DAY };
    const expected = [...days].flatMap(([day, own]) => {
      const [at = 0] = own;
      const peers = [...days].filter(([peer]) => peer < day && peer >= day - 35 && (day - peer) % 7 === 0);
      if (at < inside.from || at >= inside.to || day === newest || peers.length < 3) return [];
      const usual = quantile(
        peers.map(([, rows]) => rows.length),
        0.5,
      );
      return [{ at: iso(at), differs: Math.abs(own.length - usual) > 0.15 * usual }];
    });
    const five = volume('hour', { zone, weeks: 5, tolerance: 0.15 });
    const rows = await judged(db.pool, five, inside);
    expect(rows.map(({ at, differs }) => ({ at: iso(at), differs }))).toEqual(expected);
    expect(expected.filter(({ differs }) => differs).length).toBeGreaterThan(3);
  });

  test('a day whose clock goes on after the end of the interval is counted to its end', async () => {
    // Intervals of UTC days and the clock of Toronto: the last day of each interval goes on in the next one.
    await put(
      db.pool,
      hours(asked.from, asked.to).map((at) => ({ at, value: 1 })),
    );
    const inToronto = volume('hour', { zone: 'America/Toronto' });
    const rows = await judged(db.pool, inToronto, { from: start + 70 * DAY, to: start + 77 * DAY });
    expect(rows).toHaveLength(7);
    expect(rows.filter(({ differs }) => differs).map(({ value }) => value)).toEqual([]);
  });

  test('a group of rows that one day lacks is found, and so is one that it has twice', async () => {
    const lacking = start + 71 * DAY;
    const doubled = start + 75 * DAY;
    for (const area of ['A', 'B', 'C'])
      await put(
        db.pool,
        hours(asked.from, asked.to).flatMap((at) =>
          area === 'C' && at >= lacking && at < lacking + DAY ? [] : [{ at, value: 1 }],
        ),
        { area },
      );
    await put(
      db.pool,
      hours(doubled, doubled + DAY).map((at) => ({ at, value: 1 })),
      { area: 'D' },
    );
    const rows = (await judged(db.pool, check, asked)).filter(({ differs }) => differs);
    expect(rows.map(({ at, value, lower, upper }) => ({ at, value, lower, upper }))).toEqual([
      { at: lacking, value: '48 rows on 2023-03-13', lower: 64.8, upper: 79.2 },
      { at: doubled, value: '96 rows on 2023-03-17', lower: 64.8, upper: 79.2 },
    ]);
    expect(rows[0]?.expectation).toBe('about 72 rows, as on 8 days of that weekday before');
  });

  test('the newest day of the table may still be filled and is not tested', async () => {
    await put(
      db.pool,
      hours(asked.from, asked.to - 20 * HOUR).map((at) => ({ at, value: 1 })),
    );
    const last = { from: asked.to - DAY, to: asked.to };
    expect(await judged(db.pool, check, last)).toEqual([]);
    await put(db.pool, [{ at: asked.to, value: 1 }]);
    expect(await found(db.pool, check, last)).toEqual([iso(last.from)]);
  });

  test('fewer weeks than are wanted judge nothing', async () => {
    await put(
      db.pool,
      hours(start, start + 22 * DAY).map((at) => ({ at, value: 1 })),
    );
    // Three Sundays stand before the last day but one, and that is the day that can be judged.
    const rows = await judged(db.pool, check, asked);
    expect(rows.map(({ at }) => iso(at))).toEqual([]);
    await put(
      db.pool,
      hours(start + 22 * DAY, start + 24 * DAY).map((at) => ({ at, value: 1 })),
    );
    expect((await judged(db.pool, check, asked)).map(({ at }) => iso(at))).toEqual([
      iso(start + 21 * DAY),
      iso(start + 22 * DAY),
    ]);
  });
});
