-- Rows that people write by hand beside the loader: each edit is a load of its own, so that versions, as_of and lineage stay exact.

alter table etl.run add column if not exists actor text;
comment on column etl.run.actor is 'Who: of an edit by hand the person or role that made it; NULL for a run of the engine.';
alter table etl.run drop constraint if exists run_source_check;
alter table etl.run add constraint run_source_check check (source in ('live', 'recordings', 'samples', 'edit', 'adopted'));
alter table etl.load alter column artifact_id drop not null;
alter table etl.load alter column definition_hash drop not null;
alter table etl.load drop constraint if exists load_strategy_check;
alter table etl.load add constraint load_strategy_check check (strategy in ('append', 'merge', 'edit', 'adopted'));
alter table etl.load drop constraint if exists load_artifact_check;
alter table etl.load add constraint load_artifact_check check (
  (strategy in ('append', 'merge')) = (artifact_id is not null) and (strategy in ('append', 'merge')) = (definition_hash is not null)
);
comment on column etl.load.strategy is 'append and merge: by the loader, from an artifact. edit: by hand. adopted: found in a table that was there before penstock, source unknown.';
comment on column etl.load.artifact_id is 'What the rows were made from; NULL for rows that no publisher''s file gave (edit, adopted).';

-- Who is asking: an administrator's tool says it in penstock.actor; else the subject of a request, or the database user.
create or replace function etl.actor() returns text language sql stable set search_path = '' as $$
  select coalesce(
    nullif(pg_catalog.current_setting('penstock.actor', true), ''),
    nullif(pg_catalog.current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub',
    session_user::text
  )
$$;
comment on function etl.actor() is 'Who is asking: setting penstock.actor, else the subject of the request''s token, else the database user.';
revoke all on function etl.actor() from public, anon, authenticated;
grant execute on function etl.actor() to service_role;

-- Before insert, update or delete by anybody but the loader (which names its load in penstock.load_id): the new version gets a load of
-- strategy edit, the old one goes to history, closed by it. Before the statement it only takes the loader's lock of the table: a row
-- trigger holds its row already, and would wait for a load that waits for the row.
create or replace function etl.record_edit() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  edit_run text := 'edit-' || pg_catalog.pg_current_xact_id()::text || '-' || pg_catalog.substr(pg_catalog.md5(pg_catalog.pg_postmaster_start_time()::text), 1, 8);
  edit_load bigint;
begin
  if nullif(pg_catalog.current_setting('penstock.load_id', true), '') is not null then
    return coalesce(new, old);
  end if;
  -- One writer per table: knowledge time has to grow with load_id.
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('penstock.table.public.' || tg_table_name, 0));
  if tg_level = 'STATEMENT' then
    return null;
  end if;
  if tg_op = 'UPDATE' and pg_catalog.to_jsonb(new) - 'load_id' - 'created_at' = pg_catalog.to_jsonb(old) - 'load_id' - 'created_at' then
    return old;
  end if;
  insert into etl.run (run_id, command, source, started_at, finished_at, exit_code, host, process_id, version, actor)
  values (edit_run, 'edit', 'edit', now(), now(), 0, coalesce(pg_catalog.inet_client_addr()::text, 'local'), pg_catalog.pg_backend_pid(), 'by hand', etl.actor())
  on conflict (run_id) do nothing;
  insert into etl.load (run_id, dataset, table_name, interval_start, interval_end, strategy, known_at, rows_read, rows_inserted, rows_revised, rows_withdrawn)
  values (edit_run, 'edit', 'public.' || tg_table_name, '-infinity', 'infinity', 'edit', pg_catalog.clock_timestamp(), 1,
          (tg_op = 'INSERT')::int, (tg_op = 'UPDATE')::int, (tg_op = 'DELETE')::int)
  returning load_id into edit_load;
  if tg_op <> 'INSERT' then
    execute pg_catalog.format(
      'insert into history.%1$I select (pg_catalog.jsonb_populate_record(null::history.%1$I, $1)).*', tg_table_name
    ) using pg_catalog.to_jsonb(old) || pg_catalog.jsonb_build_object('closed_by_load_id', edit_load);
  end if;
  if tg_op = 'DELETE' then
    return old;
  end if;
  new.load_id := edit_load;
  new.created_at := now();
  return new;
end
$$;
comment on function etl.record_edit() is 'Trigger of tables whose rows people may edit: an edit is a load of its own, and the earlier version goes to history.';
revoke all on function etl.record_edit() from public, anon, authenticated, service_role;
