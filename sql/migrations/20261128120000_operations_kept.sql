-- How long what is written about calls is kept, an index for runs that are under way, and what a server asks before it calls itself ready.

select adopted.set_aside('20261128120000', array['public.ops_runs_running_idx', 'public.edge_invocation_log_started_at_idx', 'etl.purge_old()', 'etl.missing_migrations()']);

-- Each run looks for those that were killed; there are few among many that ended.
create index if not exists ops_runs_running_idx on public.ops_runs (started_at) where status = 'running';
create index if not exists edge_invocation_log_started_at_idx on public.edge_invocation_log (started_at);

-- The runs themselves are kept: they are few, and the figures of operations are made of them.
create or replace function etl.purge_old() returns table (edge_invocations bigint, rate_limits bigint)
language plpgsql set search_path = '' as $$
declare
  began timestamp with time zone := pg_catalog.clock_timestamp();
begin
  delete from public.edge_invocation_log e where e.started_at < began - interval '30 days';
  get diagnostics edge_invocations = row_count;
  delete from etl.rate_limit r where r.window_start < began - interval '1 day';
  get diagnostics rate_limits = row_count;
  insert into public.ops_runs (run_type, job_name, status, started_at, completed_at, duration_ms, metadata)
  values ('purge', 'etl.purge_old', 'success', began, pg_catalog.clock_timestamp(),
    (extract(epoch from pg_catalog.clock_timestamp() - began) * 1000)::int,
    pg_catalog.jsonb_build_object('edge_invocation_log', edge_invocations, 'rate_limit', rate_limits));
  return next;
end
$$;
comment on function etl.purge_old() is 'Removes rows of edge_invocation_log older than 30 days and of etl.rate_limit older than a day, writes what it did to ops_runs, and gives how many rows of each.';
revoke all on function etl.purge_old() from public, anon, authenticated, service_role;
grant execute on function etl.purge_old() to service_role;

-- The service may not read the ledger itself: it is of the Supabase CLI, and holds the statements of everybody.
create or replace function etl.missing_migrations(p_versions text[]) returns text[]
language plpgsql stable security definer set search_path = '' as $$
begin
  return (
    select coalesce(pg_catalog.array_agg(v.version order by v.version), '{}')
    from pg_catalog.unnest(p_versions) v (version)
    where not exists (select from supabase_migrations.schema_migrations m where m.version = v.version)
  );
end
$$;
comment on function etl.missing_migrations(text[]) is 'Of these versions of migrations, those that are not applied here.';
revoke all on function etl.missing_migrations(text[]) from public, anon, authenticated, service_role;
grant execute on function etl.missing_migrations(text[]) to service_role;
