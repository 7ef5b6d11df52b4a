/** Our transitions against two that were compiled by others: the newest TZif files (through `zdump`) and this Node's own zone data. */
import { execFileSync } from 'node:child_process';
import { env, versions } from 'node:process';
import { describe, expect, test } from 'vitest';
import { civilTime } from '../../core/zone.ts';
import { histories, periodsOf } from '../../core/zones/history.ts';
import { FROM, TZDATA_VERSION, UNTIL } from '../../core/zones/transitions.ts';

const MINUTE = 60_000;
/** Unpacked wheel of the version that the data were made from: `pip download --no-deps tzdata`. */
const compiled = env['PENSTOCK_TZDATA'];

test.skipIf(compiled === undefined)(`zdump reads the same changes out of the files of tzdata ${TZDATA_VERSION}`, () => {
  const zones = histories().flatMap((one) => one.zones);
  const printed = execFileSync('zdump', ['-v', '-c', '1999,2039', ...zones.map((zone) => `${compiled}/${zone}`)], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  const theirs = new Map<string, string[]>(zones.map((zone) => [zone, []]));
  const before = new Map<string, number>();
  let lines = 0;
  for (const line of printed.split('\n')) {
    const match = /^(\S+) +\w{3} (\w{3} +\d+ [\d:]+ \d+) UTC? = .* gmtoff=(-?\d+)$/.exec(line);
    if (match === null) continue;
    lines++;
    const zone = (match[1] ?? '').slice((compiled ?? '').length + 1);
    const at = Date.parse(`${match[2]} UTC`);
    const offset = Number(match[3]) * 1000;
    if (at >= FROM && at < UNTIL && before.get(zone) !== offset && before.has(zone))
      theirs.get(zone)?.push(`${at} ${offset}`);
    before.set(zone, offset);
  }
  const ours = new Map(
    zones.map((zone) => [zone, (periodsOf(zone) ?? []).slice(1).map(({ from, offset }) => `${from} ${offset}`)]),
  );
  expect(lines).toBeGreaterThan(30_000);
  expect(ours).toEqual(theirs);
});

/** Offset in minutes by Node's ICU. */
function intlOffset(zone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  return (at) => {
    const [month = 0, day = 0, year = 0, hour = 0, minute = 0] = format.format(at).match(/\d+/g)?.map(Number) ?? [];
    return (Date.UTC(year, month - 1, day, hour, minute) - at) / MINUTE;
  };
}

describe("Node's own zone data", () => {
  const known = new Set(Intl.supportedValuesOf('timeZone'));
  const until = Date.UTC(2025, 6, 1);
  // Corrected afterwards in tzdata, so what Node says depends on its age: Moldova has changed its clocks an hour earlier since 2022.
  known.delete('Europe/Chisinau');

  test('say the same from 2000 to the middle of 2025: before and after each change, and every 60 days', () => {
    const wrong: string[] = [];
    let asked = 0;
    for (const { zones, periods } of histories()) {
      const zone = zones.find((name) => known.has(name));
      if (zone === undefined) continue;
      const offset = intlOffset(zone);
      for (const period of periods) {
        const [first, last] = [Math.max(period.from, Date.UTC(2000, 0, 1)), Math.min(period.until, until)];
        for (let at = first; at < last; at += 60 * 24 * 60 * MINUTE) {
          for (const one of at === first ? [at, last - MINUTE] : [at]) {
            asked++;
            if (offset(one) !== period.offset / MINUTE) wrong.push(`${zone} ${new Date(one).toISOString()}`);
          }
        }
      }
    }
    expect(asked).toBeGreaterThan(20_000);
    expect(wrong).toEqual([]);
  }, 30_000);

  test('do not decide what the clock of Alberta shows: it is 06:00 at noon UTC on 22 November 2026', () => {
    const noon = Date.parse('2026-11-22T12:00Z');
    expect(civilTime(noon, 'America/Edmonton')).toEqual({ year: 2026, month: 11, day: 22, hour: 6 });
    const intl = intlOffset('America/Edmonton');
    // What old zone data say, so that this test shows what it guards against: one hour less, from the minute of the dropped change on.
    const old = (versions['tz'] ?? '') < '2026c';
    expect(intl(noon)).toBe(old ? -420 : -360);
    expect(intl(Date.parse('2026-11-01T07:59Z'))).toBe(-360);
    expect(intl(Date.parse('2026-11-01T08:00Z'))).toBe(old ? -420 : -360);
  });
});
