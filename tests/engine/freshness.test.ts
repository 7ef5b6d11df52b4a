/** Freshness against the publisher's own calendar: what should be there by now, and since when it is late. */
import { describe, expect, test } from 'vitest';
import { complete } from '../../core/check.ts';
import { daily, hourly, type Partitions, snapshot, whole, yearly } from '../../core/partitions.ts';
import type { Pipeline } from '../../core/pipeline.ts';
import { freshnessOf } from '../../engine/freshness.ts';
import { loadCatalog } from '../../pipelines/index.ts';

const calendar = (
  partitions: Partitions,
  publishes: { readonly every: string; readonly delay: string; readonly staleAfter?: string },
  step: string | null = 'PT1H',
): Pick<Pipeline, 'partitions' | 'publishes' | 'checks'> => ({
  partitions,
  publishes: { staleAfter: 'P2D', schedule: '0 * * * *', zone: 'UTC', ...publishes },
  checks: step === null ? [] : [complete('hour', step)],
});
const at = (text: string): number => Date.parse(text);
const expected = (pipeline: Parameters<typeof freshnessOf>[0], now: string): string | null =>
  freshnessOf(pipeline, null, at(now)).expectedUntil;

describe('the newest row that should be there by now', () => {
  test('of a file that grows each hour: the last hour that ended before the delay', () => {
    const pipeline = calendar(yearly({ from: 2020, zone: 'Etc/GMT+5' }), { every: 'PT1H', delay: 'P1D' });
    expect(expected(pipeline, '2026-11-28T12:34Z')).toBe('2026-11-27T11:00Z');
    expect(expected(pipeline, '2026-11-28T12:00Z')).toBe('2026-11-27T11:00Z');
    expect(expected(pipeline, '2026-11-28T11:59Z')).toBe('2026-11-27T10:00Z');
  });

  test('of a file that is issued once a day: the last hour of the last whole day on the publisher’s clock', () => {
    const pipeline = calendar(daily({ from: '2020-01-01', zone: 'Etc/GMT+5' }), { every: 'P1D', delay: 'PT6H' });
    expect(expected(pipeline, '2026-11-28T10:59Z')).toBe('2026-11-27T04:00Z');
    expect(expected(pipeline, '2026-11-28T11:00Z')).toBe('2026-11-28T04:00Z');
  });

  test('at the turn of the year lies in the file of last year', () => {
    const pipeline = calendar(yearly({ from: 2020, zone: 'UTC' }), { every: 'PT1H', delay: 'PT0S' });
    expect(expected(pipeline, '2026-01-01T00:30Z')).toBe('2025-12-31T23:00Z');
  });

  test('is none before the first could be there, and the last step of a dataset that ended', () => {
    const pipeline = calendar(yearly({ from: 2020, until: '2021-01-01', zone: 'UTC' }), {
      every: 'PT1H',
      delay: 'PT1H',
    });
    expect(expected(pipeline, '2020-01-01T01:59Z')).toBeNull();
    expect(expected(pipeline, '2020-01-01T02:00Z')).toBe('2020-01-01T00:00Z');
    expect(expected(pipeline, '2026-01-01T00:00Z')).toBe('2020-12-31T23:00Z');
  });

  test.each([
    ['a whole file', calendar(whole(), { every: 'P1D', delay: 'P1D' })],
    ['a snapshot', calendar(snapshot(), { every: 'PT5M', delay: 'PT5M' })],
    [
      'data whose step nobody knows',
      calendar(hourly({ from: 2020, zone: 'UTC' }), { every: 'PT1H', delay: 'PT1H' }, null),
    ],
  ])('of %s nobody can say', (_, pipeline) => {
    expect(expected(pipeline, '2026-01-01T00:00Z')).toBeNull();
  });

  test('is never later than now, for every dataset that ships', async () => {
    const now = at('2026-11-28T12:34:56Z');
    for (const pipeline of (await loadCatalog()).pipelines) {
      const { expectedUntil } = freshnessOf(pipeline, null, now);
      if (expectedUntil !== null) expect(at(expectedUntil), pipeline.id).toBeLessThan(now);
    }
  });
});

describe('the state', () => {
  const pipeline = calendar(yearly({ from: 2020, until: '2027-01-01', zone: 'UTC' }), { every: 'PT1H', delay: 'PT1H' });
  const state = (covered: string | null, now: string): unknown =>
    freshnessOf(pipeline, covered === null ? null : at(covered), at(now));

  test('is fresh up to the limit, stale after it, and says since when', () => {
    expect(state('2026-05-01T00:00Z', '2026-05-03T00:00Z')).toMatchObject({ state: 'fresh', staleSince: null });
    expect(state('2026-05-01T00:00Z', '2026-05-03T00:01Z')).toMatchObject({
      state: 'stale',
      coveredUntil: '2026-05-01T00:00Z',
      expectedUntil: '2026-05-02T22:00Z',
      staleSince: '2026-05-03T00:00Z',
    });
  });

  test('is unknown without a row, and ended after the publisher’s last day', () => {
    expect(state(null, '2026-05-03T00:00Z')).toMatchObject({ state: 'unknown', staleSince: null });
    expect(state('2026-12-31T23:00Z', '2030-01-01T00:00Z')).toMatchObject({ state: 'ended', staleSince: null });
  });
});
