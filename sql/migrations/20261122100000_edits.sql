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
-- trigger holds its row already, and would wait for a load that waits for the row. The statement looks for rows as they were before it
-- waited, so the loader updates rows of these tables in place: an edit follows an updated row, and would miss one that was made anew.
create or replace function etl.record_edit() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  edit_run text := 'edit-' || pg_catalog.pg_current_xact_id()::text || '-' || pg_catalog.substr(pg_catalog.md5(pg_catalog.pg_postmaster_start_time()::text), 1, 8);
  edit_load bigint;
  lacking text;
  copied text;
  values_of_old text;
begin
  if tg_op = 'TRUNCATE' then
    raise exception 'public.% keeps what people edit, and truncate would leave nothing of it in history', tg_table_name
      using errcode = 'feature_not_supported', hint = pg_catalog.format('delete from public.%I: each row then goes to history.', tg_table_name);
  end if;
  if nullif(pg_catalog.current_setting('penstock.load_id', true), '') is not null then
    return coalesce(new, old);
  end if;
  -- One writer per table: knowledge time has to grow with load_id.
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('penstock.table.public.' || tg_table_name, 0));
  if tg_level = 'STATEMENT' then
    return null;
  end if;
  if tg_op = 'UPDATE' then
    new.load_id := old.load_id;
    new.created_at := old.created_at;
    -- Byte by byte: an SQL NULL and the null of jsonb are two values.
    if new operator(pg_catalog.*=) old then
      return old;
    end if;
  end if;
  insert into etl.run (run_id, command, source, started_at, finished_at, exit_code, host, process_id, version, actor)
  values (edit_run, 'edit', 'edit', now(), now(), 0, coalesce(pg_catalog.inet_client_addr()::text, 'local'), pg_catalog.pg_backend_pid(), 'by hand', etl.actor())
  on conflict (run_id) do nothing;
  insert into etl.load (run_id, dataset, table_name, interval_start, interval_end, strategy, known_at, rows_read, rows_inserted, rows_revised, rows_withdrawn)
  values (edit_run, 'edit', 'public.' || tg_table_name, '-infinity', 'infinity', 'edit', pg_catalog.clock_timestamp(), 1,
          (tg_op = 'INSERT')::int, (tg_op = 'UPDATE')::int, (tg_op = 'DELETE')::int)
  returning load_id into edit_load;
  if tg_op <> 'INSERT' then
    -- Column by column and by name, as the values are: jsonb on the way would take the null of jsonb for none.
    select pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' order by a.attnum),
      pg_catalog.string_agg('($1).' || pg_catalog.quote_ident(a.attname), ', ' order by a.attnum),
      pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' order by a.attnum) filter (where h.attname is null)
    into copied, values_of_old, lacking
    from pg_catalog.pg_attribute a
    left join pg_catalog.pg_attribute h on h.attrelid = pg_catalog.to_regclass(pg_catalog.format('history.%I', tg_table_name))
      and h.attname = a.attname and h.attnum > 0 and not h.attisdropped
    where a.attrelid = tg_relid and a.attnum > 0 and not a.attisdropped;
    if lacking is not null then
      raise exception 'public.% has columns that history.% lacks: %', tg_table_name, tg_table_name, lacking
        using errcode = 'undefined_column', hint = 'The earlier version of the row could not be kept whole, so nothing was changed. db audit says how to mend the table.';
    end if;
    execute pg_catalog.format('insert into history.%I (%s, closed_by_load_id) select %s, $2', tg_table_name, copied, values_of_old)
      using old, edit_load;
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
