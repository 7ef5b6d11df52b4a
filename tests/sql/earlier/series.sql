-- Series as seeds left them: a reading at any second of the day beside real hours, prices, households that nobody has.
create table public.ontario_hourly_demand (
  hour timestamptz primary key, market_demand_mw float8, ontario_demand_mw float8, created_at timestamptz default now(), data_provenance text default 'ieso_real_time'
);
create index idx_ontario_demand_hour on public.ontario_hourly_demand (hour desc);
insert into public.ontario_hourly_demand (hour, market_demand_mw, ontario_demand_mw, data_provenance) values
  ('2025-06-01T05:00Z', 17500, 13500, 'ieso_real_time'), ('2025-06-01T06:00Z', 17000, 13000, 'ieso_real_time'),
  ('2025-06-01T07:00Z', 15000, 15000, 'synthetic'), ('2025-06-01T07:12:31Z', 15000, 15000, 'ieso_real_time');
create table public.ontario_prices (datetime timestamptz primary key, hoep float8, global_adjustment float8, created_at timestamptz default now());
insert into public.ontario_prices (datetime, hoep) values ('2025-03-01T05:00Z', 31.4), ('2025-03-01T05:00:01Z', 45);
create table public.ontario_nodal_prices (
  id uuid primary key default gen_random_uuid(), datetime timestamptz not null, node_name text not null, lmp_price numeric(10,2) not null, energy_price numeric(10,2) not null,
  congestion_price numeric(10,2) not null, loss_price numeric(10,2) not null, zone text, market_date date, interval_ending timestamptz, source text default 'kaggle', version text, unique (datetime, node_name)
);
insert into public.ontario_nodal_prices (datetime, node_name, lmp_price, energy_price, congestion_price, loss_price) values ('2025-06-01T05:00Z', 'BRUCE', 30, 29, 1, 0);
create table public.alberta_supply_demand ("timestamp" timestamptz primary key, total_gen_mw float8, total_demand_mw float8, pool_price_cad float8, created_at timestamptz default now());
insert into public.alberta_supply_demand ("timestamp", total_gen_mw, total_demand_mw) values ('2025-06-01T05:00Z', 9900, 9800);
create table public.hf_electricity_demand (
  id uuid primary key default gen_random_uuid(), datetime timestamptz not null, electricity_demand numeric(10,2) not null, temperature numeric(6,2) not null, humidity numeric(6,2) not null,
  wind_speed numeric(6,2) not null, solar_irradiance numeric(10,2) not null, household_id text not null, location text not null, day_of_week int not null, hour int not null,
  source text default 'huggingface', version text, unique (datetime, household_id)
);
insert into public.hf_electricity_demand (datetime, electricity_demand, temperature, humidity, wind_speed, solar_irradiance, household_id, location, day_of_week, hour) values
  ('2025-06-01T05:00Z', 1.7, 20, 50, 3, 0, 'h1', 'Ottawa', 0, 5);
