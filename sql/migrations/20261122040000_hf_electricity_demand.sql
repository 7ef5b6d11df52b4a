-- The table of hf-electricity-demand, written from its contract. Measured values are double precision: the numeric(10,2) of the platform
-- would round kilowatt hours of a quarter of an hour.

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.hf_electricity_demand (
  datetime timestamp with time zone not null,
  household_id text not null,
  electricity_demand double precision,
  temperature double precision,
  humidity double precision,
  wind_speed double precision,
  solar_irradiance double precision,
  location text not null,
  day_of_week integer not null,
  hour integer not null,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint hf_electricity_demand_pkey primary key (datetime, household_id)
);
comment on table public.hf_electricity_demand is 'Electricity demand of households and buildings.';
comment on column public.hf_electricity_demand.datetime is 'Start of the period; published on the local clock of the meter, converted with the zone that the metadata give it. Unit: UTC.';
comment on column public.hf_electricity_demand.household_id is 'The meter: unique_id as published.';
comment on column public.hf_electricity_demand.electricity_demand is 'Energy of the period, whose length differs by meter: 15, 30 or 60 minutes. NULL where the meter gave none. Unit: kWh.';
comment on column public.hf_electricity_demand.temperature is 'Air temperature at the start of the hour that the period lies in, from the weather file. NULL where it has no row. Unit: °C.';
comment on column public.hf_electricity_demand.humidity is 'Relative humidity, as temperature. Unit: %.';
comment on column public.hf_electricity_demand.wind_speed is 'Wind speed 10 m above ground, as temperature. The unit is the default of Open-Meteo, the data set does not say it. Unit: km/h.';
comment on column public.hf_electricity_demand.solar_irradiance is 'Shortwave radiation on the horizontal, as temperature. Unit: W/m².';
comment on column public.hf_electricity_demand.location is 'Place of the meter as published; its geohash where the place has no name.';
comment on column public.hf_electricity_demand.day_of_week is 'Of the local day, 0 = Sunday.';
comment on column public.hf_electricity_demand.hour is 'Hour of the local clock, 0 to 23.';
comment on column public.hf_electricity_demand.created_at is 'When this version of the row was written.';
comment on column public.hf_electricity_demand.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.hf_electricity_demand enable row level security;
revoke all on public.hf_electricity_demand from public, anon, authenticated, service_role;
grant select on public.hf_electricity_demand to anon, authenticated;
grant select, insert, update, delete on public.hf_electricity_demand to service_role;
drop policy if exists hf_electricity_demand_read on public.hf_electricity_demand;
create policy hf_electricity_demand_read on public.hf_electricity_demand for select to anon, authenticated using (true);
drop policy if exists hf_electricity_demand_service on public.hf_electricity_demand;
create policy hf_electricity_demand_service on public.hf_electricity_demand for all to service_role using (true) with check (true);

create table if not exists history.hf_electricity_demand (
  datetime timestamp with time zone not null,
  household_id text not null,
  electricity_demand double precision,
  temperature double precision,
  humidity double precision,
  wind_speed double precision,
  solar_irradiance double precision,
  location text not null,
  day_of_week integer not null,
  hour integer not null,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint hf_electricity_demand_pkey primary key (datetime, household_id, load_id)
);
create index if not exists hf_electricity_demand_closed_by_load_id_idx on history.hf_electricity_demand (closed_by_load_id);
comment on table history.hf_electricity_demand is 'Closed versions of public.hf_electricity_demand: revised or withdrawn by the publisher.';
comment on column history.hf_electricity_demand.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.hf_electricity_demand enable row level security;
revoke all on history.hf_electricity_demand from public, anon, authenticated, service_role;
grant select on history.hf_electricity_demand to service_role;
drop policy if exists hf_electricity_demand_service on history.hf_electricity_demand;
create policy hf_electricity_demand_service on history.hf_electricity_demand for select to service_role using (true);
