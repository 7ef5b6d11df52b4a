-- Language model tables of the first definition.
create table public.llm_call_log (
  id uuid primary key default gen_random_uuid(), ts timestamptz not null default now(), endpoint text not null, dataset_path text, panel_id text, user_id text, prompt text,
  response_summary text, provenance jsonb, status_code int, duration_ms int, cost_usd numeric(10,4), token_cost numeric(12,0), redaction_summary jsonb, meta jsonb
);
create table public.llm_feedback (
  id uuid primary key default gen_random_uuid(), ts timestamptz not null default now(), user_id text, endpoint text not null, feedback text check (feedback in ('up', 'down')), detail jsonb
);
create table public.llm_rate_limit (
  user_id text not null, window_start timestamptz not null, count int default 0, user_quota int default 60, last_reset timestamptz default now(), primary key (user_id, window_start)
);
create materialized view public.mv_llm_daily_spend as select date_trunc('day', ts) as day, endpoint, sum(cost_usd) as spend_usd, count(*) as calls from public.llm_call_log group by 1, 2;
insert into public.llm_call_log (id, ts, endpoint, status_code, duration_ms) values
  ('00000000-0000-4000-8000-000000000081', '2025-09-20T00:00Z', 'explain-chart', 200, 30), ('00000000-0000-4000-8000-000000000082', '2025-09-20T00:01Z', 'explain-chart', null, 30);
insert into public.llm_feedback (id, ts, endpoint, feedback) values ('00000000-0000-4000-8000-000000000083', '2025-09-20T00:02Z', 'explain-chart', 'up');
insert into public.llm_rate_limit values ('anon', '2025-09-20T00:00Z', 3, 60, '2025-09-20T00:00Z'), ('null', '2025-09-20T00:00Z', 3, null, '2025-09-20T00:00Z');
