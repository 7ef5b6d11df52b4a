-- A hosted project: everything is granted to everybody, now and by default, policies let all pass, and a publication carries the tables.
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
create table public.security_notes (id int primary key);
create table public.llm_reports (id uuid primary key default gen_random_uuid(), created_at timestamptz default now(), endpoint text, dataset_path text, timeframe text, focus text, payload jsonb);
insert into public.llm_reports (id, endpoint, payload, created_at) values ('00000000-0000-4000-8000-0000000000c1', 'transition-report', '{}', '2025-09-20T00:00Z');
create publication earlier_realtime;
do $$
declare
  t record;
begin
  for t in select tablename from pg_tables where schemaname = 'public' loop
    execute format('grant all on public.%I to anon, authenticated', t.tablename);
    execute format('alter table public.%I enable row level security', t.tablename);
    execute format('create policy open_to_all on public.%I for all to public using (true) with check (true)', t.tablename);
    execute format('alter publication earlier_realtime add table public.%I', t.tablename);
  end loop;
end
$$;
