-- Copies the rows of tables that were set aside into ours: by column name, with what the earlier shapes need. A row that cannot come
-- whole and honest is kept in adopted.refused_row with the reason. The earlier tables stay as they were.

create table if not exists adopted.table_report (
  object_id bigint not null constraint table_report_pkey primary key
    constraint table_report_object_id_fkey references adopted.object (object_id),
  earlier_table text not null,
  target text not null,
  rows_found bigint not null,
  rows_adopted bigint not null,
  rows_refused bigint not null,
  rows_left bigint not null,
  columns_left text[] not null default '{}',
  why_not text,
  still_used_by text[] not null default '{}',
  load_id bigint,
  reported_at timestamptz not null default now(),
  constraint table_report_rows_check check (rows_found = rows_adopted + rows_refused + rows_left)
);
comment on table adopted.table_report is 'What became of the rows of each earlier table: found = adopted + refused + left.';
comment on column adopted.table_report.object_id is 'The table, see adopted.object.';
comment on column adopted.table_report.earlier_table is 'Where the earlier table is now.';
comment on column adopted.table_report.target is 'Our table that has its rows.';
comment on column adopted.table_report.rows_found is 'Rows of the earlier table.';
comment on column adopted.table_report.rows_adopted is 'Rows that were copied.';
comment on column adopted.table_report.rows_refused is 'Rows in adopted.refused_row that are not copied.';
comment on column adopted.table_report.rows_left is 'Rows of a table that is not copied at all: why_not says why.';
comment on column adopted.table_report.columns_left is 'Columns of the earlier table that have no place in ours, or whose meaning is another.';
comment on column adopted.table_report.why_not is 'Why no row was copied.';
comment on column adopted.table_report.still_used_by is 'What still means the earlier table and not ours: foreign keys, policies, functions, columns of its row type, and its own triggers.';
comment on column adopted.table_report.load_id is 'The load of strategy adopted that the copied rows carry.';
comment on column adopted.table_report.reported_at is 'When it was last worked on.';

create table if not exists adopted.refused_row (
  refused_row_id bigint generated always as identity constraint refused_row_pkey primary key,
  object_id bigint not null constraint refused_row_object_id_fkey references adopted.object (object_id),
  table_name text not null,
  row_number bigint not null,
  reason text not null,
  code text not null,
  detail text,
  "row" jsonb not null,
  refused_at timestamptz not null default now(),
  adopted_at timestamptz,
  constraint refused_row_object_id_row_number_key unique (object_id, row_number)
);
comment on table adopted.refused_row is 'Rows of earlier tables that were not copied, whole, with the reason.';
comment on column adopted.refused_row.refused_row_id is 'Number of the refusal.';
comment on column adopted.refused_row.object_id is 'The earlier table, see adopted.object.';
comment on column adopted.refused_row.table_name is 'Our table that did not take it.';
comment on column adopted.refused_row.row_number is 'Number of the row: newest first by its own times (updated_at, last_updated, created_at …), then by its text.';
comment on column adopted.refused_row.reason is 'One sentence, or what the server said, without values: rows with the same fault have the same reason.';
comment on column adopted.refused_row.code is 'SQLSTATE: 23502 value missing, 23503 reference, 23505 duplicate, 23514 check, 22… cast, P0001 a rule of the adoption.';
comment on column adopted.refused_row.detail is 'What is to be said of this row alone, with its values; NULL where the reason says it all.';
comment on column adopted.refused_row."row" is 'The row as it was.';
comment on column adopted.refused_row.refused_at is 'When it was refused.';
comment on column adopted.refused_row.adopted_at is 'When it could be copied after all, because what it refers to came later.';

-- A time of day without a zone is no instant. NULL for nothing.
create or replace function adopted.has_zone(written text) returns boolean language sql immutable set search_path = '' as $$
  select written ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9:.]+ ?(Z|[+-][0-9]{2}(:?[0-9]{2})?)$'
$$;
comment on function adopted.has_zone(text) is 'Whether a time says its zone.';

create or replace function adopted.instant(written text) returns timestamptz language plpgsql stable set search_path = '' as $$
begin
  if not adopted.has_zone(written) then
    raise exception 'the time has no zone, so its instant is not known' using errcode = '22007', detail = written;
  end if;
  return written::timestamptz;
end
$$;
comment on function adopted.instant(text) is 'Reads an instant that says its zone; refuses others.';

-- Runs a statement over rows $1 to $2, halving where it fails, so that only the rows at fault are left out.
create or replace function adopted.in_halves(statement text, first bigint, last bigint, load_id bigint default null)
returns table (n bigint, reason text, code text, detail text) language plpgsql set search_path = '' as $$
declare
  said text;
  firsts bigint[] := array[first];
  lasts bigint[] := array[last];
  a bigint;
  z bigint;
begin
  while pg_catalog.cardinality(firsts) > 0 loop
    a := firsts[pg_catalog.cardinality(firsts)];
    z := lasts[pg_catalog.cardinality(lasts)];
    firsts := pg_catalog.trim_array(firsts, 1);
    lasts := pg_catalog.trim_array(lasts, 1);
    continue when a > z;
    begin
      execute statement using a, z, load_id;
    exception when others then
      -- Of the server or of another session, not of a row.
      if pg_catalog.left(sqlstate, 2) in ('25', '28', '40', '53', '54', '55', '57', '58', 'XX') then
        raise;
      end if;
      -- Of the statement: no row could come.
      if pg_catalog.left(sqlstate, 2) = '42' then
        return query execute 'select x, $3, $4, null::text from pg_catalog.generate_series($1, $2) x' using a, z, sqlerrm, sqlstate;
        continue;
      end if;
      if a = z then
        get stacked diagnostics said = pg_exception_detail;
        n := a; code := sqlstate;
        -- Of data exceptions the server quotes the value in the message itself.
        reason := case when code like '22%' then pg_catalog.regexp_replace(sqlerrm, ':? ".*"', '') else sqlerrm end;
        detail := pg_catalog.concat_ws('; ', case when reason <> sqlerrm then sqlerrm end, nullif(said, ''));
        detail := nullif(detail, '');
        return next;
      else
        firsts := firsts || array[(a + z) / 2 + 1, a];
        lasts := lasts || array[z, (a + z) / 2];
      end if;
    end;
  end loop;
end
$$;
comment on function adopted.in_halves(text, bigint, bigint, bigint) is 'Runs a statement over a range of rows and returns the rows that it fails for.';

-- Where the name or the meaning differs. The first line whose columns the earlier table has is taken; NULL leaves the value behind.
create or replace view adopted.rule as
select * from (values
  ('help_content', 'id', array['key'], 's.key', 10),
  ('help_content', 'title', array['title'], 's.title', 10),
  -- Its id is the only name that the earlier table has.
  ('help_content', 'title', array['id'], 's.id', 20),
  ('help_content', 'short_text', array['short'], 's.short', 10),
  ('help_content', 'body_md', array['long'], 's.long', 10),
  ('help_content', 'discipline_tags', array['discipline_tags'], $$coalesce(s.discipline_tags, '{}')$$, 10),
  ('help_content', 'discipline_tags', array[]::text[], $$'{}'$$, 20),
  ('help_content', 'related_sources', array['related_sources'], $$coalesce(s.related_sources, '[]')$$, 10),
  ('help_content', 'related_sources', array[]::text[], $$'[]'$$, 20),
  ('help_content', 'author', array['author'], $$coalesce(nullif(s.author, ''), 'unknown')$$, 10),
  ('help_content', 'author', array[]::text[], $$'unknown'$$, 20),
  ('help_feedback', 'ts', array['created_at'], 's.created_at', 20),
  ('grid_status', 'captured_at', array['captured_at', 'timestamp'], 'coalesce(s.captured_at::text, s."timestamp"::text)', 10),
  ('grid_status', 'captured_at', array['timestamp'], 's."timestamp"', 20),
  -- Constants, defaults, and a margin of another meaning: nobody measured them.
  ('grid_status', 'status', array[]::text[], null, 10),
  ('grid_status', 'frequency_hz', array[]::text[], null, 10),
  ('grid_status', 'voltage_kv', array[]::text[], null, 10),
  ('grid_status', 'congestion_index', array[]::text[], null, 10),
  ('grid_status', 'reserve_margin', array[]::text[], null, 10),
  ('provincial_generation', 'date', array['date'],
    $$case when s.date::text ~ '^[0-9]{4}-[0-9]{2}$' then (s.date::text || '-01')::date else s.date::text::date end$$, 10),
  ('provincial_generation', 'period', array['period'], 's.period', 10),
  ('provincial_generation', 'period', array['date'], $$case when s.date::text ~ '^[0-9]{4}-[0-9]{2}$' then 'month' end$$, 20),
  ('provincial_generation', 'province_code', array['province_code'], 's.province_code', 10),
  ('provincial_generation', 'province_code', array['province'],
    '(select p.code from adopted.province p where lower(p.name) = lower(s.province::text))', 20),
  ('provincial_generation', 'province', array['province'], 's.province', 10),
  ('provincial_generation', 'province', array['province_code'],
    '(select p.name from adopted.province p where p.code = upper(s.province_code::text))', 20),
  ('provincial_generation', 'producer', array['producer'], 'lower(s.producer::text)', 10),
  ('provincial_generation', 'generation_type', array['generation_type'], 'lower(s.generation_type::text)', 10),
  ('provincial_generation', 'generation_gwh', array['generation_gwh', 'megawatt_hours'],
    'coalesce(s.generation_gwh::float8, s.megawatt_hours::float8 / 1000)', 10),
  ('provincial_generation', 'generation_gwh', array['megawatt_hours'], 's.megawatt_hours::float8 / 1000', 20),
  ('provincial_generation', 'megawatt_hours', array['generation_gwh', 'megawatt_hours'],
    'coalesce(s.megawatt_hours::float8, s.generation_gwh::float8 * 1000)', 10),
  ('provincial_generation', 'megawatt_hours', array['generation_gwh'], 's.generation_gwh::float8 * 1000', 20),
  ('indigenous_consultations', 'consent_type', array['consent_type'],
    -- public was the earlier default: nobody's consent.
    $$case s.consent_type when 'aggregated' then 'aggregated' else 'private' end$$, 10),
  -- open was the earlier default, and no word of the panel (decision 16).
  ('security_incidents', 'status', array['status'], $$case s.status when 'open' then 'detected' else s.status end$$, 10),
  ('llm_call_log', 'ts', array['created_at'], 's.created_at', 20),
  ('llm_feedback', 'ts', array['created_at'], 's.created_at', 20),
  ('llm_feedback', 'endpoint', array['call_id'], '(select c.endpoint from public.llm_call_log c where c.id::text = s.call_id::text)', 20)
) as r (target, target_column, needs, expression, priority);
comment on view adopted.rule is 'How columns of earlier tables become ours where the name or the meaning differs.';

create or replace view adopted.province as
select * from (values ('AB', 'Alberta'), ('BC', 'British Columbia'), ('MB', 'Manitoba'), ('NB', 'New Brunswick'), ('NL', 'Newfoundland and Labrador'),
  ('NS', 'Nova Scotia'), ('NT', 'Northwest Territories'), ('NU', 'Nunavut'), ('ON', 'Ontario'), ('PE', 'Prince Edward Island'), ('QC', 'Quebec'),
  ('SK', 'Saskatchewan'), ('YT', 'Yukon')) as p (code, name);
comment on view adopted.province is 'Provinces and territories by postal code.';

-- Rows that are refused whatever our table would take; t is the row as it would be copied.
create or replace view adopted.refusal as
select * from (values
  ('grid_status', array['data_source'], $$t.data_source = ''$$, 'nothing says who measured it'),
  ('alberta_grid_prices', array['data_quality'], $$t.data_quality in ('Backfilled', 'Estimated')$$, 'its own label says that it was filled in, not measured'),
  ('alberta_grid_prices', array['timestamp'], $$extract(epoch from t."timestamp") % 3600 <> 0$$, 'it is not at the start of an hour'),
  ('ontario_hourly_demand', array['hour'], $$extract(epoch from t.hour) % 3600 <> 0$$, 'it is not at the start of an hour'),
  ('ontario_prices', array['datetime'], $$extract(epoch from t.datetime) % 3600 <> 0$$, 'it is not at the start of an hour'),
  ('weather_data', array['timestamp'], $$extract(epoch from t."timestamp") % 3600 <> 0$$, 'it is not at the start of an hour'),
  ('provincial_generation', array['source'],
    $$lower(t.source) in ('hydro', 'nuclear', 'wind', 'solar', 'biomass', 'geothermal', 'gas', 'natural_gas', 'coal', 'petroleum', 'oil', 'diesel', 'mixed')$$,
    'source names a fuel, so nothing says whose number it is'),
  ('stream_health', array['last_success', 'last_error'], 't.last_success is null and t.last_error is null', 'a status that nobody measured')
) as r (target, needs, condition, reason);
comment on view adopted.refusal is 'Rows of earlier tables that are not taken, with the reason.';

-- Tables that are filled by what happens here, never from elsewhere.
create or replace view adopted.not_taken as
select * from (values
  ('source_health', 'health is what loads of this database measure; the earlier rows were written by hand or by a seed'),
  ('feature_flags', 'a flag is switched on after a verification of this database')
) as r (target, reason);
comment on view adopted.not_taken is 'Tables of ours that take no earlier rows, with the reason.';

-- One earlier table: the first time all rows, later the refused rows whose reference was missing.
create or replace function adopted.adopt_table(of_object bigint) returns void language plpgsql
set search_path = '' set timezone = 'UTC' set datestyle = 'ISO, YMD' set row_security = off as $$
declare
  o adopted.object := (select o from adopted.object o where o.object_id = of_object);
  source regclass := pg_catalog.to_regclass(o.moved_to);
  target_name text := case o.object_name when 'help_text' then 'help_content' else o.object_name end;
  target regclass := pg_catalog.to_regclass(pg_catalog.format('%I.%I', o.schema_name, target_name));
  again boolean := exists (select from adopted.table_report r where r.object_id = of_object);
  reason_not text;
  found_rows bigint;
  source_columns text[];
  used text[] := '{}';
  has_load boolean;
  load bigint;
  col record;
  chosen record;
  expression text;
  select_list text := '';
  insert_list text := '';
  stage_list text := '';
  staged text[] := '{}';
  keys text := '';
  required text := '';
  written text;
  sort text := '';
  refusal record;
begin
  if source is null then
    return;
  end if;
  execute pg_catalog.format('select count(*) from %s', source) into found_rows;
  select pg_catalog.array_agg(a.attname::text order by a.attnum) into source_columns
  from pg_catalog.pg_attribute a where a.attrelid = source and a.attnum > 0 and not a.attisdropped;
  source_columns := coalesce(source_columns, '{}');
  reason_not := case
    when o.schema_name <> 'public' then 'its schema is ours alone'
    when target is null then pg_catalog.format('there is no %I.%I', o.schema_name, target_name)
    when not exists (select from pg_catalog.pg_class c where c.oid = target and c.relkind in ('r', 'p')) then
      pg_catalog.format('%I.%I is computed from other tables', o.schema_name, target_name)
    else (select n.reason from adopted.not_taken n where n.target = target_name)
  end;
  if reason_not is not null then
    insert into adopted.table_report (object_id, earlier_table, target, rows_found, rows_adopted, rows_refused, rows_left, columns_left, why_not, still_used_by)
    values (of_object, o.moved_to, pg_catalog.format('%I.%I', o.schema_name, target_name), found_rows, 0, 0, found_rows, source_columns, reason_not, adopted.users_of(source))
    on conflict (object_id) do nothing;
    return;
  end if;
  has_load := exists (select from pg_catalog.pg_attribute a where a.attrelid = target and a.attname = 'load_id' and not a.attisdropped);

  -- The rows, numbered by what they hold and not by where they lie.
  execute pg_catalog.format('create temp table penstock_source (n bigint primary key, s %s) on commit drop', source);
  create temp table penstock_refused (n bigint primary key, reason text, code text, detail text) on commit drop;
  if again then
    execute pg_catalog.format(
      'insert into pg_temp.penstock_source select r.row_number, pg_catalog.jsonb_populate_record(null::%s, r."row")
       from adopted.refused_row r where r.object_id = $1 and r.adopted_at is null and r.code = ''23503''', source) using of_object;
  else
    select coalesce(pg_catalog.string_agg(pg_catalog.format('s.%I desc nulls last, ', name), '' order by ord), '') into sort
    from pg_catalog.unnest(array['updated_at', 'last_updated', 'last_reviewed', 'last_reset', 'received_at', 'created_at', 'ts']) with ordinality as t (name, ord)
    where name = any (source_columns);
    execute pg_catalog.format('insert into pg_temp.penstock_source select pg_catalog.row_number() over (order by %s pg_catalog.to_jsonb(s)::text collate "C"), s from %s s', sort, source);
  end if;

  for refusal in
    select pg_catalog.format('lower((q.s).%I::text) in (''mock'', ''synthetic'', ''modeled_realistic'', ''simulated'', ''demo'', ''sample'', ''placeholder'', ''fallback'', ''random'')', name) as condition,
      pg_catalog.format('its %s says that it was made up', name) as reason
    from pg_catalog.unnest(array['data_source', 'source', 'provenance', 'data_provenance', 'data_quality']) as t (name)
    where name = any (source_columns) and has_load
  loop
    execute pg_catalog.format(
      'insert into pg_temp.penstock_refused select q.n, %L, ''P0001'' from pg_temp.penstock_source q where %s on conflict do nothing',
      refusal.reason, refusal.condition);
  end loop;

  for col in
    select a.attname::text as name, a.atttypid as type, pg_catalog.format_type(a.atttypid, a.atttypmod) as type_name, a.attnotnull as required,
      pg_catalog.pg_get_expr(d.adbin, d.adrelid) as default_value,
      exists (select from pg_catalog.pg_index i where i.indrelid = target and i.indisprimary and a.attnum = any (i.indkey)) as is_key,
      sa.atttypid as source_type
    from pg_catalog.pg_attribute a
    left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    left join pg_catalog.pg_attribute sa on sa.attrelid = source and sa.attname = a.attname and sa.attnum > 0 and not sa.attisdropped
    where a.attrelid = target and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attidentity = ''
      and a.attname <> 'load_id' and not (has_load and a.attname = 'created_at')
    order by a.attnum
  loop
    expression := null;
    written := null;
    select r.expression, r.needs into chosen from adopted.rule r
    where r.target = target_name and r.target_column = col.name and r.needs <@ source_columns
      -- A rule of the second rank is for tables that have no column of that name.
      and (r.priority < 20 or col.source_type is null)
    order by r.priority limit 1;
    if found then
      -- What is left behind by a rule keeps the default of nothing.
      continue when chosen.expression is null;
      expression := pg_catalog.format('(%s)::text::%s', chosen.expression, col.type_name);
      if col.type = 'timestamptz'::regtype then
        written := pg_catalog.format('(%s)::text', chosen.expression);
        expression := pg_catalog.format('adopted.instant(%s)', written);
      elsif col.type = 'float8'::regtype then
        expression := pg_catalog.format('(%s)::%s', chosen.expression, col.type_name);
      elsif col.type = 'text[]'::regtype and exists (
        select from pg_catalog.pg_attribute sa where sa.attrelid = source and sa.attname = col.name and sa.atttypid = 'jsonb'::regtype) then
        expression := pg_catalog.format('array(select pg_catalog.jsonb_array_elements_text(s.%I))', col.name);
      end if;
      used := used || chosen.needs;
    elsif col.source_type is not null then
      used := used || col.name;
      if col.type = 'timestamptz'::regtype and col.source_type <> col.type then
        written := pg_catalog.format('s.%I::text', col.name);
      end if;
      expression := case
        when col.source_type = col.type then pg_catalog.format('s.%I::%s', col.name, col.type_name)
        when written is not null then pg_catalog.format('adopted.instant(%s)', written)
        -- Numbers that were keys: the same number gives the same key wherever it is referred to.
        when col.type = 'uuid'::regtype and col.source_type in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) then
          pg_catalog.format('pg_catalog.md5(''adopted.%s.'' || s.%I)::uuid',
            coalesce((select c.confrelid::regclass::text from pg_catalog.pg_constraint c
                      join pg_catalog.pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
                      where c.conrelid = target and c.contype = 'f' and a.attname = col.name and pg_catalog.cardinality(c.conkey) = 1), target::text), col.name)
        when col.type = 'text[]'::regtype and col.source_type = 'jsonb'::regtype then
          pg_catalog.format('array(select pg_catalog.jsonb_array_elements_text(s.%I))', col.name)
        when col.type = 'jsonb'::regtype and col.source_type = 'text[]'::regtype then pg_catalog.format('pg_catalog.to_jsonb(s.%I)', col.name)
        when exists (select from pg_catalog.pg_cast k where k.castsource = col.source_type and k.casttarget = col.type) then
          pg_catalog.format('s.%I::%s', col.name, col.type_name)
        else pg_catalog.format('s.%I::text::%s', col.name, col.type_name)
      end;
    end if;
    -- Of a column without a zone every row is refused, and halving would try each of them.
    if written is not null then
      execute pg_catalog.format(
        'insert into pg_temp.penstock_refused
         select s.penstock_n, %1$L, ''22007'', %2$s from (select q.n as penstock_n, (q.s).* from pg_temp.penstock_source q) s
         where not adopted.has_zone(%2$s) on conflict do nothing',
        pg_catalog.format('its %s is no time with a zone, so the instant is not known', col.name), written);
    end if;
    -- A default may fill in what was never a fact of the row; now() as the time of something would be a guess.
    if col.default_value is not null and (col.name in ('created_at', 'updated_at') or col.default_value !~ 'now\(\)|timestamp')
      and not (col.name in ('status', 'rating', 'priority')) then
      expression := case when expression is null then null else pg_catalog.format('coalesce(%s, %s)', expression, col.default_value) end;
      continue when expression is null;
    end if;
    if expression is null then
      continue when not col.required;
      expression := pg_catalog.format('null::%s', col.type_name);
    end if;
    select_list := select_list || pg_catalog.format(', %s', expression);
    insert_list := insert_list || pg_catalog.format(', %I', col.name);
    staged := staged || col.name;
    stage_list := stage_list || pg_catalog.format(', %I %s', col.name, col.type_name);
    if col.required then
      required := required || pg_catalog.format(', %L, %I is null', col.name, col.name);
    end if;
    if col.is_key then
      keys := keys || pg_catalog.format(', %I', col.name);
    end if;
  end loop;

  execute pg_catalog.format('create temp table penstock_stage (n bigint primary key%s) on commit drop', stage_list);
  insert into pg_temp.penstock_refused
  select h.* from adopted.in_halves(
    pg_catalog.format(
      'insert into pg_temp.penstock_stage select s.penstock_n%s from (select q.n as penstock_n, (q.s).* from pg_temp.penstock_source q where q.n between $1 and $2) s
       where not exists (select from pg_temp.penstock_refused r where r.n = s.penstock_n)', select_list),
    (select min(q.n) from pg_temp.penstock_source q), (select max(q.n) from pg_temp.penstock_source q)) h;
  -- Nothing in a column that ours needs; then keys that are there twice: the first by number stays.
  if required <> '' then
    execute pg_catalog.format(
      'insert into pg_temp.penstock_refused
       select t.n, ''nothing says its '' || pg_catalog.array_to_string(t.missing, '', ''), ''23502''
       from (select p.n, array(select k from pg_catalog.jsonb_each_text(pg_catalog.jsonb_build_object(%s)) as e (k, v) where v::boolean order by k) as missing
             from pg_temp.penstock_stage p) t
       where pg_catalog.cardinality(t.missing) > 0', pg_catalog.substr(required, 3));
    delete from pg_temp.penstock_stage t using pg_temp.penstock_refused r where r.n = t.n;
  end if;
  for refusal in
    select r.condition, r.reason from adopted.refusal r where r.target = target_name and r.needs <@ staged
    union all
    -- A measurement is a number or is missing.
    select pg_catalog.format('t.%I::text in (''NaN'', ''Infinity'', ''-Infinity'')', a.attname), pg_catalog.format('its %s is no number', a.attname)
    from pg_catalog.pg_attribute a
    where a.attrelid = target and a.attname = any (staged)
      and a.atttypid = any (array['float4', 'float8', 'numeric']::regtype[])
  loop
    execute pg_catalog.format(
      'insert into pg_temp.penstock_refused select t.n, %L, ''P0001'' from pg_temp.penstock_stage t where %s', refusal.reason, refusal.condition);
    delete from pg_temp.penstock_stage t using pg_temp.penstock_refused r where r.n = t.n;
  end loop;
  if keys <> '' then
    keys := pg_catalog.substr(keys, 3);
    execute pg_catalog.format(
      'insert into pg_temp.penstock_refused
       select t.n, %1$L, ''23505'', pg_catalog.format(''row %%s was taken'', t.taken)
       from (select p.n, pg_catalog.first_value(p.n) over (partition by %2$s order by p.n) as taken from pg_temp.penstock_stage p) t
       where t.n <> t.taken', pg_catalog.format('its key (%s) is that of another row, which was taken', keys), keys);
    execute pg_catalog.format(
      'insert into pg_temp.penstock_refused select p.n, ''its key is that of a row that was there before'', ''23505''
       from pg_temp.penstock_stage p join %s t using (%s) on conflict do nothing', target, keys);
    delete from pg_temp.penstock_stage t using pg_temp.penstock_refused r where r.n = t.n;
  end if;

  if exists (select from pg_temp.penstock_stage) then
    if has_load then
      insert into etl.run (run_id, command, source, started_at, finished_at, exit_code, host, process_id, version, actor)
      values ('adopted-' || pg_catalog.pg_current_xact_id()::text, 'adopt', 'adopted', now(), now(), 0,
              coalesce(pg_catalog.inet_client_addr()::text, 'local'), pg_catalog.pg_backend_pid(), '20261122190000', session_user)
      on conflict (run_id) do nothing;
      -- The loader's own lock: knowledge time grows with load_id.
      perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('penstock.table.public.' || target_name, 0));
      insert into etl.load (run_id, dataset, table_name, interval_start, interval_end, strategy, known_at)
      values ('adopted-' || pg_catalog.pg_current_xact_id()::text, 'adopted', 'public.' || target_name, '-infinity', 'infinity', 'adopted', pg_catalog.clock_timestamp())
      returning load_id into load;
    end if;
    -- Tables that keep edits see that these are not edits.
    perform pg_catalog.set_config('penstock.load_id', coalesce(load::text, ''), true);
    insert into pg_temp.penstock_refused
    select h.* from adopted.in_halves(
      pg_catalog.format('insert into %s (%s%s) select %s%s from pg_temp.penstock_stage t where t.n between $1 and $2 order by t.n',
        target, pg_catalog.substr(insert_list, 3), case when has_load then ', load_id' else '' end,
        pg_catalog.substr(insert_list, 3), case when has_load then ', $3' else '' end),
      (select min(t.n) from pg_temp.penstock_stage t), (select max(t.n) from pg_temp.penstock_stage t), load) h;
    perform pg_catalog.set_config('penstock.load_id', '', true);
  end if;
  if load is not null then
    update etl.load l set rows_read = c.found, rows_rejected = c.refused, rows_inserted = c.found - c.refused
    from (select (select count(*) from pg_temp.penstock_source) as found, (select count(*) from pg_temp.penstock_refused) as refused) c
    where l.load_id = load;
    delete from etl.load l where l.load_id = load and l.rows_inserted = 0;
    if found then
      load := null;
    end if;
  end if;

  insert into adopted.refused_row (object_id, table_name, row_number, reason, code, detail, "row")
  select of_object, target::text, r.n, r.reason, r.code, r.detail, pg_catalog.to_jsonb(q.s)
  from pg_temp.penstock_refused r join pg_temp.penstock_source q using (n)
  order by r.n
  on conflict (object_id, row_number) do update set reason = excluded.reason, code = excluded.code, detail = excluded.detail;
  if again then
    update adopted.refused_row r set adopted_at = now()
    from pg_temp.penstock_source q
    where r.object_id = of_object and r.row_number = q.n and not exists (select from pg_temp.penstock_refused p where p.n = q.n);
  end if;
  insert into adopted.table_report (object_id, earlier_table, target, rows_found, rows_adopted, rows_refused, rows_left, columns_left, still_used_by, load_id)
  select of_object, o.moved_to, pg_catalog.format('%I.%I', o.schema_name, target_name), found_rows, found_rows - c.refused, c.refused, 0,
    array(select s.name from pg_catalog.unnest(source_columns) with ordinality as s (name, ord) where s.name <> all (used) order by s.ord),
    adopted.users_of(source), load
  from (select count(*) as refused from adopted.refused_row r where r.object_id = of_object and r.adopted_at is null) c
  on conflict (object_id) do update
    set rows_adopted = excluded.rows_adopted, rows_refused = excluded.rows_refused, load_id = coalesce(excluded.load_id, adopted.table_report.load_id),
        reported_at = excluded.reported_at
    where adopted.table_report.rows_adopted <> excluded.rows_adopted;
  drop table pg_temp.penstock_source, pg_temp.penstock_refused, pg_temp.penstock_stage;
end
$$;
comment on function adopted.adopt_table(bigint) is 'Copies the rows of one earlier table; called again, those whose reference has come.';

create or replace function adopted.users_of(source regclass) returns text[] language sql stable set search_path = '' as $$
  with row_type as (
    select t.oid from pg_catalog.pg_type t where t.typrelid = source
    union all select t.typarray from pg_catalog.pg_type t where t.typrelid = source
  ), family as (
    select source::oid as oid
    union all select i.inhrelid from pg_catalog.pg_inherits i where i.inhparent = source
  )
  select array(
    select pg_catalog.format('foreign key %I of %s', c.conname, c.conrelid::regclass)
    from pg_catalog.pg_constraint c join pg_catalog.pg_class r on r.oid = c.conrelid
    where c.confrelid = source and c.contype = 'f' and r.relnamespace::regnamespace::text not like 'adopted%'
    union
    select pg_catalog.format('policy %I of %s', p.polname, p.polrelid::regclass)
    from pg_catalog.pg_depend d join pg_catalog.pg_policy p on p.oid = d.objid join pg_catalog.pg_class r on r.oid = p.polrelid
    where d.classid = 'pg_catalog.pg_policy'::regclass and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = source
      and r.relnamespace::regnamespace::text not like 'adopted%'
    union
    -- By its arguments or result, or by a body that PostgreSQL has parsed (begin atomic); a body of text finds our table by its name.
    select pg_catalog.format('function %s', p.oid::regprocedure)
    from pg_catalog.pg_depend d join pg_catalog.pg_proc p on p.oid = d.objid
    where d.classid = 'pg_catalog.pg_proc'::regclass and p.pronamespace::regnamespace::text not like 'adopted%'
      and ((d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = source)
        or (d.refclassid = 'pg_catalog.pg_type'::regclass and d.refobjid in (select y.oid from row_type y)))
    union
    select pg_catalog.format('column %I of %s, which has its row type', a.attname, a.attrelid::regclass)
    from pg_catalog.pg_attribute a join pg_catalog.pg_class r on r.oid = a.attrelid
    where a.atttypid in (select y.oid from row_type y) and a.attnum > 0 and not a.attisdropped
      and r.relnamespace::regnamespace::text not like 'adopted%' and r.relnamespace <> pg_catalog.pg_my_temp_schema()
    union
    select pg_catalog.format('trigger %I of its own, which calls %s', g.tgname, g.tgfoid::regprocedure)
    from pg_catalog.pg_trigger g join family f on f.oid = g.tgrelid where not g.tgisinternal
    order by 1)
$$;
comment on function adopted.users_of(regclass) is 'What outside the schema adopted still means an earlier table, and the triggers that only it has.';

-- Everything that was set aside. Call it again when more reference data have come (db seed): it takes what now fits and nothing twice.
create or replace function adopted.adopt() returns void language plpgsql set search_path = '' as $$
declare
  one record;
begin
  -- A reference that is missing is found out at its row, not at the end of the transaction.
  set constraints all immediate;
  for one in
    with recursive depth as (
      select c.oid, 0 as depth from pg_catalog.pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      union
      select k.conrelid, d.depth + 1 from depth d join pg_catalog.pg_constraint k on k.confrelid = d.oid and k.contype = 'f' and k.conrelid <> k.confrelid
      where d.depth < 20
    )
    select o.object_id
    from adopted.object o
    left join (select oid, max(depth.depth) as depth from depth group by oid) d
      on d.oid = pg_catalog.to_regclass(pg_catalog.format('%I.%I', o.schema_name, case o.object_name when 'help_text' then 'help_content' else o.object_name end))
    where o.kind = 'table'
      and (not exists (select from adopted.table_report r where r.object_id = o.object_id)
        or exists (select from adopted.refused_row r where r.object_id = o.object_id and r.adopted_at is null and r.code = '23503'))
    order by coalesce(d.depth, 0), o.object_name = 'help_text', o.object_id
  loop
    perform adopted.adopt_table(one.object_id);
  end loop;
  set constraints all deferred;
  perform adopted.point_views();
end
$$;
comment on function adopted.adopt() is 'Copies the rows of earlier tables into ours, and points views at the new tables.';

-- A view that still reads an earlier table would show its old rows for ever: it is pointed at the new table, or set aside with it.
create or replace function adopted.point_views() returns void language plpgsql set search_path = '' as $$
declare
  one record;
  result text;
  options text;
begin
  for one in
    select v.*, pg_catalog.format('%I.%I', v.schema_name, v.view_name) as name from adopted.dependent_view v
    where v.outcome is null order by v.depth, v.schema_name, v.view_name
  loop
    if pg_catalog.to_regclass(one.name) is null then
      result := 'it was not there any more';
    else
      begin
        if one.kind = 'materialized view' then
          raise exception 'a materialized view cannot be pointed at another table';
        end if;
        -- To replace a view drops its options (security_barrier, check_option). Its own stay; and it reads with the rights of who asks, so
        -- that policies of the new tables hold.
        select pg_catalog.string_agg(pg_catalog.format(', %I = %L', o.option_name, o.option_value), '') into options
        from pg_catalog.pg_class c, pg_catalog.pg_options_to_table(c.reloptions) o
        where c.oid = pg_catalog.to_regclass(one.name) and o.option_name <> 'security_invoker';
        execute pg_catalog.format('create or replace view %s with (security_invoker = true%s) as %s', one.name, options, one.definition);
        result := 'reads the new table, with the rights of who asks';
      exception when others then
        if pg_catalog.left(sqlstate, 2) in ('40', '53', '55', '57', '58', 'XX') then
          raise;
        end if;
        result := 'set aside: ' || sqlerrm;
        perform adopted.put_aside(one.kind, one.schema_name, one.view_name);
      end;
    end if;
    update adopted.dependent_view v set outcome = result where v.schema_name = one.schema_name and v.view_name = one.view_name;
  end loop;
end
$$;
comment on function adopted.point_views() is 'Points views of earlier tables at the new ones, or sets them aside.';

create or replace function adopted.put_aside(kind text, schema_name text, object_name text) returns void language plpgsql set search_path = '' as $$
declare
  target text := 'adopted';
begin
  for attempt in 2..1000 loop
    exit when pg_catalog.to_regclass(pg_catalog.format('%I.%I', target, object_name)) is null;
    target := 'adopted_' || attempt;
    execute pg_catalog.format('create schema if not exists %I', target);
    execute pg_catalog.format('revoke all on schema %I from public', target);
  end loop;
  execute pg_catalog.format('alter %s %I.%I set schema %I', kind, schema_name, object_name, target);
  insert into adopted.object (kind, schema_name, object_name, moved_to) values (kind, schema_name, object_name, pg_catalog.format('%I.%I', target, object_name));
end
$$;
comment on function adopted.put_aside(text, text, text) is 'Moves one view to the schema adopted.';

select adopted.adopt();

-- For those who operate the database; earlier grants to anon lead nowhere, because the schema is closed.
do $$
declare
  one record;
begin
  for one in
    select n.nspname, c.relname, c.relkind, c.relname in ('object', 'dependent_view', 'table_report', 'refused_row') and n.nspname = 'adopted' as report
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname ~ '^adopted(_[0-9]+)?$' and c.relkind in ('r', 'p', 'v', 'm')
  loop
    execute format('revoke all on schema %I from public, anon, authenticated, service_role', one.nspname);
    execute format('grant usage on schema %I to service_role', one.nspname);
    if one.report then
      execute format('revoke all on %I.%I from public, anon, authenticated, service_role', one.nspname, one.relname);
      execute format('alter table %I.%I enable row level security', one.nspname, one.relname);
      execute format('drop policy if exists %I on %I.%I', one.relname || '_service', one.nspname, one.relname);
      execute format('create policy %I on %I.%I for select to service_role using (true)', one.relname || '_service', one.nspname, one.relname);
      execute format('grant select on %I.%I to service_role', one.nspname, one.relname);
    end if;
  end loop;
  for one in
    select p.oid::regprocedure as routine from pg_catalog.pg_proc p
    where p.pronamespace = 'adopted'::regnamespace
      and p.proname in ('set_aside', 'has_zone', 'instant', 'in_halves', 'adopt_table', 'users_of', 'adopt', 'point_views', 'put_aside')
  loop
    execute format('revoke all on function %s from public, anon, authenticated, service_role', one.routine);
  end loop;
end
$$;
