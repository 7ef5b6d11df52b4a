-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.alberta_asset_generation (
  timestamp timestamp with time zone not null,
  asset_id text not null,
  asset_name text not null,
  asset_group text,
  fuel text,
  maximum_capability_mw double precision,
  net_generation_mw double precision,
  dispatched_contingency_reserve_mw double precision,
  marks text,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint alberta_asset_generation_pkey primary key (timestamp, asset_id)
);
comment on table public.alberta_asset_generation is 'Alberta generation by asset now.';
comment on column public.alberta_asset_generation.timestamp is 'Instant of the report: its ''Last Update''. Unit: UTC.';
comment on column public.alberta_asset_generation.asset_id is 'AESO''s short name of the asset, as in asset lists: GN3.';
comment on column public.alberta_asset_generation.asset_name is 'Name as published, without id and marks.';
comment on column public.alberta_asset_generation.asset_group is 'Heading above the asset (Simple Cycle, Cogeneration …); NULL where its block has none.';
comment on column public.alberta_asset_generation.fuel is 'The fuel whose row has exactly the block''s totals of MC, TNG and DCR; NULL where no fuel or several have. The report does not name it.';
comment on column public.alberta_asset_generation.maximum_capability_mw is 'Maximum capability (MC). Unit: MW.';
comment on column public.alberta_asset_generation.net_generation_mw is 'Total net generation (TNG); storage that charges is negative. Unit: MW.';
comment on column public.alberta_asset_generation.dispatched_contingency_reserve_mw is 'Dispatched contingency reserve (DCR). Unit: MW.';
comment on column public.alberta_asset_generation.marks is 'Marks behind the name, as published; the file does not say what they mean.';
comment on column public.alberta_asset_generation.created_at is 'When this version of the row was written.';
comment on column public.alberta_asset_generation.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.alberta_asset_generation enable row level security;
revoke all on public.alberta_asset_generation from public, anon, authenticated, service_role;
grant select on public.alberta_asset_generation to anon, authenticated;
grant select, insert, update, delete on public.alberta_asset_generation to service_role;
drop policy if exists alberta_asset_generation_read on public.alberta_asset_generation;
create policy alberta_asset_generation_read on public.alberta_asset_generation for select to anon, authenticated using (true);
drop policy if exists alberta_asset_generation_service on public.alberta_asset_generation;
create policy alberta_asset_generation_service on public.alberta_asset_generation for all to service_role using (true) with check (true);

create table if not exists history.alberta_asset_generation (
  timestamp timestamp with time zone not null,
  asset_id text not null,
  asset_name text not null,
  asset_group text,
  fuel text,
  maximum_capability_mw double precision,
  net_generation_mw double precision,
  dispatched_contingency_reserve_mw double precision,
  marks text,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint alberta_asset_generation_pkey primary key (timestamp, asset_id, load_id)
);
create index if not exists alberta_asset_generation_closed_by_load_id_idx on history.alberta_asset_generation (closed_by_load_id);
comment on table history.alberta_asset_generation is 'Closed versions of public.alberta_asset_generation: revised or withdrawn by the publisher.';
comment on column history.alberta_asset_generation.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.alberta_asset_generation enable row level security;
revoke all on history.alberta_asset_generation from public, anon, authenticated, service_role;
grant select on history.alberta_asset_generation to service_role;
drop policy if exists alberta_asset_generation_service on history.alberta_asset_generation;
create policy alberta_asset_generation_service on history.alberta_asset_generation for select to service_role using (true);

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.alberta_generation_by_fuel (
  timestamp timestamp with time zone not null,
  fuel text not null,
  maximum_capability_mw double precision,
  net_generation_mw double precision,
  dispatched_contingency_reserve_mw double precision,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint alberta_generation_by_fuel_pkey primary key (timestamp, fuel)
);
comment on table public.alberta_generation_by_fuel is 'Alberta generation by fuel now.';
comment on column public.alberta_generation_by_fuel.timestamp is 'Instant of the report: its ''Last Update''. Unit: UTC.';
comment on column public.alberta_generation_by_fuel.fuel is 'Fuel as AESO names it: GAS until November 2024, then COGENERATION, COMBINED CYCLE … ; HYDRO, WIND …';
comment on column public.alberta_generation_by_fuel.maximum_capability_mw is 'Maximum capability (MC). Unit: MW.';
comment on column public.alberta_generation_by_fuel.net_generation_mw is 'Total net generation (TNG); storage that charges is negative. Unit: MW.';
comment on column public.alberta_generation_by_fuel.dispatched_contingency_reserve_mw is 'Dispatched contingency reserve (DCR). Unit: MW.';
comment on column public.alberta_generation_by_fuel.created_at is 'When this version of the row was written.';
comment on column public.alberta_generation_by_fuel.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.alberta_generation_by_fuel enable row level security;
revoke all on public.alberta_generation_by_fuel from public, anon, authenticated, service_role;
grant select on public.alberta_generation_by_fuel to anon, authenticated;
grant select, insert, update, delete on public.alberta_generation_by_fuel to service_role;
drop policy if exists alberta_generation_by_fuel_read on public.alberta_generation_by_fuel;
create policy alberta_generation_by_fuel_read on public.alberta_generation_by_fuel for select to anon, authenticated using (true);
drop policy if exists alberta_generation_by_fuel_service on public.alberta_generation_by_fuel;
create policy alberta_generation_by_fuel_service on public.alberta_generation_by_fuel for all to service_role using (true) with check (true);

create table if not exists history.alberta_generation_by_fuel (
  timestamp timestamp with time zone not null,
  fuel text not null,
  maximum_capability_mw double precision,
  net_generation_mw double precision,
  dispatched_contingency_reserve_mw double precision,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint alberta_generation_by_fuel_pkey primary key (timestamp, fuel, load_id)
);
create index if not exists alberta_generation_by_fuel_closed_by_load_id_idx on history.alberta_generation_by_fuel (closed_by_load_id);
comment on table history.alberta_generation_by_fuel is 'Closed versions of public.alberta_generation_by_fuel: revised or withdrawn by the publisher.';
comment on column history.alberta_generation_by_fuel.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.alberta_generation_by_fuel enable row level security;
revoke all on history.alberta_generation_by_fuel from public, anon, authenticated, service_role;
grant select on history.alberta_generation_by_fuel to service_role;
drop policy if exists alberta_generation_by_fuel_service on history.alberta_generation_by_fuel;
create policy alberta_generation_by_fuel_service on history.alberta_generation_by_fuel for select to service_role using (true);

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.alberta_grid_prices (
  timestamp timestamp with time zone not null,
  pool_price_cad_per_mwh numeric(10,2),
  rolling_30day_avg_cad_per_mwh numeric(10,2),
  market_demand_mw numeric(10,2),
  data_source text not null,
  forecast_price_cad_per_mwh numeric,
  energy_price_cad_per_mwh numeric,
  ancillary_services_price_cad_per_mwh numeric,
  data_quality text,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint alberta_grid_prices_pkey primary key (timestamp)
);
comment on table public.alberta_grid_prices is 'Alberta hourly pool price and internal load.';
comment on column public.alberta_grid_prices.timestamp is 'Start of the hour. Unit: UTC.';
comment on column public.alberta_grid_prices.pool_price_cad_per_mwh is 'Pool price: average of the system marginal price over the hour. Unit: CAD/MWh.';
comment on column public.alberta_grid_prices.rolling_30day_avg_cad_per_mwh is 'Average pool price of the last 30 days, as published. Unit: CAD/MWh.';
comment on column public.alberta_grid_prices.market_demand_mw is 'Alberta Internal Load (AIL), average of the hour: all load of the province, also what industrial sites serve themselves. Unit: MW.';
comment on column public.alberta_grid_prices.data_source is 'The report: aeso HistoricalPoolPriceReportServlet.';
comment on column public.alberta_grid_prices.forecast_price_cad_per_mwh is 'Kept for the platform; this report has no forecast, so it is always NULL. See aeso_pool_price.forecast_pool_price_cad_per_mwh.';
comment on column public.alberta_grid_prices.energy_price_cad_per_mwh is 'Kept for the platform; no source gives it, so it is always NULL.';
comment on column public.alberta_grid_prices.ancillary_services_price_cad_per_mwh is 'Kept for the platform; no source gives it, so it is always NULL.';
comment on column public.alberta_grid_prices.data_quality is 'Kept for the platform; the publisher does not say how final a price is, so it is always NULL. etl.load says when we learned it.';
comment on column public.alberta_grid_prices.created_at is 'When this version of the row was written.';
comment on column public.alberta_grid_prices.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.alberta_grid_prices enable row level security;
revoke all on public.alberta_grid_prices from public, anon, authenticated, service_role;
grant select on public.alberta_grid_prices to anon, authenticated;
grant select, insert, update, delete on public.alberta_grid_prices to service_role;
drop policy if exists alberta_grid_prices_read on public.alberta_grid_prices;
create policy alberta_grid_prices_read on public.alberta_grid_prices for select to anon, authenticated using (true);
drop policy if exists alberta_grid_prices_service on public.alberta_grid_prices;
create policy alberta_grid_prices_service on public.alberta_grid_prices for all to service_role using (true) with check (true);

create table if not exists history.alberta_grid_prices (
  timestamp timestamp with time zone not null,
  pool_price_cad_per_mwh numeric(10,2),
  rolling_30day_avg_cad_per_mwh numeric(10,2),
  market_demand_mw numeric(10,2),
  data_source text not null,
  forecast_price_cad_per_mwh numeric,
  energy_price_cad_per_mwh numeric,
  ancillary_services_price_cad_per_mwh numeric,
  data_quality text,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint alberta_grid_prices_pkey primary key (timestamp, load_id)
);
create index if not exists alberta_grid_prices_closed_by_load_id_idx on history.alberta_grid_prices (closed_by_load_id);
comment on table history.alberta_grid_prices is 'Closed versions of public.alberta_grid_prices: revised or withdrawn by the publisher.';
comment on column history.alberta_grid_prices.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.alberta_grid_prices enable row level security;
revoke all on history.alberta_grid_prices from public, anon, authenticated, service_role;
grant select on history.alberta_grid_prices to service_role;
drop policy if exists alberta_grid_prices_service on history.alberta_grid_prices;
create policy alberta_grid_prices_service on history.alberta_grid_prices for select to service_role using (true);

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.alberta_interchange (
  timestamp timestamp with time zone not null,
  path text not null,
  flow_mw double precision,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint alberta_interchange_pkey primary key (timestamp, path)
);
comment on table public.alberta_interchange is 'Alberta interchange by path now.';
comment on column public.alberta_interchange.timestamp is 'Instant of the report: its ''Last Update''. Unit: UTC.';
comment on column public.alberta_interchange.path is 'The neighbour: British Columbia, Montana, Saskatchewan.';
comment on column public.alberta_interchange.flow_mw is 'Actual flow, AESO''s sign: positive is export from Alberta, negative is import. Unit: MW.';
comment on column public.alberta_interchange.created_at is 'When this version of the row was written.';
comment on column public.alberta_interchange.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.alberta_interchange enable row level security;
revoke all on public.alberta_interchange from public, anon, authenticated, service_role;
grant select on public.alberta_interchange to anon, authenticated;
grant select, insert, update, delete on public.alberta_interchange to service_role;
drop policy if exists alberta_interchange_read on public.alberta_interchange;
create policy alberta_interchange_read on public.alberta_interchange for select to anon, authenticated using (true);
drop policy if exists alberta_interchange_service on public.alberta_interchange;
create policy alberta_interchange_service on public.alberta_interchange for all to service_role using (true) with check (true);

create table if not exists history.alberta_interchange (
  timestamp timestamp with time zone not null,
  path text not null,
  flow_mw double precision,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint alberta_interchange_pkey primary key (timestamp, path, load_id)
);
create index if not exists alberta_interchange_closed_by_load_id_idx on history.alberta_interchange (closed_by_load_id);
comment on table history.alberta_interchange is 'Closed versions of public.alberta_interchange: revised or withdrawn by the publisher.';
comment on column history.alberta_interchange.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.alberta_interchange enable row level security;
revoke all on history.alberta_interchange from public, anon, authenticated, service_role;
grant select on history.alberta_interchange to service_role;
drop policy if exists alberta_interchange_service on history.alberta_interchange;
create policy alberta_interchange_service on history.alberta_interchange for select to service_role using (true);

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.alberta_supply_demand (
  timestamp timestamp with time zone not null,
  total_gen_mw double precision,
  total_demand_mw double precision,
  net_interchange_mw double precision,
  net_to_grid_mw double precision,
  contingency_reserve_required_mw double precision,
  contingency_reserve_dispatched_mw double precision,
  contingency_reserve_generation_mw double precision,
  contingency_reserve_other_mw double precision,
  lssi_armed_mw double precision,
  lssi_offered_mw double precision,
  ffr_armed_mw double precision,
  ffr_offered_mw double precision,
  long_lead_time_mw double precision,
  pool_price_cad double precision,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint alberta_supply_demand_pkey primary key (timestamp)
);
comment on table public.alberta_supply_demand is 'Alberta supply and demand now.';
comment on column public.alberta_supply_demand.timestamp is 'Instant of the report: its ''Last Update''. Unit: UTC.';
comment on column public.alberta_supply_demand.total_gen_mw is 'Alberta Total Net Generation. Unit: MW.';
comment on column public.alberta_supply_demand.total_demand_mw is 'Alberta Internal Load (AIL). Unit: MW.';
comment on column public.alberta_supply_demand.net_interchange_mw is 'Net Actual Interchange, AESO''s sign: positive is export, negative is import. Generation less load. Unit: MW.';
comment on column public.alberta_supply_demand.net_to_grid_mw is 'Net-To-Grid Generation: without what industrial sites generate for themselves. Unit: MW.';
comment on column public.alberta_supply_demand.contingency_reserve_required_mw is 'Contingency Reserve Required. Unit: MW.';
comment on column public.alberta_supply_demand.contingency_reserve_dispatched_mw is 'Dispatched Contingency Reserve (DCR). Unit: MW.';
comment on column public.alberta_supply_demand.contingency_reserve_generation_mw is 'Dispatched Contingency Reserve from generation. Unit: MW.';
comment on column public.alberta_supply_demand.contingency_reserve_other_mw is 'Dispatched Contingency Reserve from other than generation. Unit: MW.';
comment on column public.alberta_supply_demand.lssi_armed_mw is 'LSSi Armed Dispatch (load shed service for imports); ended in 2025. Unit: MW.';
comment on column public.alberta_supply_demand.lssi_offered_mw is 'LSSi Offered Volume; ended in 2025. Unit: MW.';
comment on column public.alberta_supply_demand.ffr_armed_mw is 'FFR Armed Dispatch (fast frequency response), which took the place of LSSi. Unit: MW.';
comment on column public.alberta_supply_demand.ffr_offered_mw is 'FFR Offered Volume. Unit: MW.';
comment on column public.alberta_supply_demand.long_lead_time_mw is 'Long Lead Time Volume. Unit: MW.';
comment on column public.alberta_supply_demand.pool_price_cad is 'Kept for the platform; the report has no price, so it is always NULL. See alberta_grid_prices.pool_price_cad_per_mwh.';
comment on column public.alberta_supply_demand.created_at is 'When this version of the row was written.';
comment on column public.alberta_supply_demand.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.alberta_supply_demand enable row level security;
revoke all on public.alberta_supply_demand from public, anon, authenticated, service_role;
grant select on public.alberta_supply_demand to anon, authenticated;
grant select, insert, update, delete on public.alberta_supply_demand to service_role;
drop policy if exists alberta_supply_demand_read on public.alberta_supply_demand;
create policy alberta_supply_demand_read on public.alberta_supply_demand for select to anon, authenticated using (true);
drop policy if exists alberta_supply_demand_service on public.alberta_supply_demand;
create policy alberta_supply_demand_service on public.alberta_supply_demand for all to service_role using (true) with check (true);

create table if not exists history.alberta_supply_demand (
  timestamp timestamp with time zone not null,
  total_gen_mw double precision,
  total_demand_mw double precision,
  net_interchange_mw double precision,
  net_to_grid_mw double precision,
  contingency_reserve_required_mw double precision,
  contingency_reserve_dispatched_mw double precision,
  contingency_reserve_generation_mw double precision,
  contingency_reserve_other_mw double precision,
  lssi_armed_mw double precision,
  lssi_offered_mw double precision,
  ffr_armed_mw double precision,
  ffr_offered_mw double precision,
  long_lead_time_mw double precision,
  pool_price_cad double precision,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint alberta_supply_demand_pkey primary key (timestamp, load_id)
);
create index if not exists alberta_supply_demand_closed_by_load_id_idx on history.alberta_supply_demand (closed_by_load_id);
comment on table history.alberta_supply_demand is 'Closed versions of public.alberta_supply_demand: revised or withdrawn by the publisher.';
comment on column history.alberta_supply_demand.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.alberta_supply_demand enable row level security;
revoke all on history.alberta_supply_demand from public, anon, authenticated, service_role;
grant select on history.alberta_supply_demand to service_role;
drop policy if exists alberta_supply_demand_service on history.alberta_supply_demand;
create policy alberta_supply_demand_service on history.alberta_supply_demand for select to service_role using (true);

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.aeso_asset (
  asset_id text not null,
  asset_name text,
  asset_type text,
  operating_status text,
  pool_participant_id text,
  pool_participant_name text,
  net_to_grid_asset_flag text,
  asset_incl_storage_flag text,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint aeso_asset_pkey primary key (asset_id)
);
comment on table public.aeso_asset is 'Alberta market assets (API).';
comment on column public.aeso_asset.asset_id is 'AESO''s short name of the asset.';
comment on column public.aeso_asset.asset_name is 'Name of the asset.';
comment on column public.aeso_asset.asset_type is 'SOURCE (it generates) or SINK (it consumes).';
comment on column public.aeso_asset.operating_status is 'ACTIVE, INACTIVE, RETIRED or SUSPENDED.';
comment on column public.aeso_asset.pool_participant_id is 'Short name of the market participant.';
comment on column public.aeso_asset.pool_participant_name is 'Name of the market participant.';
comment on column public.aeso_asset.net_to_grid_asset_flag is 'Whether only what goes to the grid is metered, as published.';
comment on column public.aeso_asset.asset_incl_storage_flag is 'Whether storage is part of the asset, as published.';
comment on column public.aeso_asset.created_at is 'When this version of the row was written.';
comment on column public.aeso_asset.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.aeso_asset enable row level security;
revoke all on public.aeso_asset from public, anon, authenticated, service_role;
grant select on public.aeso_asset to anon, authenticated;
grant select, insert, update, delete on public.aeso_asset to service_role;
drop policy if exists aeso_asset_read on public.aeso_asset;
create policy aeso_asset_read on public.aeso_asset for select to anon, authenticated using (true);
drop policy if exists aeso_asset_service on public.aeso_asset;
create policy aeso_asset_service on public.aeso_asset for all to service_role using (true) with check (true);

create table if not exists history.aeso_asset (
  asset_id text not null,
  asset_name text,
  asset_type text,
  operating_status text,
  pool_participant_id text,
  pool_participant_name text,
  net_to_grid_asset_flag text,
  asset_incl_storage_flag text,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint aeso_asset_pkey primary key (asset_id, load_id)
);
create index if not exists aeso_asset_closed_by_load_id_idx on history.aeso_asset (closed_by_load_id);
comment on table history.aeso_asset is 'Closed versions of public.aeso_asset: revised or withdrawn by the publisher.';
comment on column history.aeso_asset.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.aeso_asset enable row level security;
revoke all on history.aeso_asset from public, anon, authenticated, service_role;
grant select on history.aeso_asset to service_role;
drop policy if exists aeso_asset_service on history.aeso_asset;
create policy aeso_asset_service on history.aeso_asset for select to service_role using (true);

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.aeso_asset_generation (
  timestamp timestamp with time zone not null,
  asset_id text not null,
  fuel text,
  sub_fuel text,
  maximum_capability_mw double precision,
  net_generation_mw double precision,
  dispatched_contingency_reserve_mw double precision,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint aeso_asset_generation_pkey primary key (timestamp, asset_id)
);
comment on table public.aeso_asset_generation is 'Alberta generation by asset now (API).';
comment on column public.aeso_asset_generation.timestamp is 'The report''s last update. Unit: UTC.';
comment on column public.aeso_asset_generation.asset_id is 'AESO''s short name of the asset.';
comment on column public.aeso_asset_generation.fuel is 'Fuel as AESO names it.';
comment on column public.aeso_asset_generation.sub_fuel is 'Kind of gas plant (COGENERATION, COMBINED CYCLE …); NULL for the rest.';
comment on column public.aeso_asset_generation.maximum_capability_mw is 'Maximum capability. Unit: MW.';
comment on column public.aeso_asset_generation.net_generation_mw is 'Net generation; storage that charges is negative. Unit: MW.';
comment on column public.aeso_asset_generation.dispatched_contingency_reserve_mw is 'Dispatched contingency reserve. Unit: MW.';
comment on column public.aeso_asset_generation.created_at is 'When this version of the row was written.';
comment on column public.aeso_asset_generation.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.aeso_asset_generation enable row level security;
revoke all on public.aeso_asset_generation from public, anon, authenticated, service_role;
grant select on public.aeso_asset_generation to anon, authenticated;
grant select, insert, update, delete on public.aeso_asset_generation to service_role;
drop policy if exists aeso_asset_generation_read on public.aeso_asset_generation;
create policy aeso_asset_generation_read on public.aeso_asset_generation for select to anon, authenticated using (true);
drop policy if exists aeso_asset_generation_service on public.aeso_asset_generation;
create policy aeso_asset_generation_service on public.aeso_asset_generation for all to service_role using (true) with check (true);

create table if not exists history.aeso_asset_generation (
  timestamp timestamp with time zone not null,
  asset_id text not null,
  fuel text,
  sub_fuel text,
  maximum_capability_mw double precision,
  net_generation_mw double precision,
  dispatched_contingency_reserve_mw double precision,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint aeso_asset_generation_pkey primary key (timestamp, asset_id, load_id)
);
create index if not exists aeso_asset_generation_closed_by_load_id_idx on history.aeso_asset_generation (closed_by_load_id);
comment on table history.aeso_asset_generation is 'Closed versions of public.aeso_asset_generation: revised or withdrawn by the publisher.';
comment on column history.aeso_asset_generation.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.aeso_asset_generation enable row level security;
revoke all on history.aeso_asset_generation from public, anon, authenticated, service_role;
grant select on history.aeso_asset_generation to service_role;
drop policy if exists aeso_asset_generation_service on history.aeso_asset_generation;
create policy aeso_asset_generation_service on history.aeso_asset_generation for select to service_role using (true);

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.aeso_generation_by_fuel (
  timestamp timestamp with time zone not null,
  fuel text not null,
  maximum_capability_mw double precision,
  net_generation_mw double precision,
  dispatched_contingency_reserve_mw double precision,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint aeso_generation_by_fuel_pkey primary key (timestamp, fuel)
);
comment on table public.aeso_generation_by_fuel is 'Alberta generation by fuel now (API).';
comment on column public.aeso_generation_by_fuel.timestamp is 'Instant that the report is about: effective time (v2) or last update (v1). Unit: UTC.';
comment on column public.aeso_generation_by_fuel.fuel is 'Fuel as AESO names it: COGENERATION, COMBINED CYCLE, HYDRO, WIND …';
comment on column public.aeso_generation_by_fuel.maximum_capability_mw is 'Aggregated maximum capability. Unit: MW.';
comment on column public.aeso_generation_by_fuel.net_generation_mw is 'Aggregated net generation; storage that charges is negative. Unit: MW.';
comment on column public.aeso_generation_by_fuel.dispatched_contingency_reserve_mw is 'Aggregated dispatched contingency reserve. Unit: MW.';
comment on column public.aeso_generation_by_fuel.created_at is 'When this version of the row was written.';
comment on column public.aeso_generation_by_fuel.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.aeso_generation_by_fuel enable row level security;
revoke all on public.aeso_generation_by_fuel from public, anon, authenticated, service_role;
grant select on public.aeso_generation_by_fuel to anon, authenticated;
grant select, insert, update, delete on public.aeso_generation_by_fuel to service_role;
drop policy if exists aeso_generation_by_fuel_read on public.aeso_generation_by_fuel;
create policy aeso_generation_by_fuel_read on public.aeso_generation_by_fuel for select to anon, authenticated using (true);
drop policy if exists aeso_generation_by_fuel_service on public.aeso_generation_by_fuel;
create policy aeso_generation_by_fuel_service on public.aeso_generation_by_fuel for all to service_role using (true) with check (true);

create table if not exists history.aeso_generation_by_fuel (
  timestamp timestamp with time zone not null,
  fuel text not null,
  maximum_capability_mw double precision,
  net_generation_mw double precision,
  dispatched_contingency_reserve_mw double precision,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint aeso_generation_by_fuel_pkey primary key (timestamp, fuel, load_id)
);
create index if not exists aeso_generation_by_fuel_closed_by_load_id_idx on history.aeso_generation_by_fuel (closed_by_load_id);
comment on table history.aeso_generation_by_fuel is 'Closed versions of public.aeso_generation_by_fuel: revised or withdrawn by the publisher.';
comment on column history.aeso_generation_by_fuel.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.aeso_generation_by_fuel enable row level security;
revoke all on history.aeso_generation_by_fuel from public, anon, authenticated, service_role;
grant select on history.aeso_generation_by_fuel to service_role;
drop policy if exists aeso_generation_by_fuel_service on history.aeso_generation_by_fuel;
create policy aeso_generation_by_fuel_service on history.aeso_generation_by_fuel for select to service_role using (true);

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.aeso_interchange (
  timestamp timestamp with time zone not null,
  path text not null,
  flow_mw double precision,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint aeso_interchange_pkey primary key (timestamp, path)
);
comment on table public.aeso_interchange is 'Alberta interchange by path now (API).';
comment on column public.aeso_interchange.timestamp is 'Instant that the report is about: effective time (v2) or last update (v1). Unit: UTC.';
comment on column public.aeso_interchange.path is 'The neighbour: British Columbia, Montana, Saskatchewan.';
comment on column public.aeso_interchange.flow_mw is 'Actual flow, AESO''s sign: positive is export from Alberta, negative is import. Unit: MW.';
comment on column public.aeso_interchange.created_at is 'When this version of the row was written.';
comment on column public.aeso_interchange.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.aeso_interchange enable row level security;
revoke all on public.aeso_interchange from public, anon, authenticated, service_role;
grant select on public.aeso_interchange to anon, authenticated;
grant select, insert, update, delete on public.aeso_interchange to service_role;
drop policy if exists aeso_interchange_read on public.aeso_interchange;
create policy aeso_interchange_read on public.aeso_interchange for select to anon, authenticated using (true);
drop policy if exists aeso_interchange_service on public.aeso_interchange;
create policy aeso_interchange_service on public.aeso_interchange for all to service_role using (true) with check (true);

create table if not exists history.aeso_interchange (
  timestamp timestamp with time zone not null,
  path text not null,
  flow_mw double precision,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint aeso_interchange_pkey primary key (timestamp, path, load_id)
);
create index if not exists aeso_interchange_closed_by_load_id_idx on history.aeso_interchange (closed_by_load_id);
comment on table history.aeso_interchange is 'Closed versions of public.aeso_interchange: revised or withdrawn by the publisher.';
comment on column history.aeso_interchange.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.aeso_interchange enable row level security;
revoke all on history.aeso_interchange from public, anon, authenticated, service_role;
grant select on history.aeso_interchange to service_role;
drop policy if exists aeso_interchange_service on history.aeso_interchange;
create policy aeso_interchange_service on history.aeso_interchange for select to service_role using (true);

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.aeso_internal_load (
  hour timestamp with time zone not null,
  internal_load_mw numeric(10,2),
  forecast_internal_load_mw numeric(10,2),
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint aeso_internal_load_pkey primary key (hour)
);
comment on table public.aeso_internal_load is 'Alberta internal load and forecast (API).';
comment on column public.aeso_internal_load.hour is 'Start of the hour. Unit: UTC.';
comment on column public.aeso_internal_load.internal_load_mw is 'Alberta Internal Load, average of the hour; NULL for hours to come. Unit: MW.';
comment on column public.aeso_internal_load.forecast_internal_load_mw is 'Forecast of it. Unit: MW.';
comment on column public.aeso_internal_load.created_at is 'When this version of the row was written.';
comment on column public.aeso_internal_load.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.aeso_internal_load enable row level security;
revoke all on public.aeso_internal_load from public, anon, authenticated, service_role;
grant select on public.aeso_internal_load to anon, authenticated;
grant select, insert, update, delete on public.aeso_internal_load to service_role;
drop policy if exists aeso_internal_load_read on public.aeso_internal_load;
create policy aeso_internal_load_read on public.aeso_internal_load for select to anon, authenticated using (true);
drop policy if exists aeso_internal_load_service on public.aeso_internal_load;
create policy aeso_internal_load_service on public.aeso_internal_load for all to service_role using (true) with check (true);

create table if not exists history.aeso_internal_load (
  hour timestamp with time zone not null,
  internal_load_mw numeric(10,2),
  forecast_internal_load_mw numeric(10,2),
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint aeso_internal_load_pkey primary key (hour, load_id)
);
create index if not exists aeso_internal_load_closed_by_load_id_idx on history.aeso_internal_load (closed_by_load_id);
comment on table history.aeso_internal_load is 'Closed versions of public.aeso_internal_load: revised or withdrawn by the publisher.';
comment on column history.aeso_internal_load.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.aeso_internal_load enable row level security;
revoke all on history.aeso_internal_load from public, anon, authenticated, service_role;
grant select on history.aeso_internal_load to service_role;
drop policy if exists aeso_internal_load_service on history.aeso_internal_load;
create policy aeso_internal_load_service on history.aeso_internal_load for select to service_role using (true);

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.aeso_metered_volume (
  hour timestamp with time zone not null,
  pool_participant_id text not null,
  asset_id text not null,
  asset_class text,
  metered_volume_mwh double precision,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint aeso_metered_volume_pkey primary key (hour, pool_participant_id, asset_id)
);
comment on table public.aeso_metered_volume is 'Alberta metered volume by asset (API).';
comment on column public.aeso_metered_volume.hour is 'Start of the hour. Unit: UTC.';
comment on column public.aeso_metered_volume.pool_participant_id is 'Short name of the market participant.';
comment on column public.aeso_metered_volume.asset_id is 'AESO''s short name of the asset.';
comment on column public.aeso_metered_volume.asset_class is 'Class of the asset, as published: IPP, GENCO, RETAILER …';
comment on column public.aeso_metered_volume.metered_volume_mwh is 'Metered energy of the hour. Unit: MWh.';
comment on column public.aeso_metered_volume.created_at is 'When this version of the row was written.';
comment on column public.aeso_metered_volume.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.aeso_metered_volume enable row level security;
revoke all on public.aeso_metered_volume from public, anon, authenticated, service_role;
grant select on public.aeso_metered_volume to anon, authenticated;
grant select, insert, update, delete on public.aeso_metered_volume to service_role;
drop policy if exists aeso_metered_volume_read on public.aeso_metered_volume;
create policy aeso_metered_volume_read on public.aeso_metered_volume for select to anon, authenticated using (true);
drop policy if exists aeso_metered_volume_service on public.aeso_metered_volume;
create policy aeso_metered_volume_service on public.aeso_metered_volume for all to service_role using (true) with check (true);

create table if not exists history.aeso_metered_volume (
  hour timestamp with time zone not null,
  pool_participant_id text not null,
  asset_id text not null,
  asset_class text,
  metered_volume_mwh double precision,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint aeso_metered_volume_pkey primary key (hour, pool_participant_id, asset_id, load_id)
);
create index if not exists aeso_metered_volume_closed_by_load_id_idx on history.aeso_metered_volume (closed_by_load_id);
comment on table history.aeso_metered_volume is 'Closed versions of public.aeso_metered_volume: revised or withdrawn by the publisher.';
comment on column history.aeso_metered_volume.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.aeso_metered_volume enable row level security;
revoke all on history.aeso_metered_volume from public, anon, authenticated, service_role;
grant select on history.aeso_metered_volume to service_role;
drop policy if exists aeso_metered_volume_service on history.aeso_metered_volume;
create policy aeso_metered_volume_service on history.aeso_metered_volume for select to service_role using (true);

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.aeso_pool_price (
  hour timestamp with time zone not null,
  pool_price_cad_per_mwh numeric(10,2),
  forecast_pool_price_cad_per_mwh numeric(10,2),
  rolling_30day_avg_cad_per_mwh numeric(10,2),
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint aeso_pool_price_pkey primary key (hour)
);
comment on table public.aeso_pool_price is 'Alberta pool price and forecast (API).';
comment on column public.aeso_pool_price.hour is 'Start of the hour. Unit: UTC.';
comment on column public.aeso_pool_price.pool_price_cad_per_mwh is 'Pool price; NULL while the hour is not over. Unit: CAD/MWh.';
comment on column public.aeso_pool_price.forecast_pool_price_cad_per_mwh is 'Forecast of the pool price; the current and the next two hours have only this. Unit: CAD/MWh.';
comment on column public.aeso_pool_price.rolling_30day_avg_cad_per_mwh is 'Average pool price of the last 30 days, as published. Unit: CAD/MWh.';
comment on column public.aeso_pool_price.created_at is 'When this version of the row was written.';
comment on column public.aeso_pool_price.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.aeso_pool_price enable row level security;
revoke all on public.aeso_pool_price from public, anon, authenticated, service_role;
grant select on public.aeso_pool_price to anon, authenticated;
grant select, insert, update, delete on public.aeso_pool_price to service_role;
drop policy if exists aeso_pool_price_read on public.aeso_pool_price;
create policy aeso_pool_price_read on public.aeso_pool_price for select to anon, authenticated using (true);
drop policy if exists aeso_pool_price_service on public.aeso_pool_price;
create policy aeso_pool_price_service on public.aeso_pool_price for all to service_role using (true) with check (true);

create table if not exists history.aeso_pool_price (
  hour timestamp with time zone not null,
  pool_price_cad_per_mwh numeric(10,2),
  forecast_pool_price_cad_per_mwh numeric(10,2),
  rolling_30day_avg_cad_per_mwh numeric(10,2),
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint aeso_pool_price_pkey primary key (hour, load_id)
);
create index if not exists aeso_pool_price_closed_by_load_id_idx on history.aeso_pool_price (closed_by_load_id);
comment on table history.aeso_pool_price is 'Closed versions of public.aeso_pool_price: revised or withdrawn by the publisher.';
comment on column history.aeso_pool_price.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.aeso_pool_price enable row level security;
revoke all on history.aeso_pool_price from public, anon, authenticated, service_role;
grant select on history.aeso_pool_price to service_role;
drop policy if exists aeso_pool_price_service on history.aeso_pool_price;
create policy aeso_pool_price_service on history.aeso_pool_price for select to service_role using (true);

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.aeso_supply_demand (
  timestamp timestamp with time zone not null,
  total_gen_mw double precision,
  total_demand_mw double precision,
  net_interchange_mw double precision,
  net_to_grid_mw double precision,
  maximum_capability_mw double precision,
  contingency_reserve_required_mw double precision,
  contingency_reserve_dispatched_mw double precision,
  contingency_reserve_generation_mw double precision,
  contingency_reserve_other_mw double precision,
  lssi_armed_mw double precision,
  lssi_offered_mw double precision,
  ffr_armed_mw double precision,
  ffr_offered_mw double precision,
  long_lead_time_mw double precision,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint aeso_supply_demand_pkey primary key (timestamp)
);
comment on table public.aeso_supply_demand is 'Alberta supply and demand now (API).';
comment on column public.aeso_supply_demand.timestamp is 'Instant that the report is about: effective time (v2) or last update (v1). Unit: UTC.';
comment on column public.aeso_supply_demand.total_gen_mw is 'Total net generation. Unit: MW.';
comment on column public.aeso_supply_demand.total_demand_mw is 'Alberta Internal Load (AIL). Unit: MW.';
comment on column public.aeso_supply_demand.net_interchange_mw is 'Net actual interchange, AESO''s sign: positive is export, negative is import. Unit: MW.';
comment on column public.aeso_supply_demand.net_to_grid_mw is 'Net-to-grid generation: without what industrial sites generate for themselves. Unit: MW.';
comment on column public.aeso_supply_demand.maximum_capability_mw is 'Total maximum generation capability. Unit: MW.';
comment on column public.aeso_supply_demand.contingency_reserve_required_mw is 'Contingency reserve required. Unit: MW.';
comment on column public.aeso_supply_demand.contingency_reserve_dispatched_mw is 'Dispatched contingency reserve, total. Unit: MW.';
comment on column public.aeso_supply_demand.contingency_reserve_generation_mw is 'Dispatched contingency reserve from generation. Unit: MW.';
comment on column public.aeso_supply_demand.contingency_reserve_other_mw is 'Dispatched contingency reserve from other than generation. Unit: MW.';
comment on column public.aeso_supply_demand.lssi_armed_mw is 'LSSi armed dispatch (load shed service for imports): v1 only. Unit: MW.';
comment on column public.aeso_supply_demand.lssi_offered_mw is 'LSSi offered volume: v1 only. Unit: MW.';
comment on column public.aeso_supply_demand.ffr_armed_mw is 'FFR armed dispatch (fast frequency response): v2 only. Unit: MW.';
comment on column public.aeso_supply_demand.ffr_offered_mw is 'FFR offered volume: v2 only. Unit: MW.';
comment on column public.aeso_supply_demand.long_lead_time_mw is 'Long lead time volume: v2 only. Unit: MW.';
comment on column public.aeso_supply_demand.created_at is 'When this version of the row was written.';
comment on column public.aeso_supply_demand.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.aeso_supply_demand enable row level security;
revoke all on public.aeso_supply_demand from public, anon, authenticated, service_role;
grant select on public.aeso_supply_demand to anon, authenticated;
grant select, insert, update, delete on public.aeso_supply_demand to service_role;
drop policy if exists aeso_supply_demand_read on public.aeso_supply_demand;
create policy aeso_supply_demand_read on public.aeso_supply_demand for select to anon, authenticated using (true);
drop policy if exists aeso_supply_demand_service on public.aeso_supply_demand;
create policy aeso_supply_demand_service on public.aeso_supply_demand for all to service_role using (true) with check (true);

create table if not exists history.aeso_supply_demand (
  timestamp timestamp with time zone not null,
  total_gen_mw double precision,
  total_demand_mw double precision,
  net_interchange_mw double precision,
  net_to_grid_mw double precision,
  maximum_capability_mw double precision,
  contingency_reserve_required_mw double precision,
  contingency_reserve_dispatched_mw double precision,
  contingency_reserve_generation_mw double precision,
  contingency_reserve_other_mw double precision,
  lssi_armed_mw double precision,
  lssi_offered_mw double precision,
  ffr_armed_mw double precision,
  ffr_offered_mw double precision,
  long_lead_time_mw double precision,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint aeso_supply_demand_pkey primary key (timestamp, load_id)
);
create index if not exists aeso_supply_demand_closed_by_load_id_idx on history.aeso_supply_demand (closed_by_load_id);
comment on table history.aeso_supply_demand is 'Closed versions of public.aeso_supply_demand: revised or withdrawn by the publisher.';
comment on column history.aeso_supply_demand.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.aeso_supply_demand enable row level security;
revoke all on history.aeso_supply_demand from public, anon, authenticated, service_role;
grant select on history.aeso_supply_demand to service_role;
drop policy if exists aeso_supply_demand_service on history.aeso_supply_demand;
create policy aeso_supply_demand_service on history.aeso_supply_demand for select to service_role using (true);

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.aeso_system_marginal_price (
  begins_at timestamp with time zone not null,
  ends_at timestamp with time zone,
  system_marginal_price_cad_per_mwh numeric(10,2),
  volume_mw double precision,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint aeso_system_marginal_price_pkey primary key (begins_at)
);
comment on table public.aeso_system_marginal_price is 'Alberta system marginal price (API).';
comment on column public.aeso_system_marginal_price.begins_at is 'From this instant on the price holds. Unit: UTC.';
comment on column public.aeso_system_marginal_price.ends_at is 'Until this instant; NULL for the last row of a day that is not over, which is published as ending 23:59. Unit: UTC.';
comment on column public.aeso_system_marginal_price.system_marginal_price_cad_per_mwh is 'System marginal price between the two instants. Unit: CAD/MWh.';
comment on column public.aeso_system_marginal_price.volume_mw is 'Volume at that price, as published. Unit: MW.';
comment on column public.aeso_system_marginal_price.created_at is 'When this version of the row was written.';
comment on column public.aeso_system_marginal_price.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.aeso_system_marginal_price enable row level security;
revoke all on public.aeso_system_marginal_price from public, anon, authenticated, service_role;
grant select on public.aeso_system_marginal_price to anon, authenticated;
grant select, insert, update, delete on public.aeso_system_marginal_price to service_role;
drop policy if exists aeso_system_marginal_price_read on public.aeso_system_marginal_price;
create policy aeso_system_marginal_price_read on public.aeso_system_marginal_price for select to anon, authenticated using (true);
drop policy if exists aeso_system_marginal_price_service on public.aeso_system_marginal_price;
create policy aeso_system_marginal_price_service on public.aeso_system_marginal_price for all to service_role using (true) with check (true);

create table if not exists history.aeso_system_marginal_price (
  begins_at timestamp with time zone not null,
  ends_at timestamp with time zone,
  system_marginal_price_cad_per_mwh numeric(10,2),
  volume_mw double precision,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint aeso_system_marginal_price_pkey primary key (begins_at, load_id)
);
create index if not exists aeso_system_marginal_price_closed_by_load_id_idx on history.aeso_system_marginal_price (closed_by_load_id);
comment on table history.aeso_system_marginal_price is 'Closed versions of public.aeso_system_marginal_price: revised or withdrawn by the publisher.';
comment on column history.aeso_system_marginal_price.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.aeso_system_marginal_price enable row level security;
revoke all on history.aeso_system_marginal_price from public, anon, authenticated, service_role;
grant select on history.aeso_system_marginal_price to service_role;
drop policy if exists aeso_system_marginal_price_service on history.aeso_system_marginal_price;
create policy aeso_system_marginal_price_service on history.aeso_system_marginal_price for select to service_role using (true);
