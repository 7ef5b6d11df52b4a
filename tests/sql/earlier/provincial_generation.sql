-- Generation whose source is once the operator, once a fuel, once nothing; a seed without a conflict target doubled it.
create table public.provincial_generation (
  id uuid primary key default gen_random_uuid(), date date not null, province_code text not null, source text, generation_gwh float8, created_at timestamptz default now(),
  fuel_type text check (fuel_type in ('hydro', 'nuclear', 'wind')), data_provenance text, version text
);
insert into public.provincial_generation (date, province_code, source, generation_gwh)
select d.date, d.province_code, d.source, d.generation_gwh from (values
  ('2025-08-01'::date, 'ON', 'ieso', 410.5), ('2025-08-01', 'ON', 'nuclear', 200), ('2025-08-01', 'ON', null, 12)) as d (date, province_code, source, generation_gwh), generate_series(1, 2);
