-- Moves what is in the way to the schema adopted: tables, views, functions, types and indexes that have a name of ours but were made by
-- hand or by the platform's earlier migrations. Nothing is dropped; 20261122190000_adopt_earlier_rows.sql copies the rows back.
-- penstock: may come late. Names whose migration is applied are ours and stay; on a new or fully migrated database nothing is moved.

-- A list of applied versions that was lost (the Supabase CLI keeps no checksums) would make our own tables somebody else's.
do $$
declare
  known boolean := false;
  versions text;
begin
  if (select count(*) from pg_catalog.pg_attribute a
      where a.attrelid = pg_catalog.to_regclass('etl.load') and a.attname in ('load_id', 'known_at', 'dataset', 'table_name', 'strategy') and not a.attisdropped) < 5 then
    return;
  end if;
  if pg_catalog.to_regclass('supabase_migrations.schema_migrations') is not null then
    execute $sql$select exists (select from supabase_migrations.schema_migrations where version = '20261122000000')$sql$ into known;
  end if;
  if not known and pg_catalog.to_regclass('etl.migration_checksum') is not null then
    execute $sql$select exists (select from etl.migration_checksum where version = '20261122000000')$sql$ into known;
  end if;
  if known then
    return;
  end if;
  -- One object of each file that makes something by name; the others may run again.
  select pg_catalog.string_agg(made.version, ' ' order by made.version) into versions
  from (values
    ('20261121000000', 'adopted', 'object'), ('20261122000000', 'etl', 'load'), ('20261122000100', 'history', 'ontario_prices'),
    ('20261122010000', 'history', 'ontario_generator_output'), ('20261122020000', 'history', 'grid_status'),
    ('20261122020100', 'history', 'ontario_nodal_prices'), ('20261122030000', 'history', 'aeso_asset'),
    ('20261122040000', 'history', 'hf_electricity_demand'), ('20261122050000', 'history', 'provincial_generation'),
    ('20261122060000', 'history', 'weather_data'), ('20261122100000', 'etl', 'record_edit'), ('20261122120000', 'history', 'help_content'),
    ('20261122120100', 'history', 'enumerations'), ('20261122120200', 'history', 'threat_models'),
    ('20261122120300', 'history', 'weather_stations'), ('20261122130000', 'public', 'edge_invocation_log'),
    ('20261122130100', 'public', 'governance_requests'), ('20261122130200', 'history', 'grid_recommendations'),
    ('20261122130300', 'history', 'weather_observations'), ('20261122130400', 'etl', 'llm_prompt_frozen'),
    ('20261122130500', 'public', 'llm_rate_limit'), ('20261122130600', 'etl', 'client_hash'), ('20261122130700', 'etl', 'verification'),
    ('20261122130800', 'etl', 'review'), ('20261122140000', 'public', 'stream_ontario_demand'),
    ('20261122140100', 'public', 'stream_provenance'), ('20261122140200', 'public', 'grid_snapshots'),
    ('20261122140300', 'public', 'national_overview'), ('20261122140400', 'public', 'series_as_of'),
    ('20261122190000', 'adopted', 'table_report')
  ) as made (version, schema_name, object_name)
  where pg_catalog.to_regclass(made.schema_name || '.' || made.object_name) is not null
    or exists (select from pg_catalog.pg_proc p where p.pronamespace = pg_catalog.to_regnamespace(made.schema_name) and p.proname = made.object_name);
  raise exception 'etl.load is there as penstock makes it, but no list says that its migration was applied: the list of applied versions is lost'
    using errcode = 'object_not_in_prerequisite_state',
      detail = 'Our own tables would be taken for somebody else''s. Nothing was moved.',
      hint = 'Restore supabase_migrations.schema_migrations, or, by what these files have made here: supabase migration repair --status applied ' || versions;
end
$$;

-- Our own runner makes these two before the first file; the Supabase CLI does not, and later files comment on them.
create schema if not exists etl;
create table if not exists etl.migration_checksum (
  version text not null constraint migration_checksum_pkey primary key,
  sha256 text not null
);

create schema if not exists adopted;
comment on schema adopted is 'What had a name of ours before penstock came, kept as it was, with a report of which rows were copied and which were not.';
revoke all on schema adopted from public;

create table if not exists adopted.object (
  object_id bigint generated always as identity constraint object_pkey primary key,
  kind text not null,
  schema_name text not null,
  object_name text not null,
  moved_to text not null,
  publications text[] not null default '{}',
  moved_at timestamptz not null default now(),
  moved_by text not null default session_user
);
comment on table adopted.object is 'Everything that was moved out of the way, one row each.';
comment on column adopted.object.object_id is 'Number of the object, in the order of moving.';
comment on column adopted.object.kind is 'table, view, materialized view, foreign table, sequence, index, type or routine.';
comment on column adopted.object.schema_name is 'Schema in which it was found.';
comment on column adopted.object.object_name is 'Name under which it was found; of a routine without arguments.';
comment on column adopted.object.moved_to is 'Where it is now, as PostgreSQL writes it; of a routine with its arguments.';
comment on column adopted.object.publications is 'Publications that it was taken out of: they would go on publishing the earlier rows.';
comment on column adopted.object.moved_at is 'When it was moved.';
comment on column adopted.object.moved_by is 'Database user that moved it.';

create table if not exists adopted.dependent_view (
  schema_name text not null,
  view_name text not null,
  kind text not null,
  depth int not null,
  definition text not null,
  outcome text,
  constraint dependent_view_pkey primary key (schema_name, view_name)
);
comment on table adopted.dependent_view is 'Views of other names that read a table which was moved; they are pointed at the new table where it has the same columns.';
comment on column adopted.dependent_view.schema_name is 'Schema of the view.';
comment on column adopted.dependent_view.view_name is 'Name of the view.';
comment on column adopted.dependent_view.kind is 'view or materialized view.';
comment on column adopted.dependent_view.depth is 'Views between it and the table, itself included.';
comment on column adopted.dependent_view.definition is 'Its query before anything was moved.';
comment on column adopted.dependent_view.outcome is 'What became of it; NULL until the rows were adopted.';
alter table adopted.object enable row level security;
alter table adopted.dependent_view enable row level security;

-- A migration says which names it makes; what has one of them before it is applied is somebody else's. Later migrations call this for their own names.
create or replace function adopted.set_aside(of_version text, names text[]) returns void language plpgsql set search_path = '' as $$
declare
  applied boolean := false;
  found_here record;
  child record;
  target text;
  taken text[];
  wanted text[];
begin
  if pg_catalog.to_regclass('supabase_migrations.schema_migrations') is not null then
    execute 'select exists (select from supabase_migrations.schema_migrations where version = $1)' into applied using of_version;
  end if;
  -- A version that was struck from the list by hand is still ours when its checksum is known.
  if not applied and pg_catalog.to_regclass('etl.migration_checksum') is not null then
    execute 'select exists (select from etl.migration_checksum where version = $1)' into applied using of_version;
  end if;
  if applied then
    return;
  end if;

  create temp table if not exists penstock_found (
    kind text, oid oid, schema_name text, object_name text, moving boolean
  ) on commit drop;
  truncate pg_temp.penstock_found;
  insert into pg_temp.penstock_found
  select case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'f' then 'foreign table' when 'S' then 'sequence'
                        when 'i' then 'index' when 'I' then 'index' when 'c' then 'type' else 'table' end,
    c.oid, n.nspname, c.relname,
    -- An index, and the sequence of a column, are where their table is.
    c.relkind not in ('i', 'I') and not (c.relkind = 'S' and exists (
      select from pg_catalog.pg_depend d
      where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype in ('a', 'i')
        and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass))
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname || '.' || c.relname = any (names) and c.relkind <> 't'
    and not exists (select from pg_catalog.pg_depend d where d.objid = c.oid and d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.deptype = 'e')
    -- A table with a load_id and closed versions is ours, whatever the list of migrations says.
    and not exists (
      select from pg_catalog.pg_attribute a
      join pg_catalog.pg_class h on h.relname = c.relname and h.relnamespace = pg_catalog.to_regnamespace('history')
      join pg_catalog.pg_attribute ha on ha.attrelid = h.oid and ha.attname = 'closed_by_load_id' and not ha.attisdropped
      where a.attrelid = c.oid and a.attname = 'load_id' and not a.attisdropped and n.nspname = 'public')
    and not (n.nspname = 'history' and exists (
      select from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attname = 'closed_by_load_id' and not a.attisdropped))
  union all
  select 'type', t.oid, n.nspname, t.typname, true
  from pg_catalog.pg_type t
  join pg_catalog.pg_namespace n on n.oid = t.typnamespace
  where n.nspname || '.' || t.typname = any (names) and t.typtype in ('e', 'd', 'r')
    and not exists (select from pg_catalog.pg_depend d where d.objid = t.oid and d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass and d.deptype = 'e')
  union all
  select 'routine', p.oid, n.nspname, p.proname, true
  from pg_catalog.pg_proc p
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  where n.nspname || '.' || p.proname || '()' = any (names)
    and not exists (select from pg_catalog.pg_depend d where d.objid = p.oid and d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.deptype = 'e');
  -- Indexes of tables that move go with them.
  delete from pg_temp.penstock_found f using pg_catalog.pg_index i, pg_temp.penstock_found t
  where f.kind = 'index' and i.indexrelid = f.oid and i.indrelid = t.oid;
  delete from pg_temp.penstock_found f using pg_catalog.pg_depend d, pg_temp.penstock_found t
  where f.kind = 'sequence' and not f.moving and d.objid = f.oid and d.deptype in ('a', 'i') and d.refobjid = t.oid;

  -- Views of other names that read them, read before the move: afterwards their text would name the schema adopted.
  insert into adopted.dependent_view (schema_name, view_name, kind, depth, definition)
  with recursive reads as (
    select f.oid, 0 as depth from pg_temp.penstock_found f where f.kind in ('table', 'view', 'materialized view', 'foreign table')
    union
    select r.ev_class, reads.depth + 1
    from reads
    join pg_catalog.pg_depend d on d.refobjid = reads.oid and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
      and d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
    join pg_catalog.pg_rewrite r on r.oid = d.objid and r.ev_class <> reads.oid
    where reads.depth < 100
  )
  select n.nspname, c.relname, case c.relkind when 'm' then 'materialized view' else 'view' end, max(reads.depth), pg_catalog.pg_get_viewdef(c.oid)
  from reads
  join pg_catalog.pg_class c on c.oid = reads.oid and c.relkind in ('v', 'm')
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace and n.nspname not like 'adopted%'
  where c.oid not in (select f.oid from pg_temp.penstock_found f)
  group by n.nspname, c.relname, c.relkind, c.oid
  on conflict do nothing;

  for found_here in
    select f.*, (f.oid::pg_catalog.regclass)::text as relation, f.oid::pg_catalog.regprocedure::text as routine
    from pg_temp.penstock_found f order by f.kind, f.schema_name, f.object_name, f.oid
  loop
    if not found_here.moving then
      -- It belongs to a table that stays, so only its name gives way.
      target := pg_catalog.left(found_here.object_name, 50) || '_earlier_' || found_here.oid;
      execute pg_catalog.format('alter %s %s rename to %I', found_here.kind, found_here.relation, target);
      insert into adopted.object (kind, schema_name, object_name, moved_to)
      values (found_here.kind, found_here.schema_name, found_here.object_name, pg_catalog.format('%I.%I', found_here.schema_name, target));
      continue;
    end if;
    -- Where earlier tables were set aside before, their names are taken.
    wanted := array[found_here.object_name::text] || array(
      select c.relname::text from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid where i.indrelid = found_here.oid and found_here.kind <> 'routine');
    target := 'adopted';
    for attempt in 2..1000 loop
      taken := array(
        select c.relname::text from pg_catalog.pg_class c where c.relnamespace = pg_catalog.to_regnamespace(target)
        union all select t.typname::text from pg_catalog.pg_type t where t.typnamespace = pg_catalog.to_regnamespace(target)
        union all select p.proname::text from pg_catalog.pg_proc p where p.pronamespace = pg_catalog.to_regnamespace(target) and found_here.kind <> 'routine');
      exit when not taken && wanted and not (found_here.kind = 'routine' and exists (
        select from pg_catalog.pg_proc p join pg_catalog.pg_proc mine on mine.oid = found_here.oid
        where p.pronamespace = pg_catalog.to_regnamespace(target) and p.proname = mine.proname and p.proargtypes = mine.proargtypes));
      target := 'adopted_' || attempt;
      execute pg_catalog.format('create schema if not exists %I', target);
      execute pg_catalog.format('revoke all on schema %I from public', target);
    end loop;
    taken := '{}';
    if found_here.kind = 'table' then
      for child in
        with recursive family as (
          select found_here.oid as oid, 0 as depth
          union select i.inhrelid, family.depth + 1 from family join pg_catalog.pg_inherits i on i.inhparent = family.oid
        )
        select distinct family.depth, family.oid, n.nspname, c.relname, family.oid::pg_catalog.regclass::text as relation
        from family join pg_catalog.pg_class c on c.oid = family.oid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        order by family.depth desc, c.relname
      loop
        declare
          publication text;
        begin
          for publication in
            select p.pubname from pg_catalog.pg_publication_rel r join pg_catalog.pg_publication p on p.oid = r.prpubid where r.prrelid = child.oid order by 1
          loop
            execute pg_catalog.format('alter publication %I drop table %s', publication, child.relation);
            taken := taken || publication;
          end loop;
        end;
        -- Partitions follow their table.
        if child.depth > 0 and child.nspname not like 'adopted%' then
          execute pg_catalog.format('alter table %s set schema %I', child.relation, target);
          insert into adopted.object (kind, schema_name, object_name, moved_to)
          values ('partition', child.nspname, child.relname, pg_catalog.format('%I.%I', target, child.relname));
        end if;
      end loop;
    end if;
    execute pg_catalog.format('alter %s %s set schema %I', found_here.kind,
      case found_here.kind when 'routine' then found_here.routine
                           when 'type' then pg_catalog.format('%I.%I', found_here.schema_name, found_here.object_name)
                           else found_here.relation end, target);
    insert into adopted.object (kind, schema_name, object_name, moved_to, publications)
    values (found_here.kind, found_here.schema_name, found_here.object_name,
      case found_here.kind when 'routine' then (found_here.oid::pg_catalog.regprocedure)::text else pg_catalog.format('%I.%I', target, found_here.object_name) end,
      taken);
  end loop;
  drop table pg_temp.penstock_found;
end
$$;
comment on function adopted.set_aside(text, text[]) is 'Moves what has one of these names (schema.name, routines with ()) to the schema adopted, unless the migration of this version is applied.';
revoke all on function adopted.set_aside(text, text[]) from public;

-- Names by the migration that makes them. tests/sql/adopt-names.test.ts compares this list with what the files make.
-- names: begin
select adopted.set_aside('20261122000000', array[
  'etl.artifact', 'etl.artifact_artifact_id_seq', 'etl.artifact_dataset_interval_sha256_key', 'etl.artifact_pkey',
  'etl.check_result', 'etl.check_result_check_result_id_seq', 'etl.check_result_dataset_interval_idx', 'etl.check_result_pkey',
  'etl.interval', 'etl.interval_pkey', 'etl.lease', 'etl.lease_pkey', 'etl.load', 'etl.load_load_id_seq', 'etl.load_pkey',
  'etl.load_table_name_known_at_idx', 'etl.quarantine', 'etl.quarantine_open_idx', 'etl.quarantine_pkey',
  'etl.quarantine_quarantine_id_seq', 'etl.run', 'etl.run_pkey', 'etl.setting', 'etl.setting_pkey', 'public.as_of()',
  'public.source_health', 'public.source_health_pkey'
]);
select adopted.set_aside('20261122000100', array[
  'history.ontario_generation_by_fuel', 'history.ontario_generation_by_fuel_closed_by_load_id_idx',
  'history.ontario_generation_by_fuel_pkey', 'history.ontario_hourly_demand', 'history.ontario_hourly_demand_closed_by_load_id_idx',
  'history.ontario_hourly_demand_pkey', 'history.ontario_prices', 'history.ontario_prices_closed_by_load_id_idx',
  'history.ontario_prices_pkey', 'public.ontario_generation_by_fuel', 'public.ontario_generation_by_fuel_pkey',
  'public.ontario_hourly_demand', 'public.ontario_hourly_demand_pkey', 'public.ontario_prices', 'public.ontario_prices_pkey'
]);
select adopted.set_aside('20261122010000', array[
  'history.ontario_generator_output', 'history.ontario_generator_output_closed_by_load_id_idx',
  'history.ontario_generator_output_month', 'history.ontario_generator_output_month_closed_by_load_id_idx',
  'history.ontario_generator_output_month_pkey', 'history.ontario_generator_output_pkey', 'history.ontario_intertie_flow',
  'history.ontario_intertie_flow_closed_by_load_id_idx', 'history.ontario_intertie_flow_pkey', 'history.ontario_intertie_hourly',
  'history.ontario_intertie_hourly_closed_by_load_id_idx', 'history.ontario_intertie_hourly_pkey',
  'history.ontario_intertie_schedule', 'history.ontario_intertie_schedule_closed_by_load_id_idx',
  'history.ontario_intertie_schedule_pkey', 'history.ontario_zonal_demand', 'history.ontario_zonal_demand_closed_by_load_id_idx',
  'history.ontario_zonal_demand_pkey', 'public.ontario_generator_output', 'public.ontario_generator_output_month',
  'public.ontario_generator_output_month_pkey', 'public.ontario_generator_output_pkey', 'public.ontario_intertie_flow',
  'public.ontario_intertie_flow_pkey', 'public.ontario_intertie_hourly', 'public.ontario_intertie_hourly_pkey',
  'public.ontario_intertie_schedule', 'public.ontario_intertie_schedule_pkey', 'public.ontario_zonal_demand',
  'public.ontario_zonal_demand_pkey'
]);
select adopted.set_aside('20261122020000', array[
  'history.grid_status', 'history.grid_status_closed_by_load_id_idx', 'history.grid_status_pkey', 'public.grid_status',
  'public.grid_status_id_key', 'public.grid_status_pkey', 'public.grid_status_region_captured_at_idx'
]);
select adopted.set_aside('20261122020100', array[
  'history.ontario_nodal_prices', 'history.ontario_nodal_prices_closed_by_load_id_idx', 'history.ontario_nodal_prices_pkey',
  'history.ontario_realtime_prices', 'history.ontario_realtime_prices_closed_by_load_id_idx',
  'history.ontario_realtime_prices_pkey', 'history.ontario_realtime_totals',
  'history.ontario_realtime_totals_closed_by_load_id_idx', 'history.ontario_realtime_totals_pkey', 'public.grid_stability_metrics',
  'public.ontario_nodal_prices', 'public.ontario_nodal_prices_pkey', 'public.ontario_realtime_prices',
  'public.ontario_realtime_prices_pkey', 'public.ontario_realtime_totals', 'public.ontario_realtime_totals_pkey'
]);
select adopted.set_aside('20261122030000', array[
  'history.aeso_asset', 'history.aeso_asset_closed_by_load_id_idx', 'history.aeso_asset_generation',
  'history.aeso_asset_generation_closed_by_load_id_idx', 'history.aeso_asset_generation_pkey', 'history.aeso_asset_pkey',
  'history.aeso_generation_by_fuel', 'history.aeso_generation_by_fuel_closed_by_load_id_idx',
  'history.aeso_generation_by_fuel_pkey', 'history.aeso_interchange', 'history.aeso_interchange_closed_by_load_id_idx',
  'history.aeso_interchange_pkey', 'history.aeso_internal_load', 'history.aeso_internal_load_closed_by_load_id_idx',
  'history.aeso_internal_load_pkey', 'history.aeso_metered_volume', 'history.aeso_metered_volume_closed_by_load_id_idx',
  'history.aeso_metered_volume_pkey', 'history.aeso_pool_price', 'history.aeso_pool_price_closed_by_load_id_idx',
  'history.aeso_pool_price_pkey', 'history.aeso_supply_demand', 'history.aeso_supply_demand_closed_by_load_id_idx',
  'history.aeso_supply_demand_pkey', 'history.aeso_system_marginal_price',
  'history.aeso_system_marginal_price_closed_by_load_id_idx', 'history.aeso_system_marginal_price_pkey',
  'history.alberta_asset_generation', 'history.alberta_asset_generation_closed_by_load_id_idx',
  'history.alberta_asset_generation_pkey', 'history.alberta_generation_by_fuel',
  'history.alberta_generation_by_fuel_closed_by_load_id_idx', 'history.alberta_generation_by_fuel_pkey',
  'history.alberta_grid_prices', 'history.alberta_grid_prices_closed_by_load_id_idx', 'history.alberta_grid_prices_pkey',
  'history.alberta_interchange', 'history.alberta_interchange_closed_by_load_id_idx', 'history.alberta_interchange_pkey',
  'history.alberta_supply_demand', 'history.alberta_supply_demand_closed_by_load_id_idx', 'history.alberta_supply_demand_pkey',
  'public.aeso_asset', 'public.aeso_asset_generation', 'public.aeso_asset_generation_pkey', 'public.aeso_asset_pkey',
  'public.aeso_generation_by_fuel', 'public.aeso_generation_by_fuel_pkey', 'public.aeso_interchange',
  'public.aeso_interchange_pkey', 'public.aeso_internal_load', 'public.aeso_internal_load_pkey', 'public.aeso_metered_volume',
  'public.aeso_metered_volume_pkey', 'public.aeso_pool_price', 'public.aeso_pool_price_pkey', 'public.aeso_supply_demand',
  'public.aeso_supply_demand_pkey', 'public.aeso_system_marginal_price', 'public.aeso_system_marginal_price_pkey',
  'public.alberta_asset_generation', 'public.alberta_asset_generation_pkey', 'public.alberta_generation_by_fuel',
  'public.alberta_generation_by_fuel_pkey', 'public.alberta_grid_prices', 'public.alberta_grid_prices_pkey',
  'public.alberta_interchange', 'public.alberta_interchange_pkey', 'public.alberta_supply_demand',
  'public.alberta_supply_demand_pkey'
]);
select adopted.set_aside('20261122040000', array[
  'history.hf_electricity_demand', 'history.hf_electricity_demand_closed_by_load_id_idx', 'history.hf_electricity_demand_pkey',
  'public.hf_electricity_demand', 'public.hf_electricity_demand_pkey'
]);
select adopted.set_aside('20261122050000', array[
  'history.kaggle_ontario_demand_price', 'history.kaggle_ontario_demand_price_closed_by_load_id_idx',
  'history.kaggle_ontario_demand_price_pkey', 'history.provincial_generation',
  'history.provincial_generation_closed_by_load_id_idx', 'history.provincial_generation_pkey',
  'history.statcan_electricity_generation', 'history.statcan_electricity_generation_closed_by_load_id_idx',
  'history.statcan_electricity_generation_pkey', 'public.kaggle_ontario_demand_price', 'public.kaggle_ontario_demand_price_pkey',
  'public.provincial_generation', 'public.provincial_generation_pkey', 'public.statcan_electricity_generation',
  'public.statcan_electricity_generation_pkey'
]);
select adopted.set_aside('20261122060000', array[
  'history.weather_data', 'history.weather_data_closed_by_load_id_idx', 'history.weather_data_pkey', 'public.weather_by_place',
  'public.weather_data', 'public.weather_data_pkey', 'public.weather_place_station', 'public.weather_place_station_pkey'
]);
select adopted.set_aside('20261122100000', array[
  'etl.actor()', 'etl.record_edit()'
]);
select adopted.set_aside('20261122120000', array[
  'history.help_alias', 'history.help_alias_closed_by_load_id_idx', 'history.help_alias_pkey', 'history.help_content',
  'history.help_content_closed_by_load_id_idx', 'history.help_content_pkey', 'public.help_alias', 'public.help_alias_help_id_idx',
  'public.help_alias_pkey', 'public.help_content', 'public.help_content_discipline_tags_idx',
  'public.help_content_last_updated_idx', 'public.help_content_pkey', 'public.help_text'
]);
select adopted.set_aside('20261122120100', array[
  'history.consultation_event_types', 'history.consultation_event_types_closed_by_load_id_idx',
  'history.consultation_event_types_pkey', 'history.data_provenance_types', 'history.data_provenance_types_closed_by_load_id_idx',
  'history.data_provenance_types_pkey', 'history.data_sources', 'history.data_sources_closed_by_load_id_idx',
  'history.data_sources_pkey', 'history.enumerations', 'history.enumerations_closed_by_load_id_idx', 'history.enumerations_pkey',
  'history.stream_manifest', 'history.stream_manifest_closed_by_load_id_idx', 'history.stream_manifest_pkey',
  'public.consultation_event_types', 'public.consultation_event_types_pkey', 'public.data_provenance_types',
  'public.data_provenance_types_pkey', 'public.data_sources', 'public.data_sources_pkey', 'public.enumerations',
  'public.enumerations_pkey', 'public.stream_manifest', 'public.stream_manifest_health_key_key', 'public.stream_manifest_pkey',
  'public.stream_manifest_provenance_type_idx', 'public.stream_manifest_provider_idx'
]);
select adopted.set_aside('20261122120200', array[
  'history.mitigation_strategies', 'history.mitigation_strategies_closed_by_load_id_idx', 'history.mitigation_strategies_pkey',
  'history.threat_models', 'history.threat_models_closed_by_load_id_idx', 'history.threat_models_pkey',
  'public.mitigation_strategies', 'public.mitigation_strategies_pkey', 'public.mitigation_strategies_related_threat_idx',
  'public.mitigation_strategies_slug_key', 'public.mitigation_strategies_status_priority_idx', 'public.threat_models',
  'public.threat_models_category_idx', 'public.threat_models_pkey', 'public.threat_models_slug_key'
]);
select adopted.set_aside('20261122120300', array[
  'history.weather_place_station', 'history.weather_place_station_closed_by_load_id_idx', 'history.weather_place_station_pkey',
  'history.weather_stations', 'history.weather_stations_closed_by_load_id_idx', 'history.weather_stations_pkey',
  'public.weather_stations', 'public.weather_stations_pkey'
]);
select adopted.set_aside('20261122130000', array[
  'public.edge_invocation_log', 'public.edge_invocation_log_function_name_idx', 'public.edge_invocation_log_pkey',
  'public.ops_runs', 'public.ops_runs_created_at_idx', 'public.ops_runs_pkey', 'public.ops_runs_run_type_completed_at_idx',
  'public.stream_health', 'public.stream_health_id_key', 'public.stream_health_pkey'
]);
select adopted.set_aside('20261122130100', array[
  'public.consultation_events', 'public.consultation_events_consultation_id_idx', 'public.consultation_events_event_type_idx',
  'public.consultation_events_pkey', 'public.governance_requests', 'public.governance_requests_pkey',
  'public.governance_requests_user_id_idx', 'public.indigenous_consultations', 'public.indigenous_consultations_consent_type_idx',
  'public.indigenous_consultations_pkey'
]);
select adopted.set_aside('20261122130200', array[
  'history.grid_recommendations', 'history.grid_recommendations_closed_by_load_id_idx', 'history.grid_recommendations_pkey',
  'history.security_incidents', 'history.security_incidents_closed_by_load_id_idx', 'history.security_incidents_pkey',
  'history.security_metrics', 'history.security_metrics_closed_by_load_id_idx', 'history.security_metrics_pkey',
  'public.grid_recommendations', 'public.grid_recommendations_pkey', 'public.grid_recommendations_region_generated_at_idx',
  'public.grid_recommendations_region_priority_idx', 'public.security_incidents', 'public.security_incidents_pkey',
  'public.security_incidents_status_idx', 'public.security_metrics', 'public.security_metrics_id_key',
  'public.security_metrics_pkey'
]);
select adopted.set_aside('20261122130300', array[
  'history.weather_observations', 'history.weather_observations_closed_by_load_id_idx', 'history.weather_observations_pkey',
  'public.weather_observations', 'public.weather_observations_pkey'
]);
select adopted.set_aside('20261122130400', array[
  'etl.llm_prompt_frozen()', 'public.llm_call_log', 'public.llm_call_log_dataset_path_idx', 'public.llm_call_log_endpoint_idx',
  'public.llm_call_log_pkey', 'public.llm_call_log_ts_idx', 'public.llm_feedback', 'public.llm_feedback_call_id_idx',
  'public.llm_feedback_client_hash_idx', 'public.llm_feedback_pkey', 'public.llm_feedback_ts_idx',
  'public.llm_feedback_user_id_idx', 'public.llm_prompts', 'public.llm_prompts_pkey', 'public.llm_reports',
  'public.llm_reports_call_id_idx', 'public.llm_reports_dataset_path_idx', 'public.llm_reports_pkey', 'public.mv_llm_daily_spend'
]);
select adopted.set_aside('20261122130500', array[
  'public.llm_purge_old()', 'public.llm_rate_limit', 'public.llm_rate_limit_pkey', 'public.llm_rate_limit_window_start_idx',
  'public.llm_rl_increment()'
]);
select adopted.set_aside('20261122130600', array[
  'etl.client_hash()', 'etl.refuse()', 'public.help_feedback', 'public.help_feedback_client_hash_idx',
  'public.help_feedback_help_id_idx', 'public.help_feedback_pkey', 'public.help_feedback_ts_idx',
  'public.help_feedback_user_id_idx', 'public.submit_help_feedback()', 'public.submit_llm_feedback()'
]);
select adopted.set_aside('20261122130700', array[
  'etl.database_identity()', 'etl.feature_flag_change', 'etl.feature_flag_change_feature_flag_change_id_seq',
  'etl.feature_flag_change_key_idx', 'etl.feature_flag_change_pkey', 'etl.guard_feature_flag()', 'etl.log_feature_flag()',
  'etl.verification', 'etl.verification_capability_idx', 'etl.verification_pkey', 'etl.verification_run_id_capability_key',
  'etl.verification_verification_id_seq', 'public.feature_flags', 'public.feature_flags_pkey',
  'public.feature_flags_verification_id_idx'
]);
select adopted.set_aside('20261122130800', array[
  'etl.log_review()', 'etl.refuse_change()', 'etl.review', 'etl.review_change', 'etl.review_change_fingerprint_idx',
  'etl.review_change_pkey', 'etl.review_change_review_change_id_seq', 'etl.review_open_idx', 'etl.review_pkey'
]);
select adopted.set_aside('20261122140000', array[
  'public.load_source()', 'public.stream_aeso_grid_data', 'public.stream_hf_electricity_demand', 'public.stream_ontario_demand',
  'public.stream_ontario_prices', 'public.stream_provincial_generation'
]);
select adopted.set_aside('20261122140100', array[
  'public.database_content()', 'public.load_provenance()', 'public.provenance_object()', 'public.provenance_of_loads()',
  'public.stream_provenance()'
]);
select adopted.set_aside('20261122140200', array[
  'public.demand_observations', 'public.energy_observations', 'public.grid_snapshots', 'public.latest_demand',
  'public.source_status'
]);
select adopted.set_aside('20261122140300', array[
  'public.national_overview()', 'public.provincial_metrics()', 'public.trends()'
]);
select adopted.set_aside('20261122140400', array[
  'public.series_as_of()'
]);
-- names: end
