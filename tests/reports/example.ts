/** A run over three IESO datasets, made up by hand: the shapes are real, every number in it is an example. */
import type {
  CheckReport,
  CoverageDay,
  DatasetReport,
  IntervalReport,
  Outcome,
  RowCounts,
  RunReport,
} from '../../reports/model.ts';
import { addRows, MODEL_VERSION, NO_ROWS } from '../../reports/model.ts';
import type { DatasetNumbers } from '../../reports/verdict.ts';
import { judgeDataset, judgeRun } from '../../reports/verdict.ts';

const DAY_MS = 86_400_000;
const ATTRIBUTION = 'Copyright © Independent Electricity System Operator. Used under the IESO terms of use.';

/** Days from the first (inclusive) to the last (exclusive), 24 rows each but for the exceptions. */
export function coverageDays(
  from: string,
  to: string,
  exceptions: Readonly<Record<string, number>> = {},
): CoverageDay[] {
  const days: CoverageDay[] = [];
  for (let at = Date.parse(`${from}T00:00Z`); at < Date.parse(`${to}T00:00Z`); at += DAY_MS) {
    const day = new Date(at).toISOString().slice(0, 10);
    days.push({ day, expected: 24, present: exceptions[day] ?? 24 });
  }
  return days;
}

export function yearInterval(
  year: number,
  outcome: Outcome,
  rows: Partial<RowCounts>,
  more: Partial<IntervalReport> = {},
): IntervalReport {
  return {
    label: String(year),
    start: `${year}-01-01T05:00:00.000Z`,
    end: `${year + 1}-01-01T05:00:00.000Z`,
    reason: 'missing',
    outcome,
    strategy: outcome === 'loaded' ? 'append' : null,
    rows: { ...NO_ROWS, ...rows },
    artifact: {
      url: `https://reports-public.ieso.ca/public/Demand/PUB_Demand_${year}.csv`,
      sha256: `${year}`.padStart(8, 'a').repeat(8),
      bytes: 233_322 + year,
      fetchedAt: '2026-03-02T12:20:04.120Z',
    },
    timingsMs: { extract: 412, decode: 31, transform: 18, check: 22, load: 96 },
    error: null,
    ...more,
  };
}

export function check(name: string, sentence: string, more: Partial<CheckReport> = {}): CheckReport {
  return {
    name,
    sentence,
    severity: 'reject',
    result: 'passed',
    intervals: 3,
    failingRows: 0,
    samples: [],
    sql: '',
    engine: 'duckdb',
    history: [],
    ...more,
  };
}

/** Totals follow from the intervals. */
export function numbers(
  parts: Pick<DatasetNumbers, 'id' | 'title' | 'table' | 'intervals'> & Partial<DatasetNumbers>,
): DatasetNumbers {
  const outcomes: Partial<Record<Outcome, number>> = {};
  for (const { outcome } of parts.intervals) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  return {
    quality: null,
    freshness: { state: 'unknown', coveredUntil: null, expectedUntil: null, staleSince: null },
    findingCounts: { open: 0, acknowledged: 0, fixed: 0, accepted: 0 },
    findings: [],
    series: null,
    contract: [],
    schemaChanges: [],
    lineage: {
      url: 'https://reports-public.ieso.ca/public/Demand/PUB_Demand_{yyyy}.csv',
      format: 'csv',
      transform: 'transforms/ieso/demand.sql',
      definitionHash: '0'.repeat(64),
    },
    publisher: 'ieso',
    attribution: ATTRIBUTION,
    unitOfTime: 'hour',
    outcomes,
    rows: parts.intervals.reduce((sum, i) => addRows(sum, i.rows), NO_ROWS),
    checks: [],
    revisions: [],
    rejected: [],
    rejectedBy: [],
    coverage: [],
    ...parts,
  };
}

const DEMAND = numbers({
  id: 'ieso-demand',
  title: 'Ontario hourly demand',
  table: 'public.ontario_hourly_demand',
  intervals: [
    yearInterval(2023, 'unchanged', {}, { reason: 'asked for', timingsMs: { extract: 203 } }),
    yearInterval(2024, 'loaded', { read: 8_784, inserted: 8_782, rejected: 2 }),
    yearInterval(
      2025,
      'loaded',
      { read: 8_759, inserted: 24, revised: 37, unchanged: 8_698 },
      { reason: 'possibly revised', strategy: 'merge' },
    ),
    yearInterval(
      2026,
      'loaded',
      { read: 1_451, inserted: 1_451 },
      { timingsMs: { extract: 388, decode: 11, transform: 9, check: 12, load: 41 } },
    ),
  ],
  checks: [
    check('complete(hour, PT1H)', 'Every hour of the interval has a row.', {
      severity: 'warn',
      result: 'found',
      failingRows: 1,
      samples: [
        { interval: '2025', key: '2025-05-01T05:00:00.000Z', value: null, expectation: 'a row for every PT1H' },
      ],
      sql: `with grid as (\n  select unnest(generate_series(\n    timestamptz '2025-01-01 05:00:00+00',\n    timestamptz '2026-01-01 04:00:00+00',\n    interval '1 hour'\n  )) as hour\n)\nselect grid.hour as key, null as value, 'a row for every PT1H' as expectation\nfrom grid\nanti join typed using (hour)\norder by grid.hour`,
    }),
    check('notBelow(market_demand_mw, ontario_demand_mw)', 'Market demand is not below Ontario demand.', {
      severity: 'warn',
      result: 'found',
      failingRows: 14,
      samples: [
        {
          interval: '2024',
          key: '2024-10-07T08:00:00.000Z',
          value: '11873',
          expectation: 'market_demand_mw >= ontario_demand_mw (11902)',
        },
        {
          interval: '2025',
          key: '2025-04-20T10:00:00.000Z',
          value: '10412',
          expectation: 'market_demand_mw >= ontario_demand_mw (10440)',
        },
      ],
      sql: `select hour as key, market_demand_mw as value,\n  'market_demand_mw >= ontario_demand_mw (' || ontario_demand_mw || ')' as expectation\nfrom typed\nwhere market_demand_mw < ontario_demand_mw\norder by hour`,
    }),
    check('range(ontario_demand_mw, 1500, 30000)', 'Ontario demand lies between 1,500 and 30,000 MW.', {
      result: 'found',
      failingRows: 2,
      samples: [
        { interval: '2024', key: '2024-02-29T17:00:00.000Z', value: '168930', expectation: 'between 1500 and 30000' },
      ],
      sql: `select hour as key, ontario_demand_mw as value, 'between 1500 and 30000' as expectation\nfrom typed\nwhere ontario_demand_mw not between 1500 and 30000`,
    }),
    check('unique(hour)', 'No two rows have the same hour.'),
    check('notNull(hour)', 'The hour is never empty.'),
  ],
  revisions: [
    {
      key: '2025-11-02T06:00:00.000Z',
      column: 'ontario_demand_mw',
      old: '13244',
      new: '13251',
      knownSince: '2025-11-03T12:20:11.000Z',
    },
    {
      key: '2025-11-02T07:00:00.000Z',
      column: 'ontario_demand_mw',
      old: '12990',
      new: '13004',
      knownSince: '2025-11-03T12:20:11.000Z',
    },
    {
      key: '2025-11-02T07:00:00.000Z',
      column: 'market_demand_mw',
      old: null,
      new: '15877',
      knownSince: '2025-11-03T12:20:11.000Z',
    },
  ],
  rejected: [
    {
      quarantineId: '311',
      interval: '2024',
      line: 1_430,
      reason: 'ontario_demand_mw 168930 is not between 1500 and 30000',
      raw: '2024-02-29,13,19877,168930',
      sha256: '2024'.padStart(8, 'a').repeat(8),
    },
    {
      quarantineId: '312',
      interval: '2024',
      line: 1_431,
      reason: 'hour ending 25 is not 1 to 24',
      raw: '2024-02-29,25,19877,16893',
      sha256: '2024'.padStart(8, 'a').repeat(8),
    },
  ],
  rejectedBy: [
    { reason: 'ontario_demand_mw out of range', rows: 1 },
    { reason: 'hour ending is not 1 to 24', rows: 1 },
  ],
  coverage: coverageDays('2023-01-01', '2026-03-02', {
    '2024-02-29': 22,
    '2025-05-01': 23,
    '2025-12-24': 0,
    '2025-12-25': 0,
    '2025-12-26': 7,
  }),
});

const GENERATION = numbers({
  id: 'ieso-generation-by-fuel',
  title: 'Ontario hourly generation by fuel',
  table: 'public.ontario_generation_by_fuel',
  intervals: [
    yearInterval(
      2025,
      'loaded',
      { read: 61_313, inserted: 61_313 },
      {
        artifact: {
          url: 'https://reports-public.ieso.ca/public/GenOutputbyFuelHourly/PUB_GenOutputbyFuelHourly_2025.xml',
          sha256: '5d41c0de'.repeat(8),
          bytes: 11_902_118,
          fetchedAt: '2026-03-02T12:20:09.000Z',
        },
        timingsMs: { extract: 2_204, decode: 1_318, transform: 160, check: 88, load: 540 },
      },
    ),
    yearInterval(
      2026,
      'failed',
      {},
      {
        artifact: null,
        timingsMs: { extract: 31_022 },
        error: {
          code: 'REQUEST_STATUS',
          kind: 'request',
          what: 'the publisher answered HTTP 503 five times',
          where: 'https://reports-public.ieso.ca/public/GenOutputbyFuelHourly/PUB_GenOutputbyFuelHourly_2026.xml',
          consequence: 'nothing of this interval was loaded; the rows of the last load stay',
          next: null,
        },
      },
    ),
  ],
  checks: [
    check('complete(hour, PT1H)', 'Every hour of the interval has a row.', { severity: 'warn', intervals: 1 }),
    check('range(output_mw, -2000, 20000)', 'Output lies between −2,000 and 20,000 MW.', { intervals: 1 }),
    check('sql(transforms/checks/fuel_set.sql)', 'No fuel disappears from one day to the next.', {
      severity: 'info',
      result: 'not checked',
      intervals: 0,
    }),
  ],
  coverage: coverageDays('2025-01-01', '2026-01-01'),
});

const HOEP = numbers({
  id: 'ieso-hoep',
  title: 'Ontario hourly energy price (HOEP), to 2025-04-30',
  table: 'public.ontario_prices',
  intervals: Array.from({ length: 24 }, (_, i) =>
    yearInterval(
      2002 + i,
      'loaded',
      { read: 8_760, inserted: 8_760 },
      {
        artifact: {
          url: `https://reports-public.ieso.ca/public/PriceHOEPPredispOR/PUB_PriceHOEPPredispOR_${2002 + i}.csv`,
          sha256: `${2002 + i}`.padStart(8, 'b').repeat(8),
          bytes: 512_870 + i,
          fetchedAt: '2026-03-02T12:20:31.000Z',
        },
      },
    ),
  ),
  checks: [
    check('complete(datetime, PT1H)', 'Every hour of the interval has a row.', { severity: 'warn', intervals: 24 }),
    check('range(hoep, -2000, 2000)', 'HOEP lies between −2,000 and 2,000 CAD/MWh.', { intervals: 24 }),
  ],
  coverage: coverageDays('2002-05-01', '2025-05-01'),
});

const AESO = numbers({
  id: 'aeso-pool-price',
  title: 'Alberta hourly pool price',
  table: 'public.alberta_grid_prices',
  publisher: 'aeso',
  attribution: 'Alberta Electric System Operator.',
  intervals: [yearInterval(2026, 'not configured', {}, { artifact: null, timingsMs: {} })],
});

export function run(
  datasets: readonly DatasetReport[],
  more: Partial<Omit<RunReport, 'exitCode' | 'verdict'>> = {},
): RunReport {
  return judgeRun({
    version: MODEL_VERSION,
    runId: '20260302T122003Z-7f3a',
    command: 'npm run pipeline -- run --from 2023-01-01',
    source: 'recordings',
    startedAt: '2026-03-02T12:20:03.000Z',
    finishedAt: '2026-03-02T12:21:09.420Z',
    durationMs: 66_420,
    engine: { penstock: '0.1.0', node: '20.20.2', duckdb: '1.5.6', postgres: '18.4' },
    datasets,
    ...more,
  });
}

export const EXAMPLE: RunReport = run([DEMAND, GENERATION, HOEP, AESO].map((dataset) => judgeDataset(dataset)));

/** Small enough to be read as a golden file: one dataset, live. */
export const SMALL: RunReport = run([judgeDataset({ ...DEMAND, coverage: DEMAND.coverage.slice(480, 860) })], {
  source: 'live',
  command: 'npm run pipeline -- run ieso-demand',
});
