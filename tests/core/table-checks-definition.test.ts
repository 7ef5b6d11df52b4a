/** Definitions of checks that look at tables and of solar output: every planted fault is named, and all of them at once. */
import { describe, expect, test } from 'vitest';
import { type Check, complete, solarAtNight } from '../../core/check.ts';
import { checkSentence } from '../../core/check-sentence.ts';
import { instant, mw, table, text } from '../../core/contract.ts';
import { csv } from '../../core/decode.ts';
import { snapshot, whole, yearly } from '../../core/partitions.ts';
import { definePipeline, definitionFaults, type Pipeline, type Publisher } from '../../core/pipeline.ts';
import { loadSeries, priceSeries } from '../../core/series-checks.ts';
import {
  beyondHistory,
  clockShift,
  distributionDrift,
  hourOfWeekAnomaly,
  isTableCheck,
  ramp,
  reconciles,
  repeated,
  revisions,
  TABLE_CHECK_KINDS,
  type TableCheck,
  tableCheckName,
  volume,
} from '../../core/table-check.ts';

const publisher: Publisher = {
  id: 'grid',
  title: 'Grid',
  hosts: ['grid.example.org'],
  pace: { perSecond: 1, concurrent: 1 },
};
const publishers = new Map([['grid', publisher]]);
const zone = 'America/Toronto';
const good = definePipeline({
  id: 'grid-load',
  title: 'Load',
  publisher: 'grid',
  licence: { name: 'CC0', attribution: 'Grid' },
  partitions: yearly({ from: 2020, zone: 'Etc/GMT+5' }),
  extract: { url: 'https://grid.example.org/load_{yyyy}.csv', decode: csv({ header: ['t', 'load'] }) },
  publishes: { every: 'PT1H', delay: 'PT1H', staleAfter: 'P2D', schedule: '20 * * * *', zone },
  transform: 'transforms/grid/load.sql',
  table: table('public.grid_load', {
    hour: instant({ key: true, doc: 'Hour.' }),
    area: text({ key: true, doc: 'Area.' }),
    load_mw: mw({ doc: 'Load.' }),
  }),
});
const PLACES = [{ latitude: 43, longitude: -79 }];

const HISTORY: readonly TableCheck[] = [
  hourOfWeekAnomaly('load_mw', { zone, holidays: 'ON', by: ['area'] }),
  ramp('load_mw', { zone }),
  clockShift('load_mw', { zone }),
  distributionDrift('load_mw', { zone }),
  repeated('load_mw'),
  beyondHistory('load_mw'),
  volume('hour', { zone }),
  revisions('load_mw', { after: 'P35D' }),
];
const ALL: readonly TableCheck[] = [
  ...HISTORY,
  reconciles('load_mw', { with: 'public.grid_other', other: 'x_mw', on: { hour: 'hour' } }),
];

const faultsOf = (checks: readonly Check[], change: Partial<Pipeline> = {}): string[] =>
  definitionFaults({ ...good, ...change, checks }, publishers);

test('a check of every kind is right, and the list of kinds knows all of them', () => {
  expect(
    faultsOf([...ALL, solarAtNight('load_mw', { places: PLACES, elevation: -1, tolerance: 1, step: 'PT1H' })]),
  ).toEqual([]);
  expect(new Set(ALL.map(({ kind }) => kind))).toEqual(new Set(TABLE_CHECK_KINDS));
  expect(ALL.every(isTableCheck)).toBe(true);
  expect(isTableCheck(complete('hour', 'PT1H'))).toBe(false);
});

test('the series of loads and prices are right, also both in one table', () => {
  const options = { zone, holidays: 'ON', by: ['area'], revises: 'P35D' } as const;
  expect(faultsOf(loadSeries('load_mw', options))).toEqual([]);
  expect(faultsOf(priceSeries('load_mw', options))).toEqual([]);
  const columns = { ...good.table.columns, price: mw({ doc: 'Price.' }) };
  expect(
    faultsOf([...loadSeries('load_mw', options), ...priceSeries('price', options)], {
      table: table('public.grid_load', columns) as Pipeline['table'],
    }),
  ).toEqual([]);
});

describe('a planted fault is named with its check', () => {
  test.each<[string, Check, string]>([
    [
      'a zone that is none',
      hourOfWeekAnomaly('load_mw', { zone: 'Canada/Nowhere' }),
      'checks.hourOfWeekAnomaly(load_mw, 10): Canada/Nowhere is not an IANA time zone',
    ],
    [
      'the zone of a ramp',
      ramp('load_mw', { zone: 'EST5ED' }),
      'checks.ramp(load_mw, 8): EST5ED is not an IANA time zone',
    ],
    ['the zone of a volume', volume('hour', { zone: '' }), 'checks.volume(0.1):  is not an IANA time zone'],
    [
      'a threshold below zero',
      hourOfWeekAnomaly('load_mw', { zone, threshold: -1 }),
      'checks.hourOfWeekAnomaly(load_mw, -1): threshold must be 0 or more',
    ],
    [
      'a threshold that is no number',
      distributionDrift('load_mw', { zone, threshold: Number.NaN }),
      'checks.distributionDrift(load_mw, NaN): threshold must be 0 or more',
    ],
    [
      'a margin without an end',
      beyondHistory('load_mw', { margin: Infinity }),
      'checks.beyondHistory(load_mw, Infinity): margin must be 0 or more',
    ],
    ['rows below zero', repeated('load_mw', { rows: -8 }), 'checks.repeated(load_mw, -8): rows must be 0 or more'],
    [
      'a step that is none',
      ramp('load_mw', { zone, step: '1h' }),
      'checks.ramp(load_mw, 8): step: 1h is not an ISO 8601 duration',
    ],
    [
      'a month after which nothing may change',
      revisions('load_mw', { after: 'P1M' }),
      'checks.revisions(load_mw, 0.5, 0.25, P1M): after: P1M is not an ISO 8601 duration',
    ],
    ['a text', repeated('area'), 'checks.repeated(area, 8): compares numbers, and area is text'],
    ['a volume of values', volume('load_mw', { zone }), 'checks.volume(0.1): must be the key instant of the table'],
    [
      'a column that is not there',
      clockShift('laod_mw', { zone }),
      'checks.clockShift(laod_mw, 0.012): public.grid_load has no column laod_mw; it has hour, area, load_mw',
    ],
    [
      'series by a column that is not there',
      repeated('load_mw', { by: ['aera'] }),
      'checks.repeated(load_mw, 8, aera): public.grid_load has no column aera; it has hour, area, load_mw',
    ],
    [
      'solar output that rejects',
      solarAtNight('load_mw', { places: PLACES, elevation: 0, tolerance: 0, step: 'PT1H', severity: 'reject' }),
      'checks.solarAtNight(load_mw): cannot reject; use block, warn or info',
    ],
    [
      'solar output without a place',
      solarAtNight('load_mw', { places: [], elevation: 0, tolerance: 0, step: 'PT1H' }),
      'checks.solarAtNight(load_mw): places must name at least one',
    ],
    [
      'solar output with a step that is none',
      solarAtNight('load_mw', { places: PLACES, elevation: 0, tolerance: 0, step: 'hour' }),
      'checks.solarAtNight(load_mw): hour is not an ISO 8601 duration',
    ],
  ])('%s', (_, check, fault) => {
    expect(faultsOf([check])).toEqual([fault]);
  });

  test.each(ALL.map((check) => [check.kind, check] as const))('%s that rejects or blocks', (_, check) => {
    for (const severity of ['reject', 'block'] as const)
      expect(faultsOf([{ ...check, severity }])).toEqual([
        `checks.${tableCheckName(check)}: looks at tables after the load, so it cannot reject or block; use warn or info`,
      ]);
  });

  test.each(HISTORY.map((check) => [check.kind, check] as const))('%s without an instant in the key', (kind, check) => {
    const keyless = table('public.grid_load', { ...good.table.columns, hour: instant({ doc: 'Hour.' }) });
    const faults = faultsOf([check], { table: keyless as Pipeline['table'] });
    expect(faults).toContain(`checks.${tableCheckName(check)}: needs an instant in the key, which puts rows in time`);
    expect(faults).toHaveLength(kind === 'volume' ? 2 : 1);
  });

  test.each(HISTORY.map((check) => [check.kind, check] as const))('%s of what has no calendar', (_, check) => {
    const extract = { ...good.extract, url: 'https://grid.example.org/all.csv' };
    for (const partitions of [whole(), snapshot()])
      expect(faultsOf([check], { partitions, extract })).toEqual([
        `checks.${tableCheckName(check)}: needs calendar partitions`,
      ]);
  });

  test('all of them are told at once', () => {
    const faults = faultsOf([
      { ...hourOfWeekAnomaly('area', { zone: 'Nowhere', threshold: -1, weeks: -2, by: ['aera'] }), severity: 'reject' },
      { ...ramp('load_mw', { zone, step: 'x', floorShare: -0.1 }), severity: 'block' },
      repeated('load_mw'),
      repeated('load_mw'),
    ]);
    expect(faults).toEqual([
      expect.stringContaining('has no column aera'),
      expect.stringContaining('cannot reject or block'),
      expect.stringContaining('compares numbers, and area is text'),
      expect.stringContaining('Nowhere is not an IANA time zone'),
      expect.stringContaining('threshold must be 0 or more'),
      expect.stringContaining('weeks must be 0 or more'),
      expect.stringContaining('ramp(load_mw, 8): looks at tables after the load'),
      expect.stringContaining('step: x is not an ISO 8601 duration'),
      expect.stringContaining('floorShare must be 0 or more'),
      expect.stringContaining('repeated(load_mw, 8): is there twice'),
    ]);
  });
});

test('each kind has a name of its own and says in a sentence what it wants', () => {
  expect(ALL.map((check) => [tableCheckName(check), checkSentence(check)])).toEqual([
    [
      'hourOfWeekAnomaly(load_mw, 10, area)',
      'load_mw is at most 10 robust deviations from the median of the same hour of the week, 6 weeks either side, for each area',
    ],
    [
      'ramp(load_mw, 8)',
      'load_mw changes from hour to hour as it does at the same hour of other weeks, within 8 robust deviations',
    ],
    ['clockShift(load_mw, 0.012)', 'the days of load_mw have their shape at the same hours as in other years'],
    [
      'distributionDrift(load_mw, 0.6)',
      'the months of load_mw are like the same month of other years, within 0.6 of their spread',
    ],
    ['repeated(load_mw, 8)', 'load_mw does not repeat an earlier day, week or year for more than 8 rows'],
    ['beyondHistory(load_mw, 2)', 'load_mw is at most 2 times the largest of all other days'],
    ['volume(0.1)', 'a day has as many rows as the same weekday before, within 10 %'],
    [
      'revisions(load_mw, 0.5, 0.25, P35D)',
      'of a month at most 50 % of load_mw are changed afterwards, by at most 25 %, within 35 days',
    ],
    ['reconciles(load_mw, public.grid_other.x_mw)', 'load_mw agrees with x_mw of public.grid_other'],
  ]);
});
