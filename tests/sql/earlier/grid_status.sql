-- Grid status, first shape: an id, numbers that must be there, mock as the default source and stable as the default status.
create table public.grid_status (
  id uuid primary key default gen_random_uuid(), region text not null, demand_mw numeric(10,2) not null, supply_mw numeric(10,2) not null,
  reserve_margin numeric(6,3), frequency_hz numeric(6,4), voltage_kv numeric(6,3), congestion_index numeric(6,3),
  data_source text default 'mock', status text default 'stable', captured_at timestamptz default now()
);
create unique index grid_status_region_captured_at_key on public.grid_status (region, captured_at);
insert into public.grid_status (id, region, demand_mw, supply_mw, reserve_margin, frequency_hz, voltage_kv, data_source, captured_at) values
  ('00000000-0000-4000-8000-000000000011', 'Ontario', 15000, 15750, 5, 60, 120, 'mock', '2025-09-20T10:00Z'),
  ('00000000-0000-4000-8000-000000000012', 'Alberta', 9800, 10100, 3, 60, 138, 'aeso', '2025-09-20T10:00Z'),
  ('00000000-0000-4000-8000-000000000013', 'Alberta', 9810, 10110, 3, 60, 138, 'aeso', '2025-09-20T10:05Z'),
  ('00000000-0000-4000-8000-000000000014', 'Quebec', 20000, 21000, null, null, null, null, '2025-09-20T10:00Z');
