/** The algebra on intervals, against the plainest model there is: sets of integers. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  contains,
  formatInstant,
  formatInterval,
  type Interval,
  intersect,
  isEmpty,
  normalise,
  overlaps,
  subtract,
} from '../../core/interval.ts';

const interval = fc.record({ start: fc.integer({ min: 0, max: 30 }), end: fc.integer({ min: 0, max: 30 }) });
const intervals = fc.array(interval, { maxLength: 8 });

function instants(list: readonly Interval[]): Set<number> {
  const set = new Set<number>();
  for (const { start, end } of list) for (let at = start; at < end; at++) set.add(at);
  return set;
}

function without(a: Set<number>, b: Set<number>): Set<number> {
  return new Set([...a].filter((at) => !b.has(at)));
}

function isNormal(list: readonly Interval[]): boolean {
  return list.every((i, n) => i.start < i.end && (n === 0 || (list[n - 1]?.end ?? Infinity) < i.start));
}

describe('intervals are sets of instants', () => {
  test('normalise keeps the instants and leaves nothing to merge', () => {
    fc.assert(
      fc.property(intervals, (list) => {
        const normal = normalise(list);
        expect(instants(normal)).toEqual(instants(list));
        expect(isNormal(normal)).toBe(true);
        expect(normalise(normal)).toEqual(normal);
      }),
    );
  });

  test('subtract is the difference of sets, in normal form', () => {
    fc.assert(
      fc.property(intervals, intervals, (wanted, done) => {
        const missing = subtract(wanted, done);
        expect(instants(missing)).toEqual(without(instants(wanted), instants(done)));
        expect(isNormal(missing)).toBe(true);
      }),
    );
  });

  test('intersect, overlaps and contains agree with the sets', () => {
    fc.assert(
      fc.property(interval, interval, fc.integer({ min: 0, max: 30 }), (a, b, at) => {
        const both = [...instants([a])].filter((x) => instants([b]).has(x));
        expect([...instants([intersect(a, b) ?? { start: 0, end: 0 }])]).toEqual(both);
        expect(contains(a, at)).toBe(instants([a]).has(at));
        if (!isEmpty(a) && !isEmpty(b)) expect(overlaps(a, b)).toBe(both.length > 0);
      }),
    );
  });

  test('arguments stay as they were', () => {
    const list = [
      { start: 5, end: 7 },
      { start: 1, end: 6 },
    ];
    normalise(list);
    subtract(list, list);
    expect(list).toEqual([
      { start: 5, end: 7 },
      { start: 1, end: 6 },
    ]);
  });
});

describe('open ends', () => {
  const all = { start: -Infinity, end: Infinity };

  test('all of time less an hour is two intervals', () => {
    expect(subtract([all], [{ start: 0, end: 10 }])).toEqual([
      { start: -Infinity, end: 0 },
      { start: 10, end: Infinity },
    ]);
    expect(subtract([{ start: 0, end: 10 }], [all])).toEqual([]);
  });

  test('touching intervals do not overlap', () => {
    expect(overlaps({ start: 0, end: 5 }, { start: 5, end: 9 })).toBe(false);
    expect(intersect({ start: 0, end: 5 }, { start: 5, end: 9 })).toBeNull();
  });

  test.each([
    [Date.UTC(2025, 4, 1, 5), '2025-05-01T05:00Z'],
    [Date.UTC(2025, 4, 1, 5, 0, 7), '2025-05-01T05:00:07Z'],
    [Date.UTC(2025, 4, 1, 5, 0, 0, 250), '2025-05-01T05:00:00.250Z'],
    [-Infinity, 'the beginning'],
    [Infinity, 'the end'],
  ])('%d is written %s', (instant, written) => {
    expect(formatInstant(instant)).toBe(written);
  });

  test('an interval is written half-open', () => {
    expect(formatInterval({ start: Date.UTC(2025, 0, 1, 5), end: Infinity })).toBe('[2025-01-01T05:00Z, the end)');
  });
});
