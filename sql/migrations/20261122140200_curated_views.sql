-- Curated views: observations of demand, energy and grid under one key each, the newest demand of a region, and the state of the sources.
-- Each unique key holds by construction: every province takes its rows from one table, whose primary key it is.
-- The branches of a union have no WHERE: with one, PostgreSQL no longer walks the keys of their tables for the newest rows.

create or replace view public.demand_observations with (security_invoker = true) as
select
  'ON' as province,
  d.hour as observed_at,
  'PT1H' as period,
  d.ontario_demand_mw as demand_mw,
  public.load_source(d.load_id) as source,
  d.load_id::text as version
from public.ontario_hourly_demand d
union all
select 'AB', p.timestamp, 'PT1H', p.market_demand_mw::float8, public.load_source(p.load_id), p.load_id::text
from public.alberta_grid_prices p;
comment on view public.demand_observations is 'Hourly demand, one row per province and hour; key: province, observed_at. ON: ontario_hourly_demand. AB: Alberta Internal Load of alberta_grid_prices.';
comment on column public.demand_observations.province is 'Two letters: ON, AB.';
comment on column public.demand_observations.observed_at is 'Start of the hour. Unit: UTC.';
comment on column public.demand_observations.period is 'Length of time that the value is the average of: PT1H.';
comment on column public.demand_observations.demand_mw is 'Average demand of the hour. Ontario: demand inside the province. Alberta: all load of the province, also what industrial sites serve themselves. NULL where the publisher has no number. Unit: MW.';
comment on column public.demand_observations.source is 'Publisher of the row; sample:<publisher>, edit or adopted where it is not a publisher''s (load_source).';
comment on column public.demand_observations.version is 'The load that wrote this version of the row; load_provenance(version) says address, SHA-256 and time.';

create or replace view public.energy_observations with (security_invoker = true) as
select
  'ON' as province,
  g.hour as observed_at,
  'PT1H' as period,
  g.fuel as source_type,
  g.output_mw as generation_mw,
  public.load_source(g.load_id) as source,
  g.load_id::text as version
from public.ontario_generation_by_fuel g
union all
select 'AB', g.timestamp, 'PT0S', g.fuel, g.net_generation_mw, public.load_source(g.load_id), g.load_id::text
from public.alberta_generation_by_fuel g;
comment on view public.energy_observations is 'Generation by kind, one row per province, instant and kind; key: province, observed_at, source_type. ON: ontario_generation_by_fuel. AB: alberta_generation_by_fuel. The two are not of one kind: see period.';
comment on column public.energy_observations.province is 'Two letters: ON, AB.';
comment on column public.energy_observations.observed_at is 'Start of the hour (ON), instant of the report (AB). Unit: UTC.';
comment on column public.energy_observations.period is 'Length of time that the value is the average of: PT1H (ON), PT0S is an instant (AB).';
comment on column public.energy_observations.source_type is 'Kind of generation as the operator names it: NUCLEAR, HYDRO, WIND …; the two operators divide gas differently.';
comment on column public.energy_observations.generation_mw is 'Generation; storage that charges is negative in Alberta. NULL where the publisher has no number. Unit: MW.';
comment on column public.energy_observations.source is 'Publisher of the row; sample:<publisher>, edit or adopted where it is not a publisher''s (load_source).';
comment on column public.energy_observations.version is 'The load that wrote this version of the row; load_provenance(version) says address, SHA-256 and time.';

create or replace view public.grid_snapshots with (security_invoker = true) as
select
  g.region,
  g.captured_at,
  g.demand_mw,
  g.supply_mw,
  g.reserve_margin,
  g.frequency_hz,
  g.voltage_kv,
  g.congestion_index,
  g.status,
  public.load_source(g.load_id) as source,
  g.load_id::text as version
from public.grid_status g;
comment on view public.grid_snapshots is 'State of a grid at an instant, one row per region and instant; key: region, captured_at. From grid_status.';
comment on column public.grid_snapshots.region is 'Full name of the province: Ontario, Alberta.';
comment on column public.grid_snapshots.captured_at is 'Start of the 5-minute interval (Ontario), or the instant of the operator''s report (Alberta). Unit: UTC.';
comment on column public.grid_snapshots.demand_mw is 'Demand of the region. Unit: MW.';
comment on column public.grid_snapshots.supply_mw is 'What feeds the grid, imports included. Unit: MW.';
comment on column public.grid_snapshots.reserve_margin is 'Operating reserve as a fraction of demand.';
comment on column public.grid_snapshots.frequency_hz is 'NULL: no source publishes it. Unit: Hz.';
comment on column public.grid_snapshots.voltage_kv is 'NULL: no source publishes it. Unit: kV.';
comment on column public.grid_snapshots.congestion_index is 'NULL: the report of demand and supply has no price. See grid_stability_metrics.';
comment on column public.grid_snapshots.status is 'Alberta: stable where dispatched contingency reserve covers what is required, else warning. NULL: the operator publishes no requirement (Ontario).';
comment on column public.grid_snapshots.source is 'Publisher of the row; sample:<publisher>, edit or adopted where it is not a publisher''s (load_source).';
comment on column public.grid_snapshots.version is 'The load that wrote this version of the row; load_provenance(version) says address, SHA-256 and time.';

-- A region that nobody measured has no row. Each branch walks the key of its table from the end and stops at the first row.
create or replace view public.latest_demand with (security_invoker = true) as
select
  newest.region,
  newest.province,
  newest.observed_at,
  newest.period,
  newest.demand_mw,
  newest.from_table,
  public.load_source(newest.load_id) as source,
  newest.load_id::text as version,
  public.provenance_object(newest.load_id, newest.observed_at, newest.stream_key) as provenance
from (
  select distinct on (measured.region) measured.*
  from (
    (select 'Ontario' as region, 'ON' as province, d.hour as observed_at, 'PT1H' as period, d.ontario_demand_mw as demand_mw,
       'ontario_hourly_demand' as from_table, d.load_id, 'ontario-demand' as stream_key
     from public.ontario_hourly_demand d where d.ontario_demand_mw is not null order by d.hour desc limit 1)
    union all
    (select 'Ontario', 'ON', g.captured_at, 'PT5M', g.demand_mw::float8, 'grid_status', g.load_id, 'ontario-demand'
     from public.grid_status g where g.region = 'Ontario' order by g.captured_at desc limit 1)
    union all
    (select 'Alberta', 'AB', p.timestamp, 'PT1H', p.market_demand_mw::float8, 'alberta_grid_prices', p.load_id, 'aeso-grid-data'
     from public.alberta_grid_prices p where p.market_demand_mw is not null order by p.timestamp desc limit 1)
    union all
    (select 'Alberta', 'AB', g.captured_at, 'PT0S', g.demand_mw::float8, 'grid_status', g.load_id, 'aeso-grid-data'
     from public.grid_status g where g.region = 'Alberta' order by g.captured_at desc limit 1)
  ) measured
  order by measured.region, measured.observed_at desc, measured.from_table
) newest;
comment on view public.latest_demand is 'The newest measured demand of each region, one row per region; a region that was never measured has none.';
comment on column public.latest_demand.region is 'Full name of the province: Ontario, Alberta.';
comment on column public.latest_demand.province is 'Two letters: ON, AB.';
comment on column public.latest_demand.observed_at is 'Start of the period, or the instant of the report. Unit: UTC.';
comment on column public.latest_demand.period is 'Length of time that the value is the average of: PT1H, PT5M; PT0S is an instant.';
comment on column public.latest_demand.demand_mw is 'Demand. Ontario: inside the province. Alberta: Alberta Internal Load. Unit: MW.';
comment on column public.latest_demand.from_table is 'The table of public that the row is from.';
comment on column public.latest_demand.source is 'Publisher of the row; sample:<publisher>, edit or adopted where it is not a publisher''s (load_source).';
comment on column public.latest_demand.version is 'The load that wrote this version of the row; load_provenance(version) says address, SHA-256 and time.';
comment on column public.latest_demand.provenance is 'The platform''s provenance object (provenance_object).';

create or replace view public.source_status with (security_invoker = true) as
select
  h.source_name,
  split_part(h.source_name, '/', 1) as publisher,
  nullif(split_part(h.source_name, '/', 2), '') as dataset,
  case
    when h.status = 'not configured' then h.status
    when h.last_success is null and h.last_failure is null then 'unknown'
    else h.status
  end as status,
  h.last_success,
  h.last_failure,
  h.consecutive_failures,
  h.covered_until,
  h.updated_at as judged_at,
  public.database_content() = 'samples' and split_part(h.source_name, '/', 1) <> 'local' as is_fallback,
  h.notes
from public.source_health h;
comment on view public.source_status is 'What is known of each publisher (dataset is NULL) and each of its datasets, as of judged_at.';
comment on column public.source_status.source_name is 'publisher, or publisher/dataset.';
comment on column public.source_status.publisher is 'Id of the publisher: ieso.';
comment on column public.source_status.dataset is 'Id of the dataset: ieso-demand; NULL in the row of the publisher, which is the worst of its datasets.';
comment on column public.source_status.status is 'healthy, degraded, failing, not configured; unknown where the source was never asked.';
comment on column public.source_status.last_success is 'When it last answered and its data were in place. NULL: never. Unit: UTC.';
comment on column public.source_status.last_failure is 'When it last failed. NULL: never. Unit: UTC.';
comment on column public.source_status.consecutive_failures is 'Failures since the last success.';
comment on column public.source_status.covered_until is 'Start of the newest step that has a row; of a publisher, the oldest of its datasets. NULL: none. Unit: UTC.';
comment on column public.source_status.judged_at is 'When status was last judged: it is not looked at again when it is read. Unit: UTC.';
comment on column public.source_status.is_fallback is 'True: the answers were generated samples, so status says nothing about the publisher. False for local, whose files are the project''s own. NULL: nothing was loaded yet.';
comment on column public.source_status.notes is 'What was found, one sentence.';

do $$
declare
  wanted text;
begin
  foreach wanted in array array['demand_observations', 'energy_observations', 'grid_snapshots', 'latest_demand', 'source_status'] loop
    execute format('revoke all on public.%I from public, anon, authenticated, service_role', wanted);
    execute format('grant select on public.%I to anon, authenticated, service_role', wanted);
  end loop;
end
$$;
