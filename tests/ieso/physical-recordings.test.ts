/** IESO's real physical reports, end to end: rows, sums and blanks of every file and column, counted again by other means, and every cell. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunResult } from '../../engine/run.ts';
import demandZonal from '../../pipelines/ieso/demand-zonal.ts';
import demand from '../../pipelines/ieso/demand.ts';
import generationByFuel from '../../pipelines/ieso/generation-by-fuel.ts';
import generatorOutput from '../../pipelines/ieso/generator-output.ts';
import intertieFlow from '../../pipelines/ieso/intertie-flow.ts';
import intertieSchedule from '../../pipelines/ieso/intertie-schedule.ts';
import intertieYear from '../../pipelines/ieso/intertie-year.ts';
import type { DatasetReport } from '../../reports/model.ts';
import { temporaryFolder, testEngine, testRun } from '../support/engine.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { hasShared, sharedFolder } from '../support/shared.ts';
import { iesoCatalog } from './catalog.ts';
import {
  type Cells,
  csvCells,
  fuelCells,
  generatorCells,
  intertieDayCells,
  intertieYearCells,
  only,
  recorded,
  tally,
  type Tally,
  thousandths,
} from './recount.ts';

const DATASETS = [demand, demandZonal, generationByFuel, generatorOutput, intertieSchedule, intertieFlow, intertieYear];
const ZONES = ['northwest', 'northeast', 'ottawa', 'east', 'toronto', 'essa', 'bruce', 'southwest', 'niagara', 'west'];
const ZONAL_COLUMNS = ['ontario_demand_mw', ...ZONES.map((zone) => `${zone}_mw`), 'zone_total_mw', 'diff_mw'];

describe.skipIf(!hasShared('recordings'))('the recorded physical reports', () => {
  let db: FreshDatabase;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const results = new Map<string, DatasetReport>();

  beforeAll(async () => {
    db = await freshDatabase();
    folder = await temporaryFolder();
    const engine = await testEngine({
      pool: db.pool,
      recordings: sharedFolder('recordings'),
      dataDir: folder.path,
      catalog: iesoCatalog(DATASETS),
      now: '2026-08-19T12:00Z',
    });
    const run = async (ids: string[], from: string, to: string): Promise<RunResult> => {
      const result = await testRun(engine, { ids, from, to, jobs: 2 });
      expect(result.report.exitCode).toBe(0);
      for (const dataset of result.report.datasets) results.set(dataset.id, dataset);
      return result;
    };
    await run(
      ['ieso-demand', 'ieso-demand-zonal', 'ieso-generation-by-fuel', 'ieso-intertie-year'],
      '2002-01-01',
      '2027-01-01',
    );
    await run(['ieso-generator-output'], '2023-09-01', '2023-09-02');
    await run(['ieso-intertie-schedule', 'ieso-intertie-flow'], '2017-06-30', '2017-07-01');
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  const report = (id: string): DatasetReport => {
    const found = results.get(id);
    if (found === undefined) throw new Error(`no report of ${id}`);
    return found;
  };
  const finding = (id: string, name: string): unknown => {
    const found = report(id).checks.find((check) => check.name === name);
    return found === undefined ? 'no such check' : [found.result, found.severity, found.failingRows];
  };

  /** Rows, blanks and sums as Postgres has them, added up there as exact numbers. */
  const stored = async (table: string, columns: readonly string[], where = 'true'): Promise<Tally> => {
    const parts = columns.map(
      (c, i) => `(count(*) - count(${c}))::int as n${i}, coalesce(sum(${c}::numeric), 0)::text as s${i}`,
    );
    const [row] = await db.pool.query<Record<string, number & string>>(
      `select count(*)::int as n, ${parts.join(', ')} from public.${table} where ${where}`,
    );
    return {
      rows: row?.['n'] ?? -1,
      columns: columns.map((_, i) => ({ nulls: row?.[`n${i}`] ?? -1, sum: thousandths(row?.[`s${i}`] ?? '') })),
    };
  };
  const inYear = (year: number): string => `hour >= '${year}-01-01T05:00Z' and hour < '${year + 1}-01-01T05:00Z'`;

  /** Cells that differ from the file's, rows that one of the two lacks; empty when they are the same. */
  const differences = async (
    table: string,
    time: string,
    by: string | null,
    columns: readonly string[],
    expected: Cells,
  ): Promise<string[]> => {
    const rows = await db.pool.query<Record<string, number | null> & { at: Date; key: string }>(
      `select ${time} as at, ${by ?? "''"} as key, ${columns.join(', ')} from public.${table}`,
    );
    const left = new Map(expected);
    const faults: string[] = [];
    for (const row of rows) {
      const key = by === null ? row.at.toISOString() : `${row.at.toISOString()} ${row.key}`;
      const found = columns.map((c) => row[c] ?? null);
      const wanted = left.get(key)?.map((cell) => (cell === '' ? null : Number(cell)));
      left.delete(key);
      if (JSON.stringify(found) !== JSON.stringify(wanted))
        faults.push(`${key}: ${JSON.stringify(wanted)} became ${JSON.stringify(found)}`);
    }
    return [...faults, ...[...left.keys()].map((key) => `${key} is missing`)].slice(0, 10);
  };

  test('all load without a refused row', () => {
    expect([...results.keys()].sort()).toEqual(DATASETS.map(({ id }) => id).sort());
    for (const { id, outcomes, rows } of results.values())
      expect([id, outcomes.failed, outcomes.blocked, rows.rejected]).toEqual([id, undefined, undefined, 0]);
  });

  test.each([2002, 2003, 2016, 2017, 2018, 2019, 2020, 2021, 2022, 2023, 2024, 2025])(
    'demand of %i: rows, sums and blanks',
    async (year) => {
      const expected = tally(csvCells(recorded(`Demand/PUB_Demand_${year}.csv`)));
      expect(expected.rows).toBeGreaterThan(5_000);
      expect(await stored('ontario_hourly_demand', ['market_demand_mw', 'ontario_demand_mw'], inYear(year))).toEqual(
        expected,
      );
    },
  );

  test('demand: market demand is below Ontario demand in 29 hours, by less than is allowed, and never stands still', () => {
    const below = [2002, 2003, 2016, 2017, 2018, 2019, 2020, 2021, 2022, 2023, 2024, 2025].flatMap((year) =>
      [...csvCells(recorded(`Demand/PUB_Demand_${year}.csv`)).values()].filter(
        ([market, ontario]) => Number(market) < Number(ontario),
      ),
    );
    expect(below.length).toBe(29);
    expect(Math.max(...below.map(([market, ontario]) => Number(ontario) - Number(market)))).toBe(158);
    expect(finding('ieso-demand', 'notBelow(market_demand_mw, ontario_demand_mw)')).toEqual(['passed', 'warn', 0]);
    expect(finding('ieso-demand', 'frozen(ontario_demand_mw, 12)')).toEqual(['passed', 'warn', 0]);
  });

  test.each([2003, 2023, 2024])('zonal demand of %i: rows, sums and blanks of 13 columns', async (year) => {
    const expected = tally(csvCells(recorded(`DemandZonal/PUB_DemandZonal_${year}.csv`)));
    expect([expected.rows, expected.columns.length]).toEqual([{ 2003: 5_880, 2023: 8_760, 2024: 8_784 }[year], 13]);
    expect(await stored('ontario_zonal_demand', ZONAL_COLUMNS, inYear(year))).toEqual(expected);
  });

  test('zonal demand: every cell', async () => {
    const expected: Cells = new Map();
    for (const year of [2003, 2023, 2024])
      for (const [key, row] of csvCells(recorded(`DemandZonal/PUB_DemandZonal_${year}.csv`))) expected.set(key, row);
    expect(await differences('ontario_zonal_demand', 'hour', null, ZONAL_COLUMNS, expected)).toEqual([]);
  });

  test('zonal demand: the zones add up, and no zone is frozen', () => {
    const { checks } = report('ieso-demand-zonal');
    const found = checks.filter(({ result, name }) => result === 'found' && !name.startsWith('reconciles'));
    // The blackout of 2003-08-14, and nothing else.
    expect(found.map(({ name }) => name)).toEqual([
      'hourOfWeekAnomaly(ontario_demand_mw, 10)',
      'ramp(ontario_demand_mw, 8)',
      'hourOfWeekAnomaly(toronto_mw, 10)',
    ]);
    const days = found.flatMap(({ samples }) => samples.map(({ key }) => key.slice(0, 10)));
    expect([...new Set(days)].sort()).toEqual(['2003-08-14', '2003-08-15']);
    expect(checks.filter(({ name }) => name.startsWith('frozen(')).length).toBe(10);
  });

  test('generation by fuel: rows, sums and blanks of each fuel, and every cell', async () => {
    const expected = fuelCells(recorded('GenOutputbyFuelHourly/PUB_GenOutputbyFuelHourly_2026.xml'));
    const fuels = [...new Set([...expected.keys()].map((key) => key.slice(25)))];
    expect(fuels.sort()).toEqual(['BIOFUEL', 'CONTROL ACTIONS', 'GAS', 'HYDRO', 'NUCLEAR', 'OTHER', 'SOLAR', 'WIND']);
    for (const fuel of fuels) {
      const found = await stored('ontario_generation_by_fuel', ['output_mw', 'output_quality'], `fuel = '${fuel}'`);
      expect([fuel, found]).toEqual([fuel, tally(only(expected, fuel))]);
    }
    expect(
      await differences('ontario_generation_by_fuel', 'hour', 'fuel', ['output_mw', 'output_quality'], expected),
    ).toEqual([]);
  });

  test('generation by fuel: CONTROL ACTIONS without output is a finding of its own, nine hours of 2026-07-15', async () => {
    const name = 'sql(transforms/ieso/checks/generation_without_output.sql)';
    expect(finding('ieso-generation-by-fuel', name)).toEqual(['found', 'warn', 9]);
    const samples = report('ieso-generation-by-fuel').checks.find((check) => check.name === name)?.samples ?? [];
    expect(samples[0]).toMatchObject({
      key: '2026-07-15T05:00:00Z, CONTROL ACTIONS',
      expectation: 'an output of CONTROL ACTIONS',
    });
    const rows = await db.pool.query<{ hour: Date; fuel: string }>(
      'select hour, fuel from public.ontario_generation_by_fuel where output_mw is null order by hour',
    );
    expect(rows).toEqual(
      Array.from({ length: 9 }, (_, i) => ({ hour: new Date(Date.UTC(2026, 6, 15, 5 + i)), fuel: 'CONTROL ACTIONS' })),
    );
    expect(finding('ieso-generation-by-fuel', 'oneOf(fuel)')).toEqual(['passed', 'warn', 0]);
  });

  test('generator output: rows, sums and blanks of each column and fuel, and every cell', async () => {
    const columns = ['output_mw', 'capability_mw', 'available_capacity_mw'];
    const xml = recorded('GenOutputCapability/PUB_GenOutputCapability_20230901.xml');
    const expected = generatorCells(xml);
    const counted = tally(expected);
    expect([counted.rows, ...counted.columns.map(({ nulls }) => nulls)]).toEqual([180 * 24, 48, 0, 0]);
    expect(await stored('ontario_generator_output', columns)).toEqual(counted);
    expect(await differences('ontario_generator_output', 'hour', 'generator', columns, expected)).toEqual([]);
    const fuels = new Map<string, number>();
    for (const [, fuel = ''] of xml.matchAll(/<FuelType>(\w+)</g)) fuels.set(fuel, (fuels.get(fuel) ?? 0) + 24);
    const found = await db.pool.query<{ fuel: string; n: number }>(
      'select fuel, count(*)::int as n from public.ontario_generator_output group by 1',
    );
    expect(new Map(found.map(({ fuel, n }) => [fuel, n]))).toEqual(fuels);
    expect(finding('ieso-generator-output', 'notNull(output_mw)')).toEqual(['found', 'info', 48]);
  });

  test('interties of a day: schedules and flows, rows, sums and every cell; totals agree and are no intertie', async () => {
    const xml = recorded('IntertieScheduleFlow/PUB_IntertieScheduleFlow_20170630.xml');
    const schedules = intertieDayCells(xml, 'Schedule');
    const flows = intertieDayCells(xml, 'Actual');
    expect([schedules.size, flows.size]).toEqual([14 * 24, 14 * 288]);
    expect(await stored('ontario_intertie_schedule', ['import_mw', 'export_mw'])).toEqual(tally(schedules));
    expect(await stored('ontario_intertie_flow', ['flow_mw'])).toEqual(tally(flows));
    expect(
      await differences('ontario_intertie_schedule', 'hour', 'intertie', ['import_mw', 'export_mw'], schedules),
    ).toEqual([]);
    expect(await differences('ontario_intertie_flow', 'interval_start', 'intertie', ['flow_mw'], flows)).toEqual([]);
    for (const id of ['ieso-intertie-schedule', 'ieso-intertie-flow'])
      expect(report(id).checks.filter(({ result }) => result === 'found')).toEqual([]);
  });

  test('interties of a year: rows, sums and blanks, and every cell; totals agree and are no intertie', async () => {
    const columns = ['import_mw', 'export_mw', 'flow_mw'];
    const all = intertieYearCells(recorded('IntertieScheduleFlowYear/PUB_IntertieScheduleFlowYear_2025.csv'));
    const total = tally(only(all, 'Total'));
    const expected: Cells = new Map([...all].filter(([key]) => !key.endsWith(' Total')));
    expect(expected.size).toBe(8_760 * 14);
    expect(await differences('ontario_intertie_hourly', 'hour', 'intertie', columns, expected)).toEqual([]);
    const whole = await stored('ontario_intertie_hourly', columns);
    expect(whole).toEqual(tally(expected));
    // The publisher's own totals, which the table does not hold.
    expect(whole.columns.map(({ sum }) => sum)).toEqual(total.columns.map(({ sum }) => sum));
    const found = report('ieso-intertie-year').checks.filter(({ result }) => result === 'found');
    expect(found.map(({ name, failingRows }) => [name, failingRows])).toEqual([
      ['beyondHistory(flow_mw, 3, intertie)', 1],
    ]);
  });

  test('positive flow is export: over 2025 Ontario exported more than it imported, and flow has that sign', async () => {
    const [row] = await db.pool.query<{ scheduled: number; flowed: number }>(
      'select sum(export_mw - import_mw) as scheduled, sum(flow_mw) as flowed from public.ontario_intertie_hourly',
    );
    expect(row?.scheduled).toBeGreaterThan(1_000_000);
    expect(Math.abs((row?.flowed ?? 0) / (row?.scheduled ?? 1) - 1)).toBeLessThan(0.1);
  });

  test('Ontario demand is the same in both reports in every hour of 2023 and 2024, and differs in 198 hours of 2003', () => {
    const differing = (year: number): number => {
      const hourly = csvCells(recorded(`Demand/PUB_Demand_${year}.csv`));
      const zonal = [...csvCells(recorded(`DemandZonal/PUB_DemandZonal_${year}.csv`))];
      expect(zonal.every(([hour]) => hourly.has(hour))).toBe(true);
      return zonal.filter(([hour, [ontario]]) => hourly.get(hour)?.[1] !== ontario).length;
    };
    expect([2003, 2023, 2024].map(differing)).toEqual([198, 0, 0]);
    expect(
      finding('ieso-demand-zonal', 'reconciles(ontario_demand_mw, public.ontario_hourly_demand.ontario_demand_mw)'),
    ).toEqual(['found', 'warn', 198]);
  });
});
