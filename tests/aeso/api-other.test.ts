/** AESO's API beyond the hourly reports: both summaries, prices by change, the list of assets, and what is compared with the report without a key. */
import { describe, expect, test } from 'vitest';
import type { Recorded } from '../support/engine.ts';
import { freshDatabase } from '../support/postgres.ts';
import {
  apiReport,
  ASSET_LIST_URL,
  checkOf,
  datasetOf,
  json,
  load,
  LOAD,
  MARGINAL,
  poolPriceUrl,
  PRICE,
  runOn,
  SUMMARY_URL,
} from './support.ts';

const envelope = (report: unknown) => ({
  timestamp: '2026-11-22 12:00:00.000+0000',
  responseCode: '200',
  return: report,
});

const NOVEMBER_2025 = { from: '2025-11-01', to: '2025-12-01' };
const priceOf = (rows: unknown): Recorded[] => [json(apiReport(PRICE, '2025-11-01', '2025-11-30'), rows)];
const hour = (
  utc: string,
  mpt: string,
  rest: Record<string, unknown> = { pool_price: '50.00', forecast_pool_price: '49.5', rolling_30day_avg: '60.1' },
) => ({
  begin_datetime_utc: utc,
  begin_datetime_mpt: mpt,
  ...rest,
});

describe('a body of the summary', () => {
  const v2 = {
    effective_datetime_utc: '2026-11-22 11:55',
    effective_datetime_mpt: '2026-11-22 05:55',
    total_max_generation_capability: 22000,
    total_net_generation: 10000,
    net_to_grid_generation: 7500,
    net_actual_interchange: -200,
    alberta_internal_load: 10200,
    contingency_reserve_required: 440,
    dispatched_contigency_reserve_total: 450,
    dispatched_contingency_reserve_gen: 350,
    dispatched_contingency_reserve_other: 100,
    ffr_armed_dispatch: 5,
    ffr_offered_volume: 180,
    long_lead_time_volume: 900,
    generation_data_list: [
      {
        fuel_type: 'COGENERATION',
        aggregated_maximum_capability: 6000,
        aggregated_net_generation: 4000,
        aggregated_dispatched_contingency_reserve: 0,
      },
      {
        fuel_type: 'FUSION',
        aggregated_maximum_capability: '100',
        aggregated_net_generation: '',
        aggregated_dispatched_contingency_reserve: null,
      },
    ],
    interchange_list: [{ path: 'British Columbia', actual_flow: -200 }],
  };

  test.each([
    ['of v2 in its envelope', envelope(v2)],
    ['of v2 without it', v2],
    ['of v2 in a list', envelope([v2])],
  ])('%s loads, also with a fuel that nobody knew', async (_, body) => {
    const { pool } = await freshDatabase();
    for (const id of ['aeso-current-supply-demand', 'aeso-current-generation-by-fuel', 'aeso-current-interchange']) {
      const dataset = await load(pool, id, [json(SUMMARY_URL, body)]);
      expect([id, dataset.outcomes]).toEqual([id, { loaded: 1 }]);
      if (id === 'aeso-current-generation-by-fuel')
        expect(checkOf(dataset, 'oneOf(fuel)').samples.map(({ value }) => value)).toEqual(['FUSION']);
    }
    expect(
      await pool.query(`select timestamp = '2026-11-22 11:55Z' as at, total_demand_mw, contingency_reserve_dispatched_mw, ffr_offered_mw, long_lead_time_mw, lssi_offered_mw
        from public.aeso_supply_demand`),
    ).toEqual([
      {
        at: true,
        total_demand_mw: 10200,
        contingency_reserve_dispatched_mw: 450,
        ffr_offered_mw: 180,
        long_lead_time_mw: 900,
        lssi_offered_mw: null,
      },
    ]);
    expect(
      await pool.query(
        'select fuel, net_generation_mw, dispatched_contingency_reserve_mw as dcr from public.aeso_generation_by_fuel order by 1',
      ),
    ).toEqual([
      { fuel: 'COGENERATION', net_generation_mw: 4000, dcr: 0 },
      { fuel: 'FUSION', net_generation_mw: null, dcr: null },
    ]);
  });

  test('whose Mountain time fell back in 2026 is not loaded', async () => {
    const { pool } = await freshDatabase();
    const dataset = await load(pool, 'aeso-current-interchange', [
      json(SUMMARY_URL, envelope({ ...v2, effective_datetime_mpt: '2026-11-22 04:55' })),
    ]);
    expect(dataset.outcomes).toEqual({ blocked: 1 });
    expect(checkOf(dataset, 'sql(transforms/aeso/check_summary_clocks.sql)').samples[0]?.expectation).toMatch(
      /^2026-11-22 05:55, .*clock and our zone data disagree$/,
    );
  });
});

describe('system marginal prices', () => {
  const step = (begin: string, end: string, price: string) => ({
    begin_datetime_utc: `2025-11-${begin}`,
    end_datetime_utc: `2025-11-${end}`,
    begin_datetime_mpt: mountain(begin),
    end_datetime_mpt: mountain(end),
    system_marginal_price: price,
    volume: '50',
  });
  /** In the standard time after 2025-11-02: seven hours behind. */
  const mountain = (utc: string): string =>
    new Date(Date.parse(`2025-11-${utc.replace(' ', 'T')}:00Z`) - 7 * 3_600_000)
      .toISOString()
      .slice(0, 16)
      .replace('T', ' ');

  test('have an end, but the one that is still open has none', async () => {
    const { pool } = await freshDatabase();
    // A price that ends at 23:59 since another begins then is not open.
    const body = envelope({
      'System Marginal Price Report': [
        step('11 06:59', '11 07:00', '31.00'),
        step('11 06:10', '11 06:59', '30.41'),
        step('11 07:00', '12 06:59', '28.00'),
      ],
    });
    const dataset = await load(
      pool,
      'aeso-system-marginal-price',
      [json(apiReport(MARGINAL, '2025-11-01', '2025-11-30'), body)],
      NOVEMBER_2025,
    );
    expect(dataset.rows.rejected).toBe(0);
    expect(dataset.checks.filter(({ failingRows }) => failingRows > 0)).toEqual([]);
    expect(
      await pool.query(`select to_char(begins_at at time zone 'UTC', 'HH24:MI') as begins, to_char(ends_at at time zone 'UTC', 'HH24:MI') as ends
        from public.aeso_system_marginal_price order by begins_at`),
    ).toEqual([
      { begins: '06:10', ends: '06:59' },
      { begins: '06:59', ends: '07:00' },
      { begins: '07:00', ends: null },
    ]);
  });

  test('that leave a gap or overlap are loaded and found', async () => {
    const { pool } = await freshDatabase();
    const body = envelope({
      'System Marginal Price Report': [
        step('11 06:10', '11 06:40', '30.41'),
        step('11 06:45', '11 07:10', '31.00'),
        step('11 07:00', '11 07:30', '28.00'),
      ],
    });
    const dataset = await load(
      pool,
      'aeso-system-marginal-price',
      [json(apiReport(MARGINAL, '2025-11-01', '2025-11-30'), body)],
      NOVEMBER_2025,
    );
    expect(dataset.rows.inserted).toBe(3);
    expect(checkOf(dataset, 'sql(transforms/aeso/check_marginal_price_steps.sql)').failingRows).toBe(2);
  });
});

test('the list of assets loads, and an asset that leaves it goes to history', async () => {
  const { pool } = await freshDatabase();
  const asset = (id: string, status = 'ACTIVE') => ({
    asset_name: `${id} plant`,
    asset_ID: id,
    asset_type: 'SOURCE',
    operating_status: status,
    pool_participant_name: 'Someone',
    pool_participant_ID: 'SOME',
    net_to_grid_asset_flag: 'Y',
    asset_incl_storage_flag: '',
  });
  expect(
    (await load(pool, 'aeso-assets', [json(ASSET_LIST_URL, envelope([asset('GN1'), asset('GN2')]))])).rows.inserted,
  ).toBe(2);
  await load(pool, 'aeso-assets', [json(ASSET_LIST_URL, [asset('GN1', 'RETIRED')])], {
    from: '2026-01-01',
    to: '2027-01-01',
  });
  expect(
    await pool.query(
      'select asset_id, operating_status, net_to_grid_asset_flag, asset_incl_storage_flag from public.aeso_asset',
    ),
  ).toEqual([
    { asset_id: 'GN1', operating_status: 'RETIRED', net_to_grid_asset_flag: 'Y', asset_incl_storage_flag: null },
  ]);
  expect(await pool.query('select asset_id from history.aeso_asset order by 1')).toEqual([
    { asset_id: 'GN1' },
    { asset_id: 'GN2' },
  ]);
});

test('prices and loads of the API are compared with the report that needs no key', async () => {
  const { pool } = await freshDatabase();
  const csv =
    'Pool Price\r\n\r\n""\r\n\r\nDate (HE),Price ($),30Ravg ($),AIL Demand (MW)\r\n"11/01/2025 01","50.00","60.00","9000.4"\n"11/01/2025 02","51.00","60.00","9100.0"\r\n\r\n';
  const loads = envelope({
    'Actual Forecast Report': [
      hour('2025-11-01 06:00', '2025-11-01 00:00', { alberta_internal_load: '9000' }),
      hour('2025-11-01 07:00', '2025-11-01 01:00', { alberta_internal_load: '9103' }),
    ],
  });
  const report = await runOn(
    pool,
    [
      { url: poolPriceUrl(2025), body: csv },
      ...priceOf(
        envelope([hour('2025-11-01 06:00', '2025-11-01 00:00'), hour('2025-11-01 07:00', '2025-11-01 01:00')]),
      ),
      json(apiReport(LOAD, '2025-11-01', '2025-11-30'), loads),
    ],
    { ids: ['aeso-ets-pool-price', 'aeso-pool-price', 'aeso-internal-load'], ...NOVEMBER_2025 },
    '2026-11-22T12:00:00Z',
  );
  const price = checkOf(
    datasetOf(report, 'aeso-pool-price'),
    'reconciles(pool_price_cad_per_mwh, public.alberta_grid_prices.pool_price_cad_per_mwh)',
  );
  expect([price.result, price.failingRows, price.samples.map(({ key }) => key)]).toEqual([
    'found',
    1,
    [expect.stringContaining('2025-11-01T07:00')],
  ]);
  const demand = checkOf(
    datasetOf(report, 'aeso-internal-load'),
    'reconciles(internal_load_mw, public.alberta_grid_prices.market_demand_mw)',
  );
  expect([demand.result, demand.failingRows]).toEqual(['found', 1]);
});
