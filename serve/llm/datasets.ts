/** The data that a question may be about: names under which the front end asks, and what of them a model is given. */

export interface SectionSpec {
  /** After the dataset's key: `ontario-demand/hours`. A model cites the whole. */
  readonly id: string;
  readonly title: string;
  /** One row: rows (JSON array), loads (bigint[] as text[]), newest. $1: days to look back. */
  readonly sql: string;
}

export interface DatasetSpec {
  readonly key: string;
  /** Other names, as `plainName` makes them. */
  readonly aliases: readonly string[];
  readonly title: string;
  /** Ids in `source_quality`. */
  readonly feeds: readonly string[];
  readonly sections: readonly SectionSpec[];
}

/** Rows of `picked` as JSON, newest last, without the load that wrote them. */
const PACKED = (instant: string): string => `
  select coalesce(json_agg(to_jsonb(p) - 'version' - 'loads' order by ${instant}), '[]') as rows, max(${instant})::text as newest,
    (select array_agg(distinct l) from picked, unnest(loads) l) as loads
  from picked p`;

// grain: one row per hour. reads: public.stream_ontario_demand. params: $1 days (of no use here).
const DEMAND_HOURS = `
  with picked as (
    select datetime, total_demand_mw, array[version] as loads from public.stream_ontario_demand
    where $1::int > 0 order by datetime desc limit 48
  )${PACKED('datetime')}`;

// grain: one row per day of EST. reads: public.stream_ontario_demand. params: $1 days before the newest hour.
const DEMAND_DAYS = `
  with picked as (
    select date, count(total_demand_mw)::int as measured_hours, round(avg(total_demand_mw)::numeric, 1) as average_mw,
      max(total_demand_mw) as maximum_mw, min(total_demand_mw) as minimum_mw, max(datetime) as newest_hour, array_agg(distinct version) as loads
    from public.stream_ontario_demand
    where datetime > (select max(datetime) from public.stream_ontario_demand) - least($1::int, 92) * interval '1 day'
    group by date
  )${PACKED('newest_hour')}`;

// grain: one row per month and province. reads: public.stream_provincial_generation. params: $1 days before the newest month.
const GENERATION_PROVINCES = `
  with picked as (
    select date, province_code, round(sum(generation_gwh)::numeric, 3) as generation_gwh,
      count(*) filter (where megawatt_hours is null)::int as withheld_rows, array_agg(distinct version) as loads
    from public.stream_provincial_generation
    where date > (select max(date) from public.stream_provincial_generation) - greatest(1, least($1::int, 366) / 30) * interval '1 month'
    group by date, province_code
  )${PACKED('date')}`;

// grain: one row per month and kind of generation. reads: public.stream_provincial_generation. params: $1 days before the newest month.
const GENERATION_KINDS = `
  with picked as (
    select date, generation_type, round(sum(generation_gwh)::numeric, 3) as generation_gwh,
      count(*) filter (where megawatt_hours is null)::int as withheld_rows, array_agg(distinct version) as loads
    from public.stream_provincial_generation
    where date > (select max(date) from public.stream_provincial_generation) - greatest(1, least($1::int, 366) / 30) * interval '1 month'
    group by date, generation_type
  )${PACKED('date')}`;

// grain: one row per hour, over all nodes. reads: public.stream_ontario_prices. params: $1 days before the newest hour, at most 3.
const PRICE_HOURS = `
  with picked as (
    select datetime, count(lmp_price)::int as nodes, round(avg(lmp_price), 2) as average_cad_per_mwh, min(lmp_price) as minimum_cad_per_mwh,
      max(lmp_price) as maximum_cad_per_mwh, array_agg(distinct version) as loads
    from public.stream_ontario_prices
    where datetime > (select max(datetime) from public.stream_ontario_prices) - least($1::int, 3) * interval '1 day'
    group by datetime
  )${PACKED('datetime')}`;

// grain: one row per place. reads: public.stream_hf_electricity_demand. params: $1 days before the newest reading, at most 1.
const METER_PLACES = `
  with picked as (
    select location, count(distinct household_id)::int as meters, count(electricity_demand)::int as readings,
      round(avg(electricity_demand)::numeric, 4) as average_kwh, round(max(electricity_demand)::numeric, 4) as maximum_kwh,
      max(datetime) as newest_reading, array_agg(distinct version) as loads
    from public.stream_hf_electricity_demand
    where datetime > (select max(datetime) from public.stream_hf_electricity_demand) - least($1::int, 1) * interval '1 day'
    group by location order by location limit 60
  )${PACKED('newest_reading')}`;

const GRID = (region: string): string => `
  with picked as (
    select captured_at, region, demand_mw, supply_mw, reserve_margin, congestion_index, status, array[load_id::text] as loads
    from public.grid_status where $1::int > 0 ${region} order by captured_at desc limit 48
  )${PACKED('captured_at')}`;
// grain: one row per region and report. reads: public.grid_status. params: $1 days (of no use here).
const GRID_REPORTS = GRID('');
// grain: one row per report of Alberta. reads: public.grid_status. params: $1 days (of no use here).
const AESO_REPORTS = GRID(`and region = 'Alberta'`);

// grain: one row per recommendation. reads: public.grid_recommendations. params: $1 days before now.
const GRID_RECOMMENDATIONS = `
  with picked as (
    select generated_at, region, recommendation_type, priority, description, expected_impact_percent, array[load_id::text] as loads
    from public.grid_recommendations where generated_at > now() - $1::int * interval '1 day' order by generated_at desc limit 20
  )${PACKED('generated_at')}`;

// grain: one row per kind of generation. reads: public.energy_observations. params: $1 days before the newest hour.
const FUELS = `
  with newest as (select max(observed_at) as at from public.energy_observations where province = 'ON'), picked as (
    select source_type, count(generation_mw)::int as measured_hours, round(avg(generation_mw)::numeric, 1) as average_mw,
      max(generation_mw) as maximum_mw, max(observed_at) as newest_hour, array_agg(distinct version) as loads
    from public.energy_observations, newest
    where province = 'ON' and observed_at > newest.at - least($1::int, 92) * interval '1 day'
    group by source_type
  )${PACKED('newest_hour')}`;

// grain: one row per hour and kind of generation. reads: public.energy_observations. params: $1 days (of no use here).
const FUEL_HOURS = `
  with newest as (select max(observed_at) as at from public.energy_observations where province = 'ON'), picked as (
    select observed_at, source_type, generation_mw, array[version] as loads from public.energy_observations, newest
    where $1::int > 0 and province = 'ON' and observed_at > newest.at - interval '1 day'
  )${PACKED('observed_at')}`;

export const LLM_DATASETS: readonly DatasetSpec[] = [
  {
    key: 'ontario-demand',
    aliases: ['ontario-hourly-demand', 'ontario-electricity-demand', 'demand', 'dashboard'],
    title: 'Hourly demand inside Ontario',
    feeds: ['ieso-demand'],
    sections: [
      { id: 'hours', title: 'Ontario demand, the newest 48 hours, MW', sql: DEMAND_HOURS },
      { id: 'days', title: 'Ontario demand by day of EST, MW', sql: DEMAND_DAYS },
    ],
  },
  {
    key: 'provincial-generation',
    aliases: ['provincial-energy-production-canada', 'provincial-energy', 'generation', 'provinces'],
    title: 'Monthly net generation of the provinces',
    feeds: ['statcan-provincial-generation', 'kaggle-provincial-generation'],
    sections: [
      { id: 'provinces', title: 'Net generation by month and province, GWh', sql: GENERATION_PROVINCES },
      { id: 'kinds', title: 'Net generation by month and kind, GWh', sql: GENERATION_KINDS },
    ],
  },
  {
    key: 'ontario-prices',
    aliases: ['ontario-nodal-prices', 'ontario-energy-prices', 'prices', 'market'],
    title: 'Day-ahead nodal prices of Ontario',
    feeds: ['ieso-day-ahead-nodal-price'],
    sections: [{ id: 'hours', title: 'Day-ahead price by hour over all nodes, CAD/MWh', sql: PRICE_HOURS }],
  },
  {
    key: 'hf-electricity-demand',
    aliases: ['electricity-demand'],
    title: 'Demand of single buildings',
    feeds: ['hf-electricity-demand'],
    sections: [
      { id: 'places', title: 'Readings of meters by place on the newest day, kWh per period', sql: METER_PLACES },
    ],
  },
  {
    key: 'aeso-grid-data',
    aliases: ['aeso', 'alberta-grid-data', 'alberta-supply-demand'],
    title: 'Supply and demand of Alberta',
    feeds: ['aeso-ets-grid-status', 'aeso-current-supply-demand'],
    sections: [{ id: 'reports', title: 'Reports of AESO, the newest 48, MW', sql: AESO_REPORTS }],
  },
  {
    key: 'grid-status',
    aliases: ['grid', 'gridops', 'grid-optimization'],
    title: 'State of the grid by region',
    feeds: ['ieso-grid-status', 'aeso-ets-grid-status'],
    sections: [
      { id: 'reports', title: 'State of the grid, the newest 48 reports, MW', sql: GRID_REPORTS },
      { id: 'recommendations', title: 'Recommendations that are on file', sql: GRID_RECOMMENDATIONS },
    ],
  },
  {
    key: 'ontario-generation-by-fuel',
    aliases: ['generation-by-fuel', 'ontario-generation', 'energy-observations'],
    title: 'Generation of Ontario by fuel',
    feeds: ['ieso-generation-by-fuel'],
    sections: [
      { id: 'fuels', title: 'Ontario generation by fuel over the window, MW', sql: FUELS },
      { id: 'hours', title: 'Ontario generation by hour and fuel, the newest day, MW', sql: FUEL_HOURS },
    ],
  },
];

/** null: there are no such data here. */
export function datasetOf(path: string): DatasetSpec | null {
  const name = plainName(path);
  const exactly = LLM_DATASETS.find(({ key, aliases }) => key === name || aliases.includes(name));
  if (exactly !== undefined) return exactly;
  // The front end writes kaggle/ontario_demand, but hf/electricity_demand.
  return LLM_DATASETS.find(({ key }) => name.endsWith(`/${key}`)) ?? null;
}

/** Without the words that say how it is served: `/functions/v1/manifest/kaggle/ontario_demand.json` is `ontario-demand`. */
function plainName(path: string): string {
  return path
    .trim()
    .toLowerCase()
    .replaceAll('_', '-')
    .replace(/^\/+|\/+$/g, '')
    .replace(/\.(json|csv|parquet)$/, '')
    .replace(/^(?:(?:functions\/v1|api|manifest|stream|data|datasets|kaggle|hf|huggingface)\/)+/, '')
    .replace(/^(?:manifest|stream)-/, '');
}
