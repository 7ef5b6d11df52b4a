/** What a run does to findings, as a pure function: whatever the order, nobody is told twice, and thousands of failures are a few messages. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../engine/evidence.ts';
import { failureIncident, type Incident, incidentsOf } from '../../engine/incidents.ts';
import { ALERTS_MAX, type Settled, settlementOf } from '../../engine/settlement.ts';
import type { Review } from '../../loaders/postgres/review.ts';

const NOW = Date.parse('2026-06-01T00:00Z');
const same = (name: string): string => name;
const scope = (place: string, start: number) => ({ dataset: 'grid-small', place, intervalStart: start, stable: same });
const fault = {
  code: 'HTTP_TIMEOUT',
  kind: 'request',
  what: 'no answer',
  where: null,
  consequence: null,
  next: null,
} as const;

interface World {
  readonly incidents: readonly Incident[];
  readonly evidence: readonly Evidence[];
}
const settle = ({ incidents, evidence }: World, reviews: readonly Review[] = []): Settled =>
  settlementOf({
    dataset: 'grid-small',
    runId: 'r',
    now: NOW,
    reviews,
    incidents,
    evidence,
    stable: same,
    exists: null,
    snapshot: false,
  });

/** Intervals 0, 1, 2 …: failed, or with so many failing rows of one check. */
function world(intervals: readonly ('failed' | 'not looked at' | readonly number[])[]): World {
  const incidents: Incident[] = [];
  const evidence: Evidence[] = [];
  for (const [start, found] of intervals.entries()) {
    if (found === 'not looked at') continue;
    if (found === 'failed') {
      incidents.push(failureIncident(scope(String(start), start), fault.code, fault.what));
      evidence.push({ start, checks: [], overcome: false, failure: fault });
      continue;
    }
    const samples = found.map((day) => ({
      key: new Date(day * 86_400_000).toISOString().replace('.000Z', 'Z'),
      value: '1',
      expectation: 'less',
    }));
    const check = {
      name: 'range(x)',
      sentence: 'x is small',
      severity: 'warn',
      failingRows: found.length,
      samples,
    } as const;
    incidents.push(...incidentsOf(scope(String(start), start), check));
    evidence.push({ start, checks: [check], overcome: true, failure: null });
  }
  return { incidents, evidence };
}

test('more alerts than anybody reads are a few and a sum, the worst of them first', () => {
  const { alerts, added } = settle(
    world([...Array.from({ length: 30 }, () => [3]), ...Array.from({ length: 500 }, () => 'failed' as const)]),
  );
  expect(added).toHaveLength(530);
  expect(alerts).toHaveLength(ALERTS_MAX);
  expect(alerts.slice(0, -1).every(({ payload }) => payload.severity === 'failure')).toBe(true);
  expect(alerts.at(-1)?.payload).toMatchObject({
    text: 'grid-small: 511 more changes of findings in run r: 511 opened',
    next: 'npm run pipeline -- review list grid-small',
  });
});

test('an interval that fails in another way is told as opened, not as fixed', () => {
  const before = settle(world(['failed']));
  const other = {
    incidents: [failureIncident(scope('0', 0), 'HTTP_STATUS', '503')],
    evidence: [{ start: 0, checks: [], overcome: false, failure: fault }],
  };
  const after = settle(other, before.all);
  expect(after.alerts.map(({ kind }) => kind)).toEqual(['finding opened']);
  expect(after.changed).toMatchObject([
    { state: 'fixed', note: expect.stringMatching(/^goes on as finding [0-9a-f]{16}$/) as string },
  ]);
});

test('what nobody looked at stays as it is, an accepted finding also where it is gone', () => {
  const before = settle(world([[3], [3]]));
  expect(settle(world(['not looked at', 'not looked at']), before.all).changed).toEqual([]);
  const accepted = before.all.map((review): Review => ({ ...review, state: 'accepted', decidedRows: 1 }));
  expect(settle(world([[], []]), accepted)).toMatchObject({ changed: [], alerts: [] });
});

describe('for any two runs', () => {
  const interval = fc.oneof(
    fc.constant('failed' as const),
    fc.constant('not looked at' as const),
    fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 14 }),
  );
  const intervals = fc.array(interval, { minLength: 1, maxLength: 4 });
  const essence = ({ all, alerts, changes }: Settled): unknown => ({
    all: all.map(({ fingerprint, state, rows, note }) => `${fingerprint} ${state} ${rows} ${note}`).sort(),
    alerts: alerts.map(({ subject, kind }) => `${subject} ${kind}`).sort(),
    changes: [...changes].map(([fingerprint, change]) => `${fingerprint} ${change}`).sort(),
  });

  test('the order of intervals and findings does not matter', () => {
    fc.assert(
      fc.property(intervals, intervals, (first, second) => {
        const before = settle(world(first)).all;
        const { incidents, evidence } = world(second);
        expect(
          essence(settle({ incidents: incidents.toReversed(), evidence: evidence.toReversed() }, before.toReversed())),
        ).toEqual(essence(settle({ incidents, evidence }, before)));
      }),
    );
  });

  test('the same run once more changes nothing and tells nobody', () => {
    fc.assert(
      fc.property(intervals, intervals, (first, second) => {
        const once = settle(world(second), settle(world(first)).all);
        const twice = settle(
          world(second),
          once.all.filter(({ state }) => state !== 'fixed'),
        );
        expect([[...twice.changes], twice.alerts, twice.added]).toEqual([[], [], []]);
      }),
    );
  });

  test('after a look, what is open is what was found', () => {
    fc.assert(
      fc.property(intervals, intervals, (first, second) => {
        const { incidents, evidence } = world(second);
        const { all } = settle({ incidents, evidence }, settle(world(first)).all);
        const looked = new Set(evidence.filter(({ failure }) => failure === null).map(({ start }) => start));
        const open = all
          .filter(({ state, intervalStart }) => state === 'open' && looked.has(intervalStart ?? -1))
          .map(({ fingerprint }) => fingerprint);
        const found = incidents
          .filter(({ intervalStart }) => looked.has(intervalStart))
          .map(({ fingerprint }) => fingerprint);
        expect(open.sort()).toEqual(found.sort());
      }),
    );
  });
});
