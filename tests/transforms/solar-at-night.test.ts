/** The sun as DuckDB computes it against the formula of the Astronomical Almanac, and which rows of solar plants are found by night. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Check, notAbove, notBelow, solarAtNight } from '../../core/check.ts';
import { type Columns, instant, mw, text } from '../../core/contract.ts';
import { type CheckOutcome, runChecks } from '../../transforms/checks.ts';
import type { Session } from '../../transforms/session.ts';
import { random } from '../support/hourly-table.ts';
import { testPipeline, testSession, type TestSession, transformRows } from '../support/transform.ts';

let opened: TestSession;
let session: Session;
beforeAll(async () => {
  opened = await testSession();
  session = opened.session;
});
afterAll(() => opened[Symbol.asyncDispose]());

interface Place {
  readonly latitude: number;
  readonly longitude: number;
}
const TORONTO: Place = { latitude: 43.65, longitude: -79.38 };
const KENORA: Place = { latitude: 49.77, longitude: -94.49 };
const HOUR = 3_600_000;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Height of the sun's centre without refraction, in degrees: the low-precision formulas of the Astronomical Almanac, right to 0.01 degrees. */
function sunHeight(at: number, { latitude, longitude }: Place): number {
  const days = at / 86_400_000 + 2_440_587.5 - 2_451_545;
  const anomaly = radians(357.528 + 0.9856003 * days);
  const ecliptic = radians(280.46 + 0.9856474 * days + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly));
  const tilt = radians(23.439 - 0.0000004 * days);
  const ascension = Math.atan2(Math.cos(tilt) * Math.sin(ecliptic), Math.cos(ecliptic));
  const declination = Math.asin(Math.sin(tilt) * Math.sin(ecliptic));
  const hourAngle = radians((18.697374558 + 24.06570982441908 * days) * 15 + longitude) - ascension;
  const north = radians(latitude);
  const sine = Math.sin(north) * Math.sin(declination) + Math.cos(north) * Math.cos(declination) * Math.cos(hourAngle);
  return (Math.asin(sine) * 180) / Math.PI;
}

const columns: Columns = {
  hour: instant({ key: true, doc: 'x' }),
  fuel: text({ key: true, doc: 'x' }),
  output_mw: mw({ doc: 'x' }),
  capability_mw: mw({ doc: 'x' }),
};
type Row = readonly [at: number, fuel: string, output: number | null, capability?: number | null];

async function outcomeOf(check: Check, rows: readonly Row[], sampleLimit = 1_000): Promise<CheckOutcome> {
  const pipeline = testPipeline(columns, [check]);
  await transformRows(session, pipeline, {
    columns: Object.keys(columns),
    rows: rows.map(([at, fuel, output, capability = null]) => [
      new Date(at).toISOString(),
      fuel,
      output === null ? null : String(output),
      capability === null ? null : String(capability),
    ]),
  });
  const outcomes = await runChecks(session, {
    pipeline,
    interval: { start: -Infinity, end: Infinity },
    expectedUntil: Infinity,
    checkSql: new Map(),
    sampleLimit,
  });
  const found = outcomes.at(-1);
  if (found === undefined) throw new Error('no outcome');
  return found;
}
const failing = ({ samples }: CheckOutcome): (string | undefined)[] => samples.map(({ key }) => key.split(', ')[0]);
const second = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

/** Instants of whole minutes in fifty years, in the order of time. */
function instants(seed: number, n: number): number[] {
  const next = random(seed);
  const from = Date.parse('1990-01-01T00:00Z');
  const span = Date.parse('2040-01-01T00:00Z') - from;
  const all = Array.from({ length: n }, () => from + Math.floor((next() * span) / 60_000) * 60_000);
  return [...new Set(all)].toSorted((a, b) => a - b);
}

test("the formula of this test knows sunrises that an almanac lists, where the sun's centre stands at -0.83 degrees", () => {
  // Toronto, 2024: solstices and the equinox, to the minute.
  for (const at of ['2024-06-20T09:36Z', '2024-06-21T01:03Z', '2024-12-21T12:48Z', '2024-12-21T21:44Z'])
    expect(Math.abs(sunHeight(Date.parse(at), TORONTO) + 0.83)).toBeLessThan(0.4);
});

describe('the height of the sun', () => {
  test.each([
    ['Toronto', TORONTO],
    ['Kenora', KENORA],
    ['Inuvik', { latitude: 68.36, longitude: -133.72 }],
    ['the equator', { latitude: 0, longitude: 0 }],
    ['Tasmania', { latitude: -42.88, longitude: 147.33 }],
    ['a place east of Greenwich', { latitude: 60.17, longitude: 24.94 }],
  ])('is within a degree of the almanac at %s, over fifty years', async (_, place) => {
    const at = instants(11, 1_000);
    const check = solarAtNight('output_mw', { places: [place], elevation: 91, tolerance: 0, step: 'PT1M' });
    const { samples } = await outcomeOf(
      check,
      at.map((one) => [one, 'SOLAR', 1]),
    );
    expect(samples).toHaveLength(at.length);
    const apart = samples.flatMap(({ expectation }, i) => {
      const told = Number(/it is at (-?[\d.]+) degrees/.exec(expectation)?.[1]);
      const [start = 0] = at.slice(i, i + 1);
      const height = Math.max(sunHeight(start, place), sunHeight(start + 60_000, place));
      return Math.abs(told - height) <= 1 ? [] : [{ at: second(start), told, height }];
    });
    expect(apart).toEqual([]);
  });
});

describe('output by night', () => {
  const night = { places: [TORONTO, KENORA], elevation: -1, tolerance: 0.5, step: 'PT1H' };

  test('is found where the sun is down at the start and at the end of the hour, at both places', async () => {
    const at = instants(12, 3_000).map((one) => Math.floor(one / HOUR) * HOUR);
    const hours = [...new Set(at)];
    const found = await outcomeOf(
      solarAtNight('output_mw', night),
      hours.map((one) => [one, 'SOLAR', 1]),
      5_000,
    );
    const highest = (one: number): number =>
      Math.max(...night.places.flatMap((place) => [one, one + HOUR].map((moment) => sunHeight(moment, place))));
    // Within a degree of the limit the two formulas may differ.
    const dark = hours.filter((one) => highest(one) < night.elevation - 1).map(second);
    const mayBeDark = hours.filter((one) => highest(one) < night.elevation + 1).map(second);
    expect(dark.length).toBeGreaterThan(800);
    expect(found.failingRows).toBe(found.samples.length);
    expect(failing(found)).toEqual(expect.arrayContaining(dark));
    expect(mayBeDark).toEqual(expect.arrayContaining(failing(found)));
  });

  test('counts no hour in which the sun rises or sets, and none in which another place has light', async () => {
    // 21 March 2024: sunrise in Toronto about 11:20Z, in Kenora about an hour later; sunset there about 00:35Z, an hour after Toronto's.
    const day = Date.parse('2024-03-21T00:00Z');
    const rows = Array.from({ length: 24 }, (_, n): Row => [day + n * HOUR, 'SOLAR', 3]);
    const dark = [2, 3, 4, 5, 6, 7, 8, 9].map((n) => second(day + n * HOUR));
    const found = failing(await outcomeOf(solarAtNight('output_mw', night), rows));
    expect(found.filter((key) => key !== second(day + HOUR) && key !== second(day + 10 * HOUR))).toEqual(dark);
    expect(found).not.toContain(second(day + 11 * HOUR));
    expect(found).not.toContain(second(day));
    const inToronto = failing(await outcomeOf(solarAtNight('output_mw', { ...night, places: [TORONTO] }), rows));
    expect(inToronto).toEqual(expect.arrayContaining([second(day), ...dark]));
  });

  test('is what lies above the tolerance, in the rows that are solar; a blank is nothing', async () => {
    const midnight = Date.parse('2024-03-21T05:00Z');
    const found = await outcomeOf(solarAtNight('output_mw', { ...night, where: { fuel: 'SOLAR' } }), [
      [midnight, 'SOLAR', 0.6],
      [midnight, 'WIND', 900],
      [midnight + HOUR, 'SOLAR', 0.5],
      [midnight + 2 * HOUR, 'SOLAR', null],
      [midnight + 3 * HOUR, 'SOLAR', -2],
      [midnight + 12 * HOUR, 'SOLAR', 900],
    ]);
    expect(found).toMatchObject({
      name: 'solarAtNight(output_mw)',
      sentence: 'output_mw of solar plants is at most 0.5 while the sun is down',
      severity: 'warn',
      failingRows: 1,
      samples: [{ key: '2024-03-21T05:00:00Z, SOLAR', value: '0.6' }],
    });
    expect(found.samples[0]?.expectation).toMatch(/^at most 0\.5 while the sun is down; it is at -\d+\.\d degrees$/);
  });
});

describe('one column against another', () => {
  const at = (n: number): number => Date.parse('2024-01-01T00:00Z') + n * HOUR;
  const rows: readonly Row[] = [
    [at(0), 'GAS', 100, 100],
    [at(1), 'GAS', 100.5, 100],
    [at(2), 'GAS', 111, 100],
    [at(3), 'GAS', null, 100],
    [at(4), 'GAS', 999, null],
    [at(5), 'GAS', -5, -4],
    [at(6), 'GAS', 1, 0],
  ];

  test('output is not above capability, or not above a margin of it', async () => {
    expect(failing(await outcomeOf(notAbove('output_mw', 'capability_mw'), rows))).toEqual(
      [at(1), at(2), at(6)].map(second),
    );
    const wide = await outcomeOf(notAbove('output_mw', 'capability_mw', { margin: 1.1 }), rows);
    expect(failing(wide)).toEqual([at(2), at(6)].map(second));
    expect(wide.samples[0]).toMatchObject({
      value: '111.0',
      expectation: 'at most 1.1 × capability_mw, which is 100.0',
    });
  });

  test('output is not below another column by more than the tolerance', async () => {
    const below = (tolerance: number): Promise<CheckOutcome> =>
      outcomeOf(notBelow('capability_mw', 'output_mw', { tolerance }), rows);
    expect(failing(await below(0))).toEqual([at(1), at(2), at(6)].map(second));
    expect(failing(await below(0.5))).toEqual([at(2), at(6)].map(second));
    expect(failing(await below(11))).toEqual([]);
  });
});
