-- Runs and calls; the names of an index, a sequence and a type of ours belong to something else.
create table public.ops_runs (id uuid primary key default gen_random_uuid(), run_type text not null, status text not null, started_at timestamptz not null, completed_at timestamptz, metadata jsonb, created_at timestamptz not null default now());
create table public.edge_invocation_log (id uuid primary key default gen_random_uuid(), function_name text not null, status text not null, started_at timestamptz default now(), completed_at timestamptz, duration_ms int, metadata jsonb);
insert into public.ops_runs (id, run_type, status, started_at) values
  ('00000000-0000-4000-8000-000000000091', 'ingestion', 'success', '2025-09-20T00:00Z'), ('00000000-0000-4000-8000-000000000092', 'ieso_ingestion', 'success', '2025-09-20T00:00Z');
insert into public.edge_invocation_log (id, function_name, status, started_at) values ('00000000-0000-4000-8000-000000000093', 'stream', 'success', '2025-09-20T00:00Z');
create table public.unrelated (id int constraint feature_flags_verification_id_idx primary key, name text);
create index ops_runs_created_at_idx on public.unrelated (name);
insert into public.unrelated values (1, 'kept');
create type public.feature_flags as enum ('on', 'off');
create sequence public.llm_prompts;
