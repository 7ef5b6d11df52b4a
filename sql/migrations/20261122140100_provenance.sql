-- Lineage for everybody who may read the rows: where a load came from, without giving anybody the operational schema.

-- What the database holds is said in etl.setting, which anon may not read.
create or replace function public.database_content() returns text
language sql stable security definer set search_path = '' as $$
  select s.value from etl.setting s where s.name = 'content'
$$;
comment on function public.database_content() is 'What this database holds: samples (generated, not measurements) or real. NULL: nothing was loaded yet.';
revoke all on function public.database_content() from public, anon, authenticated, service_role;
grant execute on function public.database_content() to anon, authenticated, service_role;

-- Loads of tables that the public may not read stay unknown to it. Addresses are stored without secrets.
create or replace function public.load_provenance(load_id bigint)
returns table (
  dataset text, table_name text, source text, strategy text, url text, sha256 text, bytes bigint, fetched_at timestamptz, known_at timestamptz
)
language plpgsql stable strict security definer set search_path = '' as $$
begin
  return query
    select l.dataset, l.table_name, coalesce(a.source, r.source), l.strategy, a.url, a.sha256, a.bytes, a.fetched_at, l.known_at
    from etl.load l
    join etl.run r on r.run_id = l.run_id
    left join etl.artifact a on a.artifact_id = l.artifact_id
    where l.load_id = load_provenance.load_id
      and pg_catalog.has_table_privilege('anon', pg_catalog.to_regclass(l.table_name), 'select');
end
$$;
comment on function public.load_provenance(bigint) is 'Lineage of a row by its load_id: dataset; table; source live, recordings, samples, edit or adopted; strategy append, merge, edit or adopted; address, SHA-256, bytes and time of fetching of the publisher''s file (NULL for edit and adopted); when we learned it. No row: no such load of a public table.';
revoke all on function public.load_provenance(bigint) from public, anon, authenticated, service_role;
grant execute on function public.load_provenance(bigint) to anon, authenticated, service_role;

-- The provenance object of the platform. Keys that it marks as optional are absent where nothing is known.
create or replace function public.provenance_object(
  load_id bigint default null, last_updated timestamptz default null, stream_key text default null, calculation_method text default null
) returns jsonb
language plpgsql stable set search_path = '' as $$
#variable_conflict use_variable
declare
  lineage record;
  source text := public.load_source(load_id);
  publisher text := pg_catalog.replace(source, 'sample:', '');
  hours int := 24;
  licence text;
  freshness text := 'unknown';
  trust text;
begin
  select p.source as kind, p.sha256 into lineage from public.load_provenance(load_id) p;
  select m.stale_after_hours into hours from public.stream_manifest m where m.stream_key = stream_key;
  select d.licence || '. ' || d.attribution into licence from public.data_sources d where d.publisher = publisher;
  if lineage.kind = 'samples' then
    freshness := 'demo';
    trust := 'demo';
    licence := 'Generated sample, not a measurement.';
  elsif lineage.kind in ('live', 'recordings') and last_updated is not null then
    freshness := case when last_updated < now() - pg_catalog.make_interval(hours => coalesce(hours, 24)) then 'stale' else 'live' end;
    trust := case
      when publisher = 'kaggle' then 'proxy'
      when publisher in ('ieso', 'aeso', 'statcan', 'eccc') then case freshness when 'live' then 'live' else 'official_historical' end
    end;
  end if;
  return pg_catalog.jsonb_build_object(
      'source', source, 'last_updated', last_updated, 'freshness_status', freshness, 'is_fallback', freshness = 'demo')
    || pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
      'trust_tier', trust, 'license_notes', licence, 'calculation_method', calculation_method, 'evidence_hash', lineage.sha256));
end
$$;
comment on function public.provenance_object(bigint, timestamptz, text, text) is 'The platform''s provenance object. load_id: of the newest row; last_updated: the instant of that row; stream_key: whose stale_after_hours counts (24 without one). samples: demo and is_fallback; edit, adopted, no load or no instant: unknown; else live or stale by the age of last_updated. trust_tier: demo; live or official_historical for a publisher''s own numbers; proxy for a copy of them.';
revoke all on function public.provenance_object(bigint, timestamptz, text, text) from public, anon, authenticated, service_role;
grant execute on function public.provenance_object(bigint, timestamptz, text, text) to anon, authenticated, service_role;

-- Of a number that many rows make: no better than the weakest of them. One load speaks for all that say the same of themselves, since a year of
-- hours can have thousands of loads. Of sources that nobody may know there is one word, too.
create or replace function public.provenance_of_loads(
  load_ids bigint[], last_updated timestamptz default null, stream_key text default null, calculation_method text default null
) returns jsonb
language sql stable security definer set search_path = '' as $$
  with ids as (
    select distinct i.load_id from pg_catalog.unnest(load_ids) i (load_id) where i.load_id is not null
  ), parts as (
    select public.provenance_object(max(i.load_id), last_updated, stream_key, calculation_method) as part
    from ids i
    left join etl.load l on l.load_id = i.load_id
    left join etl.run r on r.run_id = l.run_id
    left join etl.artifact a on a.artifact_id = l.artifact_id
    group by l.dataset, l.table_name, r.source, a.source
  )
  select case (select count(*) from ids)
    when 0 then public.provenance_object(null, last_updated, stream_key, calculation_method)
    when 1 then (select p.part from parts p)
    else (
      select pg_catalog.jsonb_build_object(
          'source', pg_catalog.string_agg(distinct coalesce(p.part ->> 'source', 'unknown'), ', ' order by coalesce(p.part ->> 'source', 'unknown')),
          'last_updated', last_updated,
          'freshness_status', case
            when bool_or(p.part ->> 'freshness_status' = 'demo') then 'demo'
            when bool_or(p.part ->> 'freshness_status' = 'unknown') then 'unknown'
            when bool_or(p.part ->> 'freshness_status' = 'stale') then 'stale'
            else 'live' end,
          'is_fallback', bool_or((p.part ->> 'is_fallback')::boolean))
        || pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
          'trust_tier', case
            when bool_or(p.part ->> 'trust_tier' = 'demo') then 'demo'
            when bool_or(p.part ->> 'trust_tier' is null) then null
            when bool_or(p.part ->> 'trust_tier' = 'proxy') then 'proxy'
            when bool_or(p.part ->> 'trust_tier' = 'official_historical') then 'official_historical'
            else 'live' end,
          'license_notes', pg_catalog.string_agg(distinct p.part ->> 'license_notes', ' ' order by p.part ->> 'license_notes'),
          'calculation_method', calculation_method))
      from parts p
    )
  end
$$;
comment on function public.provenance_of_loads(bigint[], timestamptz, text, text) is 'The provenance object of a number made of rows of several loads; of one load that of provenance_object. source: all of them, sorted; freshness_status and trust_tier: the weakest (demo, then unknown, then stale or proxy), so one adopted or edited row makes them unknown; license_notes: of every source that has one; no evidence_hash, since no one file is the evidence. last_updated: the newest instant that all parts reach.';
revoke all on function public.provenance_of_loads(bigint[], timestamptz, text, text) from public, anon, authenticated, service_role;
grant execute on function public.provenance_of_loads(bigint[], timestamptz, text, text) to anon, authenticated, service_role;

create or replace function public.stream_provenance(stream_key text) returns jsonb
language plpgsql stable set search_path = '' as $$
#variable_conflict use_variable
declare
  newest record;
begin
  case stream_key
    when 'ontario-demand' then
      select d.load_id, d.hour as at into newest from public.ontario_hourly_demand d where d.ontario_demand_mw is not null order by d.hour desc limit 1;
    when 'provincial-generation' then
      select g.load_id, g.date::timestamp at time zone 'UTC' as at into newest
      from public.provincial_generation g where g.period = 'month' order by g.date desc, g.source = 'statcan' desc limit 1;
    when 'ontario-prices' then
      select p.load_id, p.datetime as at into newest
      from public.ontario_nodal_prices p where p.market = 'day_ahead' order by p.datetime desc limit 1;
    when 'hf-electricity-demand' then
      select h.load_id, h.datetime as at into newest from public.hf_electricity_demand h order by h.datetime desc limit 1;
    when 'aeso-grid-data' then
      select g.load_id, g.captured_at as at into newest
      from public.grid_status g where g.region = 'Alberta' order by g.captured_at desc limit 1;
    else
      raise sqlstate 'PT404' using message = pg_catalog.format('there is no stream %s', pg_catalog.quote_literal(pg_catalog.left(stream_key, 80))),
        hint = 'stream_manifest has all of them';
  end case;
  return public.provenance_object(newest.load_id, newest.at, stream_key);
end
$$;
comment on function public.stream_provenance(text) is 'The provenance object of a stream (ontario-demand, provincial-generation, ontario-prices, hf-electricity-demand, aeso-grid-data), by its newest row; unknown where it has none. Another name: PT404.';
revoke all on function public.stream_provenance(text) from public, anon, authenticated, service_role;
grant execute on function public.stream_provenance(text) to anon, authenticated, service_role;
