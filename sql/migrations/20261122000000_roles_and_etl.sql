-- The operational schema: what was asked, what came, what was loaded, what was refused.
-- Written by the loader only; readable by the service role.

do $$
declare
  wanted text;
begin
  foreach wanted in array array['anon', 'authenticated', 'service_role'] loop
    if not exists (select 1 from pg_roles where rolname = wanted) then
      begin
        execute format('create role %I nologin', wanted);
      exception
        -- Roles belong to the server: another of its databases is being migrated and was faster.
        when duplicate_object or unique_violation then null;
      end;
    end if;
  end loop;
end
$$;

create schema if not exists etl;
create schema if not exists history;
revoke all on schema etl, history from public;
grant usage on schema etl, history to service_role;
grant usage on schema public to anon, authenticated, service_role;
comment on schema etl is 'Operations: runs, loads, ledger of intervals, artifacts, quarantine, check results, leases.';
comment on schema history is 'Closed versions of the rows of public, one table each; open versions are in public.';

create table if not exists etl.run (
  run_id text not null constraint run_pkey primary key,
  command text not null,
  source text not null constraint run_source_check check (source in ('live', 'recordings', 'samples')),
  started_at timestamptz not null,
  finished_at timestamptz,
  exit_code int,
  host text not null,
  process_id int not null,
  version text not null,
  report_path text
);
comment on table etl.run is 'One row per run of the engine.';

create table if not exists etl.artifact (
  artifact_id bigint generated always as identity constraint artifact_pkey primary key,
  dataset text not null,
  interval_start timestamptz not null,
  sha256 text not null constraint artifact_sha256_check check (sha256 ~ '^[0-9a-f]{64}$'),
  url text not null,
  bytes bigint not null,
  content_type text,
  etag text,
  last_modified text,
  fetched_at timestamptz not null,
  source text not null constraint artifact_source_check check (source in ('live', 'recordings', 'samples')),
  run_id text not null constraint artifact_run_id_fkey references etl.run,
  constraint artifact_dataset_interval_sha256_key unique (dataset, interval_start, sha256)
);
comment on table etl.artifact is 'A publisher''s answer, stored in landing under its SHA-256; one row per dataset, interval and content.';

create table if not exists etl.load (
  load_id bigint generated always as identity constraint load_pkey primary key,
  run_id text not null constraint load_run_id_fkey references etl.run,
  dataset text not null,
  table_name text not null,
  interval_start timestamptz not null,
  interval_end timestamptz not null,
  artifact_id bigint not null constraint load_artifact_id_fkey references etl.artifact,
  definition_hash text not null,
  strategy text not null constraint load_strategy_check check (strategy in ('append', 'merge')),
  known_at timestamptz not null,
  rows_read bigint not null default 0,
  rows_rejected bigint not null default 0,
  rows_inserted bigint not null default 0,
  rows_revised bigint not null default 0,
  rows_withdrawn bigint not null default 0,
  rows_unchanged bigint not null default 0
);
create index if not exists load_table_name_known_at_idx on etl.load (table_name, known_at);
comment on table etl.load is 'One committed load of one interval: where the rows that carry its load_id come from, and when we learned them.';
comment on column etl.load.known_at is 'Knowledge time: taken under the table''s lock, so it grows with load_id within a table.';

create table if not exists etl.interval (
  dataset text not null,
  interval_start timestamptz not null,
  interval_end timestamptz not null,
  status text not null constraint interval_status_check check (status in ('loaded', 'blocked', 'failed')),
  definition_hash text not null,
  artifact_id bigint constraint interval_artifact_id_fkey references etl.artifact,
  load_id bigint constraint interval_load_id_fkey references etl.load,
  attempts int not null default 0,
  checked_at timestamptz not null,
  loaded_at timestamptz,
  error jsonb,
  constraint interval_pkey primary key (dataset, interval_start)
);
comment on table etl.interval is 'The ledger: the last outcome of each interval of each dataset. Missing = wanted − loaded.';
comment on column etl.interval.attempts is 'Failed or blocked attempts since the last success.';
comment on column etl.interval.checked_at is 'When the publisher was last asked.';

create table if not exists etl.quarantine (
  quarantine_id bigint generated always as identity constraint quarantine_pkey primary key,
  dataset text not null,
  interval_start timestamptz not null,
  interval_end timestamptz not null,
  artifact_id bigint not null constraint quarantine_artifact_id_fkey references etl.artifact,
  run_id text not null,
  line bigint not null,
  rule text not null,
  reason text not null,
  row_key text,
  raw text not null,
  created_at timestamptz not null default now(),
  resolved_at timestamptz,
  resolution text
);
create index if not exists quarantine_open_idx on etl.quarantine (dataset, interval_start) where resolved_at is null;
comment on table etl.quarantine is 'Rows that were not loaded, with the reason and the text as published. A later load of the interval resolves them.';

create table if not exists etl.check_result (
  check_result_id bigint generated always as identity constraint check_result_pkey primary key,
  run_id text not null,
  dataset text not null,
  interval_start timestamptz not null,
  interval_end timestamptz not null,
  load_id bigint,
  check_name text not null,
  severity text not null constraint check_result_severity_check check (severity in ('reject', 'block', 'warn', 'info')),
  result text not null constraint check_result_result_check check (result in ('passed', 'found', 'not checked')),
  failing_rows bigint not null,
  samples jsonb not null default '[]',
  sql text not null,
  checked_at timestamptz not null default now()
);
create index if not exists check_result_dataset_interval_idx on etl.check_result (dataset, interval_start, checked_at desc);
comment on table etl.check_result is 'What each check found in each loaded or blocked interval.';

create table if not exists etl.lease (
  dataset text not null,
  interval_start timestamptz not null,
  run_id text not null,
  backend_pid int not null,
  backend_start timestamptz not null,
  acquired_at timestamptz not null,
  expires_at timestamptz not null,
  constraint lease_pkey primary key (dataset, interval_start)
);
comment on table etl.lease is 'Who is loading an interval now. Free to take when it has expired or its connection is gone.';

create table if not exists etl.setting (
  name text not null constraint setting_pkey primary key,
  value text not null
);
comment on table etl.setting is 'Facts about this database, e.g. whether it holds samples or real data.';

create table if not exists public.source_health (
  source_name text not null constraint source_health_pkey primary key,
  last_success timestamptz,
  last_failure timestamptz,
  consecutive_failures int not null default 0,
  notes text,
  status text not null default 'unknown'
    constraint source_health_status_check check (status in ('healthy', 'degraded', 'failing', 'unknown', 'not configured')),
  covered_until timestamptz,
  updated_at timestamptz not null default now()
);
comment on table public.source_health is 'One row per publisher (ieso) and per dataset (ieso/ieso-demand), written in the transaction of each load.';
comment on column public.source_health.covered_until is 'Start of the newest step that has a row; of a publisher, the oldest of its datasets.';

-- A hosted project may grant everything on new tables by default, so first take it away.
alter table public.source_health enable row level security;
revoke all on public.source_health from public, anon, authenticated, service_role;
drop policy if exists source_health_read on public.source_health;
create policy source_health_read on public.source_health for select to anon, authenticated using (true);
drop policy if exists source_health_service on public.source_health;
create policy source_health_service on public.source_health for all to service_role using (true) with check (true);
grant select on public.source_health to anon, authenticated;
grant select, insert, update, delete on public.source_health to service_role;
grant select, insert, update, delete on all tables in schema etl to service_role;

do $$
declare
  etl_table text;
begin
  for etl_table in select tablename from pg_tables where schemaname = 'etl' loop
    execute format('alter table etl.%I enable row level security', etl_table);
    execute format('drop policy if exists %I on etl.%I', etl_table || '_service', etl_table);
    execute format('create policy %I on etl.%I for all to service_role using (true) with check (true)', etl_table || '_service', etl_table);
  end loop;
end
$$;

-- What did we believe at an instant: select * from as_of(null::public.ontario_hourly_demand, '2025-06-01T00:00Z').
-- A version was known from its load's known_at until the closing load's known_at.
create or replace function public.as_of(of_table anyelement, at_instant timestamptz)
returns setof anyelement
language plpgsql
stable
set search_path = ''
as $$
declare
  relation regclass := (select t.typrelid::regclass from pg_catalog.pg_type t where t.oid = pg_catalog.pg_typeof(of_table));
  relation_name text := (select c.relname from pg_catalog.pg_class c where c.oid = relation);
  columns text := (
    select pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' order by a.attnum)
    from pg_catalog.pg_attribute a
    where a.attrelid = relation and a.attnum > 0 and not a.attisdropped
  );
begin
  return query execute pg_catalog.format(
    'select %1$s from public.%2$I v
      where exists (select from etl.load l where l.load_id = v.load_id and l.known_at <= $1)
     union all
     select %1$s from history.%2$I v
      where exists (select from etl.load l where l.load_id = v.load_id and l.known_at <= $1)
        and not exists (select from etl.load l where l.load_id = v.closed_by_load_id and l.known_at <= $1)',
    columns, relation_name
  ) using at_instant;
end
$$;
comment on function public.as_of(anyelement, timestamptz) is 'Rows of a table as they were known at an instant: as_of(null::public.<table>, instant).';
revoke all on function public.as_of(anyelement, timestamptz) from public, anon, authenticated;
grant execute on function public.as_of(anyelement, timestamptz) to service_role;
