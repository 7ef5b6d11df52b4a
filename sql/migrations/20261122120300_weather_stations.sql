-- Weather stations, and the stations of a place as a table with history: it had neither load nor versions.

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.weather_stations (
  station_id text not null,
  name text not null,
  province_code text not null,
  eccc_station_id integer,
  latitude double precision,
  longitude double precision,
  standard_time text not null,
  first_day date,
  last_day date,
  notes text,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint weather_stations_pkey primary key (station_id)
);
comment on table public.weather_stations is 'Weather stations.';
comment on column public.weather_stations.station_id is 'Climate ID of the station, as in weather_data.';
comment on column public.weather_stations.name is 'Name as ECCC writes it.';
comment on column public.weather_stations.province_code is 'Two letters of the province.';
comment on column public.weather_stations.eccc_station_id is 'ECCC''s internal number, which its bulk download asks for; it is not the Climate ID.';
comment on column public.weather_stations.latitude is 'North, as ECCC writes it into the file of observations; NULL where no such file was seen. Unit: °.';
comment on column public.weather_stations.longitude is 'East, as ECCC writes it into the file of observations; NULL where no such file was seen. Unit: °.';
comment on column public.weather_stations.standard_time is 'Zone of the local standard time that its observations are stamped with, all year; the sign is inverted, as POSIX has it.';
comment on column public.weather_stations.first_day is 'First day with hourly observations; NULL: not known.';
comment on column public.weather_stations.last_day is 'Last day with hourly observations; NULL: not known, or it goes on.';
comment on column public.weather_stations.notes is 'What is not sure or unusual about it.';
comment on column public.weather_stations.created_at is 'When this version of the row was written.';
comment on column public.weather_stations.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.weather_stations enable row level security;
revoke all on public.weather_stations from public, anon, authenticated, service_role;
grant select on public.weather_stations to anon, authenticated;
grant select, insert, update, delete on public.weather_stations to service_role;
drop policy if exists weather_stations_read on public.weather_stations;
create policy weather_stations_read on public.weather_stations for select to anon, authenticated using (true);
drop policy if exists weather_stations_service on public.weather_stations;
create policy weather_stations_service on public.weather_stations for all to service_role using (true) with check (true);
create or replace trigger weather_stations_edit_lock before insert or update or delete or truncate on public.weather_stations for each statement execute function etl.record_edit();
create or replace trigger weather_stations_edit before insert or update or delete on public.weather_stations for each row execute function etl.record_edit();

create table if not exists history.weather_stations (
  station_id text not null,
  name text not null,
  province_code text not null,
  eccc_station_id integer,
  latitude double precision,
  longitude double precision,
  standard_time text not null,
  first_day date,
  last_day date,
  notes text,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint weather_stations_pkey primary key (station_id, load_id)
);
create index if not exists weather_stations_closed_by_load_id_idx on history.weather_stations (closed_by_load_id);
comment on table history.weather_stations is 'Closed versions of public.weather_stations: revised or withdrawn by the publisher.';
comment on column history.weather_stations.station_id is 'Climate ID of the station, as in weather_data.';
comment on column history.weather_stations.name is 'Name as ECCC writes it.';
comment on column history.weather_stations.province_code is 'Two letters of the province.';
comment on column history.weather_stations.eccc_station_id is 'ECCC''s internal number, which its bulk download asks for; it is not the Climate ID.';
comment on column history.weather_stations.latitude is 'North, as ECCC writes it into the file of observations; NULL where no such file was seen. Unit: °.';
comment on column history.weather_stations.longitude is 'East, as ECCC writes it into the file of observations; NULL where no such file was seen. Unit: °.';
comment on column history.weather_stations.standard_time is 'Zone of the local standard time that its observations are stamped with, all year; the sign is inverted, as POSIX has it.';
comment on column history.weather_stations.first_day is 'First day with hourly observations; NULL: not known.';
comment on column history.weather_stations.last_day is 'Last day with hourly observations; NULL: not known, or it goes on.';
comment on column history.weather_stations.notes is 'What is not sure or unusual about it.';
comment on column history.weather_stations.created_at is 'When this version of the row was written.';
comment on column history.weather_stations.load_id is 'The load that wrote this version.';
comment on column history.weather_stations.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.weather_stations enable row level security;
revoke all on history.weather_stations from public, anon, authenticated, service_role;
grant select on history.weather_stations to service_role;
drop policy if exists weather_stations_service on history.weather_stations;
create policy weather_stations_service on history.weather_stations for select to service_role using (true);

alter table public.weather_stations drop constraint if exists weather_stations_standard_time_check;
alter table public.weather_stations add constraint weather_stations_standard_time_check check (standard_time in ('Etc/GMT+5', 'Etc/GMT+7'));
alter table public.weather_stations drop constraint if exists weather_stations_latitude_check;
alter table public.weather_stations add constraint weather_stations_latitude_check check (latitude between -90 and 90);
alter table public.weather_stations drop constraint if exists weather_stations_longitude_check;
alter table public.weather_stations add constraint weather_stations_longitude_check check (longitude between -180 and 180);
alter table public.weather_stations drop constraint if exists weather_stations_days_check;
alter table public.weather_stations add constraint weather_stations_days_check check (first_day <= last_day);

-- The table was there before, as reference data without load. Its rows get one of strategy adopted: where they came from is a migration.
alter table public.weather_place_station add column if not exists created_at timestamp with time zone not null default now();
alter table public.weather_place_station add column if not exists load_id bigint;

do $$
begin
  if not exists (select from public.weather_place_station where load_id is null) then
    return;
  end if;
  insert into etl.run (run_id, command, source, started_at, finished_at, exit_code, host, process_id, version, actor)
  values ('adopted-weather_place_station', 'migrate', 'adopted', now(), now(), 0, 'local', pg_backend_pid(), '20261122120300', session_user)
  on conflict (run_id) do nothing;
  -- Load 0: what a migration wrote before any load. The loader's own begin with 1.
  insert into etl.load (load_id, run_id, dataset, table_name, interval_start, interval_end, strategy, known_at, rows_read, rows_inserted)
  overriding system value
  select 0, 'adopted-weather_place_station', 'local-weather-place-station', 'public.weather_place_station', '-infinity', 'infinity', 'adopted',
    clock_timestamp(), count(*), count(*)
  from public.weather_place_station
  where load_id is null
  on conflict (load_id) do nothing;
  update public.weather_place_station set load_id = 0 where load_id is null;
end
$$;
alter table public.weather_place_station alter column load_id set not null;
comment on table public.weather_place_station is 'Which station stands for a place in which time: stations are replaced by others, with another Climate ID.';
comment on column public.weather_place_station.valid_from is 'First instant, included; -infinity (blank in the file) from the beginning. The periods of a place do not overlap. Unit: UTC.';
comment on column public.weather_place_station.valid_until is 'Last instant, excluded; infinity (blank in the file) while it goes on. Unit: UTC.';
comment on column public.weather_place_station.created_at is 'When this version of the row was written.';
comment on column public.weather_place_station.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
create or replace trigger weather_place_station_edit_lock before insert or update or delete or truncate on public.weather_place_station for each statement execute function etl.record_edit();
create or replace trigger weather_place_station_edit before insert or update or delete on public.weather_place_station for each row execute function etl.record_edit();

create table if not exists history.weather_place_station (
  place text not null,
  station_id text not null,
  valid_from timestamp with time zone not null,
  valid_until timestamp with time zone not null,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint weather_place_station_pkey primary key (place, valid_from, load_id)
);
create index if not exists weather_place_station_closed_by_load_id_idx on history.weather_place_station (closed_by_load_id);
comment on table history.weather_place_station is 'Closed versions of public.weather_place_station: revised or withdrawn by the publisher.';
comment on column history.weather_place_station.place is 'Airport: Toronto Pearson, Calgary International, Edmonton International.';
comment on column history.weather_place_station.station_id is 'Climate ID, as in weather_data.';
comment on column history.weather_place_station.valid_from is 'First instant, included; -infinity (blank in the file) from the beginning. The periods of a place do not overlap. Unit: UTC.';
comment on column history.weather_place_station.valid_until is 'Last instant, excluded; infinity (blank in the file) while it goes on. Unit: UTC.';
comment on column history.weather_place_station.created_at is 'When this version of the row was written.';
comment on column history.weather_place_station.load_id is 'The load that wrote this version.';
comment on column history.weather_place_station.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.weather_place_station enable row level security;
revoke all on history.weather_place_station from public, anon, authenticated, service_role;
grant select on history.weather_place_station to service_role;
drop policy if exists weather_place_station_service on history.weather_place_station;
create policy weather_place_station_service on history.weather_place_station for select to service_role using (true);
