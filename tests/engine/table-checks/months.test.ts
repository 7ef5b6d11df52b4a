/** Checks that compare a month with the same month of other years: a clock that is off, and a distribution that has drifted. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clockShift, distributionDrift } from '../../../core/table-check.ts';
import {
  clear,
  found,
  HOUR,
  hours,
  hourlyTable,
  iso,
  judged,
  type JudgedRow,
  type Point,
  put,
  quantile,
  random,
  wallClock,
} from '../../support/hourly-table.ts';
import type { FreshDatabase } from '../../support/postgres.ts';

const ZONE = 'America/Toronto';
const wall = wallClock(ZONE);
const YEARS = [2019, 2020, 2021, 2022] as const;
const startOf = (year: number): number => Date.parse(`${year}-01-01T05:00Z`);
const year = (of: number): { from: number; to: number } => ({ from: startOf(of), to: startOf(of + 1) });
const ALL = { from: startOf(2019), to: startOf(2023) };
/** Month on the clock of the place: `2021-03`. */
const monthOf = (at: number): string => iso(wall(at)).slice(0, 7);
const twelve = (of: number): string[] =>
  Array.from({ length: 12 }, (_, i) => `${of}-${String(i + 1).padStart(2, '0')}`);
const months = (rows: readonly JudgedRow[]): string[] =>
  rows.filter(({ differs }) => differs).map(({ at }) => monthOf(at));

/** Load of a clock hour: a peak at breakfast and a higher one at supper, later in summer than in winter. */
function usual(clock: number): number {
  const at = new Date(clock);
  const hour = at.getUTCHours();
  const summer = Math.sin(((at.getUTCMonth() - 3) / 12) * 2 * Math.PI);
  const peak = (around: number, width: number): number => Math.exp(-(((hour - around) / width) ** 2));
  const weekend = at.getUTCDay() % 6 === 0 ? 0.93 : 1;
  return weekend * (1_000 + 60 * peak(8, 2) + 160 * peak(18 + summer, 4));
}

/** Every hour of the years; `moved` of the instant says how many hours late its value is, `times` what it is multiplied by. */
function load(
  years: readonly number[],
  seed: number,
  {
    moved = () => 0,
    times = () => 1,
  }: { moved?: (at: number) => number; times?: (month: string, noise: number) => number } = {},
): Point[] {
  const next = random(seed);
  return years.flatMap((of) =>
    hours(startOf(of), startOf(of + 1)).map((at) => {
      const noise = next();
      return {
        at,
        value: usual(wall(at - moved(at) * HOUR)) * times(monthOf(at), noise) * (1 + 0.02 * (noise - 0.5)),
      };
    }),
  );
}

let db: FreshDatabase;
beforeAll(async () => {
  db = await hourlyTable();
});
afterAll(() => db.drop());

async function holding(points: readonly Point[]): Promise<void> {
  await clear(db.pool);
  await put(db.pool, points);
}

describe('clockShift', () => {
  const check = clockShift('load_mw', { zone: ZONE });

  test.each([
    [1, '1 h late'],
    [-1, '1 h early'],
  ])('a year that is moved by %i h is found in every month, and no other year is', async (by, words) => {
    await holding(load(YEARS, 1, { moved: (at) => (at >= startOf(2021) && at < startOf(2022) ? by : 0) }));
    const rows = await judged(db.pool, check, ALL);
    expect(rows).toHaveLength(48);
    expect(months(rows)).toEqual(twelve(2021));
    for (const { value } of rows.filter(({ differs }) => differs)) expect(value).toContain(`fits best ${words}`);
    // Asked for the year alone, as after its load.
    expect(months(await judged(db.pool, check, year(2021)))).toEqual(twelve(2021));
  });

  test('years that nothing has moved pass, and a year alone is not compared', async () => {
    await holding(load([2020, 2021], 2));
    const rows = await judged(db.pool, check, ALL);
    expect([rows.length, months(rows)]).toEqual([24, []]);
    expect(await judged(db.pool, clockShift('load_mw', { zone: ZONE, years: 0 }), ALL)).toEqual([]);
    await holding(load([2020], 2));
    expect(await judged(db.pool, check, ALL)).toEqual([]);
  });

  test('a summer without the change of the clocks is found in its months only', async () => {
    const isSummer = (at: number): boolean => wall(at) - at === -4 * HOUR;
    await holding(load([2019, 2020, 2021], 3, { moved: (at) => (at >= startOf(2021) && isSummer(at) ? 1 : 0) }));
    const found2021 = months(await judged(db.pool, check, ALL));
    expect(found2021).toEqual(expect.arrayContaining(twelve(2021).slice(3, 10)));
    for (const winter of ['2021-01', '2021-02', '2021-12']) expect(found2021).not.toContain(winter);
  });
});

describe('distributionDrift', () => {
  interface Month {
    readonly month: string;
    readonly rows: number;
    readonly low: number;
    readonly middle: number;
    readonly high: number;
  }

  /** Months and their verdict in plain loops; months that cannot be compared are not there. */
  function model(
    points: readonly Point[],
    { threshold, years, minYears, tails }: { threshold: number; years: number; minYears: number; tails: boolean },
  ): { month: string; differs: boolean; lower: number; upper: number }[] {
    const values = new Map<string, number[]>();
    for (const { at, value } of points) {
      if (value === null) continue;
      const list = values.get(monthOf(at)) ?? [];
      list.push(value);
      values.set(monthOf(at), list);
    }
    const all = [...values].map(([month, list]): Month => ({
      month,
      rows: list.length,
      low: quantile(list, 0.1),
      middle: quantile(list, 0.5),
      high: quantile(list, 0.9),
    }));
    const most = Math.max(...all.map(({ rows }) => rows));
    const full = all.filter(({ rows }) => rows >= most / 2);
    const yearNumber = ({ month }: Month): number => Number(month.slice(0, 4));
    return full.flatMap((tested) => {
      const others = full.filter(
        (other) =>
          other.month !== tested.month &&
          other.month.slice(5) === tested.month.slice(5) &&
          Math.abs(yearNumber(other) - yearNumber(tested)) <= years,
      );
      if (others.length < minYears) return [];
      const of = (part: 'low' | 'middle' | 'high'): number =>
        quantile(
          others.map((other) => other[part]),
          0.5,
        );
      const spread = of('high') - of('low');
      const parts = tails ? (['low', 'middle', 'high'] as const) : (['middle'] as const);
      const distance = Math.max(...parts.map((part) => Math.abs(tested[part] - of(part)))) / spread;
      return [
        {
          month: tested.month,
          differs: distance > threshold,
          lower: of('middle') - threshold * spread,
          upper: of('middle') + threshold * spread,
        },
      ];
    });
  }

  test.each(['tenths', 'median'] as const)('months that wander fail as those of the model, by their %s', async (of) => {
    const next = random(7);
    const factors = new Map(YEARS.flatMap(twelve).map((month) => [month, 0.8 + 0.4 * next()]));
    const points = load(YEARS, 4, { times: (month) => factors.get(month) ?? 1 }).filter(
      // One month with fewer than half of its hours, one with a few holes.
      ({ at }) =>
        !(monthOf(at) === '2020-04' && new Date(at).getUTCDate() > 10) && !(at % 17 === 0 && monthOf(at) === '2021-04'),
    );
    await holding(points);
    const settings = { threshold: 0.5, years: 2, minYears: 2 };
    const rows = await judged(db.pool, distributionDrift('load_mw', { zone: ZONE, of, ...settings }), ALL);
    const expected = model(points, { ...settings, tails: of === 'tenths' });
    expect(rows.map(({ at, differs }) => ({ month: monthOf(at), differs }))).toEqual(
      expected.map(({ month, differs }) => ({ month, differs })),
    );
    const differing = expected.filter(({ differs }) => differs).length;
    expect(differing).toBeGreaterThan(3);
    expect(differing).toBeLessThan(expected.length - 3);
    for (const [i, { lower, upper }] of rows.entries()) {
      expect(lower).toBeCloseTo(expected[i]?.lower ?? Number.NaN, 6);
      expect(upper).toBeCloseTo(expected[i]?.upper ?? Number.NaN, 6);
    }
  });

  test('a month that is a fifth higher is found, and its neighbours and its other years are not', async () => {
    await holding(load(YEARS, 5, { times: (month) => (month === '2021-06' ? 1.2 : 1) }));
    const check = distributionDrift('load_mw', { zone: ZONE });
    const rows = await judged(db.pool, check, ALL);
    expect([rows.length, months(rows)]).toEqual([48, ['2021-06']]);
    expect(await found(db.pool, check, year(2020))).toEqual([]);
  });

  test('prices with a wild month keep their median', async () => {
    await holding(
      load([2019, 2020, 2021], 6, { times: (month, noise) => (month === '2021-06' && noise > 0.7 ? 4 : 1) }),
    );
    expect(months(await judged(db.pool, distributionDrift('load_mw', { zone: ZONE }), ALL))).toContain('2021-06');
    const median = distributionDrift('load_mw', { zone: ZONE, of: 'median' });
    expect(months(await judged(db.pool, median, ALL))).toEqual([]);
  });

  test('fewer years than are wanted are not compared, nor are years too far away', async () => {
    await holding(load([2019, 2022], 7, { times: (month) => (month === '2022-06' ? 2 : 1) }));
    const options = { zone: ZONE, minYears: 1 };
    expect(await judged(db.pool, distributionDrift('load_mw', { zone: ZONE }), ALL)).toEqual([]);
    expect(await judged(db.pool, distributionDrift('load_mw', { ...options, years: 2 }), ALL)).toEqual([]);
    expect(months(await judged(db.pool, distributionDrift('load_mw', options), ALL))).toEqual(['2019-06', '2022-06']);
  });

  test('a series that never changes has no spread to measure with, and passes', async () => {
    const ats = YEARS.flatMap((of) => hours(startOf(of), startOf(of) + 31 * 24 * HOUR));
    await holding(ats.map((at) => ({ at, value: at < startOf(2022) ? 5 : 6 })));
    const rows = await judged(db.pool, distributionDrift('load_mw', { zone: ZONE }), ALL);
    expect([rows.length, months(rows)]).toEqual([4, []]);
  });
});
