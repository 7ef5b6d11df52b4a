/** Samples of AESO's reports and of its API; together about 90 kB. */
import { clock, hoursBetween, loadAt, priceAt, type AlbertaHour } from './aeso-shapes.ts';
import { currentReport, SNAPSHOT, SNAPSHOT_MPT, SNAPSHOT_UTC } from './aeso-current.ts';
import { SAYS_SO, type Sample } from './sample.ts';

const ETS = 'ets.aeso.ca/ets_web/ip/Market/Reports';
const API = 'apimgw.aeso.ca/public';
/** 2026-01-31 10:00 on the Mountain clock. */
const RECORDED_AT = '2026-01-31T17:00:00Z';

export function aesoSamples(): Sample[] {
  const autumn = hoursBetween('2025-11-01T06:00Z', '2025-11-04T07:00Z');
  const month = 'startDate=2025-11-01&endDate=2025-11-30';
  return [
    poolPrice(
      2025,
      [
        ...hoursBetween('2025-03-08T07:00Z', '2025-03-11T06:00Z'),
        ...hoursBetween('2025-10-30T06:00Z', '2025-11-10T07:00Z'),
      ],
      0,
      'a spring day of 23 hours and an autumn day of 25',
    ),
    poolPrice(
      2026,
      hoursBetween('2026-10-31T06:00Z', '2026-11-03T06:00Z'),
      9,
      'the first days of November 2026, with hours not yet known',
    ),
    {
      url: `http://${ETS}/CSDReportServlet?contentType=csv`,
      file: `${ETS}/CSDReportServlet.csv`,
      contentType: 'text/csv;charset=UTF-8',
      body: currentReport(),
      covers: 'supply and demand at one instant',
      recordedAt: RECORDED_AT,
      saysSo: true,
    },
    api(
      `poolprice-api/v1.1/price/poolPrice?${month}`,
      'poolPrice_2025-11.json',
      {
        'Pool Price Report': autumn.map((hour, i) => ({
          ...begin(hour),
          // The last hours are not over yet.
          pool_price: i < autumn.length - 3 ? priceAt(hour.instant) : '',
          forecast_pool_price: (Number(priceAt(hour.instant)) * 1.01).toFixed(2),
          ...(i < autumn.length - 3 ? { rolling_30day_avg: averageAt(hour.instant) } : {}),
        })),
      },
      'three days of November 2025',
    ),
    api(
      `actualforecast-api/v1/load/albertaInternalLoad?${month}`,
      'albertaInternalLoad_2025-11.json',
      {
        'Actual Forecast Report': autumn.map((hour, i) => ({
          ...begin(hour),
          alberta_internal_load: i < autumn.length - 3 ? loadAt(hour.instant).toFixed(0) : '',
          forecast_alberta_internal_load: (loadAt(hour.instant) + 20).toFixed(0),
        })),
      },
      'three days of November 2025',
    ),
    api(
      `systemmarginalprice-api/v1.1/price/systemMarginalPrice?${month}`,
      'systemMarginalPrice_2025-11.json',
      { 'System Marginal Price Report': marginalPrices() },
      'one day of November 2025',
    ),
    api(
      'currentsupplydemand-api/v2/csd/summary/current',
      'csd_summary_current.json',
      summary(),
      'supply and demand at one instant',
    ),
    api(
      'currentsupplydemand-api/v1/csd/generation/assets/current',
      'csd_generation_assets_current.json',
      {
        last_updated_datetime_utc: SNAPSHOT_UTC,
        last_updated_datetime_mpt: SNAPSHOT_MPT,
        asset_list: SNAPSHOT.assets.map(({ id, fuel, values: [capability, generation, reserve] }) => ({
          asset: id,
          fuel_type: fuel,
          sub_fuel_type: '',
          maximum_capability: capability,
          net_generation: generation,
          dispatched_contingency_reserve: reserve,
        })),
      },
      'generation of five assets at one instant',
    ),
    api(
      'assetlist-api/v1/assetlist',
      'assetlist.json',
      SNAPSHOT.assets.map(({ id, name }) => ({
        asset_name: name,
        asset_ID: id,
        asset_type: 'SOURCE',
        operating_status: 'ACTIVE',
        pool_participant_name: 'Sample Power',
        pool_participant_ID: 'SAMP',
        net_to_grid_asset_flag: '',
        asset_incl_storage_flag: '',
      })),
      'five assets',
    ),
    api(
      'meteredvolume-api/v1/meteredvolume/details?startDate=2025-11-02&endDate=2025-11-02',
      'meteredvolume_2025-11-02.json',
      [
        {
          pool_participant_ID: 'SAMP',
          asset_list: SNAPSHOT.assets.slice(0, 2).map(({ id, values }) => ({
            asset_ID: id,
            asset_class: 'IPP',
            metered_volume_list: hoursBetween('2025-11-02T06:00Z', '2025-11-03T07:00Z').map(({ instant }) => ({
              begin_date_utc: clock(instant, 0),
              begin_date_mpt: clock(instant),
              metered_volume: (values[1] * (0.9 + Number(priceAt(instant)) / 1_000)).toFixed(4),
            })),
          })),
        },
      ],
      'two assets on the autumn day of 25 hours',
    ),
  ];
}

/** The yearly report; the last `unknown` hours are listed with dashes. */
function poolPrice(year: number, hours: readonly AlbertaHour[], unknown: number, covers: string): Sample {
  const rows = hours.map(({ label, instant }, i) => {
    const values =
      i < hours.length - unknown ? [priceAt(instant), averageAt(instant), loadAt(instant).toFixed(1)] : ['-', '-', '-'];
    return [label, ...values].map((cell) => `"${cell}"`).join(',');
  });
  return {
    url: `http://${ETS}/HistoricalPoolPriceReportServlet?contentType=csv&beginDate=0101${year}&endDate=0101${year + 1}`,
    file: `${ETS}/HistoricalPoolPriceReportServlet_${year}.csv`,
    contentType: 'text/csv;charset=UTF-8',
    body: `Pool Price\r\n\r\n"${SAYS_SO}"\r\n\r\nDate (HE),Price ($),30Ravg ($),AIL Demand (MW)\r\n${rows.join('\n')}\r\n\r\n`,
    covers,
    recordedAt: RECORDED_AT,
    saysSo: true,
  };
}

function api(query: string, file: string, report: unknown, covers: string): Sample {
  return {
    url: `https://${API}/${query}`,
    file: `apimgw.aeso.ca/${file}`,
    contentType: 'application/json',
    body: `${JSON.stringify({ timestamp: '2026-01-31 17:00:00.000+0000', responseCode: '200', return: report }, null, 2)}\n`,
    covers,
    recordedAt: RECORDED_AT,
    saysSo: false,
  };
}

function begin({ instant }: AlbertaHour): { begin_datetime_utc: string; begin_datetime_mpt: string } {
  return { begin_datetime_utc: clock(instant, 0), begin_datetime_mpt: clock(instant) };
}

function averageAt(instant: number): string {
  return (55 + Number(priceAt(instant)) / 100).toFixed(2);
}

/** Three prices an hour on 2025-11-20; the last one is open, which is published as ending 23:59. */
function marginalPrices(): unknown[] {
  const minutes = [0, 17, 41];
  const day = Date.parse('2025-11-20T07:00Z');
  const steps = Array.from({ length: 24 }, (_, h) => minutes.map((minute) => day + (h * 60 + minute) * 60_000)).flat();
  return steps
    .map((at, i) => {
      const end = steps[i + 1] ?? day + (24 * 60 - 1) * 60_000;
      return {
        begin_datetime_utc: clock(at, 0),
        end_datetime_utc: clock(end, 0),
        begin_datetime_mpt: clock(at),
        end_datetime_mpt: clock(end),
        system_marginal_price: priceAt(at),
        volume: String(20 + (i % 7) * 15),
      };
    })
    .toReversed();
}

function summary(): unknown {
  const { fuels, paths, reserve } = SNAPSHOT;
  const sum = (c: 0 | 1 | 2): number => fuels.reduce((total, { values }) => total + values[c], 0);
  const net = paths.reduce((total, { flow }) => total + flow, 0);
  return {
    effective_datetime_utc: SNAPSHOT_UTC,
    effective_datetime_mpt: SNAPSHOT_MPT,
    total_max_generation_capability: sum(0),
    total_net_generation: sum(1),
    net_to_grid_generation: reserve.netToGrid,
    net_actual_interchange: net,
    alberta_internal_load: sum(1) - net,
    contingency_reserve_required: reserve.required,
    dispatched_contigency_reserve_total: sum(2) + reserve.other,
    dispatched_contingency_reserve_gen: sum(2),
    dispatched_contingency_reserve_other: reserve.other,
    ffr_armed_dispatch: 0,
    ffr_offered_volume: 180,
    long_lead_time_volume: 0,
    generation_data_list: fuels.map(({ fuel, values: [capability, generation, dispatched] }) => ({
      fuel_type: fuel,
      aggregated_maximum_capability: capability,
      aggregated_net_generation: generation,
      aggregated_dispatched_contingency_reserve: dispatched,
    })),
    interchange_list: paths.map(({ path, flow }) => ({ path, actual_flow: flow })),
  };
}
