-- Quota of calls per minute, and how long the log is kept.

create table if not exists public.llm_rate_limit (
  user_id text not null,
  window_start timestamp with time zone not null,
  count int not null,
  user_quota int not null,
  last_reset timestamp with time zone not null default now(),
  constraint llm_rate_limit_pkey primary key (user_id, window_start),
  constraint llm_rate_limit_count_check check (count >= 0),
  constraint llm_rate_limit_user_quota_check check (user_quota > 0)
);
comment on table public.llm_rate_limit is 'Calls of each bucket in each minute. Written by llm_rl_increment() alone.';
comment on column public.llm_rate_limit.user_id is 'The bucket: salted hash of key and address. The platform''s name of the column; no header that a client chooses.';
comment on column public.llm_rate_limit.window_start is 'Start of the minute.';
comment on column public.llm_rate_limit.count is 'Calls that asked in that minute, refused ones included.';
comment on column public.llm_rate_limit.user_quota is 'Calls that were allowed in that minute. No default: an insert that leaves it out would be served another limit than the caller''s.';
comment on column public.llm_rate_limit.last_reset is 'When the bucket was first used in that minute.';
create index if not exists llm_rate_limit_window_start_idx on public.llm_rate_limit (window_start);
alter table public.llm_rate_limit enable row level security;
revoke all on public.llm_rate_limit from public, anon, authenticated, service_role;
grant select on public.llm_rate_limit to service_role;
drop policy if exists llm_rate_limit_service on public.llm_rate_limit;
create policy llm_rate_limit_service on public.llm_rate_limit for select to service_role using (true);

-- Earlier migrations made several variants with other parameters and results: one stays.
do $$
declare
  variant regprocedure;
begin
  for variant in
    select p.oid::regprocedure from pg_catalog.pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.proname in ('llm_rl_increment', 'llm_purge_old')
  loop
    execute format('drop function %s', variant);
  end loop;
end
$$;

-- One statement, so that parallel calls count exactly. A caller that cannot say who asks, when, or how many are allowed gets an error,
-- never a free call. The caller refuses where count > user_quota.
create function public.llm_rl_increment(p_user_id text, p_window timestamp with time zone, p_default_limit int)
returns table (count int, user_quota int)
language plpgsql
security definer
set search_path = ''
as $$
#variable_conflict use_column
begin
  if p_user_id is null or pg_catalog.btrim(p_user_id) = '' or p_window is null or p_default_limit is null or p_default_limit < 1 then
    raise exception 'llm_rl_increment needs a bucket, a time and a limit of at least 1'
      using errcode = 'invalid_parameter_value', hint = 'refuse the call that you were about to count';
  end if;
  return query
    insert into public.llm_rate_limit as bucket (user_id, window_start, count, user_quota)
    values (p_user_id, pg_catalog.date_trunc('minute', p_window, 'UTC'), 1, p_default_limit)
    on conflict (user_id, window_start) do update set count = bucket.count + 1, user_quota = excluded.user_quota
    returning bucket.count, bucket.user_quota;
end
$$;
comment on function public.llm_rl_increment(text, timestamp with time zone, int) is
  'Counts a call of a bucket in the minute of p_window, and gives the count and the limit p_default_limit. Refuse where count > user_quota.';
revoke all on function public.llm_rl_increment(text, timestamp with time zone, int) from public, anon, authenticated, service_role;
grant execute on function public.llm_rl_increment(text, timestamp with time zone, int) to service_role;

-- Nobody may delete from the log but this; it writes its own row in ops_runs, with what it removed.
create function public.llm_purge_old()
returns table (calls bigint, feedback bigint, windows bigint)
language plpgsql
security definer
set search_path = ''
as $$
declare
  started timestamp with time zone := pg_catalog.clock_timestamp();
begin
  delete from public.llm_call_log where ts < pg_catalog.now() - interval '180 days';
  get diagnostics calls = row_count;
  delete from public.llm_feedback where ts < pg_catalog.now() - interval '365 days';
  get diagnostics feedback = row_count;
  delete from public.llm_rate_limit where window_start < pg_catalog.now() - interval '7 days';
  get diagnostics windows = row_count;
  insert into public.ops_runs (run_type, job_name, status, started_at, completed_at, duration_ms, metadata)
  values ('purge', 'llm_purge_old', 'success', started, pg_catalog.clock_timestamp(),
    (extract(epoch from pg_catalog.clock_timestamp() - started) * 1000)::int,
    pg_catalog.jsonb_build_object('calls', calls, 'feedback', feedback, 'windows', windows));
  return next;
end
$$;
comment on function public.llm_purge_old() is
  'Removes calls older than 180 days, feedback older than 365 days and minutes of the quota older than 7 days; gives how many of each.';
revoke all on function public.llm_purge_old() from public, anon, authenticated, service_role;
grant execute on function public.llm_purge_old() to service_role;
