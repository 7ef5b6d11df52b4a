-- Weather observations of the second definition, which the writer uses.
create table public.weather_observations (
  id uuid primary key default gen_random_uuid(), province text not null, "timestamp" timestamptz not null, temperature_c numeric(5,2), wind_speed_kmh numeric(6,2),
  data_source text not null, confidence_score numeric(3,2), provenance text not null, quality_flags jsonb, unique (province, "timestamp", data_source)
);
insert into public.weather_observations (province, "timestamp", temperature_c, data_source, provenance) values
  ('ON', '2025-10-01T00:00Z', 12.5, 'eccc', 'real_time'), ('AB', '2025-10-01T00:00Z', 3.5, 'open_meteo', 'forecast'), ('AB', '2025-10-01T01:00Z', 3.5, 'guess', 'forecast');
