-- Weather by province and hour, in the shape that its writers insert. No dataset feeds it yet: weather_data holds what stations measured.

-- load_id has no default: rows come from a load, so nothing can be stored whose source is not known.
create table if not exists public.weather_observations (
  province text not null,
  "timestamp" timestamp with time zone not null,
  data_source text not null,
  temperature_c double precision,
  wind_speed_kmh double precision,
  wind_direction_degrees double precision,
  cloud_cover_percent double precision,
  solar_irradiance_w_m2 double precision,
  humidity_percent double precision,
  pressure_hpa double precision,
  confidence_score double precision,
  provenance text not null,
  quality_flags jsonb,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint weather_observations_pkey primary key (province, "timestamp", data_source),
  constraint weather_observations_data_source_check check (data_source in ('eccc', 'open_meteo', 'noaa', 'manual', 'calibrated')),
  constraint weather_observations_provenance_check check (provenance in ('real_time', 'historical_archive', 'forecast', 'indicative')),
  constraint weather_observations_wind_direction_degrees_check check (wind_direction_degrees between 0 and 360),
  constraint weather_observations_cloud_cover_percent_check check (cloud_cover_percent between 0 and 100),
  constraint weather_observations_humidity_percent_check check (humidity_percent between 0 and 100),
  constraint weather_observations_confidence_score_check check (confidence_score between 0 and 1)
);
comment on table public.weather_observations is 'Weather of a province at an instant, from a source that says how it was made. Empty until a dataset feeds it.';
comment on column public.weather_observations.province is 'Full name of the province: Ontario, Alberta.';
comment on column public.weather_observations."timestamp" is 'Instant of the observation, or start of the hour. Unit: UTC.';
comment on column public.weather_observations.data_source is 'eccc, open_meteo, noaa, manual or calibrated.';
comment on column public.weather_observations.temperature_c is 'Air temperature. Unit: °C.';
comment on column public.weather_observations.wind_speed_kmh is 'Wind speed. Unit: km/h.';
comment on column public.weather_observations.wind_direction_degrees is 'Where the wind comes from, clockwise from north. Unit: degrees.';
comment on column public.weather_observations.cloud_cover_percent is 'Unit: %.';
comment on column public.weather_observations.solar_irradiance_w_m2 is 'Global horizontal irradiance. Unit: W/m².';
comment on column public.weather_observations.humidity_percent is 'Relative humidity. Unit: %.';
comment on column public.weather_observations.pressure_hpa is 'Unit: hPa.';
comment on column public.weather_observations.confidence_score is '0 to 1, as the source gives it.';
comment on column public.weather_observations.provenance is 'real_time, historical_archive, forecast or indicative. No default: the load says it.';
comment on column public.weather_observations.quality_flags is 'Flags as the source gives them.';
comment on column public.weather_observations.created_at is 'When this version of the row was written.';
comment on column public.weather_observations.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.weather_observations enable row level security;
revoke all on public.weather_observations from public, anon, authenticated, service_role;
grant select on public.weather_observations to anon, authenticated;
grant select, insert, update, delete on public.weather_observations to service_role;
drop policy if exists weather_observations_read on public.weather_observations;
create policy weather_observations_read on public.weather_observations for select to anon, authenticated using (true);
drop policy if exists weather_observations_service on public.weather_observations;
create policy weather_observations_service on public.weather_observations for all to service_role using (true) with check (true);

create table if not exists history.weather_observations (
  province text not null,
  "timestamp" timestamp with time zone not null,
  data_source text not null,
  temperature_c double precision,
  wind_speed_kmh double precision,
  wind_direction_degrees double precision,
  cloud_cover_percent double precision,
  solar_irradiance_w_m2 double precision,
  humidity_percent double precision,
  pressure_hpa double precision,
  confidence_score double precision,
  provenance text not null,
  quality_flags jsonb,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint weather_observations_pkey primary key (province, "timestamp", data_source, load_id)
);
create index if not exists weather_observations_closed_by_load_id_idx on history.weather_observations (closed_by_load_id);
comment on table history.weather_observations is 'Closed versions of public.weather_observations: revised or withdrawn by the publisher.';
comment on column history.weather_observations.province is 'Full name of the province: Ontario, Alberta.';
comment on column history.weather_observations."timestamp" is 'Instant of the observation, or start of the hour. Unit: UTC.';
comment on column history.weather_observations.data_source is 'eccc, open_meteo, noaa, manual or calibrated.';
comment on column history.weather_observations.temperature_c is 'Air temperature. Unit: °C.';
comment on column history.weather_observations.wind_speed_kmh is 'Wind speed. Unit: km/h.';
comment on column history.weather_observations.wind_direction_degrees is 'Where the wind comes from, clockwise from north. Unit: degrees.';
comment on column history.weather_observations.cloud_cover_percent is 'Unit: %.';
comment on column history.weather_observations.solar_irradiance_w_m2 is 'Global horizontal irradiance. Unit: W/m².';
comment on column history.weather_observations.humidity_percent is 'Relative humidity. Unit: %.';
comment on column history.weather_observations.pressure_hpa is 'Unit: hPa.';
comment on column history.weather_observations.confidence_score is '0 to 1, as the source gives it.';
comment on column history.weather_observations.provenance is 'real_time, historical_archive, forecast or indicative. No default: the load says it.';
comment on column history.weather_observations.quality_flags is 'Flags as the source gives them.';
comment on column history.weather_observations.created_at is 'When this version of the row was written.';
comment on column history.weather_observations.load_id is 'The load that wrote this version.';
comment on column history.weather_observations.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.weather_observations enable row level security;
revoke all on history.weather_observations from public, anon, authenticated, service_role;
grant select on history.weather_observations to service_role;
drop policy if exists weather_observations_service on history.weather_observations;
create policy weather_observations_service on history.weather_observations for select to service_role using (true);
