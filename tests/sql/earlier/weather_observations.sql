-- Weather observations of the first definition: no province, no natural key.
create table public.weather_observations (
  id uuid primary key default gen_random_uuid(), temperature_c float8, wind_speed_ms float8, wind_direction_deg float8, solar_radiation_wm2 float8, precipitation_mm float8,
  source text check (source in ('environment_canada', 'openweathermap', 'weatherapi')), observed_at timestamptz not null, received_at timestamptz default now(), raw_data jsonb
);
insert into public.weather_observations (temperature_c, source, observed_at) values (12.5, 'environment_canada', '2025-10-01T00:00Z'), (13, 'openweathermap', '2025-10-01T00:00Z');
