/** Failing rows become incidents: what lies together, what is one fault from run to run, and that no order matters. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CheckedRows, type Incident, INCIDENTS_MAX, incidentsOf, stableNames } from '../../engine/incidents.ts';

const START = Date.parse('2025-01-01T05:00Z');
const scope = (dataset = 'ieso-demand', stable = (name: string): string => name) => ({
  dataset,
  place: '2025',
  intervalStart: START,
  stable,
});
const check = (keys: readonly (string | null)[], change: Partial<CheckedRows> = {}): CheckedRows => ({
  name: 'notBelow(a, b)',
  sentence: 'a is not below b',
  severity: 'warn',
  failingRows: keys.length,
  samples: keys.map((key) => ({ key, value: '1', expectation: 'at least b, which is 2' })),
  ...change,
});
const subjects = (incidents: readonly Incident[]): [string, number][] =>
  incidents.map(({ subject, rows }) => [subject, rows]);

describe('rows lie together', () => {
  test('when only the time in their key differs, and by at most a day from one to the next', () => {
    const keys = [
      '2025-05-01T05:00:00Z, GAS',
      '2025-05-02T05:00:00Z, GAS',
      '2025-05-03T06:00:00Z, GAS',
      '2025-05-01T05:00:00Z, WIND',
    ];
    expect(subjects(incidentsOf(scope(), check(keys)))).toEqual([
      ['2025: 2025-05-01T05:00:00Z, GAS', 2],
      ['2025: 2025-05-03T06:00:00Z, GAS', 1],
      ['2025: 2025-05-01T05:00:00Z, WIND', 1],
    ]);
  });

  test('wherever the time stands in the key, and also where it is a day', () => {
    expect(subjects(incidentsOf(scope(), check(['GAS, 2025-05-01', 'GAS, 2025-05-02', 'HYDRO, 2025-05-01'])))).toEqual([
      ['2025: GAS, 2025-05-01', 2],
      ['2025: HYDRO, 2025-05-01', 1],
    ]);
  });

  test('when their key holds no time, apart from those that have one', () => {
    expect(subjects(incidentsOf(scope(), check(['a', 'b', 'a', '2025-05-01T05:00:00Z'])))).toEqual([
      ['2025: a', 3],
      ['2025: 2025-05-01T05:00:00Z', 1],
    ]);
  });

  test('as the whole interval where there are too many, where not all are known, or where a key cannot be read', () => {
    const many = Array.from(
      { length: INCIDENTS_MAX + 1 },
      (_, i) => `2025-05-${String(2 * i + 1).padStart(2, '0')}T05:00:00Z`,
    );
    for (const [rows, last] of [
      [check(many), many.at(-1)],
      [check(many.slice(0, 3), { failingRows: 4 }), null],
      [check(['2025-05-01T05:00:00Z', null]), null],
    ] as const) {
      const [incident, ...rest] = incidentsOf(scope(), rows);
      expect(rest).toEqual([]);
      expect(incident).toMatchObject({
        subject: '2025',
        rows: rows.failingRows,
        whole: true,
        firstKey: '2025-05-01T05:00:00Z',
        lastKey: last,
      });
    }
    expect(incidentsOf(scope(), check(many))[0]?.fingerprint).toBe(
      incidentsOf(scope(), check(many.slice(0, 3), { failingRows: 99 }))[0]?.fingerprint,
    );
  });

  test('and a check that holds is none', () => {
    expect(incidentsOf(scope(), check([]))).toEqual([]);
  });
});

test('a name without its thresholds stays, unless two checks would share it', () => {
  const names = [
    'range(mw, 0, 500)',
    'frozen(mw, 12, fuel)',
    'range(price, -1, 2.5)',
    'range(price, -100, Infinity)',
    'complete(hour, PT1H)',
  ];
  expect(names.map(stableNames(names))).toEqual([
    'range(mw)',
    'frozen(mw, fuel)',
    'range(price, -1, 2.5)',
    'range(price, -100, Infinity)',
    'complete(hour, PT1H)',
  ]);
  expect(stableNames(names)('range(mw, 1, 2)')).toBe('range(mw)');
});

test('what a publisher writes into a key or a value neither moves a cursor nor breaks the database', () => {
  const hostile = 'x\u0000\u001b[2J\u202e\ud800';
  const [incident] = incidentsOf(
    scope(),
    check([hostile], { samples: [{ key: hostile, value: hostile, expectation: hostile }] }),
  );
  const text = JSON.stringify(incident);
  for (const escaped of [String.raw`\\u{0}`, String.raw`\\u{1b}`, String.raw`\\u{202e}`, String.raw`\\u{d800}`])
    expect(text).toContain(escaped);
});

describe('for any rows', () => {
  const key = fc
    .tuple(fc.integer({ min: 0, max: 24 * 60 }), fc.constantFrom('', ', GAS', ', WIND'))
    .map(([hour, series]) => `${new Date(START + hour * 3_600_000).toISOString().replace('.000Z', 'Z')}${series}`);
  const keys = fc.array(key, { maxLength: 20 });
  const signature = (incidents: readonly Incident[]): string[] => incidents.map((one) => JSON.stringify(one)).sort();

  test('their order does not matter, and the same rows are the same incidents', () => {
    fc.assert(
      fc.property(
        keys.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          expect(signature(incidentsOf(scope(), check(shuffled)))).toEqual(signature(incidentsOf(scope(), check(all))));
        },
      ),
    );
  });

  test('every failing row is counted once, fingerprints differ, and there are at most ten', () => {
    fc.assert(
      fc.property(keys, (all) => {
        const incidents = incidentsOf(scope(), check(all));
        expect(incidents.reduce((sum, { rows }) => sum + rows, 0)).toBe(all.length);
        expect(new Set(incidents.map(({ fingerprint }) => fingerprint)).size).toBe(incidents.length);
        expect(incidents.length).toBeLessThanOrEqual(INCIDENTS_MAX);
      }),
    );
  });

  test('two datasets, and two checks, never share a fingerprint', () => {
    const id = fc.stringMatching(/^[a-z]{1,6}(-[a-z]{1,6})?$/);
    fc.assert(
      fc.property(keys, id, id, (all, one, other) => {
        fc.pre(one !== other);
        const of = (dataset: string, name: string): string[] =>
          incidentsOf(scope(dataset), check(all, { name })).map(({ fingerprint }) => fingerprint);
        const seen = [...of(one, 'a(x)'), ...of(other, 'a(x)'), ...of(one, 'b(x)')];
        expect(new Set(seen).size).toBe(seen.length);
      }),
    );
  });
});
