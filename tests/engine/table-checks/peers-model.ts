/** Peers of an hour as a reader of the documentation would count them, in plain loops: the model that the SQL is compared with. */
import type { Peers } from '../../../core/table-check.ts';
import {
  DAY,
  HOUR,
  hours,
  iso,
  madeLoad,
  type Point,
  quantile,
  random,
  wallClock,
} from '../../support/hourly-table.ts';

export interface ModelBand {
  readonly at: number;
  readonly lower: number;
  readonly upper: number;
  readonly differs: boolean;
}

/** Ontario's holidays from November 2022 to January 2024, from a wall calendar. */
export const ONTARIO: ReadonlySet<string> = new Set([
  '2022-11-11',
  '2022-12-25',
  '2022-12-26',
  '2023-01-01',
  '2023-02-20',
  '2023-04-07',
  '2023-04-10',
  '2023-05-22',
  '2023-07-01',
  '2023-08-07',
  '2023-09-04',
  '2023-10-09',
  '2023-11-11',
  '2023-12-25',
  '2023-12-26',
  '2024-01-01',
]);

export type Settings = Omit<Peers, 'holidays'> & { readonly holidays: ReadonlySet<string> };

/** Bands of the values themselves. */
export function anomalyModel(points: readonly Point[], settings: Settings, from: number, to: number): ModelBand[] {
  const known = points.flatMap(({ at, value }) => (value === null ? [] : [{ at, tested: value, size: value }]));
  return bands(known, settings, from, to).map(({ at, tested, median, width }) => ({
    at,
    lower: median - width,
    upper: median + width,
    differs: Math.abs(tested - median) > width,
  }));
}

/** Bands of the changes from the hour before; a band is told as values, so it starts at the value before. */
export function rampModel(points: readonly Point[], settings: Settings, from: number, to: number): ModelBand[] {
  const values = new Map(points.map(({ at, value }) => [at, value]));
  const changes = points.flatMap(({ at, value }) => {
    const before = values.get(at - HOUR);
    return value === null || before === null || before === undefined
      ? []
      : [{ at, tested: value - before, size: value }];
  });
  return bands(changes, settings, from, to).map(({ at, tested, size, median, width }) => ({
    at,
    lower: size - tested + median - width,
    upper: size - tested + median + width,
    differs: Math.abs(tested - median) > width,
  }));
}

interface Tested {
  readonly at: number;
  /** What is compared. */
  readonly tested: number;
  /** What a share is taken of. */
  readonly size: number;
}

function bands(
  rows: readonly Tested[],
  { zone, threshold, weeks, minHistory, floorShare, holidays }: Settings,
  from: number,
  to: number,
): (Tested & { readonly median: number; readonly width: number })[] {
  const wall = wallClock(zone);
  const date = (clock: number): string => new Date(clock).toISOString().slice(0, 10);
  const shownAt = new Map<number, Tested[]>();
  for (const row of rows) shownAt.set(wall(row.at), [...(shownAt.get(wall(row.at)) ?? []), row]);
  return rows
    .filter(({ at }) => at >= from && at < to)
    .flatMap((row) => {
      const clock = wall(row.at);
      const sameHour = holidays.has(date(clock)) ? clock - new Date(clock).getUTCDay() * DAY : clock;
      const peers: Tested[] = [];
      for (let week = -weeks; week <= weeks; week += 1) {
        const then = sameHour + week * 7 * DAY;
        if (date(then) !== date(clock) && !holidays.has(date(then))) peers.push(...(shownAt.get(then) ?? []));
      }
      if (peers.length < minHistory) return [];
      const median = middle(peers.map(({ tested }) => tested));
      const spread = 1.4826 * middle(peers.map(({ tested }) => Math.abs(tested - median)));
      const size = middle(peers.map((peer) => Math.abs(peer.size)));
      return [{ ...row, median, width: threshold * Math.max(spread, floorShare * size) }];
    });
}

const middle = (numbers: readonly number[]): number => quantile(numbers, 0.5);

export const ZONE = 'America/Toronto';

/** Both days on which the clocks change, the hour that comes twice among them, and a holiday with the day after it. */
export const PLANTED = {
  spring: [
    '2023-03-12T05:00:00.000Z',
    '2023-03-12T07:00:00.000Z',
    '2023-03-13T06:00:00.000Z',
    '2023-04-07T15:00:00.000Z',
    '2023-04-08T15:00:00.000Z',
  ],
  autumn: [
    '2023-11-05T05:00:00.000Z',
    '2023-11-05T06:00:00.000Z',
    '2023-11-06T06:00:00.000Z',
    '2023-12-25T15:00:00.000Z',
    '2023-12-31T20:00:00.000Z',
  ],
} as const;

/** Tested stretches with a change of the clock and holidays in them. */
export const STRETCH = {
  spring: { from: Date.parse('2023-02-18T05:00Z'), to: Date.parse('2023-04-20T04:00Z') },
  autumn: { from: Date.parse('2023-10-05T04:00Z'), to: Date.parse('2024-01-03T05:00Z') },
} as const;

/** Load in which holidays are like Sundays, with outliers at known and at random hours; some hours are not there, some are blank. */
export function withOutliers(season: keyof typeof STRETCH, seed: number, holes: number): Point[] {
  const next = random(seed * 1_000);
  const wall = wallClock(ZONE);
  const planted: readonly string[] = PLANTED[season];
  const ats = hours(STRETCH[season].from - 60 * DAY, STRETCH[season].to + 60 * DAY);
  return madeLoad(ats, seed).flatMap(({ at, value }): Point[] => {
    const isHoliday = ONTARIO.has(iso(wall(at)).slice(0, 10));
    const usual = (value ?? 0) * (isHoliday && new Date(wall(at)).getUTCDay() % 6 !== 0 ? 0.9 : 1);
    const chance = next();
    if (planted.includes(iso(at))) return [{ at, value: usual * 2 }];
    if (chance < 0.012) return [{ at, value: usual * (0.2 + 2.4 * next()) }];
    if (chance < 0.012 + holes) return chance < 0.012 + holes / 2 ? [] : [{ at, value: null }];
    return [{ at, value: usual }];
  });
}

/** Stretches and settings that the checks are compared with the model on. */
export const CASES = [
  { season: 'spring', seed: 1, holes: 0, settings: { threshold: 10, weeks: 6, minHistory: 6, floorShare: 0.04 } },
  { season: 'autumn', seed: 2, holes: 0.02, settings: { threshold: 7, weeks: 6, minHistory: 10, floorShare: 0.03 } },
  { season: 'autumn', seed: 3, holes: 0.25, settings: { threshold: 5, weeks: 3, minHistory: 5, floorShare: 0.05 } },
] as const;

export const failing = (rows: readonly ModelBand[]): string[] =>
  rows.filter(({ differs }) => differs).map(({ at }) => iso(at));

/** Rows whose bounds or verdict are not those of the model, to a millionth of the unit; rows that only one of them has are among them. */
export function apart(
  rows: readonly {
    readonly at: number;
    readonly lower: number | null;
    readonly upper: number | null;
    readonly differs: boolean;
  }[],
  model: readonly ModelBand[],
): string[] {
  const bands = new Map(model.map((band) => [band.at, band]));
  const near = (a: number | null, b: number): boolean => a !== null && Math.abs(a - b) < 1e-6;
  const other = rows.filter(({ at, lower, upper, differs }) => {
    const band = bands.get(at);
    return !(band && near(lower, band.lower) && near(upper, band.upper) && differs === band.differs);
  });
  const looked = new Set(rows.map(({ at }) => at));
  return [...other, ...model.filter(({ at }) => !looked.has(at))].map(({ at }) => iso(at));
}
