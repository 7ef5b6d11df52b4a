import { describe, expect, it } from 'vitest';
import { exitCodeOfRun, judgeDataset, judgeRun, stateOf, verdictOf, verdictOfRun } from '../../reports/verdict.ts';
import type { DatasetNumbers } from '../../reports/verdict.ts';
import type { Finding } from '../../reports/model.ts';
import { check, coverageDays, EXAMPLE, numbers, run, yearInterval } from './example.ts';

const PASSED = [check('unique(hour)', 'No two rows have the same hour.')];
const dataset = (more: Partial<DatasetNumbers> = {}): DatasetNumbers =>
  numbers({
    id: 'ieso-demand',
    title: 'Ontario hourly demand',
    table: 'public.ontario_hourly_demand',
    intervals: [yearInterval(2025, 'loaded', { read: 8_759, inserted: 8_759 })],
    checks: PASSED,
    ...more,
  });
const only = (outcome: Parameters<typeof yearInterval>[1]): DatasetNumbers =>
  dataset({ intervals: [yearInterval(2025, outcome, {})], checks: [] });
const finding = (severity: 'reject' | 'block' | 'warn' | 'info', name = 'range(x, 0, 1)'): DatasetNumbers['checks'] => [
  check(name, 'x lies between 0 and 1.', {
    severity,
    result: 'found',
    failingRows: 3,
    samples: [{ interval: '2025', key: '2025-05-01T05:00:00.000Z', value: null, expectation: 'x' }],
  }),
];

describe('the state of a dataset', () => {
  const failed = yearInterval(2024, 'failed', {});
  const blocked = yearInterval(2023, 'blocked', {});
  it.each([
    ['good', 'loaded and every check passed', dataset()],
    ['good', 'an informative finding only', dataset({ checks: finding('info') })],
    [
      'warning',
      'rows in quarantine',
      dataset({ intervals: [yearInterval(2025, 'loaded', { read: 10, rejected: 1 })] }),
    ],
    ['warning', 'a warning', dataset({ checks: finding('warn') })],
    ['blocked', 'a blocked interval', dataset({ intervals: [blocked, yearInterval(2025, 'loaded', {})] })],
    ['failed', 'a failed interval beside a blocked one', dataset({ intervals: [failed, blocked] })],
    ['not checked', 'nothing was due', dataset({ intervals: [] })],
    ['not checked', 'no check at all', dataset({ checks: [] })],
    [
      'not checked',
      'one of the checks did not run',
      dataset({ checks: [...PASSED, check('a', 'A.', { result: 'not checked' })] }),
    ],
    ['not checked', 'a check that passed in no interval', dataset({ checks: [check('a', 'A.', { intervals: 0 })] })],
    ['not checked', 'unchanged bytes without a check result', only('unchanged')],
    ['not checked', 'not published', only('not published')],
    ['not checked', 'purged', only('purged')],
    ['not checked', 'not recorded', only('not recorded')],
    ['not checked', 'not configured', only('not configured')],
    ['not checked', 'busy', only('busy')],
  ] as const)('is %s with %s', (state, _, numbersOf) => {
    expect(stateOf(numbersOf)).toBe(state);
  });

  it('is failed when it was asked for by name and nothing of it is recorded', () => {
    expect(stateOf(only('not recorded'), { named: ['ieso-demand'] })).toBe('failed');
    expect(stateOf(only('not recorded'), { named: ['ieso-hoep'] })).toBe('not checked');
  });
});

describe('the exit code of a run', () => {
  it.each([
    [0, [dataset()]],
    [0, []],
    [
      0,
      [
        dataset({ intervals: [yearInterval(2025, 'loaded', { read: 10, rejected: 9 })] }),
        dataset({ checks: finding('warn') }),
      ],
    ],
    [0, [only('not recorded'), only('not configured'), only('not published'), only('purged'), only('busy')]],
    [2, [only('failed'), only('blocked')]],
    [3, [only('blocked'), dataset()]],
  ] as const)('is %i', (exitCode, datasets) => {
    expect(exitCodeOfRun(datasets)).toBe(exitCode);
  });

  it('is 2 when a dataset named on the command line has nothing recorded', () => {
    expect(exitCodeOfRun([only('not recorded'), dataset()], { named: ['ieso-demand'] })).toBe(2);
    expect(
      exitCodeOfRun([{ id: 'ieso-demand', outcomes: { 'not recorded': 1, unchanged: 1 } }], { named: ['ieso-demand'] }),
    ).toBe(0);
  });
});

describe('the verdict of a dataset', () => {
  it('says what failed, since when, why and what to run next', () => {
    const error = {
      code: 'REQUEST_STATUS',
      kind: 'request',
      what: 'HTTP 503 five times.',
      where: null,
      consequence: null,
      next: null,
    } as const;
    const failing = dataset({
      intervals: [
        yearInterval(2026, 'failed', {}, { error }),
        yearInterval(2024, 'failed', {}, { error }),
        yearInterval(2025, 'loaded', {}),
      ],
    });
    expect(verdictOf(failing)).toBe(
      'ieso-demand: 2 of 3 intervals failed (2026, 2024), since 2024-01-01T05:00Z: HTTP 503 five times. ' +
        'Next: npm run pipeline -- run ieso-demand --from 2024-01-01T05:00Z --to 2027-01-01T05:00Z',
    );
    const advised = dataset({
      intervals: [yearInterval(2026, 'failed', {}, { error: { ...error, next: 'set DATABASE_URL' } })],
    });
    expect(verdictOf(advised)).toContain('Next: set DATABASE_URL');
  });

  it('names the blocking check and the replay', () => {
    const blocked = dataset({ intervals: [yearInterval(2025, 'blocked', { read: 8_759 })], checks: finding('block') });
    expect(verdictOf(blocked)).toBe(
      'ieso-demand: 1 of 1 interval not loaded, stopped by a blocking check (2025), since 2025-01-01T05:00Z: "x lies between 0 and 1" does not hold for ' +
        '3 rows (the first in 2025, at 2025-05-01T05:00Z). Next: settle the cause, then npm run pipeline -- replay ieso-demand --from 2025-01-01T05:00Z --to 2026-01-01T05:00Z',
    );
  });

  it('leads from quarantined rows to the quarantine and from gaps to the gaps', () => {
    expect(
      verdictOf(
        dataset({
          intervals: [yearInterval(2025, 'loaded', { read: 10, rejected: 2 })],
          rejectedBy: [{ reason: 'hour 25', rows: 2 }],
        }),
      ),
    ).toContain(
      '2 of 10 rows in quarantine (2025, since 2025-01-01T05:00Z), most for "hour 25"; 1 loaded of 1 interval, 0 rows new, 0 revised, 2 rejected. ' +
        'Next: npm run pipeline -- quarantine list ieso-demand',
    );
    const gap = verdictOf(dataset({ checks: finding('warn', 'complete(hour, PT1H)') }));
    expect(gap).toContain('3 rows missing (the first in 2025, at 2025-05-01T05:00Z)');
    expect(gap).toContain('Next: npm run pipeline -- gaps ieso-demand');
  });

  it('says that nothing is to be done for a good one, and what of it was not looked at', () => {
    const good = dataset({
      intervals: [yearInterval(2025, 'loaded', { read: 24, inserted: 24 }), yearInterval(2024, 'not recorded', {})],
      coverage: coverageDays('2025-01-01', '2025-03-01', { '2025-02-03': 23 }),
    });
    expect(verdictOf(good)).toBe(
      'ieso-demand: 1 loaded of 2 intervals, 24 rows new, 0 revised; 1 of 1 check passed, data through 2025-02-28; 1 day not complete, since 2025-02-03; not looked at: 1 not recorded. Nothing to do.',
    );
  });

  it('says since when the data are stale, whatever else there is to say', () => {
    const numbers = dataset({ intervals: [yearInterval(2025, 'unchanged', {})] });
    const stale = { ...numbers, freshness: { ...numbers.freshness, staleSince: '2026-01-03T05:00Z' } };
    expect(verdictOf(stale)).toContain('; stale since 2026-01-03T05:00Z. ');
    expect(exitCodeOfRun([stale])).toBe(0);
  });

  it('never calls an unchecked dataset fine', () => {
    expect(verdictOf(dataset({ intervals: [] }))).toBe(
      'ieso-demand: nothing was due, so nothing was checked. Nothing to do.',
    );
    expect(verdictOf(only('not configured'))).toContain('Next: npm run pipeline -- doctor');
    expect(verdictOf(only('unchanged'))).toBe(
      'ieso-demand: nothing new, so no check ran (1 interval unchanged). Nothing to do.',
    );
    expect(verdictOf(dataset({ checks: [] }))).toContain('but it has no checks');
  });
});

describe('what people have decided', () => {
  const one = (state: Finding['state'], more: Partial<Finding> = {}): Finding => ({
    fingerprint: '0123456789abcdef',
    check: 'range(x, 0, 1)',
    severity: 'warn',
    subject: '2025: 2025-05-01T05:00:00Z',
    sentence: '"x lies between 0 and 1" does not hold for 3 rows',
    interval: '2025',
    firstKey: '2025-05-01T05:00:00Z',
    lastKey: '2025-05-01T07:00:00Z',
    rows: 3,
    state,
    acknowledgedUntil: null,
    owner: null,
    note: null,
    firstSeenAt: '2026-02-01T00:00:00.000Z',
    lastSeenAt: '2026-02-01T00:00:00.000Z',
    change: null,
    ...more,
  });
  const reviewed = (findings: readonly Finding[], more: Partial<DatasetNumbers> = {}): DatasetNumbers => {
    const findingCounts = { open: 0, acknowledged: 0, fixed: 0, accepted: 0 };
    for (const { state } of findings) findingCounts[state] += 1;
    return dataset({ checks: [...PASSED, ...finding('warn')], findings, findingCounts, ...more });
  };

  it('an open finding is named with its interval and since when, and the review is what comes next', () => {
    expect(verdictOf(reviewed([one('open'), one('open'), one('accepted')]))).toBe(
      'ieso-demand: "x lies between 0 and 1" does not hold for 3 rows, in 2025, known since 2026-02-01T00:00Z; 1 more finding; ' +
        '1 loaded of 1 interval, 8,759 rows new, 0 revised; 1 accepted finding. Next: npm run pipeline -- review list ieso-demand',
    );
    const gap = { check: 'complete(hour, PT1H)' };
    expect(verdictOf(reviewed([one('open', gap)]))).toContain('Next: npm run pipeline -- gaps ieso-demand');
  });

  it.each(['accepted', 'acknowledged'] as const)('an %s one does not alarm, and is said', (state) => {
    expect(stateOf(reviewed([one(state)]))).toBe('good');
    expect(verdictOf(reviewed([one(state)]))).toBe(
      `ieso-demand: 1 loaded of 1 interval, 8,759 rows new, 0 revised; 1 of 2 checks passed; 1 ${state} finding. Nothing to do.`,
    );
  });

  it('one that is decided does not speak for another of the same check, nor one of another check for this', () => {
    expect(stateOf(reviewed([one('open'), one('accepted')]))).toBe('warning');
    expect(stateOf(reviewed([one('accepted', { check: 'other(x)' })]))).toBe('warning');
    expect(stateOf(reviewed([one('fixed')]))).toBe('warning');
  });

  it('of a list that was cut, what is not shown is decided, since open ones come first', () => {
    const counts = { open: 0, acknowledged: 0, fixed: 0, accepted: 60 };
    const cut = Array.from({ length: 50 }, () => one('accepted', { check: 'other(x)' }));
    expect(stateOf(reviewed(cut, { findingCounts: counts }))).toBe('good');
  });

  it('accepted refusals do not alarm, open ones lead to the quarantine', () => {
    const rows = { intervals: [yearInterval(2025, 'loaded', { read: 10, rejected: 2 })], checks: finding('reject') };
    expect(stateOf(reviewed([one('accepted', { severity: 'reject' })], rows))).toBe('good');
    const open = reviewed([one('open', { severity: 'reject' })], rows);
    expect(verdictOf(open)).toContain('2 of 10 rows in quarantine');
    expect(verdictOf(open)).toContain('Next: npm run pipeline -- quarantine list ieso-demand');
    const earlier = { intervals: [yearInterval(2025, 'unchanged', {})], checks: finding('reject') };
    expect(verdictOf(reviewed([one('open', { severity: 'reject' })], earlier))).toContain(
      'does not hold for 3 rows, in 2025, known since',
    );
  });

  it.each(['failed', 'blocked'] as const)('a %s interval stays so whatever was decided', (outcome) => {
    const intervals = [yearInterval(2025, outcome, {})];
    expect(stateOf(reviewed([one('accepted', { severity: 'failure' })], { intervals }))).toBe(outcome);
  });
});

describe('the verdict of a run', () => {
  it('counts states, names the bad ones and gives the next step of the worst', () => {
    expect(EXAMPLE.exitCode).toBe(2);
    expect(EXAMPLE.verdict).toBe(
      '4 datasets, recorded responses: 1 failed (ieso-generation-by-fuel), 1 with warnings (ieso-demand), 1 not checked (aeso-pool-price), 1 good; ' +
        '281,810 rows new, 37 revised, 2 rejected. Next: npm run pipeline -- run ieso-generation-by-fuel --from 2026-01-01T05:00Z --to 2027-01-01T05:00Z',
    );
  });

  it('is short when all is well or nothing was due', () => {
    expect(judgeRun({ ...run([judgeDataset(dataset())]), source: 'live' }).verdict).toBe(
      '1 dataset: all good; 8,759 rows new, 0 revised.',
    );
    expect(verdictOfRun({ datasets: [], source: 'live' })).toBe('Nothing was due: no dataset was asked.');
  });
});
