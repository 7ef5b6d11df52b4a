-- Weather by timestamp alone: a second station in the same hour had no place.
create table public.weather_data (
  "timestamp" timestamptz primary key, station_id text, temperature_c float8, wind_speed_m_s float8, precipitation_mm float8, created_at timestamptz default now()
);
insert into public.weather_data ("timestamp", station_id, temperature_c) values
  ('2025-09-01T00:00Z', 'YYZ', 18.5), ('2025-09-01T01:00Z', null, 18.1), ('2025-09-01T02:13:07Z', 'YYZ', 17.9),
  ('2025-09-01T03:00Z', 'YYZ', 'NaN');
