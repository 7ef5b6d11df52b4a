/** Oddities and damage of IESO's physical reports: the shipped samples hold some, others are planted into them here. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demandReport } from '../../data/samples/reports.ts';
import demandZonal from '../../pipelines/ieso/demand-zonal.ts';
import { type Answered, expectHelpful, type World } from '../support/bad-input.ts';
import { DEMAND_URL } from '../support/engine.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import {
  bodyOf,
  checkOf,
  finding,
  LAST_DAY,
  openPhysical,
  planted,
  PUBLIC,
  refusals,
  rowsOf,
} from './physical-world.ts';

const ALL = { from: '2025-01-01', to: '2026-01-01' };

let db: FreshDatabase;
let world: World;
beforeAll(async () => {
  db = await freshDatabase();
  world = await openPhysical(db.pool);
});
afterAll(() => world[Symbol.asyncDispose]());

describe('demand by zone', () => {
  const url = `${PUBLIC}/DemandZonal/PUB_DemandZonal_2025.csv`;
  const hourly = { url: DEMAND_URL(2025), body: demandReport(2025, '2026-01-31 12:00:00', '2025-12-18', '2025-12-31') };
  const run = (body: string): Promise<Answered> =>
    world.run([{ url, body }, hourly], { ids: ['ieso-demand-zonal', 'ieso-demand'], ...ALL });
  const RECONCILED = 'reconciles(ontario_demand_mw, public.ontario_hourly_demand.ontario_demand_mw)';

  test('hours without zones and a zone that stands still are findings; quoted thousands are numbers', async () => {
    const answered = await run(bodyOf('DemandZonal'));
    expect(answered.outcomes).toMatchObject({ 'ieso-demand-zonal 2025': 'loaded' });
    const zero = checkOf(answered, 'ieso-demand-zonal', 'sql(transforms/ieso/checks/demand_zonal_zero.sql)');
    expect([zero.result, zero.severity, zero.failingRows]).toEqual(['found', 'warn', 3]);
    expect(zero.samples.map(({ key }) => key)).toEqual([
      '2025-12-22T16:00:00Z',
      '2025-12-22T17:00:00Z',
      '2025-12-22T18:00:00Z',
    ]);
    const still = checkOf(answered, 'ieso-demand-zonal', 'frozen(niagara_mw, 12)');
    expect([still.result, still.failingRows, still.samples[0]]).toMatchObject([
      'found',
      1,
      { key: '2025-12-29T10:00:00Z', value: expect.stringMatching(/^431/) as string },
    ]);
    expect(finding(answered, 'ieso-demand-zonal', 'frozen(toronto_mw, 12)')).toEqual(['passed', 'warn', 0]);
    expect(finding(answered, 'ieso-demand-zonal', RECONCILED)).toEqual(['passed', 'warn', 0]);
    const quoted = bodyOf('DemandZonal').match(/"-\d\d,\d{3}"$/gm) ?? [];
    expect(quoted.length).toBe(3);
    const rows = await db.pool.query<{ diff: string }>(
      `select to_char(diff_mw, 'FM999,999') as diff from public.ontario_zonal_demand where zone_total_mw = 0 order by hour`,
    );
    expect(rows.map(({ diff }) => `"${diff}"`)).toEqual(quoted);
  });

  test('a difference of "-1,054" is −1054, a blank is NULL, and zones that do not add up are reported and loaded', async () => {
    const lines = bodyOf('DemandZonal').split('\n');
    const at = lines.findIndex((line) => line.startsWith('2025-12-20,5,'));
    const cells = (lines[at] ?? '').split(',');
    const total = Number(cells[2]) - 1_054;
    lines[at] = [...cells.slice(0, 3), '', ...cells.slice(4, 13), total, '"-1,054"'].join(',');
    const other = lines.findIndex((line) => line.startsWith('2025-12-20,6,'));
    const [day, hour, ontario, northwest, ...rest] = (lines[other] ?? '').split(',');
    lines[other] = [day, hour, ontario, Number(northwest) + 531, ...rest].join(',');
    const answered = await run(lines.join('\r\n'));
    expect(await rowsOf(db.pool, 'ontario_zonal_demand', `hour = '2025-12-20T09:00Z'`)).toMatchObject([
      { diff_mw: -1_054, northwest_mw: null, zone_total_mw: total },
    ]);
    const zones =
      demandZonal.checks.find((check) => check.kind === 'sumsTo' && check.columns.length > 5)?.columns ?? [];
    const sums = checkOf(answered, 'ieso-demand-zonal', `sumsTo(${zones.join(', ')})`);
    expect([sums.failingRows, sums.samples[0]?.key]).toEqual([1, '2025-12-20T10:00:00Z']);
    expect((await rowsOf(db.pool, 'ontario_zonal_demand', `hour = '2025-12-20T10:00Z'`)).length).toBe(1);
  });

  test('an hour that the other report has differently is one finding', async () => {
    const line =
      bodyOf('DemandZonal')
        .split('\n')
        .find((text) => text.startsWith('2025-12-21,7,')) ?? '';
    const [day, hour, ontario, ...rest] = line.split(',');
    const answered = await run(planted('DemandZonal', [line, [day, hour, Number(ontario) - 1_270, ...rest].join(',')]));
    expect(finding(answered, 'ieso-demand-zonal', RECONCILED)).toEqual(['found', 'warn', 1]);
    expect(answered.written).toContain('2025-12-21T11:00:00Z');
  });

  test('an unknown zone is a change of the header: nothing of the year loads, and the zone is named', async () => {
    const widened = bodyOf('DemandZonal')
      .split('\n')
      .map((line) => (line.startsWith('Date') ? `${line},Simcoe` : /^\d/.test(line) ? `${line},1` : line))
      .join('\n');
    const before = await rowsOf(db.pool, 'ontario_zonal_demand', 'true');
    const answered = await run(widened);
    const { outcome, error } = answered.intervals['ieso-demand-zonal 2025'] ?? {};
    expect(outcome).toBe('failed');
    expectHelpful(error);
    expect([error?.code, error?.what]).toEqual(['FORMAT_HEADER_CHANGED', expect.stringContaining('Simcoe')]);
    expect(await rowsOf(db.pool, 'ontario_zonal_demand', 'true')).toEqual(before);
  });

  test('repeated hours: an identical one is refused once, of conflicting ones none loads', async () => {
    const lines = bodyOf('DemandZonal').split('\n');
    const same = lines.find((line) => line.startsWith('2025-12-19,1,')) ?? '';
    const other = lines.find((line) => line.startsWith('2025-12-19,2,')) ?? '';
    const conflict = other.replace(/^([^,]+,2,)\d+/, '$19999');
    await run(planted('DemandZonal', [same, `${same}\n${same}`], [other, `${other}\n${conflict}`]));
    // What was loaded before stays where the new file contradicts itself.
    const stored = await rowsOf(db.pool, 'ontario_zonal_demand', `hour in ('2025-12-19T05:00Z', '2025-12-19T06:00Z')`);
    expect(stored.map(({ ontario_demand_mw: mw }) => mw)).toEqual(
      [same, other].map((line) => Number(line.split(',')[2])),
    );
    expect((await refusals(db.pool, 'ieso-demand-zonal')).length).toBe(3);
  });
});

describe('generation by fuel', () => {
  const url = `${PUBLIC}/GenOutputbyFuelHourly/PUB_GenOutputbyFuelHourly_2025.xml`;
  const fuel = (name: string, energy: string): string =>
    `<FuelTotal><Fuel>${name}</Fuel><EnergyValue>${energy}</EnergyValue></FuelTotal>`;

  test('an unknown fuel is kept and reported, negative output is said, no output is NULL', async () => {
    const body = [
      '<?xml version="1.0"?>',
      '<Document xmlns="http://www.ieso.ca/schema"><DocBody><DailyData><Day>2025-12-31</Day>',
      '<HourlyData><Hour>1</Hour>',
      fuel('NUCLEAR', '<OutputQuality>0</OutputQuality><Output>9000</Output>'),
      fuel('GEOTHERMAL', '<OutputQuality>0</OutputQuality><Output>12</Output>'),
      fuel('BIOFUEL', '<OutputQuality>0</OutputQuality><Output>-3</Output>'),
      fuel('CONTROL ACTIONS', '<OutputQuality>-1</OutputQuality>'),
      fuel('OTHER', '<OutputQuality>-2</OutputQuality><Output></Output>'),
      fuel('', '<OutputQuality>0</OutputQuality><Output>1</Output>'),
      '</HourlyData></DailyData></DocBody></Document>',
    ].join('\n');
    const answered = await world.run([{ url, body }], { ids: ['ieso-generation-by-fuel'], ...ALL });
    const rows = await db.pool.query('select fuel, output_mw from public.ontario_generation_by_fuel order by fuel');
    expect(rows).toEqual([
      { fuel: 'BIOFUEL', output_mw: -3 },
      { fuel: 'CONTROL ACTIONS', output_mw: null },
      { fuel: 'GEOTHERMAL', output_mw: 12 },
      { fuel: 'NUCLEAR', output_mw: 9_000 },
      { fuel: 'OTHER', output_mw: null },
    ]);
    const id = 'ieso-generation-by-fuel';
    expect(checkOf(answered, id, 'oneOf(fuel)')).toMatchObject({
      severity: 'warn',
      failingRows: 1,
      samples: [{ key: '2025-12-31T05:00:00Z, GEOTHERMAL', value: 'GEOTHERMAL' }],
    });
    expect(checkOf(answered, id, 'range(output_mw, 0, 20000)')).toMatchObject({
      severity: 'info',
      failingRows: 1,
      samples: [{ key: '2025-12-31T05:00:00Z, BIOFUEL' }],
    });
    expect(checkOf(answered, id, 'sql(transforms/ieso/checks/generation_without_output.sql)')).toMatchObject({
      severity: 'warn',
      failingRows: 2,
      samples: [
        {
          key: '2025-12-31T05:00:00Z, CONTROL ACTIONS',
          value: 'no output, quality -1',
          expectation: 'an output of CONTROL ACTIONS',
        },
        { key: '2025-12-31T05:00:00Z, OTHER' },
      ],
    });
    // A fuel without a name has no key.
    expect(await refusals(db.pool, id)).toEqual([expect.stringContaining('fuel') as string]);
  });
});

describe('generators', () => {
  const url = `${PUBLIC}/GenOutputCapability/PUB_GenOutputCapability_20251231.xml`;
  const monthUrl = `${PUBLIC}/GenOutputCapabilityMonth/PUB_GenOutputCapabilityMonth_202512.csv`;
  const runDay = (body: string): Promise<Answered> =>
    world.run([{ url, body }], { ids: ['ieso-generator-output'], ...LAST_DAY });
  const runMonth = (body: string): Promise<Answered> =>
    world.run([{ url: monthUrl, body }], {
      ids: ['ieso-generator-output-month'],
      from: '2025-12-01',
      to: '2026-01-01',
    });
  const output = (hour: number, energy: string): string => `<Output>\n<Hour>${hour}</Hour>\n${energy}</Output>`;

  test('a day: what has no output is NULL; batteries, wind and solar come as published', async () => {
    const answered = await runDay(bodyOf('GenOutputCapability'));
    expect(finding(answered, 'ieso-generator-output', 'notNull(output_mw)')).toEqual(['found', 'info', 24]);
    expect((await rowsOf(db.pool, 'ontario_generator_output', 'true')).length).toBe(7 * 24);
    expect(
      await rowsOf(db.pool, 'ontario_generator_output', `generator = 'SAMPLE GAS-G2' and hour = '2025-12-31T05:00Z'`),
    ).toMatchObject([{ fuel: 'GAS', output_mw: null, capability_mw: 180, available_capacity_mw: 180 }]);
  });

  test('text and an hour 25 are refused with the reason, and a file of another day as a whole', async () => {
    await runDay(bodyOf('GenOutputCapability'));
    const [first = ''] = /<Output>\n<Hour>1<[^]*?<\/Output>/.exec(bodyOf('GenOutputCapability')) ?? [];
    const [last = ''] = /<Output>\n<Hour>24<[^]*?<\/Output>/.exec(bodyOf('GenOutputCapability')) ?? [];
    await runDay(
      planted(
        'GenOutputCapability',
        [first, output(1, '<EnergyMW>n/a</EnergyMW>\n')],
        [last, output(25, '<EnergyMW>5</EnergyMW>\n')],
      ),
    );
    expect(await refusals(db.pool, 'ieso-generator-output')).toEqual([
      expect.stringContaining('2025-12-31 hour ending 25 is not an instant') as string,
      expect.stringContaining('output_mw: n/a is not a number') as string,
    ]);
    // The refused hour keeps the version that was loaded before; hour 24 has lost its output.
    const hours = await db.pool.query<{ hour: Date; known: boolean }>(
      `select hour, output_mw is not null as known from public.ontario_generator_output
       where generator = 'SAMPLE NUCLEAR-G1' and hour in ('2025-12-31T05:00Z', '2026-01-01T04:00Z') order by hour`,
    );
    expect(hours.map(({ known }) => known)).toEqual([true, false]);
    const other = await runDay(planted('GenOutputCapability', ['<Date>2025-12-31</Date>', '<Date>2025-12-30</Date>']));
    const { outcome, error } = other.intervals['ieso-generator-output 2025-12-31'] ?? {};
    expect([outcome, error?.code]).toEqual(['failed', 'FORMAT_NO_USABLE_ROW']);
    expect(error?.what).toContain('2025-12-30T05:00:00Z');
    expect(await rowsOf(db.pool, 'ontario_generator_output', `hour < '2025-12-31T05:00Z'`)).toEqual([]);
  });

  test('a generator that is listed twice: identical rows load once, conflicting ones not at all', async () => {
    const [block = ''] = /<Generator>[^]*?<\/Generator>/.exec(bodyOf('GenOutputCapability')) ?? [];
    const name = `generator = 'SAMPLE NUCLEAR-G1'`;
    await runDay(planted('GenOutputCapability', [block, `${block}\n${block}`]));
    expect((await rowsOf(db.pool, 'ontario_generator_output', name)).length).toBe(24);
    expect((await refusals(db.pool, 'ieso-generator-output')).length).toBe(24);
    const twice = block.replace('SAMPLE NUCLEAR-G1', 'TWICE');
    const changed = twice.replaceAll(/<EnergyMW>\d+</g, '<EnergyMW>1<');
    await runDay(planted('GenOutputCapability', [block, `${block}\n${twice}\n${changed}`]));
    expect((await rowsOf(db.pool, 'ontario_generator_output', `generator = 'TWICE'`)).length).toBe(0);
    expect((await rowsOf(db.pool, 'ontario_generator_output', 'true')).length).toBe(7 * 24);
    expect((await refusals(db.pool, 'ieso-generator-output')).length).toBe(48);
  });

  test('another report, and one that is cut off, fail and leave the day as it was', async () => {
    await runDay(bodyOf('GenOutputCapability'));
    for (const body of [bodyOf('IntertieScheduleFlow'), bodyOf('GenOutputCapability').slice(0, 20_000)]) {
      const { outcome, error } = (await runDay(body)).intervals['ieso-generator-output 2025-12-31'] ?? {};
      expect(outcome).toBe('failed');
      expectHelpful(error);
    }
    expect((await rowsOf(db.pool, 'ontario_generator_output', 'true')).length).toBe(7 * 24);
  });

  test('a month agrees with the day; forecasts of wind and solar stay apart from capability', async () => {
    const answered = await runMonth(bodyOf('GenOutputCapabilityMonth'));
    expect((await rowsOf(db.pool, 'ontario_generator_output_month', 'true')).length).toBe(7 * 7 * 24);
    for (const [own, other] of [
      ['output_mw', 'output_mw'],
      ['capability_mw', 'capability_mw'],
      ['forecast_mw', 'capability_mw'],
    ] as const)
      expect(
        finding(
          answered,
          'ieso-generator-output-month',
          `reconciles(${own}, public.ontario_generator_output.${other})`,
        ),
      ).toEqual(['passed', 'warn', 0]);
    const kinds = await db.pool.query(
      `select fuel, count(capability_mw)::int as capability, count(available_capacity_mw)::int as available, count(forecast_mw)::int as forecast
       from public.ontario_generator_output_month where fuel in ('WIND', 'NUCLEAR') group by 1 order by 1`,
    );
    expect(kinds).toEqual([
      { fuel: 'NUCLEAR', capability: 168, available: 0, forecast: 0 },
      { fuel: 'WIND', capability: 0, available: 168, forecast: 168 },
    ]);
  });

  test('a month that differs from the day, and a measurement that nobody knows, are findings', async () => {
    const lines = bodyOf('GenOutputCapabilityMonth').split('\n');
    const at = lines.findIndex((line) => line.startsWith('2025-12-31,SAMPLE FALLS,HYDRO,Output,'));
    lines[at] = (lines[at] ?? '').replace(/Output,\d+,/, 'Output,1,');
    lines.splice(at, 0, (lines[at] ?? '').replace('Output', 'Ramp Rate'));
    const answered = await runMonth(lines.join('\n'));
    const id = 'ieso-generator-output-month';
    expect(finding(answered, id, 'reconciles(output_mw, public.ontario_generator_output.output_mw)')).toEqual([
      'found',
      'warn',
      1,
    ]);
    expect(checkOf(answered, id, 'sql(transforms/ieso/checks/generator_measurements.sql)')).toMatchObject({
      result: 'found',
      failingRows: 1,
      samples: [{ value: 'Ramp Rate' }],
    });
    expect((await rowsOf(db.pool, 'ontario_generator_output_month', 'true')).length).toBe(7 * 7 * 24);
  });
});
