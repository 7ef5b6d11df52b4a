-- Health of sources without our columns, filled by a seed, and the function that was called but made by no migration.
create table public.source_health (source_name text primary key, last_success timestamptz, last_failure timestamptz, consecutive_failures int default 0, notes text);
insert into public.source_health values ('ieso', now(), null, 0, 'seeded'), ('openweather', null, now(), 12, 'seeded');
create function public.increment_failure(src_name text) returns void language sql as $$ update public.source_health set consecutive_failures = consecutive_failures + 1 where source_name = src_name $$;
