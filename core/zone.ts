/**
 * Civil time ↔ instant, for every IANA zone, from transitions of our own (`zones/transitions.ts`).
 *
 * The zone data that Node, DuckDB and PostgreSQL bring along can be old, and then differ from each other; so nothing here asks them.
 * A zone that has ever changed its clock is known from 2000 to 2037; `UTC` and `Etc/GMT±h` (IESO's clock is `Etc/GMT+5`: the POSIX
 * sign is inverted) for all time.
 */
import { type Period, periodsOf } from './zones/history.ts';

/** Whether a name is an IANA zone or link, spelt exactly so. */
export function isZone(zone: string): boolean {
  return periodsOf(zone) !== null;
}

/**
 * Milliseconds to add to UTC to get the zone's clock at an instant.
 * @throws RangeError for an unknown zone, or an instant outside 2000 to 2037 in a zone that changes its clock
 */
export function offsetAt(zone: string, instant: number): number {
  return periodAt(zone, instant).offset;
}

/** Fields of the zone's clock at an instant. */
export interface CivilTime {
  readonly year: number;
  /** 1–12 */
  readonly month: number;
  readonly day: number;
  /** 0–23 */
  readonly hour: number;
}

/** What a clock shows, to the second. */
export interface LocalTime extends CivilTime {
  readonly minute?: number;
  readonly second?: number;
}

/** The hour that the zone's clock shows. @throws RangeError as {@link offsetAt} */
export function civilTime(instant: number, zone: string): CivilTime {
  const local = new Date(instant + offsetAt(zone, instant));
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
  };
}

/** What is known about the instant at which a clock shows a time. */
export type LocalInstant =
  | { readonly kind: 'once'; readonly instant: number }
  /** The clock was set back over it. */
  | { readonly kind: 'ambiguous'; readonly earlier: number; readonly later: number }
  /** The clock was set forward over it, at this instant. */
  | { readonly kind: 'does not exist'; readonly skippedAt: number }
  /** Before 2000 or after 2037, in a zone that changes its clock. */
  | { readonly kind: 'not known' };

/** The instant at which the zone's clock shows this time, if there is exactly one. @throws RangeError for an unknown zone */
export function localInstant(time: LocalTime, zone: string): LocalInstant {
  const periods = known(zone);
  const clock = Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute ?? 0, time.second ?? 0);
  let [low, high] = [0, periods.length - 1];
  // No offset is larger than a day, so only the periods around this place can show the time.
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((periods[middle]?.until ?? 0) + DAY_MS < clock) low = middle + 1;
    else high = middle;
  }
  let [earlier, later] = [NaN, NaN];
  for (let i = low; i < periods.length; i++) {
    const period = periods[i];
    if (period === undefined || period.from - DAY_MS > clock) break;
    const instant = clock - period.offset;
    if (instant >= period.from && instant < period.until)
      [earlier, later] = [Number.isNaN(earlier) ? instant : earlier, instant];
    const next = periods[i + 1];
    if (next !== undefined && instant >= period.until && clock - next.offset < next.from)
      return { kind: 'does not exist', skippedAt: next.from };
  }
  if (Number.isNaN(earlier)) return { kind: 'not known' };
  return earlier === later ? { kind: 'once', instant: earlier } : { kind: 'ambiguous', earlier, later };
}

/**
 * Where the calendar cell that begins at this clock time begins: a year, month, day or hour of the zone. A month or day past the end
 * carries over. Where the clock was set back over that time, it is the first of the two; where it was set forward over it, the instant
 * of the change. So the cells of a calendar follow each other without a gap and without overlap.
 * @throws RangeError for an unknown zone, or a time outside 2000 to 2037 in a zone that changes its clock
 */
export function instantOf(time: LocalTime, zone: string): number {
  const found = localInstant(time, zone);
  switch (found.kind) {
    case 'once':
      return found.instant;
    case 'ambiguous':
      return found.earlier;
    case 'does not exist':
      return found.skippedAt;
    case 'not known':
      throw outsideError(zone, new Date(Date.UTC(time.year, time.month - 1, time.day)));
  }
}

/** The first instant of `YYYY-MM-DD` on the zone's clock; null when it is no such date, or not one of 2000 to 2037 where those bind. */
export function parseDate(text: string, zone: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const midnight = { year, month, day, hour: 0 };
  if (localInstant(midnight, zone).kind === 'not known') return null;
  const instant = instantOf(midnight, zone);
  const back = civilTime(instant, zone);
  return back.year === year && back.month === month && back.day === day ? instant : null;
}

/**
 * A date in the zone, or an instant with an offset (`2025-05-01T05:00Z`); null for anything else. For ranges of what is published: a date
 * outside 2000 to 2037, in a zone that is not known there, is taken as one of UTC, since nothing can be published on it.
 */
export function parseDateOrInstant(text: string, zone: string): number | null {
  const date = parseDate(text, zone);
  if (date !== null) return date;
  const outside = parseDate(text, 'UTC');
  if (outside !== null) return isOutside(outside, zone) ? outside : null;
  // Date.parse carries a day past the month's end over into the next month.
  if (parseDate(text.slice(0, 10), 'UTC') === null) return null;
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text)) return null;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? null : instant;
}

const DAY_MS = 86_400_000;

/** Whether an instant lies outside what is known of the zone. */
function isOutside(instant: number, zone: string): boolean {
  const periods = known(zone);
  return instant < (periods[0]?.from ?? 0) || instant >= (periods.at(-1)?.until ?? 0);
}

function known(zone: string): readonly Period[] {
  const periods = periodsOf(zone);
  if (periods === null) throw new RangeError(`${zone} is not an IANA time zone`);
  return periods;
}

/** The stretch of one offset that holds an instant. @throws RangeError as {@link offsetAt} */
export function periodAt(zone: string, instant: number): Period {
  const periods = known(zone);
  let [low, high] = [0, periods.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((periods[middle]?.until ?? 0) <= instant) low = middle + 1;
    else high = middle;
  }
  const period = periods[low];
  if (period === undefined || !(instant >= period.from && (instant < period.until || period.until === Infinity)))
    throw outsideError(zone, new Date(instant));
  return period;
}

function outsideError(zone: string, when: Date): RangeError {
  const text = Number.isNaN(when.getTime()) ? 'no time' : when.toISOString();
  return new RangeError(`${text} is outside 2000 to 2037, for which the clock changes of ${zone} are known`);
}
