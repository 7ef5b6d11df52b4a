-- The rows of the five streams as the front end gets them: names and order of the columns are its contract, nothing more is in them.
-- A view has no order of its own. Pages follow the key that each comment names, which the table's primary key walks without a sort.

-- One word about where a row came from. plpgsql keeps its plan, so a page of 1,000 rows pays for 1,000 look-ups by key and no more.
create or replace function public.load_source(load_id bigint) returns text
language plpgsql stable strict security definer set search_path = '' as $$
declare
  kind text;
  of_dataset text;
  publisher text;
begin
  select r.source, l.dataset into kind, of_dataset
  from etl.load l join etl.run r on r.run_id = l.run_id
  where l.load_id = load_source.load_id;
  if kind is null or kind in ('edit', 'adopted') then
    return kind;
  end if;
  -- The load itself wrote the row publisher/dataset, in its transaction.
  select pg_catalog.split_part(h.source_name, '/', 1) into publisher
  from public.source_health h where pg_catalog.split_part(h.source_name, '/', 2) = of_dataset
  limit 1;
  publisher := coalesce(publisher, of_dataset);
  return case when kind = 'samples' then 'sample:' || publisher else publisher end;
end
$$;
comment on function public.load_source(bigint) is 'Where the rows of a load came from, in one word: the publisher (ieso); sample:<publisher> for generated samples; edit for a row that somebody wrote by hand; adopted for a row that was there before penstock, source unknown. NULL: no such load.';
revoke all on function public.load_source(bigint) from public, anon, authenticated, service_role;
grant execute on function public.load_source(bigint) to anon, authenticated, service_role;

create or replace view public.stream_ontario_demand with (security_invoker = true) as
select
  d.hour as datetime,
  extract(hour from d.hour at time zone interval '-05:00')::int + 1 as hour_ending,
  d.ontario_demand_mw as total_demand_mw,
  d.ontario_demand_mw / 1000 as hourly_demand_gwh,
  (d.hour at time zone interval '-05:00')::date as date,
  public.load_source(d.load_id) as source,
  d.load_id::text as version
from public.ontario_hourly_demand d;
comment on view public.stream_ontario_demand is 'Stream ontario-demand: one row per hour. Key and order of pages: datetime.';
comment on column public.stream_ontario_demand.datetime is 'Start of the hour. Unit: UTC.';
comment on column public.stream_ontario_demand.hour_ending is 'The hour on the publisher''s clock, EST (UTC-5) all year: 1 to 24, named after its end. Hour 24 belongs to the date that it ends.';
comment on column public.stream_ontario_demand.total_demand_mw is 'Demand inside Ontario, average of the hour (ontario_demand_mw); NULL where the publisher has none. Unit: MW.';
comment on column public.stream_ontario_demand.hourly_demand_gwh is 'Energy of the hour: total_demand_mw / 1000. Unit: GWh.';
comment on column public.stream_ontario_demand.date is 'Date of the hour on the publisher''s clock, EST (UTC-5) all year.';
comment on column public.stream_ontario_demand.source is 'Publisher of the row; sample:<publisher>, edit or adopted where it is not a publisher''s (load_source).';
comment on column public.stream_ontario_demand.version is 'The load that wrote this version of the row; load_provenance(version) says address, SHA-256 and time.';

-- Two copies stand side by side in the table. Statistics Canada measures, the other copies it: the copy counts only where the measure has no row.
create or replace view public.stream_provincial_generation with (security_invoker = true) as
select
  g.date,
  g.province,
  g.province_code,
  g.producer,
  g.generation_type,
  g.megawatt_hours,
  g.generation_gwh,
  public.load_source(g.load_id) as source,
  g.created_at,
  g.load_id::text as version
from public.provincial_generation g
where g.period = 'month'
  and (
    g.source = 'statcan'
    or not exists (
      select from public.provincial_generation better
      where better.period = g.period and better.date = g.date and better.province_code = g.province_code
        and better.producer = g.producer and better.generation_type = g.generation_type
        and (better.source = 'statcan' or (g.source <> 'statcan' and better.source < g.source))
    )
  );
comment on view public.stream_provincial_generation is 'Stream provincial-generation: one row per month, province, class of producer and kind. Key and order of pages: date, province_code, producer, generation_type. Statistics Canada''s row where there is one, else the copy''s.';
comment on column public.stream_provincial_generation.date is 'First day of the month.';
comment on column public.stream_provincial_generation.province is 'Name of the province or territory as published.';
comment on column public.stream_provincial_generation.province_code is 'Two letters: ON, AB …';
comment on column public.stream_provincial_generation.producer is 'Class of producer, lower case: electric utilities, industries.';
comment on column public.stream_provincial_generation.generation_type is 'Kind of generation, lower case: hydraulic turbine, nuclear steam turbine, combustible fuels …';
comment on column public.stream_provincial_generation.megawatt_hours is 'Net generation of the month: negative where plants used more than they generated. NULL where the publisher withholds it. Unit: MWh.';
comment on column public.stream_provincial_generation.generation_gwh is 'megawatt_hours / 1000. Unit: GWh.';
comment on column public.stream_provincial_generation.source is 'Publisher of the row; sample:<publisher>, edit or adopted where it is not a publisher''s (load_source).';
comment on column public.stream_provincial_generation.created_at is 'When this version of the row was written. Unit: UTC.';
comment on column public.stream_provincial_generation.version is 'The load that wrote this version of the row; load_provenance(version) says address, SHA-256 and time.';

-- The shape has no column for the market, and both markets in one series would make two prices of one node and instant.
create or replace view public.stream_ontario_prices with (security_invoker = true) as
select
  p.datetime,
  p.node_name,
  p.lmp_price,
  p.energy_price,
  p.congestion_price,
  p.loss_price,
  p.zone,
  p.market_date,
  p.interval_ending,
  public.load_source(p.load_id) as source,
  p.load_id::text as version
from public.ontario_nodal_prices p
where p.market = 'day_ahead';
comment on view public.stream_ontario_prices is 'Stream ontario-prices: one row per hour and node, day-ahead market. Key and order of pages: datetime, node_name. Real-time prices are in ontario_nodal_prices.';
comment on column public.stream_ontario_prices.datetime is 'Start of the hour. Unit: UTC.';
comment on column public.stream_ontario_prices.node_name is 'Pricing location as IESO names it.';
comment on column public.stream_ontario_prices.lmp_price is 'Day-ahead locational marginal price; NULL where the publisher has no number. Unit: CAD/MWh.';
comment on column public.stream_ontario_prices.energy_price is 'Part that energy makes: lmp_price - loss_price - congestion_price. Unit: CAD/MWh.';
comment on column public.stream_ontario_prices.congestion_price is 'Part that congestion makes; may be negative. Unit: CAD/MWh.';
comment on column public.stream_ontario_prices.loss_price is 'Part that losses make; may be negative. Unit: CAD/MWh.';
comment on column public.stream_ontario_prices.zone is 'NULL: no source gives it.';
comment on column public.stream_ontario_prices.market_date is 'Delivery date on the publisher''s clock, EST (UTC-5) all year.';
comment on column public.stream_ontario_prices.interval_ending is 'End of the hour. Unit: UTC.';
comment on column public.stream_ontario_prices.source is 'Publisher of the row; sample:<publisher>, edit or adopted where it is not a publisher''s (load_source).';
comment on column public.stream_ontario_prices.version is 'The load that wrote this version of the row; load_provenance(version) says address, SHA-256 and time.';

create or replace view public.stream_hf_electricity_demand with (security_invoker = true) as
select
  h.datetime,
  h.electricity_demand,
  h.temperature,
  h.humidity,
  h.wind_speed,
  h.solar_irradiance,
  h.household_id,
  h.location,
  h.day_of_week,
  h.hour,
  public.load_source(h.load_id) as source,
  h.load_id::text as version
from public.hf_electricity_demand h;
comment on view public.stream_hf_electricity_demand is 'Stream hf-electricity-demand: one row per meter and period. Key and order of pages: datetime, household_id.';
comment on column public.stream_hf_electricity_demand.datetime is 'Start of the period. Unit: UTC.';
comment on column public.stream_hf_electricity_demand.electricity_demand is 'Energy of the period, whose length differs by meter: 15, 30 or 60 minutes. NULL where the meter gave none. Unit: kWh.';
comment on column public.stream_hf_electricity_demand.temperature is 'Air temperature. Unit: °C.';
comment on column public.stream_hf_electricity_demand.humidity is 'Relative humidity. Unit: %.';
comment on column public.stream_hf_electricity_demand.wind_speed is 'Wind speed 10 m above ground. Unit: km/h.';
comment on column public.stream_hf_electricity_demand.solar_irradiance is 'Shortwave radiation on the horizontal. Unit: W/m².';
comment on column public.stream_hf_electricity_demand.household_id is 'The meter: unique_id as published.';
comment on column public.stream_hf_electricity_demand.location is 'Place of the meter as published; its geohash where the place has no name.';
comment on column public.stream_hf_electricity_demand.day_of_week is 'Of the local day, 0 = Sunday.';
comment on column public.stream_hf_electricity_demand.hour is 'Hour of the local clock, 0 to 23.';
comment on column public.stream_hf_electricity_demand.source is 'Publisher of the row; sample:<publisher>, edit or adopted where it is not a publisher''s (load_source).';
comment on column public.stream_hf_electricity_demand.version is 'The load that wrote this version of the row; load_provenance(version) says address, SHA-256 and time.';

create or replace view public.stream_aeso_grid_data with (security_invoker = true) as
select
  g.id,
  g.region,
  g.demand_mw,
  g.supply_mw,
  g.reserve_margin,
  g.frequency_hz,
  g.voltage_kv,
  g.congestion_index,
  g.status,
  g.captured_at,
  case
    when starts_with(public.load_source(g.load_id), 'sample:') then 'sample:' || g.data_source
    when public.load_source(g.load_id) in ('edit', 'adopted') then public.load_source(g.load_id)
    -- A row whose load is not known has no source that anybody could check.
    when public.load_source(g.load_id) is not null then g.data_source
  end as data_source
from public.grid_status g
where g.region = 'Alberta';
comment on view public.stream_aeso_grid_data is 'Stream aeso-grid-data: one row per instant that AESO reported on, of Alberta. Key and order of pages: captured_at.';
comment on column public.stream_aeso_grid_data.id is 'Names this version of the row.';
comment on column public.stream_aeso_grid_data.region is 'Alberta.';
comment on column public.stream_aeso_grid_data.demand_mw is 'Alberta Internal Load. Unit: MW.';
comment on column public.stream_aeso_grid_data.supply_mw is 'Total net generation plus imports over each path. Unit: MW.';
comment on column public.stream_aeso_grid_data.reserve_margin is 'Dispatched contingency reserve as a fraction of demand.';
comment on column public.stream_aeso_grid_data.frequency_hz is 'NULL: no source publishes it. Unit: Hz.';
comment on column public.stream_aeso_grid_data.voltage_kv is 'NULL: no source publishes it. Unit: kV.';
comment on column public.stream_aeso_grid_data.congestion_index is 'NULL: the report has no price.';
comment on column public.stream_aeso_grid_data.status is 'stable where dispatched contingency reserve covers what is required, else warning.';
comment on column public.stream_aeso_grid_data.captured_at is 'Instant of the operator''s report. Unit: UTC.';
comment on column public.stream_aeso_grid_data.data_source is 'The report that measured it, with sample: before it where the row is a generated sample; edit or adopted where no report gave the row.';

do $$
declare
  wanted text;
begin
  foreach wanted in array array['stream_ontario_demand', 'stream_provincial_generation', 'stream_ontario_prices', 'stream_hf_electricity_demand', 'stream_aeso_grid_data'] loop
    execute format('revoke all on public.%I from public, anon, authenticated, service_role', wanted);
    execute format('grant select on public.%I to anon, authenticated, service_role', wanted);
  end loop;
end
$$;
