-- Hourly weather at stations, and which station stands for a place when.

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.weather_data (
  timestamp timestamp with time zone not null,
  station_id text not null,
  temperature_c double precision,
  dew_point_c double precision,
  relative_humidity_percent double precision,
  precipitation_mm double precision,
  wind_direction_deg double precision,
  wind_speed_m_s double precision,
  visibility_km double precision,
  station_pressure_kpa double precision,
  humidex double precision,
  wind_chill double precision,
  weather text,
  flags text,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint weather_data_pkey primary key (timestamp, station_id)
);
comment on table public.weather_data is 'Hourly weather observations at stations.';
comment on column public.weather_data.timestamp is 'Instant of the observation, neither start nor end of an hour. Join rule: timestamp = hour gives the conditions at the start of that hour; the observation one hour later those at its end. Unit: UTC.';
comment on column public.weather_data.station_id is 'Climate ID of the station (6158731), not ECCC''s internal number. Where stations follow each other at a place, see weather_by_place.';
comment on column public.weather_data.temperature_c is 'Air temperature. Unit: °C.';
comment on column public.weather_data.dew_point_c is 'Dew point temperature. Unit: °C.';
comment on column public.weather_data.relative_humidity_percent is 'Relative humidity. Unit: %.';
comment on column public.weather_data.precipitation_mm is 'Precipitation of the hour up to the observation; NULL in files from before ECCC published it by the hour. Unit: mm.';
comment on column public.weather_data.wind_direction_deg is 'Direction that the wind blows from, true: 360 is north, 0 is calm. Published in tens of degrees, times 10. Unit: °.';
comment on column public.weather_data.wind_speed_m_s is 'Wind speed: the published km/h divided by 3.6. Unit: m/s.';
comment on column public.weather_data.visibility_km is 'Horizontal visibility. Unit: km.';
comment on column public.weather_data.station_pressure_kpa is 'Pressure at the station''s height, not reduced to sea level. Unit: kPa.';
comment on column public.weather_data.humidex is 'Humidex; NULL where it does not apply (cool or dry air).';
comment on column public.weather_data.wind_chill is 'Wind chill index; NULL where it does not apply (mild or calm air).';
comment on column public.weather_data.weather is 'Weather as the observer or the station named it (`Rain,Fog`); NULL where none was observed, which ECCC publishes as NA.';
comment on column public.weather_data.flags is 'What ECCC says about single cells, `element:flag` joined by commas (`temperature:E,precipitation:T`): M missing, E estimated, T trace, others as published; `row` is the row''s own flag. NULL: none.';
comment on column public.weather_data.created_at is 'When this version of the row was written.';
comment on column public.weather_data.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.weather_data enable row level security;
revoke all on public.weather_data from public, anon, authenticated, service_role;
grant select on public.weather_data to anon, authenticated;
grant select, insert, update, delete on public.weather_data to service_role;
drop policy if exists weather_data_read on public.weather_data;
create policy weather_data_read on public.weather_data for select to anon, authenticated using (true);
drop policy if exists weather_data_service on public.weather_data;
create policy weather_data_service on public.weather_data for all to service_role using (true) with check (true);

create table if not exists history.weather_data (
  timestamp timestamp with time zone not null,
  station_id text not null,
  temperature_c double precision,
  dew_point_c double precision,
  relative_humidity_percent double precision,
  precipitation_mm double precision,
  wind_direction_deg double precision,
  wind_speed_m_s double precision,
  visibility_km double precision,
  station_pressure_kpa double precision,
  humidex double precision,
  wind_chill double precision,
  weather text,
  flags text,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint weather_data_pkey primary key (timestamp, station_id, load_id)
);
create index if not exists weather_data_closed_by_load_id_idx on history.weather_data (closed_by_load_id);
comment on table history.weather_data is 'Closed versions of public.weather_data: revised or withdrawn by the publisher.';
comment on column history.weather_data.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.weather_data enable row level security;
revoke all on history.weather_data from public, anon, authenticated, service_role;
grant select on history.weather_data to service_role;
drop policy if exists weather_data_service on history.weather_data;
create policy weather_data_service on history.weather_data for select to service_role using (true);

-- Reference data of ours, not of a publisher: it has no load.
create table if not exists public.weather_place_station (
  place text not null,
  station_id text not null,
  valid_from timestamp with time zone not null,
  valid_until timestamp with time zone not null,
  constraint weather_place_station_pkey primary key (place, valid_from),
  constraint weather_place_station_order check (valid_from < valid_until)
);
comment on table public.weather_place_station is 'Which station stands for a place in which time: stations are replaced by others, with another Climate ID.';
comment on column public.weather_place_station.place is 'Airport: Toronto Pearson, Calgary International, Edmonton International.';
comment on column public.weather_place_station.station_id is 'Climate ID, as in weather_data.';
comment on column public.weather_place_station.valid_from is 'First instant, included; the periods of a place do not overlap. Unit: UTC.';
comment on column public.weather_place_station.valid_until is 'Last instant, excluded; infinity while it goes on. Unit: UTC.';
insert into public.weather_place_station (place, station_id, valid_from, valid_until) values
  ('Toronto Pearson', '6158733', '-infinity', '2013-06-11T05:00:00Z'),
  ('Toronto Pearson', '6158731', '2013-06-11T05:00:00Z', 'infinity'),
  ('Calgary International', '3031093', '-infinity', '2012-07-09T07:00:00Z'),
  ('Calgary International', '3031092', '2012-07-09T07:00:00Z', 'infinity'),
  ('Edmonton International', '3012216', '-infinity', 'infinity')
on conflict (place, valid_from) do nothing;
alter table public.weather_place_station enable row level security;
revoke all on public.weather_place_station from public, anon, authenticated, service_role;
grant select on public.weather_place_station to anon, authenticated;
grant select, insert, update, delete on public.weather_place_station to service_role;
drop policy if exists weather_place_station_read on public.weather_place_station;
create policy weather_place_station_read on public.weather_place_station for select to anon, authenticated using (true);
drop policy if exists weather_place_station_service on public.weather_place_station;
create policy weather_place_station_service on public.weather_place_station for all to service_role using (true) with check (true);

create or replace view public.weather_by_place with (security_invoker = true) as
select
  p.place,
  w."timestamp",
  w.station_id,
  w.temperature_c,
  w.dew_point_c,
  w.relative_humidity_percent,
  w.precipitation_mm,
  w.wind_direction_deg,
  w.wind_speed_m_s,
  w.visibility_km,
  w.station_pressure_kpa,
  w.humidex,
  w.wind_chill,
  w.weather,
  w.flags,
  w.load_id
from public.weather_data w
join public.weather_place_station p on p.station_id = w.station_id and w."timestamp" >= p.valid_from and w."timestamp" < p.valid_until;
comment on view public.weather_by_place is 'The series of a place across its stations: where two observed at the same time, the one that weather_place_station names. station_id shows the seam.';
revoke all on public.weather_by_place from public, anon, authenticated, service_role;
grant select on public.weather_by_place to anon, authenticated, service_role;
