-- Columns of the view of weather by place say what those of its table say; the contract of weather_data changed its words.

comment on column public.weather_data.station_id is 'Climate ID of the station, such as 6158731, not ECCC''s internal number. Where stations follow each other at a place, see weather_by_place.';
comment on column history.weather_data.station_id is 'Climate ID of the station, such as 6158731, not ECCC''s internal number. Where stations follow each other at a place, see weather_by_place.';
do $$
declare
  col record;
begin
  for col in
    select v.attname as column_name, pg_catalog.col_description(t.attrelid, t.attnum) as doc
    from pg_catalog.pg_attribute v
    join pg_catalog.pg_attribute t on t.attrelid = 'public.weather_data'::regclass and t.attname = v.attname
    where v.attrelid = 'public.weather_by_place'::regclass and v.attnum > 0
      and pg_catalog.col_description(t.attrelid, t.attnum) is not null
  loop
    execute format('comment on column public.weather_by_place.%I is %L', col.column_name, col.doc);
  end loop;
end
$$;
comment on column public.weather_by_place.place is 'The place, see weather_place_station: which station stands for it when.';
comment on column public.weather_by_place.station_id is 'Climate ID of the station that stood for the place at that hour.';
