-- The tables of ieso-demand, ieso-generation-by-fuel and ieso-hoep, written from their contracts.

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.ontario_hourly_demand (
  hour timestamp with time zone not null,
  market_demand_mw double precision,
  ontario_demand_mw double precision,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint ontario_hourly_demand_pkey primary key (hour)
);
comment on table public.ontario_hourly_demand is 'Ontario hourly demand.';
comment on column public.ontario_hourly_demand.hour is 'Start of the hour. Unit: UTC.';
comment on column public.ontario_hourly_demand.market_demand_mw is 'Ontario demand plus exports, average of the hour. Unit: MW.';
comment on column public.ontario_hourly_demand.ontario_demand_mw is 'Demand inside Ontario, average of the hour. Unit: MW.';
comment on column public.ontario_hourly_demand.created_at is 'When this version of the row was written.';
comment on column public.ontario_hourly_demand.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.ontario_hourly_demand enable row level security;
revoke all on public.ontario_hourly_demand from public, anon, authenticated, service_role;
grant select on public.ontario_hourly_demand to anon, authenticated;
grant select, insert, update, delete on public.ontario_hourly_demand to service_role;
drop policy if exists ontario_hourly_demand_read on public.ontario_hourly_demand;
create policy ontario_hourly_demand_read on public.ontario_hourly_demand for select to anon, authenticated using (true);
drop policy if exists ontario_hourly_demand_service on public.ontario_hourly_demand;
create policy ontario_hourly_demand_service on public.ontario_hourly_demand for all to service_role using (true) with check (true);

create table if not exists history.ontario_hourly_demand (
  hour timestamp with time zone not null,
  market_demand_mw double precision,
  ontario_demand_mw double precision,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint ontario_hourly_demand_pkey primary key (hour, load_id)
);
create index if not exists ontario_hourly_demand_closed_by_load_id_idx on history.ontario_hourly_demand (closed_by_load_id);
comment on table history.ontario_hourly_demand is 'Closed versions of public.ontario_hourly_demand: revised or withdrawn by the publisher.';
comment on column history.ontario_hourly_demand.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.ontario_hourly_demand enable row level security;
revoke all on history.ontario_hourly_demand from public, anon, authenticated, service_role;
grant select on history.ontario_hourly_demand to service_role;
drop policy if exists ontario_hourly_demand_service on history.ontario_hourly_demand;
create policy ontario_hourly_demand_service on history.ontario_hourly_demand for select to service_role using (true);

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.ontario_generation_by_fuel (
  hour timestamp with time zone not null,
  fuel text not null,
  output_mw double precision,
  output_quality integer,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint ontario_generation_by_fuel_pkey primary key (hour, fuel)
);
comment on table public.ontario_generation_by_fuel is 'Ontario hourly generation by fuel.';
comment on column public.ontario_generation_by_fuel.hour is 'Start of the hour. Unit: UTC.';
comment on column public.ontario_generation_by_fuel.fuel is 'Fuel as IESO names it: NUCLEAR, GAS, HYDRO, WIND, SOLAR, BIOFUEL, OTHER …';
comment on column public.ontario_generation_by_fuel.output_mw is 'Average output of the hour; NULL where IESO published none. Unit: MW.';
comment on column public.ontario_generation_by_fuel.output_quality is 'Minus the number of missing inputs; 0 is complete.';
comment on column public.ontario_generation_by_fuel.created_at is 'When this version of the row was written.';
comment on column public.ontario_generation_by_fuel.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.ontario_generation_by_fuel enable row level security;
revoke all on public.ontario_generation_by_fuel from public, anon, authenticated, service_role;
grant select on public.ontario_generation_by_fuel to anon, authenticated;
grant select, insert, update, delete on public.ontario_generation_by_fuel to service_role;
drop policy if exists ontario_generation_by_fuel_read on public.ontario_generation_by_fuel;
create policy ontario_generation_by_fuel_read on public.ontario_generation_by_fuel for select to anon, authenticated using (true);
drop policy if exists ontario_generation_by_fuel_service on public.ontario_generation_by_fuel;
create policy ontario_generation_by_fuel_service on public.ontario_generation_by_fuel for all to service_role using (true) with check (true);

create table if not exists history.ontario_generation_by_fuel (
  hour timestamp with time zone not null,
  fuel text not null,
  output_mw double precision,
  output_quality integer,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint ontario_generation_by_fuel_pkey primary key (hour, fuel, load_id)
);
create index if not exists ontario_generation_by_fuel_closed_by_load_id_idx on history.ontario_generation_by_fuel (closed_by_load_id);
comment on table history.ontario_generation_by_fuel is 'Closed versions of public.ontario_generation_by_fuel: revised or withdrawn by the publisher.';
comment on column history.ontario_generation_by_fuel.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.ontario_generation_by_fuel enable row level security;
revoke all on history.ontario_generation_by_fuel from public, anon, authenticated, service_role;
grant select on history.ontario_generation_by_fuel to service_role;
drop policy if exists ontario_generation_by_fuel_service on history.ontario_generation_by_fuel;
create policy ontario_generation_by_fuel_service on history.ontario_generation_by_fuel for select to service_role using (true);

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.ontario_prices (
  datetime timestamp with time zone not null,
  hoep double precision,
  predispatch_1h_cad_per_mwh double precision,
  predispatch_2h_cad_per_mwh double precision,
  predispatch_3h_cad_per_mwh double precision,
  or_10min_sync_cad_per_mwh double precision,
  or_10min_non_sync_cad_per_mwh double precision,
  or_30min_cad_per_mwh double precision,
  global_adjustment double precision,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint ontario_prices_pkey primary key (datetime)
);
comment on table public.ontario_prices is 'Ontario hourly energy price (HOEP), to 2025-04-30.';
comment on column public.ontario_prices.datetime is 'Start of the hour. Unit: UTC.';
comment on column public.ontario_prices.hoep is 'Hourly Ontario Energy Price: average of the twelve 5-minute prices. Unit: CAD/MWh.';
comment on column public.ontario_prices.predispatch_1h_cad_per_mwh is 'Price foreseen one hour ahead. Unit: CAD/MWh.';
comment on column public.ontario_prices.predispatch_2h_cad_per_mwh is 'Price foreseen two hours ahead. Unit: CAD/MWh.';
comment on column public.ontario_prices.predispatch_3h_cad_per_mwh is 'Price foreseen three hours ahead. Unit: CAD/MWh.';
comment on column public.ontario_prices.or_10min_sync_cad_per_mwh is 'Operating reserve, 10 minutes, synchronised. Blank before 2018. Unit: CAD/MWh.';
comment on column public.ontario_prices.or_10min_non_sync_cad_per_mwh is 'Operating reserve, 10 minutes, not synchronised. Blank before 2018. Unit: CAD/MWh.';
comment on column public.ontario_prices.or_30min_cad_per_mwh is 'Operating reserve, 30 minutes. Blank before 2018. Unit: CAD/MWh.';
comment on column public.ontario_prices.global_adjustment is 'Kept for the platform; no source gives it, so it is always NULL.';
comment on column public.ontario_prices.created_at is 'When this version of the row was written.';
comment on column public.ontario_prices.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.ontario_prices enable row level security;
revoke all on public.ontario_prices from public, anon, authenticated, service_role;
grant select on public.ontario_prices to anon, authenticated;
grant select, insert, update, delete on public.ontario_prices to service_role;
drop policy if exists ontario_prices_read on public.ontario_prices;
create policy ontario_prices_read on public.ontario_prices for select to anon, authenticated using (true);
drop policy if exists ontario_prices_service on public.ontario_prices;
create policy ontario_prices_service on public.ontario_prices for all to service_role using (true) with check (true);

create table if not exists history.ontario_prices (
  datetime timestamp with time zone not null,
  hoep double precision,
  predispatch_1h_cad_per_mwh double precision,
  predispatch_2h_cad_per_mwh double precision,
  predispatch_3h_cad_per_mwh double precision,
  or_10min_sync_cad_per_mwh double precision,
  or_10min_non_sync_cad_per_mwh double precision,
  or_30min_cad_per_mwh double precision,
  global_adjustment double precision,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint ontario_prices_pkey primary key (datetime, load_id)
);
create index if not exists ontario_prices_closed_by_load_id_idx on history.ontario_prices (closed_by_load_id);
comment on table history.ontario_prices is 'Closed versions of public.ontario_prices: revised or withdrawn by the publisher.';
comment on column history.ontario_prices.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.ontario_prices enable row level security;
revoke all on history.ontario_prices from public, anon, authenticated, service_role;
grant select on history.ontario_prices to service_role;
drop policy if exists ontario_prices_service on history.ontario_prices;
create policy ontario_prices_service on history.ontario_prices for select to service_role using (true);
