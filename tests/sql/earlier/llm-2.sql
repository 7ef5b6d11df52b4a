-- Language model tables of the second plan: feedback as a rating of a call, one limit row per user.
create table public.llm_call_log (id uuid primary key, created_at timestamptz not null default now(), endpoint text not null, status_code int not null, meta jsonb);
create table public.llm_feedback (
  id uuid primary key default gen_random_uuid(), call_id uuid references public.llm_call_log (id), rating int, comment text, created_at timestamptz default now()
);
create table public.llm_rate_limit (user_id text primary key, window_start timestamptz, count int, user_quota int default 60, last_reset timestamptz);
insert into public.llm_call_log values ('00000000-0000-4000-8000-000000000081', '2025-09-20T00:00Z', 'explain-chart', 451, '{}');
insert into public.llm_feedback (id, call_id, rating, created_at) values
  ('00000000-0000-4000-8000-000000000084', '00000000-0000-4000-8000-000000000081', 4, '2025-09-20T00:02Z'), ('00000000-0000-4000-8000-000000000085', null, 2, '2025-09-20T00:02Z');
insert into public.llm_rate_limit values ('anon', null, 3, 60, null), ('someone', '2025-09-20T00:00Z', 1, 60, '2025-09-20T00:00Z');
