-- Weather by timestamp and station.
create table public.weather_data (
  "timestamp" timestamptz not null, station_id text not null, temperature_c float8, wind_speed_m_s float8, precipitation_mm float8, created_at timestamptz default now(),
  constraint weather_data_pkey primary key ("timestamp", station_id)
);
insert into public.weather_data ("timestamp", station_id, temperature_c) values ('2025-09-01T00:00Z', 'YYZ', 18.5), ('2025-09-01T00:00Z', 'YOW', 17.5);
