-- Operations that the platform shows: health of streams, calls of endpoints, runs of jobs. Rows come from what ran, never from a seed.

create table if not exists public.stream_health (
  stream_key text not null,
  id uuid not null default gen_random_uuid(),
  status text not null,
  last_success timestamp with time zone,
  last_error timestamp with time zone,
  error_count int not null default 0,
  metadata jsonb not null default '{}',
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint stream_health_pkey primary key (stream_key),
  constraint stream_health_id_key unique (id),
  constraint stream_health_status_check check (status in ('healthy', 'degraded', 'error')),
  constraint stream_health_error_count_check check (error_count >= 0)
);
comment on table public.stream_health is 'One row per stream that was ever fed; a stream without a row is unknown, which is not healthy.';
comment on column public.stream_health.stream_key is 'Key of the stream as clients ask for it: ontario-demand, provincial-generation.';
comment on column public.stream_health.id is 'Of the platform: another name of the row.';
comment on column public.stream_health.status is 'healthy, degraded or error. No default: nobody measured means no row.';
comment on column public.stream_health.last_success is 'When rows of the stream were last in place.';
comment on column public.stream_health.last_error is 'When feeding it last failed.';
comment on column public.stream_health.error_count is 'Failures since the last success.';
comment on column public.stream_health.metadata is 'What the writer adds: code of the fault, dataset. Anybody can read it.';
comment on column public.stream_health.created_at is 'When the stream was first fed.';
comment on column public.stream_health.updated_at is 'When this row last changed.';
alter table public.stream_health enable row level security;
revoke all on public.stream_health from public, anon, authenticated, service_role;
grant select on public.stream_health to anon, authenticated;
grant select, insert, update, delete on public.stream_health to service_role;
drop policy if exists stream_health_read on public.stream_health;
create policy stream_health_read on public.stream_health for select to anon, authenticated using (true);
drop policy if exists stream_health_service on public.stream_health;
create policy stream_health_service on public.stream_health for all to service_role using (true) with check (true);

create table if not exists public.edge_invocation_log (
  id uuid not null default gen_random_uuid(),
  function_name text not null,
  status text not null,
  started_at timestamp with time zone not null,
  completed_at timestamp with time zone,
  duration_ms int,
  metadata jsonb not null default '{}',
  created_at timestamp with time zone not null default now(),
  constraint edge_invocation_log_pkey primary key (id),
  constraint edge_invocation_log_status_check check (status in ('success', 'error')),
  constraint edge_invocation_log_duration_ms_check check (duration_ms >= 0)
);
comment on table public.edge_invocation_log is 'Calls of endpoints, sampled where there are many. The service alone reads it.';
comment on column public.edge_invocation_log.id is 'Of the call.';
comment on column public.edge_invocation_log.function_name is 'Endpoint or function that was called.';
comment on column public.edge_invocation_log.status is 'success or error.';
comment on column public.edge_invocation_log.started_at is 'When the call came.';
comment on column public.edge_invocation_log.completed_at is 'When it was answered; NULL where it never was.';
comment on column public.edge_invocation_log.duration_ms is 'How long it took. Unit: ms.';
comment on column public.edge_invocation_log.metadata is 'HTTP status, rate of sampling, code of the fault. No keys, no addresses of clients.';
comment on column public.edge_invocation_log.created_at is 'When this row was written.';
create index if not exists edge_invocation_log_function_name_idx on public.edge_invocation_log (function_name, status, started_at desc);
alter table public.edge_invocation_log enable row level security;
revoke all on public.edge_invocation_log from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.edge_invocation_log to service_role;
drop policy if exists edge_invocation_log_service on public.edge_invocation_log;
create policy edge_invocation_log_service on public.edge_invocation_log for all to service_role using (true) with check (true);

create table if not exists public.ops_runs (
  id uuid not null default gen_random_uuid(),
  run_type text not null,
  status text not null,
  started_at timestamp with time zone not null,
  completed_at timestamp with time zone,
  metadata jsonb not null default '{}',
  created_at timestamp with time zone not null default now(),
  job_name text,
  duration_ms int,
  error_message text,
  constraint ops_runs_pkey primary key (id),
  constraint ops_runs_run_type_check check (run_type in ('ingestion', 'forecast', 'purge', 'maintenance', 'retrain', 'other')),
  constraint ops_runs_status_check check (status in ('running', 'success', 'failure')),
  constraint ops_runs_duration_ms_check check (duration_ms >= 0)
);
comment on table public.ops_runs is 'Runs of jobs, each written by the job itself with what it did. Figures of operations are computed from it. The service alone reads it.';
comment on column public.ops_runs.id is 'Of the run.';
comment on column public.ops_runs.run_type is 'ingestion, forecast, purge, maintenance, retrain or other.';
comment on column public.ops_runs.status is 'running, success or failure.';
comment on column public.ops_runs.started_at is 'When it started.';
comment on column public.ops_runs.completed_at is 'When it ended; NULL while it runs, or when it was killed.';
comment on column public.ops_runs.metadata is 'What it did: rows, intervals, run_id of etl.run.';
comment on column public.ops_runs.created_at is 'When this row was written.';
comment on column public.ops_runs.job_name is 'Which job of its type.';
comment on column public.ops_runs.duration_ms is 'How long it took. Unit: ms.';
comment on column public.ops_runs.error_message is 'Why it failed; NULL where it did not.';
create index if not exists ops_runs_run_type_completed_at_idx on public.ops_runs (run_type, completed_at desc);
create index if not exists ops_runs_created_at_idx on public.ops_runs (created_at desc);
alter table public.ops_runs enable row level security;
revoke all on public.ops_runs from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.ops_runs to service_role;
drop policy if exists ops_runs_service on public.ops_runs;
create policy ops_runs_service on public.ops_runs for all to service_role using (true) with check (true);
