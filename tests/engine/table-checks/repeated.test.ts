/** Values that were given out before: repeats of a day, a week and a year against a model in plain loops, and what is none. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { repeated } from '../../../core/table-check.ts';
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
  random,
} from '../../support/hourly-table.ts';
import type { FreshDatabase } from '../../support/postgres.ts';

let db: FreshDatabase;
beforeAll(async () => {
  db = await hourlyTable();
});
afterAll(() => db.drop());

const start = Date.parse('2021-01-01T00:00Z');
const asked = { from: start + 380 * DAY, to: start + 410 * DAY };
const ats = hours(start, asked.to);

/** Values that no two hours share. */
const distinct: readonly Point[] = ats.map((at, i) => ({ at, value: 1_000 + i }));

/** The rows from `at` on repeat those of some days before; `n` rows do. */
const repeating = (at: number, days: number, n: number): Point[] =>
  distinct.map((point, i) =>
    point.at >= at && point.at < at + n * HOUR ? { ...point, value: distinct[i - days * 24]?.value ?? null } : point,
  );

async function holding(points: readonly Point[]): Promise<void> {
  await clear(db.pool);
  await put(db.pool, points);
}

/** First rows of runs of repeats that are longer than `rows`, each with the longest run that begins there. */
function model(points: readonly Point[], rows: number, from: number, to: number): { at: string; run: string }[] {
  const known = points.filter(({ at, value }) => value !== null && at < to);
  const values = new Map(known.map(({ at, value }) => [at, value]));
  const moving = known.filter(({ at, value }, i) => at >= from && value !== known[i - 1]?.value);
  const best = new Map<number, { days: number; rows: number; last: number }>();
  for (const days of [1, 2, 7, 364, 365, 366]) {
    let run: Point[] = [];
    const end = (): void => {
      const [first] = run;
      const last = run.at(-1);
      if (
        first !== undefined &&
        last !== undefined &&
        run.length > rows &&
        run.length > (best.get(first.at)?.rows ?? 0)
      )
        best.set(first.at, { days, rows: run.length, last: last.at });
      run = [];
    };
    for (const point of moving) {
      if (values.get(point.at - days * DAY) === point.value) run.push(point);
      else end();
    }
    end();
  }
  return [...best]
    .toSorted(([a], [b]) => a - b)
    .map(([at, { days, rows: length, last }]) => ({
      at: iso(at),
      run: `other values than ${days} days before; ${length} rows repeat, until ${iso(last).slice(0, 16)}Z`,
    }));
}

describe.each([1, 2, 3])('values that are one of few, made with seed %i', (seed) => {
  test('repeat where the model says so, and as long', async () => {
    const next = random(seed);
    const points = ats.flatMap((at): Point[] => {
      const chance = next();
      return chance < 0.02 ? [] : [{ at, value: chance < 0.04 ? null : Math.floor(next() * 3) }];
    });
    await holding(points);
    const rows = (await judged(db.pool, repeated('load_mw', { rows: 3 }), asked)).filter(({ differs }) => differs);
    const expected = model(points, 3, asked.from, asked.to);
    expect(expected.length).toBeGreaterThan(10);
    expect(rows.map(({ at, expectation }) => ({ at: iso(at), run: expectation }))).toEqual(expected);
  });
});

test.each([1, 2, 7, 364, 365, 366])(
  'a day that repeats the one %i days before is found at its first hour',
  async (days) => {
    const at = asked.from + 3 * DAY;
    await holding(repeating(at, days, 24));
    const rows = (await judged(db.pool, repeated('load_mw'), asked)).filter(({ differs }) => differs);
    expect(rows).toMatchObject([
      {
        at,
        expectation: `other values than ${days} days before; 24 rows repeat, until ${iso(at + 23 * HOUR).slice(0, 16)}Z`,
      },
    ]);
  },
);

test('a repeated week is one finding, with the number of its rows', async () => {
  const at = asked.from + 10 * DAY;
  await holding(repeating(at, 7, 168));
  const rows = (await judged(db.pool, repeated('load_mw'), asked)).filter(({ differs }) => differs);
  expect(rows.map((row) => row.at)).toEqual([at]);
  expect(rows[0]?.expectation).toContain('7 days before; 168 rows repeat');
});

test('a year that repeats the one before is found once, whatever interval is looked at', async () => {
  const two = hours(start, start + 730 * DAY);
  await holding(two.map((at, i) => ({ at, value: 1_000 + (i % (365 * 24)) })));
  const second = { from: start + 365 * DAY, to: start + 730 * DAY };
  expect(await found(db.pool, repeated('load_mw'), { from: start, to: start + 365 * DAY })).toEqual([]);
  expect(await found(db.pool, repeated('load_mw'), second)).toEqual([iso(second.from)]);
});

test('a run of exactly as many rows passes, and one row more fails', async () => {
  const at = asked.from + 3 * DAY;
  await holding(repeating(at, 1, 8));
  expect(await found(db.pool, repeated('load_mw'), asked)).toEqual([]);
  await holding(repeating(at, 1, 9));
  expect(await found(db.pool, repeated('load_mw'), asked)).toEqual([iso(at)]);
});

test('nights of zeros do not count, and do not hide a day that repeats', async () => {
  const isNight = (at: number): boolean => new Date(at).getUTCHours() < 12;
  await holding(distinct.map((point) => (isNight(point.at) ? { ...point, value: 0 } : point)));
  expect(await found(db.pool, repeated('load_mw'), asked)).toEqual([]);
  const at = asked.from + 3 * DAY;
  await holding(repeating(at, 1, 24).map((point) => (isNight(point.at) ? { ...point, value: 0 } : point)));
  const rows = (await judged(db.pool, repeated('load_mw'), asked)).filter(({ differs }) => differs);
  // Twelve hours of the day; the first zero of each of the two nights changes from the value before it.
  expect(rows).toMatchObject([{ at, expectation: expect.stringContaining('1 days before; 14 rows repeat') }]);
});

test('what stands still is not looked at: a series that is flat is not checked', async () => {
  await holding(ats.map((at) => ({ at, value: 7 })));
  expect(await judged(db.pool, repeated('load_mw'), asked)).toEqual([]);
});
