/** How a publisher cuts a dataset into files, and the intervals that follow from it. */
import { intersect, type Interval } from './interval.ts';
import { type CivilTime, civilTime, instantOf, localInstant, parseDate, periodAt } from './zone.ts';

export type Grain = 'year' | 'month' | 'day' | 'hour';

/** One file per calendar year, month, day or hour of the publisher's clock. */
export interface CalendarPartitions {
  readonly kind: 'calendar';
  readonly grain: Grain;
  /** `YYYY-MM-DD`, first day that was ever published. */
  readonly from: string;
  /** `YYYY-MM-DD`, exclusive; absent while the publisher goes on. */
  readonly until?: string;
  readonly zone: string;
}

/** The whole dataset is one file that is issued anew. */
export interface WholePartition {
  readonly kind: 'whole';
  readonly zone: string;
}

/** The publisher only says what is now; every run asks. */
export interface SnapshotPartition {
  readonly kind: 'snapshot';
  readonly zone: string;
}

export type Partitions = CalendarPartitions | WholePartition | SnapshotPartition;

interface CalendarOptions {
  /** First year (`2002`) or first day (`'2002-05-01'`). */
  readonly from: number | string;
  /** First day that is not published any more. */
  readonly until?: string;
  readonly zone: string;
}

function calendar(grain: Grain, options: CalendarOptions): CalendarPartitions {
  const from = typeof options.from === 'number' ? `${options.from}-01-01` : options.from;
  const base = { kind: 'calendar', grain, from, zone: options.zone } as const;
  return options.until === undefined ? base : { ...base, until: options.until };
}

/** One file a year: `yearly({ from: 2003, zone: 'Etc/GMT+5' })`. */
export const yearly = (options: CalendarOptions): CalendarPartitions => calendar('year', options);
/** One file a month. */
export const monthly = (options: CalendarOptions): CalendarPartitions => calendar('month', options);
/** One file a day. */
export const daily = (options: CalendarOptions): CalendarPartitions => calendar('day', options);
/** One file an hour. */
export const hourly = (options: CalendarOptions): CalendarPartitions => calendar('hour', options);
/** One file for everything. */
export const whole = (zone = 'UTC'): WholePartition => ({ kind: 'whole', zone });
/** One answer about now. */
export const snapshot = (zone = 'UTC'): SnapshotPartition => ({ kind: 'snapshot', zone });

/** All of time: the interval of a whole file. */
export const ALL_TIME: Interval = { start: -Infinity, end: Infinity };

/** The span that the definition says is published at all, [from, until). */
export function extent(partitions: Partitions): Interval {
  if (partitions.kind !== 'calendar') return ALL_TIME;
  const start = parseDate(partitions.from, partitions.zone);
  const end = partitions.until === undefined ? Infinity : parseDate(partitions.until, partitions.zone);
  if (start === null || end === null) throw new RangeError('partitions with an impossible date');
  return { start, end };
}

/**
 * The partition intervals that overlap `range` and start before `now`, in order, cut at the definition's first and
 * last day. A whole file overlaps every range; a snapshot is the one minute of `now`.
 */
export function partitionIntervals(partitions: Partitions, range: Interval, now: number): Interval[] {
  if (partitions.kind === 'whole') return [ALL_TIME];
  if (partitions.kind === 'snapshot') {
    const minute = Math.floor(now / 60_000) * 60_000;
    return [{ start: minute, end: minute + 60_000 }];
  }
  const span = extent(partitions);
  const window = intersect(span, intersect(range, { start: -Infinity, end: now }) ?? { start: 0, end: 0 });
  if (window === null) return [];
  const intervals: Interval[] = [];
  let cell = cellAt(partitions, window.start);
  while (cell.start < window.end) {
    const cut = intersect(cell, span);
    if (cut !== null) intervals.push(cut);
    cell = cellAt(partitions, cell.end);
  }
  return intervals;
}

/** The partition that holds an instant, cut at the definition's first and last day. */
export function partitionAt(partitions: CalendarPartitions, instant: number): Interval {
  const uncut = cellAt(partitions, instant);
  return intersect(uncut, extent(partitions)) ?? uncut;
}

/**
 * A short name of the partition on the publisher's clock: `2025`, `2025-05`, `2025-05-01`, `2025-05-01 HE 07` (`HE 02*` for the hour
 * that a clock set back shows again), `all`, or the minute of a snapshot.
 */
export function partitionLabel(partitions: Partitions, interval: Interval): string {
  if (partitions.kind === 'whole') return 'all';
  if (partitions.kind === 'snapshot') return new Date(interval.start).toISOString().slice(0, 16) + 'Z';
  const { year, month, day } = civilTime(interval.start, partitions.zone);
  const date = [year, ...[month, day].map((n) => String(n).padStart(2, '0'))];
  if (partitions.grain === 'year') return String(year);
  if (partitions.grain === 'month') return date.slice(0, 2).join('-');
  if (partitions.grain === 'day') return date.join('-');
  return `${date.join('-')} HE ${hourEnding(interval, partitions.zone)}`;
}

/** The hour that ends: where the clock is set forward at its end, the one that the clock then shows, as AESO counts. */
function hourEnding(interval: Interval, zone: string): string {
  const start = civilTime(interval.start, zone);
  const setForward = periodAt(zone, interval.end).offset > periodAt(zone, interval.start).offset;
  const ending = setForward ? civilTime(interval.end, zone).hour || 24 : start.hour + 1;
  const shown = localInstant(start, zone);
  const again = shown.kind === 'ambiguous' && interval.start >= shown.later;
  return `${String(ending).padStart(2, '0')}${again ? '*' : ''}`;
}

/**
 * The uncut cell of the calendar that holds an instant. Years, months and days begin where {@link instantOf} says, so each ends where the
 * next begins. Hours begin whenever the clock shows a full hour: 23 or 25 of them on a day on which the clock is set by an hour.
 */
function cellAt({ grain, zone }: CalendarPartitions, instant: number): Interval {
  if (grain === 'hour') return { start: fullHourUntil(zone, instant), end: fullHourAfter(zone, instant) };
  const at = civilTime(instant, zone);
  let cell: CivilTime = {
    ...at,
    ...(grain === 'year' ? { month: 1 } : {}),
    ...(grain === 'day' ? {} : { day: 1 }),
    hour: 0,
  };
  let start = instantOf(cell, zone);
  for (;;) {
    cell = advance(cell, grain);
    const end = instantOf(cell, zone);
    // A clock that is set back over midnight shows the day before once more, after the new day has begun.
    if (instant < end) return { start, end };
    start = end;
  }
}

const HOUR_MS = 3_600_000;

/** The last instant up to this one at which the clock showed a full hour. */
function fullHourUntil(zone: string, instant: number): number {
  const period = periodAt(zone, instant);
  const start = instant - modulo(instant + period.offset, HOUR_MS);
  return start >= period.from ? start : fullHourUntil(zone, period.from - 1);
}

/** The first instant after this one at which the clock shows a full hour. */
function fullHourAfter(zone: string, instant: number): number {
  const period = periodAt(zone, instant);
  const next = instant - modulo(instant + period.offset, HOUR_MS) + HOUR_MS;
  if (next < period.until) return next;
  const shown = modulo(period.until + periodAt(zone, period.until).offset, HOUR_MS);
  return shown === 0 ? period.until : fullHourAfter(zone, period.until);
}

function modulo(n: number, divisor: number): number {
  return ((n % divisor) + divisor) % divisor;
}

function advance(cell: CivilTime, grain: Grain): CivilTime {
  const next = { ...cell, [grain]: cell[grain] + 1 };
  const date = new Date(Date.UTC(next.year, next.month - 1, next.day, next.hour));
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
  };
}
