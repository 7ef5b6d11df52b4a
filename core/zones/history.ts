/** The offsets of every IANA zone, decoded from our own data: no result depends on the machine's zone data. */
import { FROM, HISTORIES, TZDATA_VERSION, UNTIL } from './transitions.ts';

/** A stretch of time with one offset: [from, until), milliseconds since the epoch. */
export interface Period {
  readonly from: number;
  readonly until: number;
  /** Milliseconds to add to UTC to get the zone's clock. */
  readonly offset: number;
}

const MINUTE_MS = 60_000;
let all: readonly History[] | undefined;
const byName = new Map<string, readonly Period[]>();

/** One past of offsets, and the zones that share it. */
interface History {
  readonly zones: readonly string[];
  readonly periods: readonly Period[];
}

/** Periods of a zone, in order and without a gap; null for a name that no zone has. */
export function periodsOf(zone: string): readonly Period[] | null {
  if (byName.size === 0)
    for (const { zones, periods } of histories()) for (const name of zones) byName.set(name, periods);
  return byName.get(zone) ?? null;
}

/** Every history once. */
export function histories(): readonly History[] {
  all ??= HISTORIES.split('\n').map((line) => {
    const [zones = '', offsets = '', changes = ''] = line.split('|');
    return { zones: zones.split(' '), periods: decode(offsets.split(' ').map(Number), changes) };
  });
  return all;
}

/** What these zones look like in our data: a text that is another as soon as the data say something else of one of them. */
export function zoneFingerprint(wanted: ReadonlySet<string> | 'all'): string {
  if (wanted === 'all') return TZDATA_VERSION;
  return [...wanted]
    .sort()
    .map((zone) => `${zone}: ${(periodsOf(zone) ?? []).map(({ from, offset }) => `${from} ${offset}`).join(', ')}`)
    .join('; ');
}

function decode(offsets: readonly number[], changes: string): Period[] {
  const offsetOf = (index: number): number => (offsets[index] ?? 0) * MINUTE_MS;
  if (changes === '') return [{ from: -Infinity, until: Infinity, offset: offsetOf(0) }];
  let at = FROM;
  const begun = [...changes.matchAll(/([A-Z])([0-9a-z]*)/g)].map(([, letter = 'A', minutes = '']) => {
    at += minutes === '' ? 0 : Number.parseInt(minutes, 36) * MINUTE_MS;
    return { from: at, offset: offsetOf(letter.charCodeAt(0) - 65) };
  });
  return begun.map((period, i) => ({ ...period, until: begun[i + 1]?.from ?? UNTIL }));
}
