/**
 * Clocks with one offset all year: `UTC` and `Etc/GMT±h`.
 *
 * IESO runs on UTC−5 all year, which IANA calls `Etc/GMT+5` (the POSIX sign is inverted). Zones with
 * daylight saving are not here: they need transition data of our own, since installed zone data can be old.
 */

const HOUR_MS = 3_600_000;

/** Milliseconds to add to UTC to get the zone's clock; null for a zone that has no fixed offset or is unknown. */
export function fixedOffsetMs(zone: string): number | null {
  if (zone === 'UTC' || zone === 'Etc/UTC') return 0;
  const match = /^Etc\/GMT([+-])(\d{1,2})$/.exec(zone);
  if (match === null) return null;
  const hours = Number(match[2]);
  if (hours > 14) return null;
  return (match[1] === '+' ? -hours : hours) * HOUR_MS;
}

/** As {@link fixedOffsetMs}, for a zone that validation has accepted. @throws RangeError for any other */
export function offsetMs(zone: string): number {
  const offset = fixedOffsetMs(zone);
  if (offset === null) throw new RangeError(`${zone} is not a zone with a fixed offset`);
  return offset;
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

export function civilTime(instant: number, zone: string): CivilTime {
  const local = new Date(instant + offsetMs(zone));
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
  };
}

/** The instant at which the zone's clock shows this time; a month or day past the end carries over. */
export function instantOf(time: CivilTime, zone: string): number {
  return Date.UTC(time.year, time.month - 1, time.day, time.hour) - offsetMs(zone);
}

/** The instant of `YYYY-MM-DD` 00:00 on the zone's clock; null when it is no such date. */
export function parseDate(text: string, zone: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const instant = instantOf({ year, month, day, hour: 0 }, zone);
  const back = civilTime(instant, zone);
  return back.year === year && back.month === month && back.day === day ? instant : null;
}

/** A date in the zone, or an instant with an offset (`2025-05-01T05:00Z`); null for anything else. */
export function parseDateOrInstant(text: string, zone: string): number | null {
  const date = parseDate(text, zone);
  if (date !== null) return date;
  // Date.parse carries a day past the month's end over into the next month.
  if (parseDate(text.slice(0, 10), 'UTC') === null) return null;
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text)) return null;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? null : instant;
}
