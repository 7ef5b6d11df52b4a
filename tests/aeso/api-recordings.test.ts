/** The recorded bodies of AESO's API, counted again in their tables. Each is put under the address that the definition asks. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Pool } from '../../loaders/postgres/database.ts';
import { freshDatabase } from '../support/postgres.ts';
import { hasShared } from '../support/shared.ts';
import {
  apiReport,
  ASSETS_NOW_URL,
  checkOf,
  json,
  load,
  LOAD,
  MARGINAL,
  METERED,
  PRICE,
  prices,
  recordedBody,
  SUMMARY_URL,
} from './support.ts';

const BEGIN_CLOCKS = 'sql(transforms/aeso/check_begin_clocks.sql)';

describe.skipIf(!hasShared('recordings'))('the recorded bodies', () => {
  let pool: Pool;
  const at = (utc: string): string => `${utc.replace(' ', 'T')}:00Z`;
  beforeAll(async () => {
    ({ pool } = await freshDatabase());
  });

  test('of pool price load as published', async () => {
    const body = recordedBody('apimgw.aeso.ca/price_poolPrice_2024-04-14.json');
    const dataset = await load(pool, 'aeso-pool-price', [json(apiReport(PRICE, '2024-04-01', '2024-04-30'), body)], {
      from: '2024-04-01',
      to: '2024-05-01',
    });
    expect([dataset.outcomes, dataset.rows.rejected, checkOf(dataset, BEGIN_CLOCKS).result]).toEqual([
      { loaded: 1 },
      0,
      'passed',
    ]);
    const published = (JSON.parse(body) as { return: { 'Pool Price Report': Record<string, string>[] } }).return[
      'Pool Price Report'
    ];
    expect(published.length).toBe(2);
    expect(await prices(pool)).toEqual(
      published.map((row) => ({
        hour: (row['begin_datetime_utc'] ?? '').slice(5),
        price: row['pool_price'],
        forecast: row['forecast_pool_price'],
        average: row['rolling_30day_avg'],
      })),
    );
  });

  test('of internal load load as published', async () => {
    const body = recordedBody('apimgw.aeso.ca/load_albertaInternalLoad_2024-04-14.json');
    await load(pool, 'aeso-internal-load', [json(apiReport(LOAD, '2024-04-01', '2024-04-30'), body)], {
      from: '2024-04-01',
      to: '2024-05-01',
    });
    expect(
      await pool.query(
        'select hour, internal_load_mw::text as load, forecast_internal_load_mw::text as forecast from public.aeso_internal_load',
      ),
    ).toEqual([{ hour: new Date(at('2024-04-14 06:00')), load: '9131.00', forecast: '9123.00' }]);
  });

  test('of system marginal price load with begin and end', async () => {
    const body = recordedBody('apimgw.aeso.ca/price_systemMarginalPrice_2024-04-16.json');
    await load(pool, 'aeso-system-marginal-price', [json(apiReport(MARGINAL, '2024-04-01', '2024-04-30'), body)], {
      from: '2024-04-01',
      to: '2024-05-01',
    });
    expect(
      await pool.query(
        'select begins_at, ends_at, system_marginal_price_cad_per_mwh::text as price, volume_mw from public.aeso_system_marginal_price',
      ),
    ).toEqual([
      {
        begins_at: new Date(at('2024-04-16 05:33')),
        ends_at: new Date(at('2024-04-16 06:00')),
        price: '30.41',
        volume_mw: 50,
      },
    ]);
  });

  test('of metered volumes load hour by hour, participant by participant', async () => {
    const body = recordedBody('apimgw.aeso.ca/meteredvolume_details_2024-10-10.json');
    const dataset = await load(
      pool,
      'aeso-metered-volume',
      [json(apiReport(METERED, '2024-10-10', '2024-10-10'), body)],
      {
        from: '2024-10-10',
        to: '2024-10-11',
      },
    );
    expect([dataset.outcomes, dataset.rows.rejected]).toEqual([{ loaded: 1 }, 0]);
    expect(dataset.checks.filter(({ failingRows }) => failingRows > 0)).toEqual([]);
    // A recount without a JSON parser: the lines of the file in their order.
    let [participant, asset, assetClass, begin] = ['', '', '', ''];
    const recount: unknown[] = [];
    for (const [, name, value = ''] of body.matchAll(/"(\w+)": "([^"]*)"/g)) {
      if (name === 'pool_participant_ID') participant = value;
      if (name === 'asset_ID') asset = value;
      if (name === 'asset_class') assetClass = value;
      if (name === 'begin_date_utc') begin = at(value);
      if (name === 'metered_volume')
        recount.push({ participant, asset, assetClass, hour: new Date(begin), volume: Number(value) });
    }
    expect(recount.length).toBe(48);
    expect(
      await pool.query(`select pool_participant_id as participant, asset_id as asset, asset_class as "assetClass", hour, metered_volume_mwh as volume
        from public.aeso_metered_volume order by 2, 4`),
    ).toEqual(recount);
  });

  test('of assets now load as published', async () => {
    const body = recordedBody('apimgw.aeso.ca/csd_generation_assets_current_2024-04-19.json');
    await load(pool, 'aeso-asset-generation', [json(ASSETS_NOW_URL, body)]);
    expect(await pool.query('select * from public.aeso_asset_generation')).toEqual([
      expect.objectContaining({
        timestamp: new Date(at('2024-04-19 03:51')),
        asset_id: 'AFG1',
        fuel: 'OTHER',
        sub_fuel: null,
        maximum_capability_mw: 131,
        net_generation_mw: 72,
        dispatched_contingency_reserve_mw: 0,
      }),
    ]);
  });

  test('of the v1 summary, which was recorded at the address of v1, load in all three tables', async () => {
    const body = recordedBody('apimgw.aeso.ca/csd_summary_current_2024-04-19.json');
    for (const id of ['aeso-current-supply-demand', 'aeso-current-generation-by-fuel', 'aeso-current-interchange']) {
      const dataset = await load(pool, id, [json(SUMMARY_URL, body)]);
      expect([id, dataset.outcomes, dataset.rows.rejected]).toEqual([id, { loaded: 1 }, 0]);
      expect(dataset.checks.filter(({ failingRows }) => failingRows > 0)).toEqual([]);
    }
    const published = (JSON.parse(body) as { return: Record<string, never> }).return as Record<string, never> & {
      generation_data_list: {
        fuel_type: string;
        aggregated_net_generation: number;
        aggregated_maximum_capability: number;
        aggregated_dispatched_contingency_reserve: number;
      }[];
      interchange_list: { path: string; actual_flow: number }[];
    };
    expect(await pool.query('select * from public.aeso_supply_demand')).toEqual([
      expect.objectContaining({
        timestamp: new Date(at('2024-04-19 03:38')),
        total_gen_mw: 9932,
        total_demand_mw: 10208,
        net_interchange_mw: -276,
        net_to_grid_mw: 7291,
        maximum_capability_mw: 21191,
        contingency_reserve_required_mw: 445,
        contingency_reserve_dispatched_mw: 460,
        contingency_reserve_generation_mw: 351,
        contingency_reserve_other_mw: 109,
        lssi_armed_mw: 0,
        lssi_offered_mw: 237,
        ffr_armed_mw: null,
        ffr_offered_mw: null,
        long_lead_time_mw: null,
      }),
    ]);
    expect(
      await pool.query(
        'select fuel, maximum_capability_mw as mc, net_generation_mw as tng, dispatched_contingency_reserve_mw as dcr from public.aeso_generation_by_fuel order by fuel',
      ),
    ).toEqual(
      published.generation_data_list.map((row) => ({
        fuel: row.fuel_type,
        mc: row.aggregated_maximum_capability,
        tng: row.aggregated_net_generation,
        dcr: row.aggregated_dispatched_contingency_reserve,
      })),
    );
    expect(await pool.query('select path, flow_mw as actual_flow from public.aeso_interchange order by path')).toEqual(
      published.interchange_list,
    );
  });
});
