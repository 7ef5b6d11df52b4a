-- The tables of ieso-demand-zonal, ieso-generator-output, ieso-generator-output-month, ieso-intertie-schedule, ieso-intertie-flow and
-- ieso-intertie-year, written from their contracts.

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.ontario_zonal_demand (
  hour timestamp with time zone not null,
  ontario_demand_mw double precision,
  northwest_mw double precision,
  northeast_mw double precision,
  ottawa_mw double precision,
  east_mw double precision,
  toronto_mw double precision,
  essa_mw double precision,
  bruce_mw double precision,
  southwest_mw double precision,
  niagara_mw double precision,
  west_mw double precision,
  zone_total_mw double precision,
  diff_mw double precision,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint ontario_zonal_demand_pkey primary key (hour)
);
comment on table public.ontario_zonal_demand is 'Ontario hourly demand by zone.';
comment on column public.ontario_zonal_demand.hour is 'Start of the hour. Unit: UTC.';
comment on column public.ontario_zonal_demand.ontario_demand_mw is 'Demand inside Ontario as this report has it, average of the hour. ontario_hourly_demand is the reference. Unit: MW.';
comment on column public.ontario_zonal_demand.northwest_mw is 'Demand of the zone Northwest, average of the hour; can be negative. Unit: MW.';
comment on column public.ontario_zonal_demand.northeast_mw is 'Demand of the zone Northeast, average of the hour; can be negative. Unit: MW.';
comment on column public.ontario_zonal_demand.ottawa_mw is 'Demand of the zone Ottawa, average of the hour; can be negative. Unit: MW.';
comment on column public.ontario_zonal_demand.east_mw is 'Demand of the zone East, average of the hour; can be negative. Unit: MW.';
comment on column public.ontario_zonal_demand.toronto_mw is 'Demand of the zone Toronto, average of the hour; can be negative. Unit: MW.';
comment on column public.ontario_zonal_demand.essa_mw is 'Demand of the zone Essa, average of the hour; can be negative. Unit: MW.';
comment on column public.ontario_zonal_demand.bruce_mw is 'Demand of the zone Bruce, average of the hour; can be negative. Unit: MW.';
comment on column public.ontario_zonal_demand.southwest_mw is 'Demand of the zone Southwest, average of the hour; can be negative. Unit: MW.';
comment on column public.ontario_zonal_demand.niagara_mw is 'Demand of the zone Niagara, average of the hour; can be negative. Unit: MW.';
comment on column public.ontario_zonal_demand.west_mw is 'Demand of the zone West, average of the hour; can be negative. Unit: MW.';
comment on column public.ontario_zonal_demand.zone_total_mw is 'Sum of the zones as published; each zone is rounded on its own. Unit: MW.';
comment on column public.ontario_zonal_demand.diff_mw is 'zone_total_mw − ontario_demand_mw as published, rounded on its own: negative where the zones add up to less. Unit: MW.';
comment on column public.ontario_zonal_demand.created_at is 'When this version of the row was written.';
comment on column public.ontario_zonal_demand.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.ontario_zonal_demand enable row level security;
revoke all on public.ontario_zonal_demand from public, anon, authenticated, service_role;
grant select on public.ontario_zonal_demand to anon, authenticated;
grant select, insert, update, delete on public.ontario_zonal_demand to service_role;
drop policy if exists ontario_zonal_demand_read on public.ontario_zonal_demand;
create policy ontario_zonal_demand_read on public.ontario_zonal_demand for select to anon, authenticated using (true);
drop policy if exists ontario_zonal_demand_service on public.ontario_zonal_demand;
create policy ontario_zonal_demand_service on public.ontario_zonal_demand for all to service_role using (true) with check (true);

create table if not exists history.ontario_zonal_demand (
  hour timestamp with time zone not null,
  ontario_demand_mw double precision,
  northwest_mw double precision,
  northeast_mw double precision,
  ottawa_mw double precision,
  east_mw double precision,
  toronto_mw double precision,
  essa_mw double precision,
  bruce_mw double precision,
  southwest_mw double precision,
  niagara_mw double precision,
  west_mw double precision,
  zone_total_mw double precision,
  diff_mw double precision,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint ontario_zonal_demand_pkey primary key (hour, load_id)
);
create index if not exists ontario_zonal_demand_closed_by_load_id_idx on history.ontario_zonal_demand (closed_by_load_id);
comment on table history.ontario_zonal_demand is 'Closed versions of public.ontario_zonal_demand: revised or withdrawn by the publisher.';
comment on column history.ontario_zonal_demand.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.ontario_zonal_demand enable row level security;
revoke all on history.ontario_zonal_demand from public, anon, authenticated, service_role;
grant select on history.ontario_zonal_demand to service_role;
drop policy if exists ontario_zonal_demand_service on history.ontario_zonal_demand;
create policy ontario_zonal_demand_service on history.ontario_zonal_demand for select to service_role using (true);

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.ontario_generator_output (
  hour timestamp with time zone not null,
  generator text not null,
  fuel text not null,
  output_mw double precision,
  capability_mw double precision,
  available_capacity_mw double precision,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint ontario_generator_output_pkey primary key (hour, generator)
);
comment on table public.ontario_generator_output is 'Ontario hourly output and capability by generator.';
comment on column public.ontario_generator_output.hour is 'Start of the hour. Unit: UTC.';
comment on column public.ontario_generator_output.generator is 'Name of the generator as IESO gives it: BRUCEA-G1.';
comment on column public.ontario_generator_output.fuel is 'Fuel as IESO names it: NUCLEAR, GAS, HYDRO, WIND, SOLAR, BIOFUEL, OTHER (batteries among them) …';
comment on column public.ontario_generator_output.output_mw is 'Average output of the hour; NULL where IESO published none. Batteries: discharge only, charging is not in it. Unit: MW.';
comment on column public.ontario_generator_output.capability_mw is 'What the generator could put out in the hour. Of wind and solar it is the forecast. Unit: MW.';
comment on column public.ontario_generator_output.available_capacity_mw is 'Capacity that is available. Of wind and solar this, and not the capability, is what is installed and in service. Unit: MW.';
comment on column public.ontario_generator_output.created_at is 'When this version of the row was written.';
comment on column public.ontario_generator_output.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.ontario_generator_output enable row level security;
revoke all on public.ontario_generator_output from public, anon, authenticated, service_role;
grant select on public.ontario_generator_output to anon, authenticated;
grant select, insert, update, delete on public.ontario_generator_output to service_role;
drop policy if exists ontario_generator_output_read on public.ontario_generator_output;
create policy ontario_generator_output_read on public.ontario_generator_output for select to anon, authenticated using (true);
drop policy if exists ontario_generator_output_service on public.ontario_generator_output;
create policy ontario_generator_output_service on public.ontario_generator_output for all to service_role using (true) with check (true);

create table if not exists history.ontario_generator_output (
  hour timestamp with time zone not null,
  generator text not null,
  fuel text not null,
  output_mw double precision,
  capability_mw double precision,
  available_capacity_mw double precision,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint ontario_generator_output_pkey primary key (hour, generator, load_id)
);
create index if not exists ontario_generator_output_closed_by_load_id_idx on history.ontario_generator_output (closed_by_load_id);
comment on table history.ontario_generator_output is 'Closed versions of public.ontario_generator_output: revised or withdrawn by the publisher.';
comment on column history.ontario_generator_output.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.ontario_generator_output enable row level security;
revoke all on history.ontario_generator_output from public, anon, authenticated, service_role;
grant select on history.ontario_generator_output to service_role;
drop policy if exists ontario_generator_output_service on history.ontario_generator_output;
create policy ontario_generator_output_service on history.ontario_generator_output for select to service_role using (true);

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.ontario_generator_output_month (
  hour timestamp with time zone not null,
  generator text not null,
  fuel text not null,
  output_mw double precision,
  capability_mw double precision,
  available_capacity_mw double precision,
  forecast_mw double precision,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint ontario_generator_output_month_pkey primary key (hour, generator)
);
comment on table public.ontario_generator_output_month is 'Ontario hourly output and capability by generator, monthly files.';
comment on column public.ontario_generator_output_month.hour is 'Start of the hour. Unit: UTC.';
comment on column public.ontario_generator_output_month.generator is 'Name of the generator as IESO gives it.';
comment on column public.ontario_generator_output_month.fuel is 'Fuel as IESO names it.';
comment on column public.ontario_generator_output_month.output_mw is 'Average output of the hour; NULL where IESO published none. Batteries: discharge only. Unit: MW.';
comment on column public.ontario_generator_output_month.capability_mw is 'What the generator could put out in the hour. NULL for wind and solar: see forecast_mw. Unit: MW.';
comment on column public.ontario_generator_output_month.available_capacity_mw is 'Capacity that is available; published of wind and solar. Unit: MW.';
comment on column public.ontario_generator_output_month.forecast_mw is 'Forecast of the hour; published of wind and solar. The daily report calls it capability. Unit: MW.';
comment on column public.ontario_generator_output_month.created_at is 'When this version of the row was written.';
comment on column public.ontario_generator_output_month.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.ontario_generator_output_month enable row level security;
revoke all on public.ontario_generator_output_month from public, anon, authenticated, service_role;
grant select on public.ontario_generator_output_month to anon, authenticated;
grant select, insert, update, delete on public.ontario_generator_output_month to service_role;
drop policy if exists ontario_generator_output_month_read on public.ontario_generator_output_month;
create policy ontario_generator_output_month_read on public.ontario_generator_output_month for select to anon, authenticated using (true);
drop policy if exists ontario_generator_output_month_service on public.ontario_generator_output_month;
create policy ontario_generator_output_month_service on public.ontario_generator_output_month for all to service_role using (true) with check (true);

create table if not exists history.ontario_generator_output_month (
  hour timestamp with time zone not null,
  generator text not null,
  fuel text not null,
  output_mw double precision,
  capability_mw double precision,
  available_capacity_mw double precision,
  forecast_mw double precision,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint ontario_generator_output_month_pkey primary key (hour, generator, load_id)
);
create index if not exists ontario_generator_output_month_closed_by_load_id_idx on history.ontario_generator_output_month (closed_by_load_id);
comment on table history.ontario_generator_output_month is 'Closed versions of public.ontario_generator_output_month: revised or withdrawn by the publisher.';
comment on column history.ontario_generator_output_month.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.ontario_generator_output_month enable row level security;
revoke all on history.ontario_generator_output_month from public, anon, authenticated, service_role;
grant select on history.ontario_generator_output_month to service_role;
drop policy if exists ontario_generator_output_month_service on history.ontario_generator_output_month;
create policy ontario_generator_output_month_service on history.ontario_generator_output_month for select to service_role using (true);

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.ontario_intertie_schedule (
  hour timestamp with time zone not null,
  intertie text not null,
  import_mw double precision,
  export_mw double precision,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint ontario_intertie_schedule_pkey primary key (hour, intertie)
);
comment on table public.ontario_intertie_schedule is 'Ontario hourly scheduled imports and exports by intertie.';
comment on column public.ontario_intertie_schedule.hour is 'Start of the hour. Unit: UTC.';
comment on column public.ontario_intertie_schedule.intertie is 'Intertie as IESO names it: MANITOBA, MICHIGAN, NEW-YORK, PQ.AT …; totals are not stored.';
comment on column public.ontario_intertie_schedule.import_mw is 'Scheduled flow into Ontario; never negative. Unit: MW.';
comment on column public.ontario_intertie_schedule.export_mw is 'Scheduled flow out of Ontario; never negative. Unit: MW.';
comment on column public.ontario_intertie_schedule.created_at is 'When this version of the row was written.';
comment on column public.ontario_intertie_schedule.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.ontario_intertie_schedule enable row level security;
revoke all on public.ontario_intertie_schedule from public, anon, authenticated, service_role;
grant select on public.ontario_intertie_schedule to anon, authenticated;
grant select, insert, update, delete on public.ontario_intertie_schedule to service_role;
drop policy if exists ontario_intertie_schedule_read on public.ontario_intertie_schedule;
create policy ontario_intertie_schedule_read on public.ontario_intertie_schedule for select to anon, authenticated using (true);
drop policy if exists ontario_intertie_schedule_service on public.ontario_intertie_schedule;
create policy ontario_intertie_schedule_service on public.ontario_intertie_schedule for all to service_role using (true) with check (true);

create table if not exists history.ontario_intertie_schedule (
  hour timestamp with time zone not null,
  intertie text not null,
  import_mw double precision,
  export_mw double precision,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint ontario_intertie_schedule_pkey primary key (hour, intertie, load_id)
);
create index if not exists ontario_intertie_schedule_closed_by_load_id_idx on history.ontario_intertie_schedule (closed_by_load_id);
comment on table history.ontario_intertie_schedule is 'Closed versions of public.ontario_intertie_schedule: revised or withdrawn by the publisher.';
comment on column history.ontario_intertie_schedule.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.ontario_intertie_schedule enable row level security;
revoke all on history.ontario_intertie_schedule from public, anon, authenticated, service_role;
grant select on history.ontario_intertie_schedule to service_role;
drop policy if exists ontario_intertie_schedule_service on history.ontario_intertie_schedule;
create policy ontario_intertie_schedule_service on history.ontario_intertie_schedule for select to service_role using (true);

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.ontario_intertie_flow (
  interval_start timestamp with time zone not null,
  intertie text not null,
  flow_mw double precision,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint ontario_intertie_flow_pkey primary key (interval_start, intertie)
);
comment on table public.ontario_intertie_flow is 'Ontario 5-minute flow by intertie.';
comment on column public.ontario_intertie_flow.interval_start is 'Start of the 5-minute interval. Unit: UTC.';
comment on column public.ontario_intertie_flow.intertie is 'Intertie as IESO names it: MANITOBA, MICHIGAN, NEW-YORK, PQ.AT …; totals are not stored.';
comment on column public.ontario_intertie_flow.flow_mw is 'Actual flow. Positive: export from Ontario. Negative: import into Ontario. Unit: MW.';
comment on column public.ontario_intertie_flow.created_at is 'When this version of the row was written.';
comment on column public.ontario_intertie_flow.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.ontario_intertie_flow enable row level security;
revoke all on public.ontario_intertie_flow from public, anon, authenticated, service_role;
grant select on public.ontario_intertie_flow to anon, authenticated;
grant select, insert, update, delete on public.ontario_intertie_flow to service_role;
drop policy if exists ontario_intertie_flow_read on public.ontario_intertie_flow;
create policy ontario_intertie_flow_read on public.ontario_intertie_flow for select to anon, authenticated using (true);
drop policy if exists ontario_intertie_flow_service on public.ontario_intertie_flow;
create policy ontario_intertie_flow_service on public.ontario_intertie_flow for all to service_role using (true) with check (true);

create table if not exists history.ontario_intertie_flow (
  interval_start timestamp with time zone not null,
  intertie text not null,
  flow_mw double precision,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint ontario_intertie_flow_pkey primary key (interval_start, intertie, load_id)
);
create index if not exists ontario_intertie_flow_closed_by_load_id_idx on history.ontario_intertie_flow (closed_by_load_id);
comment on table history.ontario_intertie_flow is 'Closed versions of public.ontario_intertie_flow: revised or withdrawn by the publisher.';
comment on column history.ontario_intertie_flow.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.ontario_intertie_flow enable row level security;
revoke all on history.ontario_intertie_flow from public, anon, authenticated, service_role;
grant select on history.ontario_intertie_flow to service_role;
drop policy if exists ontario_intertie_flow_service on history.ontario_intertie_flow;
create policy ontario_intertie_flow_service on history.ontario_intertie_flow for select to service_role using (true);

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.ontario_intertie_hourly (
  hour timestamp with time zone not null,
  intertie text not null,
  import_mw double precision,
  export_mw double precision,
  flow_mw double precision,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint ontario_intertie_hourly_pkey primary key (hour, intertie)
);
comment on table public.ontario_intertie_hourly is 'Ontario hourly schedules and flows by intertie, yearly files.';
comment on column public.ontario_intertie_hourly.hour is 'Start of the hour. Unit: UTC.';
comment on column public.ontario_intertie_hourly.intertie is 'Intertie as IESO names it; the published totals are compared and not stored.';
comment on column public.ontario_intertie_hourly.import_mw is 'Scheduled flow into Ontario (Imp); never negative. Unit: MW.';
comment on column public.ontario_intertie_hourly.export_mw is 'Scheduled flow out of Ontario (Exp); never negative. Unit: MW.';
comment on column public.ontario_intertie_hourly.flow_mw is 'Actual flow, average of the hour. Positive: export from Ontario. Negative: import into Ontario. Unit: MW.';
comment on column public.ontario_intertie_hourly.created_at is 'When this version of the row was written.';
comment on column public.ontario_intertie_hourly.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.ontario_intertie_hourly enable row level security;
revoke all on public.ontario_intertie_hourly from public, anon, authenticated, service_role;
grant select on public.ontario_intertie_hourly to anon, authenticated;
grant select, insert, update, delete on public.ontario_intertie_hourly to service_role;
drop policy if exists ontario_intertie_hourly_read on public.ontario_intertie_hourly;
create policy ontario_intertie_hourly_read on public.ontario_intertie_hourly for select to anon, authenticated using (true);
drop policy if exists ontario_intertie_hourly_service on public.ontario_intertie_hourly;
create policy ontario_intertie_hourly_service on public.ontario_intertie_hourly for all to service_role using (true) with check (true);

create table if not exists history.ontario_intertie_hourly (
  hour timestamp with time zone not null,
  intertie text not null,
  import_mw double precision,
  export_mw double precision,
  flow_mw double precision,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint ontario_intertie_hourly_pkey primary key (hour, intertie, load_id)
);
create index if not exists ontario_intertie_hourly_closed_by_load_id_idx on history.ontario_intertie_hourly (closed_by_load_id);
comment on table history.ontario_intertie_hourly is 'Closed versions of public.ontario_intertie_hourly: revised or withdrawn by the publisher.';
comment on column history.ontario_intertie_hourly.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.ontario_intertie_hourly enable row level security;
revoke all on history.ontario_intertie_hourly from public, anon, authenticated, service_role;
grant select on history.ontario_intertie_hourly to service_role;
drop policy if exists ontario_intertie_hourly_service on history.ontario_intertie_hourly;
create policy ontario_intertie_hourly_service on history.ontario_intertie_hourly for select to service_role using (true);
