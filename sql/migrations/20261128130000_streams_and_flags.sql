-- What streams of events and feature flags need: which loads filled a stream, and which flags are on in earnest.

select adopted.set_aside('20261128130000', array[
  'etl.load_table_name_load_id_idx', 'public.stream_loads()', 'public.feature_flag_states()'
]);

-- The loads of one table since a number; without it, whoever comes back reads all loads of all tables.
create index if not exists load_table_name_load_id_idx on etl.load (table_name, load_id);

-- Loads of one table are written one after the other (under the lock of the table), so their numbers grow in the order of their commits.
create or replace function public.stream_loads(stream_key text, after_load_id bigint default null, max_loads int default 1)
returns table (
  load_id bigint, dataset text, rows_changed bigint, rows_withdrawn bigint, from_time timestamptz, to_time timestamptz, known_at timestamptz
)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  filled text;
  -- Datasets of the same table whose rows the stream leaves out.
  left_out text := '';
  -- Rows of a report about now have times of their own: the interval of the load does not hold them.
  bounded boolean := true;
begin
  case stream_loads.stream_key
    when 'ontario-demand' then filled := 'public.ontario_hourly_demand';
    when 'provincial-generation' then filled := 'public.provincial_generation';
    when 'ontario-prices' then filled := 'public.ontario_nodal_prices'; left_out := 'ieso-realtime-nodal-price';
    when 'hf-electricity-demand' then filled := 'public.hf_electricity_demand';
    when 'aeso-grid-data' then filled := 'public.grid_status'; left_out := 'ieso-grid-status'; bounded := false;
    else
      raise sqlstate 'PT404' using
        message = pg_catalog.format('there is no stream %s', pg_catalog.quote_nullable(pg_catalog.left(stream_loads.stream_key, 80))),
        hint = 'stream_manifest has all of them';
  end case;
  if stream_loads.max_loads is null or stream_loads.max_loads not between 1 and 1000 then
    raise sqlstate 'PT400' using message = 'max_loads is a whole number from 1 to 1000', hint = 'ask again after the last load_id';
  end if;
  if stream_loads.after_load_id is null then
    return query
      select l.load_id, l.dataset, l.rows_inserted + l.rows_revised, l.rows_withdrawn,
        case when bounded and pg_catalog.isfinite(l.interval_start) then l.interval_start end,
        case when bounded and pg_catalog.isfinite(l.interval_end) then l.interval_end end, l.known_at
      from etl.load l
      where l.table_name = filled and l.dataset <> left_out and l.rows_inserted + l.rows_revised + l.rows_withdrawn > 0
      order by l.load_id desc limit 1;
  else
    return query
      select l.load_id, l.dataset, l.rows_inserted + l.rows_revised, l.rows_withdrawn,
        case when bounded and pg_catalog.isfinite(l.interval_start) then l.interval_start end,
        case when bounded and pg_catalog.isfinite(l.interval_end) then l.interval_end end, l.known_at
      from etl.load l
      where l.table_name = filled and l.dataset <> left_out and l.rows_inserted + l.rows_revised + l.rows_withdrawn > 0
        and l.load_id > stream_loads.after_load_id
      order by l.load_id limit stream_loads.max_loads;
  end if;
end
$$;
comment on function public.stream_loads(text, bigint, int) is 'Loads that changed a stream after the load after_load_id, oldest first, at most max_loads (1 to 1000); the newest one where after_load_id is NULL. rows_changed: inserted and revised; from_time, to_time: the half-open interval that its rows lie in, NULL where it has no bound. Another stream: PT404.';
revoke all on function public.stream_loads(text, bigint, int) from public, anon, authenticated, service_role;
grant execute on function public.stream_loads(text, bigint, int) to anon, authenticated, service_role;

-- One judgement for the server, the command line and PostgREST. A flag says what somebody decided; effective says what is so now.
create or replace function public.feature_flag_states()
returns table (
  key text, title text, description text, capability text, enabled boolean, effective boolean, reason text, enabled_by text,
  enabled_at timestamptz, verification jsonb, stale_since timestamptz
)
language sql stable security definer set search_path = '' as $$
  with known as (
    select f.*, s.stream_key, newest.run_id, newest.finished_at, newest.passed,
      newest.finished_at < now() - interval '24 hours' as is_old,
      opened.database_identity is distinct from etl.database_identity() as is_copy,
      case when s.stream_key is not null then public.stream_provenance(s.stream_key) end as provenance,
      q.source_name, q.freshness, q.stale_since, q.judged_at, h.covered_until
    from public.feature_flags f
    left join (values
      ('ontario-demand', 'ontario-demand'), ('provincial-generation', 'provincial-generation'), ('ontario-prices', 'ontario-nodal-prices'),
      ('hf-electricity-demand', 'hf-electricity-demand'), ('aeso-grid-data', 'aeso-grid-data')
    ) s (stream_key, health_key) on f.capability = 'stream.' || s.stream_key
    left join etl.verification opened on opened.verification_id = f.verification_id
    left join lateral (
      select v.run_id, v.finished_at, v.passed from etl.verification v
      where v.capability = f.capability and v.database_identity = etl.database_identity()
      order by v.finished_at desc, v.verification_id desc limit 1
    ) newest on true
    -- A stream is as fresh as the dataset that fills it newest.
    left join public.stream_health t on t.stream_key = s.health_key
    left join public.source_quality q on q.dataset = t.metadata ->> 'dataset'
    left join public.source_health h on h.source_name = q.source_name
  ), judged as (
    select k.*, case
      when not k.enabled then
        case when k.enabled_at is null then 'never enabled'
          else 'disabled at ' || pg_catalog.to_char(k.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI"Z"') end
        || case when k.run_id is null then '; no verification in this database'
          when not k.passed then '; the last verification (' || k.run_id || ') did not pass'
          when k.is_old then '; the last verification (' || k.run_id || ') is older than 24 hours'
          else '' end
      when k.is_copy then 'enabled in another database, of which this one is a copy'
      when public.database_content() = 'samples' or k.provenance ->> 'freshness_status' = 'demo' then 'samples are no live data'
      when k.capability like 'stream.%' and k.stream_key is null then 'there is no such stream'
      when k.stream_key is null then null
      when k.provenance ->> 'last_updated' is null then 'there are no rows yet'
      when k.provenance ->> 'freshness_status' = 'unknown' then 'nobody knows where the newest rows are from'
      when k.source_name is null then 'nobody has judged yet how fresh the data are'
      when k.judged_at < now() - interval '1 day' then
        'how fresh the data are was last judged at ' || pg_catalog.to_char(k.judged_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI"Z"')
      when k.freshness = 'stale' then
        'stale since ' || coalesce(pg_catalog.to_char(k.stale_since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI"Z"'), 'an unknown time')
        || coalesce(': the newest row is of ' || pg_catalog.to_char(k.covered_until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI"Z"'), '')
      when k.freshness = 'unknown' then 'nobody can say how fresh the data are'
    end as why
    from known k
  )
  select j.key, j.title, j.description, j.capability, j.enabled, j.enabled and j.why is null, j.why, j.enabled_by, j.enabled_at,
    case when j.run_id is not null then pg_catalog.jsonb_build_object('run_id', j.run_id, 'finished_at', j.finished_at, 'passed', j.passed) end,
    j.stale_since
  from judged j
  order by j.key
$$;
comment on function public.feature_flag_states() is 'Feature flags with what is so now: effective is enabled, by a verification of this very database, and the data behind it are no samples, not stale and not unknown; reason says why it is not, in words. Judgements older than a day count as unknown. verification: the newest of the capability here.';
revoke all on function public.feature_flag_states() from public, anon, authenticated, service_role;
grant execute on function public.feature_flag_states() to anon, authenticated, service_role;
