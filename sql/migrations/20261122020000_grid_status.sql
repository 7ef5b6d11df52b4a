-- grid_status: AESO and IESO write it, each its own region (pipelines/tables/grid-status.ts). Written from its contract.

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.grid_status (
  region text not null,
  captured_at timestamp with time zone not null,
  demand_mw numeric(10,2) not null,
  supply_mw numeric(10,2) not null,
  reserve_margin numeric(6,3),
  frequency_hz numeric(6,4),
  voltage_kv numeric(6,3),
  congestion_index numeric(6,3),
  data_source text not null,
  status text,
  id uuid,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint grid_status_pkey primary key (region, captured_at)
);
comment on table public.grid_status is 'What a system operator measured at an instant: demand, supply and operating reserve of a region.';
comment on column public.grid_status.region is 'Full name of the province: Ontario, Alberta.';
comment on column public.grid_status.captured_at is 'Start of the 5-minute interval (Ontario), or the instant of the operator''s report (Alberta). Unit: UTC.';
comment on column public.grid_status.demand_mw is 'Ontario: ONTARIO DEMAND. Alberta: Alberta Internal Load. Unit: MW.';
comment on column public.grid_status.supply_mw is 'What feeds the grid, imports included. Ontario: Total Energy. Alberta: total net generation plus imports over each path. Supply above demand is exported or lost. Unit: MW.';
comment on column public.grid_status.reserve_margin is 'Operating reserve as a fraction of demand: reserve / demand_mw. Reserve is Total 10S + Total 10N + Total 30R (Ontario), Dispatched Contingency Reserve (Alberta).';
comment on column public.grid_status.frequency_hz is 'NULL: no source publishes it. Unit: Hz.';
comment on column public.grid_status.voltage_kv is 'NULL: no source publishes it. Unit: kV.';
comment on column public.grid_status.congestion_index is 'NULL: the report of demand and supply has no price. See grid_stability_metrics.congestion_index.';
comment on column public.grid_status.data_source is 'The report: ieso RealtimeTotals, aeso CSDReportServlet.';
comment on column public.grid_status.status is 'Alberta: stable where dispatched contingency reserve covers what is required, else warning. NULL where the operator publishes no requirement (Ontario).';
comment on column public.grid_status.id is 'Names this version of the row; filled by the database.';
comment on column public.grid_status.created_at is 'When this version of the row was written.';
comment on column public.grid_status.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.grid_status enable row level security;
revoke all on public.grid_status from public, anon, authenticated, service_role;
grant select on public.grid_status to anon, authenticated;
grant select, insert, update, delete on public.grid_status to service_role;
drop policy if exists grid_status_read on public.grid_status;
create policy grid_status_read on public.grid_status for select to anon, authenticated using (true);
drop policy if exists grid_status_service on public.grid_status;
create policy grid_status_service on public.grid_status for all to service_role using (true) with check (true);

create table if not exists history.grid_status (
  region text not null,
  captured_at timestamp with time zone not null,
  demand_mw numeric(10,2) not null,
  supply_mw numeric(10,2) not null,
  reserve_margin numeric(6,3),
  frequency_hz numeric(6,4),
  voltage_kv numeric(6,3),
  congestion_index numeric(6,3),
  data_source text not null,
  status text,
  id uuid,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint grid_status_pkey primary key (region, captured_at, load_id)
);
create index if not exists grid_status_closed_by_load_id_idx on history.grid_status (closed_by_load_id);
comment on table history.grid_status is 'Closed versions of public.grid_status: revised or withdrawn by the publisher.';
comment on column history.grid_status.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.grid_status enable row level security;
revoke all on history.grid_status from public, anon, authenticated, service_role;
grant select on history.grid_status to service_role;
drop policy if exists grid_status_service on history.grid_status;
create policy grid_status_service on history.grid_status for select to service_role using (true);

-- The platform reads an id; the natural key stays the primary key. A closed version takes its id along into history.
alter table public.grid_status alter column id set default gen_random_uuid();
alter table public.grid_status alter column id set not null;
create unique index if not exists grid_status_id_key on public.grid_status (id);
-- The newest rows of a region, as the platform asks for them.
create index if not exists grid_status_region_captured_at_idx on public.grid_status (region, captured_at desc);
