-- Grid status, second shape: no id, demand and supply may be missing, a second time column, unique by region and that time.
create table public.grid_status (
  region text not null, demand_mw numeric(10,2), supply_mw numeric(10,2), reserve_margin numeric(6,3), frequency_hz numeric(6,4),
  voltage_kv numeric(6,3), congestion_index numeric(6,3), data_source text default 'mock', status text default 'stable',
  captured_at timestamptz, "timestamp" timestamptz, unique (region, "timestamp")
);
insert into public.grid_status (region, demand_mw, supply_mw, data_source, captured_at, "timestamp") values
  ('Alberta', 9800, 10100, 'aeso', null, '2025-11-03T10:00Z'),
  ('Alberta', 9900, 10200, 'aeso', '2025-11-03T10:00Z', '2025-11-03T10:00:01Z'),
  ('Alberta', null, 10100, 'aeso', null, '2025-11-03T10:10Z'),
  ('Alberta', 9800, 10100, 'aeso', null, null);
