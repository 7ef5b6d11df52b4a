-- Curated reads as functions: metrics of a province, national overview, trends. Windows end at the newest data, not at now(): they never
-- show rows that nobody published, and the instants of a window are in the answer. Where nothing is known the answer is NULL or empty.

-- Monthly rows cannot be cut into days: a window of days is as many whole months as it is long, and at least one.
create or replace function public.provincial_metrics(province text, window_days int default 30) returns jsonb
language plpgsql stable set search_path = '' as $$
#variable_conflict use_variable
declare
  months int;
  newest date;
  generation jsonb;
  metadata jsonb;
  loads bigint[];
  demand jsonb;
begin
  if province is null or province not in ('AB', 'BC', 'MB', 'NB', 'NL', 'NS', 'NT', 'NU', 'ON', 'PE', 'QC', 'SK', 'YT') then
    raise sqlstate 'PT400' using message = pg_catalog.format('there is no province %s', coalesce(pg_catalog.quote_literal(pg_catalog.left(province, 80)), 'NULL')),
      hint = 'province is one of AB, BC, MB, NB, NL, NS, NT, NU, ON, PE, QC, SK, YT';
  elsif window_days is null or window_days not between 1 and 3660 then
    raise sqlstate 'PT400' using message = pg_catalog.format('a window of %s days cannot be shown', coalesce(window_days::text, 'NULL')),
      hint = 'window_days is 1 to 3660';
  end if;
  months := greatest(1, pg_catalog.round(window_days / 30.4375));
  select g.date into newest from public.stream_provincial_generation g where g.province_code = province order by g.date desc limit 1;

  with rows as materialized (
    select g.generation_type, g.generation_gwh::numeric as generation_gwh, g.version::bigint as load_id
    from public.stream_provincial_generation g
    where g.province_code = province and g.date <= newest and g.date > newest - pg_catalog.make_interval(months => months)
  ), kinds as (
    select r.generation_type, sum(r.generation_gwh) as gwh, count(*) filter (where r.generation_gwh is null) as withheld
    from rows r group by r.generation_type
  ), total as (
    select sum(k.gwh) as gwh, sum(k.withheld) as withheld,
      pg_catalog.jsonb_object_agg(k.generation_type, k.withheld) filter (where k.withheld > 0) as withheld_by_source,
      coalesce(sum(k.gwh) filter (where k.generation_type in ('hydraulic turbine', 'wind power turbine', 'solar', 'tidal power turbine')), 0) as renewable,
      pg_catalog.jsonb_object_agg(k.generation_type, k.gwh) as by_source,
      (pg_catalog.array_agg(k.generation_type order by k.gwh desc, k.generation_type) filter (where k.gwh is not null))[1] as top_source
    from kinds k
  )
  select
    pg_catalog.jsonb_build_object(
      'total_gwh', t.gwh, 'by_source', coalesce(t.by_source, '{}'), 'top_source', t.top_source,
      -- A withheld cell is not 0: with one in the window nobody knows the share.
      'renewable_share_percent', case when t.gwh > 0 and t.withheld = 0 then pg_catalog.round(100 * t.renewable / t.gwh, 2) end),
    pg_catalog.jsonb_build_object(
      'rows', (select count(*) from rows), 'withheld_rows', coalesce(t.withheld, 0), 'withheld_by_source', coalesce(t.withheld_by_source, '{}'),
      'sources', (select coalesce(pg_catalog.jsonb_agg(distinct public.load_source(v.load_id)), '[]') from (select distinct r.load_id from rows r) v),
      'window_ends_at', 'newest data', 'renewable_sources', '["hydraulic turbine", "wind power turbine", "solar", "tidal power turbine"]'::jsonb),
    (select pg_catalog.array_agg(distinct r.load_id) from rows r)
  into generation, metadata, loads
  from total t;

  select pg_catalog.jsonb_build_object(
      'region', d.region, 'observed_at', d.observed_at, 'period', d.period, 'demand_mw', d.demand_mw, 'source', d.source)
  into demand
  from public.latest_demand d where d.province = province;

  return pg_catalog.jsonb_build_object(
    'province', province,
    'period', pg_catalog.jsonb_build_object(
      'window_days', window_days, 'months', months,
      'start', (newest - pg_catalog.make_interval(months => months - 1))::date,
      'end', (newest + interval '1 month')::date),
    'generation', generation,
    'latest_demand', demand,
    'metadata', metadata,
    'provenance', public.provenance_of_loads(loads, newest::timestamp at time zone 'UTC', 'provincial-generation',
      'sum of published monthly net generation; withheld cells are not in it'));
end
$$;
comment on function public.provincial_metrics(text, int) is 'Generation of a province (13 two-letter codes, upper case) over the newest whole months that window_days amounts to, and its newest demand. Other arguments: PT400.';
revoke all on function public.provincial_metrics(text, int) from public, anon, authenticated, service_role;
grant execute on function public.provincial_metrics(text, int) to anon, authenticated, service_role;

create or replace function public.national_overview() returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  demand record;
  newest date;
  generation record;
  alberta public.alberta_supply_demand;
  seen timestamptz;
  weather jsonb;
  weather_loads bigint[];
  all_seen timestamptz;
begin
  select d.hour, d.market_demand_mw, d.ontario_demand_mw, d.load_id into demand
  from public.ontario_hourly_demand d where d.ontario_demand_mw is not null order by d.hour desc limit 1;

  select g.date into newest from public.stream_provincial_generation g order by g.date desc limit 1;
  select sum(p.gwh) as gwh, coalesce(sum(p.withheld), 0) as withheld,
    (select pg_catalog.array_agg(distinct g.version::bigint) from public.stream_provincial_generation g where g.date = newest) as loads,
    coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
      'province', p.province_code, 'generation_gwh', p.gwh, 'withheld_rows', p.withheld) order by p.gwh desc nulls last, p.province_code), '[]') as by_province
  into generation
  from (
    select g.province_code, sum(g.generation_gwh::numeric) as gwh, count(*) filter (where g.generation_gwh is null) as withheld
    from public.stream_provincial_generation g where g.date = newest group by g.province_code
  ) p;

  select * into alberta from public.alberta_supply_demand a order by a.timestamp desc limit 1;

  select w.timestamp into seen from public.weather_data w order by w.timestamp desc limit 1;
  select pg_catalog.jsonb_agg(pg_catalog.to_jsonb(w) - 'load_id' order by w.timestamp desc, w.station_id), pg_catalog.array_agg(distinct w.load_id), min(w.timestamp)
  into weather, weather_loads, all_seen
  from (
    select each.* from (
      select distinct on (o.station_id) o.timestamp, o.station_id, o.temperature_c, o.relative_humidity_percent, o.wind_speed_m_s, o.precipitation_mm, o.load_id
      from public.weather_data o where o.timestamp > seen - interval '6 hours' order by o.station_id, o.timestamp desc
    ) each order by each.timestamp desc, each.station_id limit 5
  ) w;

  return pg_catalog.jsonb_build_object(
    'timestamp', now(),
    'demand', case when demand.hour is not null then pg_catalog.jsonb_build_object(
      'hour', demand.hour, 'market_demand_mw', demand.market_demand_mw, 'ontario_demand_mw', demand.ontario_demand_mw) end,
    'generation', pg_catalog.jsonb_build_object(
      'total_generation_gwh', generation.gwh, 'withheld_rows', generation.withheld, 'by_province', generation.by_province,
      'window_start', newest, 'window_end', (newest + interval '1 month')::date),
    'alberta', case when alberta.timestamp is not null then pg_catalog.to_jsonb(alberta) - 'load_id' end,
    'weather', coalesce(weather, '[]'),
    'metadata', pg_catalog.jsonb_build_object(
      'generation_window', 'the newest month that any province has; the rows are monthly', 'weather_window', 'newest observation of each station, 6 hours up to the newest of all'),
    'provenance', pg_catalog.jsonb_build_object(
      'ontario_demand', public.provenance_object(demand.load_id, demand.hour, 'ontario-demand'),
      'generation', public.provenance_of_loads(generation.loads, newest::timestamp at time zone 'UTC', 'provincial-generation',
        'sum of published monthly net generation; withheld cells are not in it'),
      'alberta', public.provenance_object(alberta.load_id, alberta.timestamp, 'aeso-grid-data'),
      'weather', public.provenance_of_loads(weather_loads, all_seen)));
end
$$;
comment on function public.national_overview() is 'The newest of everything: Ontario''s demand, generation of the newest month by province, Alberta''s supply and demand, weather of at most 5 stations.';
revoke all on function public.national_overview() from public, anon, authenticated, service_role;
grant execute on function public.national_overview() to anon, authenticated, service_role;

create or replace function public.trends(timeframe text default '30d') returns jsonb
language plpgsql stable set search_path = '' as $$
#variable_conflict use_variable
declare
  days int := case when timeframe ~ '^[1-9][0-9]{0,2}d$' then pg_catalog.left(timeframe, -1)::int end;
  months int;
  newest record;
  window_start timestamptz;
  window_end timestamptz;
  by_day jsonb;
  measured bigint;
  newest_month date;
  by_month jsonb;
  demand_loads bigint[];
  month_loads bigint[];
begin
  if days is null or days > 366 then
    raise sqlstate 'PT400' using message = pg_catalog.format('there is no timeframe %s', coalesce(pg_catalog.quote_literal(pg_catalog.left(timeframe, 80)), 'NULL')),
      hint = 'timeframe is 1d to 366d';
  end if;
  months := greatest(1, pg_catalog.round(days / 30.4375));

  select d.hour into newest
  from public.ontario_hourly_demand d where d.ontario_demand_mw is not null order by d.hour desc limit 1;
  window_end := newest.hour + interval '1 hour';
  window_start := window_end - pg_catalog.make_interval(hours => 24 * days);
  with rows as materialized (
    select d.hour, d.ontario_demand_mw, d.load_id
    from public.ontario_hourly_demand d
    where d.hour >= window_start and d.hour < window_end and d.ontario_demand_mw is not null
  )
  select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
      'date', e.date, 'hours', e.hours, 'average_mw', e.average, 'minimum_mw', e.minimum, 'maximum_mw', e.maximum, 'energy_gwh', e.gwh) order by e.date),
    sum(e.hours), (select pg_catalog.array_agg(distinct r.load_id) from rows r)
  into by_day, measured, demand_loads
  from (
    select (d.hour at time zone interval '-05:00')::date as date, count(*) as hours, pg_catalog.round(avg(d.ontario_demand_mw::numeric), 2) as average,
      min(d.ontario_demand_mw) as minimum, max(d.ontario_demand_mw) as maximum, pg_catalog.trim_scale(sum(d.ontario_demand_mw::numeric) / 1000) as gwh
    from rows d
    group by 1
  ) e;

  select g.date into newest_month from public.stream_provincial_generation g order by g.date desc limit 1;
  with rows as materialized (
    select g.date, g.province_code, g.generation_gwh, g.version::bigint as load_id
    from public.stream_provincial_generation g
    where g.date <= newest_month and g.date > newest_month - pg_catalog.make_interval(months => months)
  )
  select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
      'date', e.date, 'total_gwh', e.gwh, 'provinces', e.provinces, 'withheld_rows', e.withheld) order by e.date),
    (select pg_catalog.array_agg(distinct r.load_id) from rows r)
  into by_month, month_loads
  from (
    select g.date, sum(g.generation_gwh::numeric) as gwh, count(distinct g.province_code) as provinces,
      count(*) filter (where g.generation_gwh is null) as withheld
    from rows g
    group by g.date
  ) e;

  return pg_catalog.jsonb_build_object(
    'timeframe', timeframe,
    'window', pg_catalog.jsonb_build_object(
      'start', window_start, 'end', window_end, 'days', days, 'months', months,
      'generation_start', (newest_month - pg_catalog.make_interval(months => months - 1))::date,
      'generation_end', (newest_month + interval '1 month')::date),
    'generation', coalesce(by_month, '[]'),
    'ontario_demand', coalesce(by_day, '[]'),
    'metadata', pg_catalog.jsonb_build_object(
      'completeness_pct', pg_catalog.round(100.0 * measured / (24 * days), 2),
      'expected_hours', case when measured is not null then 24 * days end, 'measured_hours', measured, 'window_ends_at', 'newest data'),
    'provenance', pg_catalog.jsonb_build_object(
      'ontario_demand', public.provenance_of_loads(demand_loads, newest.hour, 'ontario-demand', 'by day of EST (UTC-5), over the hours that were measured'),
      'generation', public.provenance_of_loads(month_loads, newest_month::timestamp at time zone 'UTC', 'provincial-generation',
        'sum of published monthly net generation; withheld cells are not in it')));
end
$$;
comment on function public.trends(text) is 'Ontario''s demand by day over the last days (1d to 366d) that end at the newest measured hour, generation by month over as many whole months, and the percentage of the window''s hours that were measured. Other timeframes: PT400.';
revoke all on function public.trends(text) from public, anon, authenticated, service_role;
grant execute on function public.trends(text) to anon, authenticated, service_role;
