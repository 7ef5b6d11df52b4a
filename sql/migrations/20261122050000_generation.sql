-- Monthly generation by province, from Statistics Canada and its Kaggle copy, and the Kaggle copy of Ontario's demand and price.

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.provincial_generation (
  period text not null,
  date date not null,
  province_code text not null,
  province text not null,
  producer text not null,
  generation_type text not null,
  generation_gwh double precision,
  megawatt_hours double precision,
  source text not null,
  status text,
  id uuid default gen_random_uuid(),
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint provincial_generation_pkey primary key (period, date, province_code, producer, generation_type, source)
);
comment on table public.provincial_generation is 'Monthly generation by province, class of producer and kind, without totals.';
comment on column public.provincial_generation.period is 'Length of the period; all sources are monthly.';
comment on column public.provincial_generation.date is 'First day of the period.';
comment on column public.provincial_generation.province_code is 'Two letters: ON, AB … Canada, their total, is not in this table.';
comment on column public.provincial_generation.province is 'Name of the province or territory as published.';
comment on column public.provincial_generation.producer is 'Class of producer, lower case: electric utilities, industries.';
comment on column public.provincial_generation.generation_type is 'Kind of generation, lower case: hydraulic turbine, nuclear steam turbine, combustible fuels … Totals and splits are in statcan_electricity_generation.';
comment on column public.provincial_generation.generation_gwh is 'megawatt_hours / 1000. Unit: GWh.';
comment on column public.provincial_generation.megawatt_hours is 'Net generation of the period: negative where plants used more than they generated. NULL where the publisher withholds it. Unit: MWh.';
comment on column public.provincial_generation.source is 'Whose copy: statcan, or kaggle, which has no suppressed cells.';
comment on column public.provincial_generation.status is 'The publisher''s symbol: .. not available, x confidential, F unreliable, ... not applicable, 0s rounded to zero, E with caution, p preliminary, r revised. NULL: none.';
comment on column public.provincial_generation.id is 'Of the platform: another name of the row. No source gives it, so a revised row gets a new one.';
comment on column public.provincial_generation.created_at is 'When this version of the row was written.';
comment on column public.provincial_generation.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.provincial_generation enable row level security;
revoke all on public.provincial_generation from public, anon, authenticated, service_role;
grant select on public.provincial_generation to anon, authenticated;
grant select, insert, update, delete on public.provincial_generation to service_role;
drop policy if exists provincial_generation_read on public.provincial_generation;
create policy provincial_generation_read on public.provincial_generation for select to anon, authenticated using (true);
drop policy if exists provincial_generation_service on public.provincial_generation;
create policy provincial_generation_service on public.provincial_generation for all to service_role using (true) with check (true);

create table if not exists history.provincial_generation (
  period text not null,
  date date not null,
  province_code text not null,
  province text not null,
  producer text not null,
  generation_type text not null,
  generation_gwh double precision,
  megawatt_hours double precision,
  source text not null,
  status text,
  id uuid,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint provincial_generation_pkey primary key (period, date, province_code, producer, generation_type, source, load_id)
);
create index if not exists provincial_generation_closed_by_load_id_idx on history.provincial_generation (closed_by_load_id);
comment on table history.provincial_generation is 'Closed versions of public.provincial_generation: revised or withdrawn by the publisher.';
comment on column history.provincial_generation.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.provincial_generation enable row level security;
revoke all on history.provincial_generation from public, anon, authenticated, service_role;
grant select on history.provincial_generation to service_role;
drop policy if exists provincial_generation_service on history.provincial_generation;
create policy provincial_generation_service on history.provincial_generation for select to service_role using (true);

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.statcan_electricity_generation (
  ref_date date not null,
  geo text not null,
  class_of_producer text not null,
  type_of_generation text not null,
  province_code text,
  megawatt_hours double precision,
  status text,
  symbol text,
  terminated text,
  decimals integer,
  unit_of_measure text not null,
  dguid text,
  vector text not null,
  coordinate text not null,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint statcan_electricity_generation_pkey primary key (ref_date, geo, class_of_producer, type_of_generation)
);
comment on table public.statcan_electricity_generation is 'Monthly electricity generation, every member of table 25-10-0015 with its totals.';
comment on column public.statcan_electricity_generation.ref_date is 'First day of the month.';
comment on column public.statcan_electricity_generation.geo is 'Canada, province or territory, as published.';
comment on column public.statcan_electricity_generation.class_of_producer is 'Class of electricity producer, as published, the total of all classes among them.';
comment on column public.statcan_electricity_generation.type_of_generation is 'Type of electricity generation, as published, totals, splits and earlier turbine kinds among them.';
comment on column public.statcan_electricity_generation.province_code is 'Two letters of geo; CA for Canada.';
comment on column public.statcan_electricity_generation.megawatt_hours is 'Net generation of the month: VALUE × 10^SCALAR_ID. Negative where plants used more than they generated. NULL where the cell has no value; status says why. Unit: MWh.';
comment on column public.statcan_electricity_generation.status is 'STATUS: .. not available, x confidential, F unreliable, ... not applicable, 0s rounded to zero, E with caution, p preliminary, r revised. NULL: none.';
comment on column public.statcan_electricity_generation.symbol is 'SYMBOL, as published. NULL: none.';
comment on column public.statcan_electricity_generation.terminated is 't: the series has ended. NULL: it goes on.';
comment on column public.statcan_electricity_generation.decimals is 'DECIMALS: digits after the decimal point that are published.';
comment on column public.statcan_electricity_generation.unit_of_measure is 'UOM, as published.';
comment on column public.statcan_electricity_generation.dguid is 'Dissemination geography unique identifier.';
comment on column public.statcan_electricity_generation.vector is 'Stable id of the series.';
comment on column public.statcan_electricity_generation.coordinate is 'Member ids joined by dots, text: 1.10 is not 1.1.';
comment on column public.statcan_electricity_generation.created_at is 'When this version of the row was written.';
comment on column public.statcan_electricity_generation.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.statcan_electricity_generation enable row level security;
revoke all on public.statcan_electricity_generation from public, anon, authenticated, service_role;
grant select on public.statcan_electricity_generation to anon, authenticated;
grant select, insert, update, delete on public.statcan_electricity_generation to service_role;
drop policy if exists statcan_electricity_generation_read on public.statcan_electricity_generation;
create policy statcan_electricity_generation_read on public.statcan_electricity_generation for select to anon, authenticated using (true);
drop policy if exists statcan_electricity_generation_service on public.statcan_electricity_generation;
create policy statcan_electricity_generation_service on public.statcan_electricity_generation for all to service_role using (true) with check (true);

create table if not exists history.statcan_electricity_generation (
  ref_date date not null,
  geo text not null,
  class_of_producer text not null,
  type_of_generation text not null,
  province_code text,
  megawatt_hours double precision,
  status text,
  symbol text,
  terminated text,
  decimals integer,
  unit_of_measure text not null,
  dguid text,
  vector text not null,
  coordinate text not null,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint statcan_electricity_generation_pkey primary key (ref_date, geo, class_of_producer, type_of_generation, load_id)
);
create index if not exists statcan_electricity_generation_closed_by_load_id_idx on history.statcan_electricity_generation (closed_by_load_id);
comment on table history.statcan_electricity_generation is 'Closed versions of public.statcan_electricity_generation: revised or withdrawn by the publisher.';
comment on column history.statcan_electricity_generation.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.statcan_electricity_generation enable row level security;
revoke all on history.statcan_electricity_generation from public, anon, authenticated, service_role;
grant select on history.statcan_electricity_generation to service_role;
drop policy if exists statcan_electricity_generation_service on history.statcan_electricity_generation;
create policy statcan_electricity_generation_service on history.statcan_electricity_generation for select to service_role using (true);

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.kaggle_ontario_demand_price (
  hour timestamp with time zone not null,
  demand_mw double precision,
  price_cad_per_mwh double precision,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint kaggle_ontario_demand_price_pkey primary key (hour)
);
comment on table public.kaggle_ontario_demand_price is 'Ontario hourly demand and price, Kaggle copy.';
comment on column public.kaggle_ontario_demand_price.hour is 'Start of the hour. Unit: UTC.';
comment on column public.kaggle_ontario_demand_price.demand_mw is 'Demand inside Ontario, average of the hour: the published kWh of the hour / 1000. Unit: MW.';
comment on column public.kaggle_ontario_demand_price.price_cad_per_mwh is 'Hourly Ontario energy price: the published cents/kWh × 10. Unit: CAD/MWh.';
comment on column public.kaggle_ontario_demand_price.created_at is 'When this version of the row was written.';
comment on column public.kaggle_ontario_demand_price.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.kaggle_ontario_demand_price enable row level security;
revoke all on public.kaggle_ontario_demand_price from public, anon, authenticated, service_role;
grant select on public.kaggle_ontario_demand_price to anon, authenticated;
grant select, insert, update, delete on public.kaggle_ontario_demand_price to service_role;
drop policy if exists kaggle_ontario_demand_price_read on public.kaggle_ontario_demand_price;
create policy kaggle_ontario_demand_price_read on public.kaggle_ontario_demand_price for select to anon, authenticated using (true);
drop policy if exists kaggle_ontario_demand_price_service on public.kaggle_ontario_demand_price;
create policy kaggle_ontario_demand_price_service on public.kaggle_ontario_demand_price for all to service_role using (true) with check (true);

create table if not exists history.kaggle_ontario_demand_price (
  hour timestamp with time zone not null,
  demand_mw double precision,
  price_cad_per_mwh double precision,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint kaggle_ontario_demand_price_pkey primary key (hour, load_id)
);
create index if not exists kaggle_ontario_demand_price_closed_by_load_id_idx on history.kaggle_ontario_demand_price (closed_by_load_id);
comment on table history.kaggle_ontario_demand_price is 'Closed versions of public.kaggle_ontario_demand_price: revised or withdrawn by the publisher.';
comment on column history.kaggle_ontario_demand_price.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.kaggle_ontario_demand_price enable row level security;
revoke all on history.kaggle_ontario_demand_price from public, anon, authenticated, service_role;
grant select on history.kaggle_ontario_demand_price to service_role;
drop policy if exists kaggle_ontario_demand_price_service on history.kaggle_ontario_demand_price;
create policy kaggle_ontario_demand_price_service on history.kaggle_ontario_demand_price for select to service_role using (true);
