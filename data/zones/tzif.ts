/** Compiled zone data (RFC 9636): the 64-bit block of a TZif file and the POSIX rule of its footer. */

export interface Tzif {
  /** Seconds since the epoch, and seconds to add to UTC from then on. */
  readonly transitions: readonly { readonly at: number; readonly offset: number }[];
  /** Before the first transition. */
  readonly firstOffset: number;
  /** POSIX TZ string for the time after the last transition. */
  readonly footer: string;
}

const HEADER = 44;

/** @throws Error for a file of version 1, which has no 64-bit block */
export function readTzif(bytes: Buffer): Tzif {
  if (bytes.subarray(0, 4).toString('latin1') !== 'TZif' || bytes[4] === 0)
    throw new Error('not a TZif file of version 2');
  const first = counts(bytes, 0);
  const start = HEADER + first.times * 5 + first.types * 6 + first.chars + first.leaps * 8 + first.std + first.ut;
  const { times, types, chars, leaps, std, ut } = counts(bytes, start);
  const at = start + HEADER;
  const kinds = at + times * 8;
  const typeTable = kinds + times;
  const offsetOf = (type: number): number => bytes.readInt32BE(typeTable + type * 6);
  const end = typeTable + types * 6 + chars + leaps * 12 + std + ut;
  return {
    transitions: Array.from({ length: times }, (_, i) => ({
      at: Number(bytes.readBigInt64BE(at + i * 8)),
      offset: offsetOf(bytes.readUInt8(kinds + i)),
    })),
    firstOffset: offsetOf(0),
    footer: bytes.subarray(end).toString('latin1').trim(),
  };
}

function counts(
  bytes: Buffer,
  start: number,
): { ut: number; std: number; leaps: number; times: number; types: number; chars: number } {
  const [ut = 0, std = 0, leaps = 0, times = 0, types = 0, chars = 0] = [0, 1, 2, 3, 4, 5].map((i) =>
    bytes.readUInt32BE(start + 20 + i * 4),
  );
  return { ut, std, leaps, times, types, chars };
}

/** When the clock changes in a year: month, week (5 = last), day of the week (0 = Sunday), seconds after local midnight. */
interface YearlyChange {
  readonly month: number;
  readonly week: number;
  readonly weekday: number;
  readonly seconds: number;
}

export interface Rule {
  readonly standard: number;
  readonly daylight: number;
  readonly begins: YearlyChange;
  readonly ends: YearlyChange;
}

/** The footer's rule; null for one offset all year. @throws Error for a form that tzdata does not use */
export function lastRule(footer: string): Rule | null {
  const name = '(?:[A-Za-z]{3,}|<[^>]+>)';
  const match = new RegExp(`^${name}([^A-Za-z<,]+)(?:${name}([^A-Za-z<,]*),([^,]+),([^,]+))?$`).exec(footer);
  if (match === null) throw new Error(`footer ${footer} cannot be read`);
  const [, standardText = '', daylightText = '', begins, ends] = match;
  if (begins === undefined || ends === undefined) return null;
  const standard = -seconds(standardText);
  const daylight = daylightText === '' ? standard + 3600 : -seconds(daylightText);
  return { standard, daylight, begins: yearlyChange(begins), ends: yearlyChange(ends) };
}

function yearlyChange(text: string): YearlyChange {
  const match = /^M(\d+)\.(\d)\.(\d)(?:\/(.+))?$/.exec(text);
  if (match === null) throw new Error(`rule ${text} cannot be read`);
  return {
    month: Number(match[1]),
    week: Number(match[2]),
    weekday: Number(match[3]),
    seconds: match[4] === undefined ? 7200 : seconds(match[4]),
  };
}

function seconds(text: string): number {
  const match = /^([+-]?)(\d+)(?::(\d\d))?(?::(\d\d))?$/.exec(text);
  if (match === null) throw new Error(`time ${text} cannot be read`);
  const size = Number(match[2]) * 3600 + Number(match[3] ?? 0) * 60 + Number(match[4] ?? 0);
  return match[1] === '-' ? -size : size;
}

/** Both changes of a year, seconds since the epoch, with the offset that begins. */
export function yearOfRule(rule: Rule, year: number): { at: number; offset: number }[] {
  return [
    { at: localSeconds(rule.begins, year) - rule.standard, offset: rule.daylight },
    { at: localSeconds(rule.ends, year) - rule.daylight, offset: rule.standard },
  ];
}

function localSeconds({ month, week, weekday, seconds: after }: YearlyChange, year: number): number {
  const first = new Date(Date.UTC(year, month - 1, 1)).getUTCDay();
  const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
  let day = 1 + ((weekday - first + 7) % 7) + (week - 1) * 7;
  if (day > length) day -= 7;
  return Date.UTC(year, month - 1, day) / 1000 + after;
}
