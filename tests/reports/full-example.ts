/** A run whose one dataset has everything that a report can show; made up by hand. */
import type { CheckHistory, DatasetReport, Finding, RunReport, Series } from '../../reports/model.ts';
import { judgeDataset } from '../../reports/verdict.ts';
import { EXAMPLE, numbers, run } from './example.ts';

const HOUR_MS = 3_600_000;

export function finding(number: number, more: Partial<Finding> = {}): Finding {
  return {
    fingerprint: number.toString(16).padStart(16, '0'),
    check: 'notBelow(market_demand_mw, ontario_demand_mw)',
    severity: 'warn',
    subject: `2025: 2025-04-20T10:00:00Z, ${number}`,
    sentence: `Market demand is below Ontario demand (${number}).`,
    interval: '2025',
    firstKey: '2025-04-20T10:00:00Z',
    lastKey: '2025-04-20T12:00:00Z',
    rows: 3,
    state: 'open',
    acknowledgedUntil: null,
    owner: null,
    note: null,
    firstSeenAt: '2026-01-10T12:20:00Z',
    lastSeenAt: '2026-03-02T12:20:00Z',
    change: null,
    ...more,
  };
}

/** Earlier runs: every `every`-th found something. */
export function history(length: number, every: number): CheckHistory[] {
  return Array.from({ length }, (_, i) => ({
    runId: `202602${String(i + 1).padStart(2, '0')}T122003Z-aa`,
    at: `2026-02-${String(i + 1).padStart(2, '0')}T12:20:03Z`,
    result: i === 0 ? 'not checked' : i % every === 0 ? 'found' : 'passed',
    failingRows: i > 0 && i % every === 0 ? i : 0,
  }));
}

export function series(buckets = 300, closeUps = 2): Series {
  const start = Date.parse('2023-01-01T05:00:00Z');
  const points = Array.from({ length: 145 }, (_, i) => {
    const value = i === 60 ? null : 15_000 + Math.round(3_000 * Math.sin((i / 24) * 2 * Math.PI));
    return {
      at: new Date(Date.parse('2025-04-17T10:00:00Z') + i * HOUR_MS).toISOString(),
      value: i >= 72 && i <= 74 ? 10_412 : value,
      lower: 12_000 + Math.round(2_500 * Math.sin((i / 24) * 2 * Math.PI)),
      upper: 18_000 + Math.round(3_000 * Math.sin((i / 24) * 2 * Math.PI)),
      mark: i >= 72 && i <= 74 ? ('anomalous' as const) : null,
    };
  });
  return {
    column: 'ontario_demand_mw',
    unit: 'MW',
    of: null,
    buckets: Array.from({ length: buckets }, (_, i) => {
      const middle = 15_500 + Math.round(2_500 * Math.sin(i / 23));
      const gap = i > 200 && i < 210;
      return {
        at: new Date(start + i * 96 * HOUR_MS).toISOString(),
        min: gap ? null : middle - 3_000,
        median: gap ? null : middle,
        max: gap ? null : middle + 4_500,
      };
    }),
    marks: [
      { at: '2024-02-29T17:00:00Z', kind: 'rejected', value: 27_000 },
      { at: '2025-04-20T10:00:00Z', kind: 'anomalous', value: 10_412 },
      { at: '2025-11-02T06:00:00Z', kind: 'revised', value: 13_251 },
      { at: '2025-11-02T07:00:00Z', kind: 'revised', value: null },
    ],
    closeUps: Array.from({ length: closeUps }, (_, i) => ({
      fingerprint: i.toString(16).padStart(16, '0'),
      title: `Market demand is below Ontario demand (${i}).`,
      points: i === 0 ? points : points.map((point) => ({ ...point, lower: null, upper: null })),
    })),
  };
}

/** The demand of the example with every part of the model filled. */
export const FULL_DATASET: DatasetReport = judgeDataset({
  ...EXAMPLE.datasets.find(({ id }) => id === 'ieso-demand')!,
  quality: { score: 97.3, loadedShare: 1, completeShare: 0.99871, validShare: 0.9999, cleanShare: null },
  freshness: {
    state: 'stale',
    coveredUntil: '2026-02-28T04:00Z',
    expectedUntil: '2026-03-02T04:00Z',
    staleSince: '2026-03-02T04:00Z',
  },
  findingCounts: { open: 2, acknowledged: 1, fixed: 1, accepted: 1 },
  findings: [
    finding(0, { change: 'new', severity: 'block' }),
    finding(1, { change: 'reopened', owner: 'ada', note: 'Asked the IESO on 2026-02-11.' }),
    finding(2, { state: 'acknowledged', acknowledgedUntil: '2026-04-01T00:00Z', owner: 'grace' }),
    finding(3, { state: 'accepted', note: 'A real outage.', lastKey: null }),
    finding(4, { state: 'fixed', change: 'fixed', firstKey: null, lastKey: null }),
  ],
  series: series(),
  checks: EXAMPLE.datasets
    .find(({ id }) => id === 'ieso-demand')!
    .checks.map((check, i) => ({ ...check, history: history([12, 5, 1, 0, 12][i] ?? 0, i + 2) })),
  contract: [
    {
      name: 'hour',
      type: 'timestamptz',
      unit: 'UTC',
      key: true,
      required: true,
      sensitive: false,
      doc: 'Start of the hour.',
    },
    {
      name: 'ontario_demand_mw',
      type: 'float8',
      unit: 'MW',
      key: false,
      required: false,
      sensitive: false,
      doc: 'Demand of Ontario.',
    },
    { name: 'meter', type: 'text', unit: null, key: false, required: true, sensitive: true, doc: 'The meter.' },
  ],
  schemaChanges: [
    { interval: '2025', column: 'Market Demand', change: 'empty now' },
    { interval: '2026', column: 'Zonal Demand', change: 'new in the file' },
  ],
});

/** Nothing of it is recorded, and its address is one long word. */
const NOT_RECORDED: DatasetReport = judgeDataset(
  numbers({
    id: 'aeso-internal-load',
    title: 'Alberta internal load',
    table: 'public.alberta_internal_load',
    publisher: 'aeso',
    intervals: [],
    outcomes: { 'not recorded': 27 },
    firstNotRecorded: `http://ets.aeso.ca/ets_web/ip/Market/Reports/HistoricalPoolPriceReportServlet?contentType=csv&beginDate=01012003${'&x=1'.repeat(30)}`,
  }),
);

export const FULL: RunReport = run([
  FULL_DATASET,
  NOT_RECORDED,
  ...EXAMPLE.datasets.filter(({ id }) => id !== 'ieso-demand'),
]);
