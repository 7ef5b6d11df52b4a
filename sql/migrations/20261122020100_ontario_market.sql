-- Prices and totals of the Ontario market: ontario_prices says which price it holds, nodal prices, 5-minute price and totals, and the view
-- grid_stability_metrics. Tables are written from their contracts.

-- Until now only HOEP was in it, in both tables.
alter table public.ontario_prices
  add column if not exists definition text,
  add column if not exists price_cad_per_mwh double precision,
  add column if not exists loss_price_cad_per_mwh double precision,
  add column if not exists congestion_price_cad_per_mwh double precision;
update public.ontario_prices set definition = 'hoep', price_cad_per_mwh = hoep where definition is null;
alter table public.ontario_prices alter column definition set not null;
alter table history.ontario_prices
  add column if not exists definition text,
  add column if not exists price_cad_per_mwh double precision,
  add column if not exists loss_price_cad_per_mwh double precision,
  add column if not exists congestion_price_cad_per_mwh double precision;
update history.ontario_prices set definition = 'hoep', price_cad_per_mwh = hoep where definition is null;
alter table history.ontario_prices alter column definition set not null;
comment on table public.ontario_prices is 'Ontario hourly price: HOEP to 2025-04-30, then the day-ahead zonal price; the column definition says which.';
comment on column public.ontario_prices.datetime is 'Start of the hour. Unit: UTC.';
comment on column public.ontario_prices.definition is 'Which price price_cad_per_mwh is. hoep, to 2025-04-30: the average of the twelve real-time 5-minute prices of the hour. day_ahead_ontario_zonal_price, from 2025-05-01: the price for all of Ontario that the day-ahead market fixed the day before. They are not one series.';
comment on column public.ontario_prices.price_cad_per_mwh is 'The price that the column definition names; loss and congestion are parts of it. Unit: CAD/MWh.';
comment on column public.ontario_prices.hoep is 'Hourly Ontario Energy Price: average of the twelve 5-minute prices. NULL after 2025-04-30, when it ended. Unit: CAD/MWh.';
comment on column public.ontario_prices.loss_price_cad_per_mwh is 'Part of the day-ahead price that losses make; may be negative. NULL for HOEP. Energy part = price - loss - congestion. Unit: CAD/MWh.';
comment on column public.ontario_prices.congestion_price_cad_per_mwh is 'Part of the day-ahead price that congestion makes; may be negative. NULL for HOEP. Unit: CAD/MWh.';
comment on column public.ontario_prices.predispatch_1h_cad_per_mwh is 'HOEP foreseen one hour ahead. NULL after 2025-04-30. Unit: CAD/MWh.';
comment on column public.ontario_prices.predispatch_2h_cad_per_mwh is 'HOEP foreseen two hours ahead. NULL after 2025-04-30. Unit: CAD/MWh.';
comment on column public.ontario_prices.predispatch_3h_cad_per_mwh is 'HOEP foreseen three hours ahead. NULL after 2025-04-30. Unit: CAD/MWh.';
comment on column public.ontario_prices.or_10min_sync_cad_per_mwh is 'Operating reserve, 10 minutes, synchronised. Blank before 2018, NULL after 2025-04-30. Unit: CAD/MWh.';
comment on column public.ontario_prices.or_10min_non_sync_cad_per_mwh is 'Operating reserve, 10 minutes, not synchronised. Blank before 2018, NULL after 2025-04-30. Unit: CAD/MWh.';
comment on column public.ontario_prices.or_30min_cad_per_mwh is 'Operating reserve, 30 minutes. Blank before 2018, NULL after 2025-04-30. Unit: CAD/MWh.';
comment on table history.ontario_prices is 'Closed versions of public.ontario_prices: revised or withdrawn by the publisher.';

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.ontario_nodal_prices (
  datetime timestamp with time zone not null,
  node_name text not null,
  market text not null,
  lmp_price numeric(10,2),
  energy_price numeric(10,2),
  congestion_price numeric(10,2),
  loss_price numeric(10,2),
  market_date date not null,
  interval_ending timestamp with time zone not null,
  zone text,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint ontario_nodal_prices_pkey primary key (datetime, node_name, market)
);
comment on table public.ontario_nodal_prices is 'Ontario nodal prices: hourly day-ahead and 5-minute real-time.';
comment on column public.ontario_nodal_prices.datetime is 'Start of the hour (day-ahead) or of the 5-minute interval (real time). Unit: UTC.';
comment on column public.ontario_nodal_prices.node_name is 'Pricing location as IESO names it, without the ending :LMP of the real-time files. Aggregates keep their ending :PZ.';
comment on column public.ontario_nodal_prices.market is 'day_ahead: hourly. real_time: every 5 minutes.';
comment on column public.ontario_nodal_prices.lmp_price is 'Locational marginal price; NULL where the publisher has no number. Unit: CAD/MWh.';
comment on column public.ontario_nodal_prices.energy_price is 'Part that energy makes: lmp_price - loss_price - congestion_price. IESO does not publish it. Unit: CAD/MWh.';
comment on column public.ontario_nodal_prices.congestion_price is 'Part that congestion makes; may be negative. Unit: CAD/MWh.';
comment on column public.ontario_nodal_prices.loss_price is 'Part that losses make; may be negative. Unit: CAD/MWh.';
comment on column public.ontario_nodal_prices.market_date is 'Delivery date on the publisher''s clock, UTC-5 all year.';
comment on column public.ontario_nodal_prices.interval_ending is 'End of the hour or of the 5-minute interval. Unit: UTC.';
comment on column public.ontario_nodal_prices.zone is 'Kept for the platform; no source gives it, so it is always NULL.';
comment on column public.ontario_nodal_prices.created_at is 'When this version of the row was written.';
comment on column public.ontario_nodal_prices.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.ontario_nodal_prices enable row level security;
revoke all on public.ontario_nodal_prices from public, anon, authenticated, service_role;
grant select on public.ontario_nodal_prices to anon, authenticated;
grant select, insert, update, delete on public.ontario_nodal_prices to service_role;
drop policy if exists ontario_nodal_prices_read on public.ontario_nodal_prices;
create policy ontario_nodal_prices_read on public.ontario_nodal_prices for select to anon, authenticated using (true);
drop policy if exists ontario_nodal_prices_service on public.ontario_nodal_prices;
create policy ontario_nodal_prices_service on public.ontario_nodal_prices for all to service_role using (true) with check (true);

create table if not exists history.ontario_nodal_prices (
  datetime timestamp with time zone not null,
  node_name text not null,
  market text not null,
  lmp_price numeric(10,2),
  energy_price numeric(10,2),
  congestion_price numeric(10,2),
  loss_price numeric(10,2),
  market_date date not null,
  interval_ending timestamp with time zone not null,
  zone text,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint ontario_nodal_prices_pkey primary key (datetime, node_name, market, load_id)
);
create index if not exists ontario_nodal_prices_closed_by_load_id_idx on history.ontario_nodal_prices (closed_by_load_id);
comment on table history.ontario_nodal_prices is 'Closed versions of public.ontario_nodal_prices: revised or withdrawn by the publisher.';
comment on column history.ontario_nodal_prices.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.ontario_nodal_prices enable row level security;
revoke all on history.ontario_nodal_prices from public, anon, authenticated, service_role;
grant select on history.ontario_nodal_prices to service_role;
drop policy if exists ontario_nodal_prices_service on history.ontario_nodal_prices;
create policy ontario_nodal_prices_service on history.ontario_nodal_prices for select to service_role using (true);

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.ontario_realtime_prices (
  interval_start timestamp with time zone not null,
  price_cad_per_mwh double precision,
  loss_price_cad_per_mwh double precision,
  congestion_price_cad_per_mwh double precision,
  flag text,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint ontario_realtime_prices_pkey primary key (interval_start)
);
comment on table public.ontario_realtime_prices is 'Ontario real-time zonal price, every 5 minutes.';
comment on column public.ontario_realtime_prices.interval_start is 'Start of the 5-minute interval. Unit: UTC.';
comment on column public.ontario_realtime_prices.price_cad_per_mwh is 'Real-time Ontario zonal price, as capped for settlement; loss and congestion are parts of it. Unit: CAD/MWh.';
comment on column public.ontario_realtime_prices.loss_price_cad_per_mwh is 'Part that losses make; may be negative. Unit: CAD/MWh.';
comment on column public.ontario_realtime_prices.congestion_price_cad_per_mwh is 'Part that congestion makes; may be negative. Energy part = price - loss - congestion. Unit: CAD/MWh.';
comment on column public.ontario_realtime_prices.flag is 'How the price came about, as published: DSO-RD is the calculation itself. NULL before 2026-03-05.';
comment on column public.ontario_realtime_prices.created_at is 'When this version of the row was written.';
comment on column public.ontario_realtime_prices.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.ontario_realtime_prices enable row level security;
revoke all on public.ontario_realtime_prices from public, anon, authenticated, service_role;
grant select on public.ontario_realtime_prices to anon, authenticated;
grant select, insert, update, delete on public.ontario_realtime_prices to service_role;
drop policy if exists ontario_realtime_prices_read on public.ontario_realtime_prices;
create policy ontario_realtime_prices_read on public.ontario_realtime_prices for select to anon, authenticated using (true);
drop policy if exists ontario_realtime_prices_service on public.ontario_realtime_prices;
create policy ontario_realtime_prices_service on public.ontario_realtime_prices for all to service_role using (true) with check (true);

create table if not exists history.ontario_realtime_prices (
  interval_start timestamp with time zone not null,
  price_cad_per_mwh double precision,
  loss_price_cad_per_mwh double precision,
  congestion_price_cad_per_mwh double precision,
  flag text,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint ontario_realtime_prices_pkey primary key (interval_start, load_id)
);
create index if not exists ontario_realtime_prices_closed_by_load_id_idx on history.ontario_realtime_prices (closed_by_load_id);
comment on table history.ontario_realtime_prices is 'Closed versions of public.ontario_realtime_prices: revised or withdrawn by the publisher.';
comment on column history.ontario_realtime_prices.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.ontario_realtime_prices enable row level security;
revoke all on history.ontario_realtime_prices from public, anon, authenticated, service_role;
grant select on history.ontario_realtime_prices to service_role;
drop policy if exists ontario_realtime_prices_service on history.ontario_realtime_prices;
create policy ontario_realtime_prices_service on history.ontario_realtime_prices for select to service_role using (true);

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.ontario_realtime_totals (
  interval_start timestamp with time zone not null,
  total_energy_mw double precision,
  total_loss_mw double precision,
  total_load_mw double precision,
  total_dispatch_load_scheduled_off_mw double precision,
  total_10s_mw double precision,
  total_10n_mw double precision,
  total_30r_mw double precision,
  ontario_demand_mw double precision,
  flag text,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint ontario_realtime_totals_pkey primary key (interval_start)
);
comment on table public.ontario_realtime_totals is 'Ontario real-time totals, every 5 minutes.';
comment on column public.ontario_realtime_totals.interval_start is 'Start of the 5-minute interval. Unit: UTC.';
comment on column public.ontario_realtime_totals.total_energy_mw is 'Total Energy: what feeds the grid: output of generators and imports. Unit: MW.';
comment on column public.ontario_realtime_totals.total_loss_mw is 'Total Loss: lost on the way. Unit: MW.';
comment on column public.ontario_realtime_totals.total_load_mw is 'Total Load: what is taken from the grid, exports included: energy - loss. Unit: MW.';
comment on column public.ontario_realtime_totals.total_dispatch_load_scheduled_off_mw is 'Total Dispatch Load Scheduled OFF: dispatchable load that was told to be off. Unit: MW.';
comment on column public.ontario_realtime_totals.total_10s_mw is 'Total 10S: operating reserve scheduled, 10 minutes, synchronised. Unit: MW.';
comment on column public.ontario_realtime_totals.total_10n_mw is 'Total 10N: operating reserve scheduled, 10 minutes, not synchronised. Unit: MW.';
comment on column public.ontario_realtime_totals.total_30r_mw is 'Total 30R: operating reserve scheduled, 30 minutes. Unit: MW.';
comment on column public.ontario_realtime_totals.ontario_demand_mw is 'ONTARIO DEMAND: demand inside Ontario. Unit: MW.';
comment on column public.ontario_realtime_totals.flag is 'How the numbers came about, as published: DSO-RD is the calculation itself.';
comment on column public.ontario_realtime_totals.created_at is 'When this version of the row was written.';
comment on column public.ontario_realtime_totals.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.ontario_realtime_totals enable row level security;
revoke all on public.ontario_realtime_totals from public, anon, authenticated, service_role;
grant select on public.ontario_realtime_totals to anon, authenticated;
grant select, insert, update, delete on public.ontario_realtime_totals to service_role;
drop policy if exists ontario_realtime_totals_read on public.ontario_realtime_totals;
create policy ontario_realtime_totals_read on public.ontario_realtime_totals for select to anon, authenticated using (true);
drop policy if exists ontario_realtime_totals_service on public.ontario_realtime_totals;
create policy ontario_realtime_totals_service on public.ontario_realtime_totals for all to service_role using (true) with check (true);

create table if not exists history.ontario_realtime_totals (
  interval_start timestamp with time zone not null,
  total_energy_mw double precision,
  total_loss_mw double precision,
  total_load_mw double precision,
  total_dispatch_load_scheduled_off_mw double precision,
  total_10s_mw double precision,
  total_10n_mw double precision,
  total_30r_mw double precision,
  ontario_demand_mw double precision,
  flag text,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint ontario_realtime_totals_pkey primary key (interval_start, load_id)
);
create index if not exists ontario_realtime_totals_closed_by_load_id_idx on history.ontario_realtime_totals (closed_by_load_id);
comment on table history.ontario_realtime_totals is 'Closed versions of public.ontario_realtime_totals: revised or withdrawn by the publisher.';
comment on column history.ontario_realtime_totals.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.ontario_realtime_totals enable row level security;
revoke all on history.ontario_realtime_totals from public, anon, authenticated, service_role;
grant select on history.ontario_realtime_totals to service_role;
drop policy if exists ontario_realtime_totals_service on history.ontario_realtime_totals;
create policy ontario_realtime_totals_service on history.ontario_realtime_totals for select to service_role using (true);

-- Derived, so it is a view: nothing can be written into it, and it has a row only where something was measured.
create or replace view public.grid_stability_metrics with (security_invoker = true) as
select
  newest.region,
  null::numeric(6,3) as frequency_stability,
  null::numeric(6,3) as voltage_stability,
  case when newest.region = 'Ontario' then (
    select round((abs(p.congestion_price_cad_per_mwh) / nullif(abs(p.price_cad_per_mwh), 0))::numeric, 3)
    from public.ontario_realtime_prices p
    where p.interval_start = (select max(interval_start) from public.ontario_realtime_prices)
  ) end as congestion_index,
  newest.reserve_margin,
  newest.captured_at as last_updated
from (
  select distinct on (region) region, reserve_margin, captured_at
  from public.grid_status
  order by region, captured_at desc
) newest;
comment on view public.grid_stability_metrics is 'One row per region that grid_status has measured, computed from measured rows when it is read.';
comment on column public.grid_stability_metrics.region is 'Full name of the province: Ontario, Alberta.';
comment on column public.grid_stability_metrics.frequency_stability is 'NULL: no source publishes frequency.';
comment on column public.grid_stability_metrics.voltage_stability is 'NULL: no source publishes voltage.';
comment on column public.grid_stability_metrics.congestion_index is 'Share of congestion in the price: |congestion part| / |price| of the newest row of ontario_realtime_prices, whichever instant that is. May be above 1 where energy and congestion have opposite signs. NULL where there is no price, the price is 0, or the region has no price with parts (Alberta).';
comment on column public.grid_stability_metrics.reserve_margin is 'Of the newest row of grid_status: operating reserve as a fraction of demand.';
comment on column public.grid_stability_metrics.last_updated is 'captured_at of the newest row of grid_status. Unit: UTC.';
revoke all on public.grid_stability_metrics from public, anon, authenticated, service_role;
grant select on public.grid_stability_metrics to anon, authenticated, service_role;
