/** `health` in today's words: what time alone has changed, what was never asked, and what a terminal of 100 columns shows. */
import { describe, expect, test } from 'vitest';
import { complete } from '../../core/check.ts';
import { yearly } from '../../core/partitions.ts';
import { isFinding, judgedHealth, onlySources, type SourceState } from '../../cli/health-states.ts';
import { healthText } from '../../cli/health-text.ts';
import type { HealthRow } from '../../loaders/postgres/health.ts';
import { smallPipeline } from '../support/small-dataset.ts';

const ONGOING = {
  partitions: yearly({ from: 2020, zone: 'UTC' }),
  publishes: { every: 'PT1H', delay: 'P1D', staleAfter: 'P2D', schedule: '0 * * * *', zone: 'UTC' },
  checks: [complete('hour', 'PT1H')],
};
const small = smallPipeline(ONGOING);
const other = smallPipeline({ ...ONGOING, id: 'grid-other' });
const row = (change: Partial<HealthRow>): HealthRow => ({
  source_name: 'grid/grid-small',
  status: 'healthy',
  last_success: '2026-05-03 11:30:00.123+00',
  last_failure: null,
  consecutive_failures: 0,
  covered_until: '2026-05-02 10:00:00+00',
  freshness: 'fresh',
  stale_since: null,
  score: 97.25,
  open_findings: 0,
  last_answer: 'loaded',
  next_step: null,
  notes: 'loaded',
  ...change,
});
const publisher = row({ source_name: 'grid', last_answer: null, notes: 'all datasets are healthy' });
const at = (rows: readonly HealthRow[], now: string, pipelines = [small]): readonly SourceState[] =>
  judgedHealth(pipelines, rows, Date.parse(now));
const statuses = (states: readonly SourceState[]): unknown =>
  Object.fromEntries(states.map(({ source, status }) => [source, status]));

describe('a healthy dataset', () => {
  test('says how fresh and how good it is, and what should be there', () => {
    expect(at([publisher, row({})], '2026-05-03T12:00Z')).toMatchObject([
      { source: 'grid', status: 'healthy', score: 97.25, notes: 'all datasets are healthy', next: null },
      {
        source: 'grid/grid-small',
        status: 'healthy',
        freshness: 'fresh',
        coveredUntil: '2026-05-02T10:00Z',
        expectedUntil: '2026-05-02T11:00Z',
        lastSuccess: '2026-05-03T11:30Z',
        notes: 'loaded',
        next: null,
      },
    ]);
  });

  test('is late when nobody has asked for long, and stale when its rows are old; its publisher says the same', () => {
    expect(statuses(at([publisher, row({})], '2026-05-04T09:00Z'))).toEqual({
      grid: 'healthy',
      'grid/grid-small': 'healthy',
    });
    const rows = [publisher, row({ covered_until: '2026-05-04 12:00:00+00' })];
    const [sum, late] = at(rows, '2026-05-04T13:00Z');
    expect([sum?.status, late?.status]).toEqual(['late', 'late']);
    expect(late?.notes).toBe(
      'no answer since 2026-05-03T11:30Z, allowed are 25 hours; next: npm run pipeline -- run grid-small',
    );
    expect(sum?.notes).toContain('grid-small: no answer since');
    const stale = at([publisher, row({ last_success: '2026-05-04 11:00:00+00' })], '2026-05-04T11:00Z');
    expect(stale).toMatchObject([
      { status: 'degraded', freshness: 'stale', staleSince: '2026-05-04T10:00Z' },
      { status: 'degraded', freshness: 'stale', staleSince: '2026-05-04T10:00Z' },
    ]);
  });
});

test('a dataset that was stale at the last run and has newer rows by now is healthy without another run', () => {
  const was = row({
    status: 'degraded',
    freshness: 'stale',
    stale_since: '2026-05-01 00:00:00+00',
    notes: 'loaded; stale since …',
  });
  expect(statuses(at([was], '2026-05-03T12:00Z'))).toEqual({ 'grid/grid-small': 'healthy' });
});

test('what was never asked is unknown and a finding, a missing key is none', () => {
  const rows = [publisher, row({ status: 'not configured', last_answer: 'GRID_KEY is not set' })];
  const states = at(rows, '2026-05-03T12:00Z', [small, other]);
  expect(states.map((state) => [state.source, state.status, isFinding(state)])).toEqual([
    ['grid', 'not configured', false],
    ['grid/grid-other', 'unknown', true],
    ['grid/grid-small', 'not configured', false],
  ]);
});

test('one may ask for publishers and for datasets, and a misspelt word names the nearest', () => {
  const states = at([publisher, row({})], '2026-05-03T12:00Z', [small, other]);
  const named = (...words: string[]): string[] => onlySources(states, words).map(({ source }) => source);
  expect(named()).toEqual(['grid', 'grid/grid-other', 'grid/grid-small']);
  expect(named('grid')).toEqual(['grid', 'grid/grid-other', 'grid/grid-small']);
  expect(named('grid-small')).toEqual(['grid/grid-small']);
  expect(named('grid/grid-other', 'grid-small')).toEqual(['grid/grid-other', 'grid/grid-small']);
  expect(() => named('gird')).toThrow(
    expect.objectContaining({ code: 'UNKNOWN_SOURCE', message: expect.stringContaining('did you mean grid?') }),
  );
});

test('the table stays within 100 columns, says what to type, and nothing of a publisher moves the cursor', () => {
  const long = `2020: HTTP_SERVER_ERROR: the publisher answered 500 ${'and so on '.repeat(30)}\u001b[31m`;
  const failing = row({
    status: 'failing',
    consecutive_failures: 3,
    last_answer: long,
    last_failure: '2026-05-03 11:50:00+00',
    open_findings: 2,
  });
  const text = healthText(at([publisher, failing], '2026-05-03T12:00Z', [small, other]));
  const lines = text.split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  expect(text).not.toContain('\u001b');
  expect(lines.slice(0, 5)).toEqual([
    'source        status   score  fresh    covered until      findings',
    '------------  -------  -----  -------  -----------------  --------',
    'grid          failing   97.3  fresh    2026-05-02T10:00Z         2',
    '  grid-other  unknown      –  unknown',
    '  grid-small  failing   97.3  fresh    2026-05-02T10:00Z         2',
  ]);
  expect(lines[5]).toBe(
    '      3 failures, last success 2026-05-03T11:30Z: 2020: HTTP_SERVER_ERROR: the publisher answered',
  );
  expect(lines).toContain('      next: npm run pipeline -- run grid-small');
  expect(lines.at(-1)).toBe('2 datasets: 1 failing, 1 unknown');
});
