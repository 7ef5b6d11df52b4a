-- Views of the database's owner on earlier tables: one fits the new table, one does not, one keeps a copy.
create table if not exists public.ontario_hourly_demand (
  hour timestamptz primary key, market_demand_mw float8, ontario_demand_mw float8, created_at timestamptz default now(), data_provenance text
);
insert into public.ontario_hourly_demand (hour, ontario_demand_mw) values ('2025-07-01T05:00Z', 14000);
create view public.my_demand as select hour, ontario_demand_mw from public.ontario_hourly_demand;
create view public.my_peak as select max(ontario_demand_mw) as peak_mw from public.my_demand;
create view public.my_labels as select hour, data_provenance from public.ontario_hourly_demand;
create materialized view public.my_copy as select hour from public.ontario_hourly_demand;
