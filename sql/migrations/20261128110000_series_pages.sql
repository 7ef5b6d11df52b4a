-- Pages of the public tables with history, for the HTTP server: which tables those are, and their rows as they were known at an instant.
-- The server reads as anon, who has no right to history: these functions give it whole versions of rows that are public anyway, and nothing else.

select adopted.set_aside('20261128110000', array[
  'etl.series_sql()', 'public.series_extent()', 'public.series_page()', 'public.series_tables()'
]);

-- The rule of series_as_of: a table with history that anon may select whole, every column and by a policy without a condition.
create or replace function public.series_tables()
returns table (table_name text, relation oid, key_columns text[], key_types text[], time_column text, time_is_date boolean)
language sql stable set search_path = '' as $$
  select c.relname::text, c.oid, k.names, k.types, k.times[1], coalesce(k.dates[1], false)
  from pg_catalog.pg_class c
  join pg_catalog.pg_index i on i.indrelid = c.oid and i.indisprimary
  cross join lateral (
    select pg_catalog.array_agg(a.attname::text order by p.n) as names,
      pg_catalog.array_agg(pg_catalog.format_type(a.atttypid, a.atttypmod) order by p.n) as types,
      pg_catalog.array_agg(a.attname::text order by p.n) filter (where a.atttypid in ('timestamptz'::regtype, 'date'::regtype)) as times,
      pg_catalog.array_agg(a.atttypid = 'date'::regtype order by p.n) filter (where a.atttypid in ('timestamptz'::regtype, 'date'::regtype)) as dates
    from pg_catalog.unnest(i.indkey::int2[]) with ordinality p (attnum, n)
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = p.attnum
  ) k
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relrowsecurity
    and pg_catalog.has_table_privilege('anon', c.oid, 'select')
    and exists (
      select from pg_catalog.pg_class h where h.relnamespace = 'history'::regnamespace and h.relkind in ('r', 'p') and h.relname = c.relname)
    and exists (
      select from pg_catalog.pg_policy p
      where p.polrelid = c.oid and p.polpermissive and p.polcmd in ('r', '*') and pg_catalog.pg_get_expr(p.polqual, p.polrelid) = 'true'
        and p.polroles && array[0, 'anon'::regrole::oid])
    and not exists (select from pg_catalog.pg_policy p where p.polrelid = c.oid and not p.polpermissive)
$$;
comment on function public.series_tables() is 'Public tables with history that anon may read whole, as series_as_of decides: name, oid, columns and types of the primary key in order, and the first of them that is an instant or a date (NULL: the rows have no time).';
revoke all on function public.series_tables() from public, anon, authenticated, service_role;
grant execute on function public.series_tables() to anon, authenticated, service_role;

-- Both functions build the same question, so it is built here: the rows known at $1, from $2 to $3 (half-open, a date is its midnight in UTC), and
-- behind the key $4 where there is one. Each half walks the primary key of its table and stops at $5. newest_first NULL: in no order, to be counted.
create or replace function etl.series_sql(of_relation oid, has_from boolean, has_to boolean, after_count int, newest_first boolean, columns text)
returns text language plpgsql stable set search_path = '' as $$
declare
  t record;
  key_list text;
  key_order text := '';
  bounds text := '';
begin
  select s.* into t from public.series_tables() s where s.relation = of_relation;
  if not found then
    raise sqlstate 'PT404' using message = pg_catalog.format('%s is no public table with history', of_relation::regclass),
      hint = 'series_tables() names all of them';
  elsif (has_from or has_to) and t.time_column is null then
    raise sqlstate 'PT400' using message = pg_catalog.format('the rows of %s have no time', t.table_name), hint = 'leave from_time and to_time out';
  elsif after_count is distinct from 0 and after_count is distinct from pg_catalog.cardinality(t.key_columns) then
    raise sqlstate 'PT400' using message = pg_catalog.format('the key of %s has %s columns', t.table_name, pg_catalog.cardinality(t.key_columns)),
      hint = 'after_key is the key of the last row of the page before, as text';
  end if;
  select pg_catalog.string_agg(pg_catalog.format('v.%I', k.name), ', ' order by k.n),
    pg_catalog.string_agg(pg_catalog.format('%I %s', k.name, case when newest_first then 'desc' else 'asc' end), ', ' order by k.n)
  into key_list, key_order
  from pg_catalog.unnest(t.key_columns) with ordinality k (name, n);
  key_order := case when newest_first is null then '' else ' order by ' || key_order end;
  if has_from then
    bounds := bounds || pg_catalog.format(' and v.%I >= %s', t.time_column, case when t.time_is_date then '($2 at time zone ''UTC'')' else '$2' end);
  end if;
  if has_to then
    bounds := bounds || pg_catalog.format(' and v.%I < %s', t.time_column, case when t.time_is_date then '($3 at time zone ''UTC'')' else '$3' end);
  end if;
  if after_count > 0 then
    bounds := bounds || pg_catalog.format(' and (%s) %s (%s)', key_list, case when newest_first then '<' else '>' end, (
      select pg_catalog.string_agg(pg_catalog.format('$4[%s]::%s', k.n, k.type), ', ' order by k.n)
      from pg_catalog.unnest(t.key_types) with ordinality k (type, n)));
  end if;
  return pg_catalog.format(
    '(select %1$s from public.%2$I v
      where exists (select from etl.load l where l.load_id = v.load_id and l.known_at <= $1)%3$s%4$s limit $5)
     union all
     (select %1$s from history.%2$I v
      where exists (select from etl.load l where l.load_id = v.load_id and l.known_at <= $1)
        and not exists (select from etl.load l where l.load_id = v.closed_by_load_id and l.known_at <= $1)%3$s%4$s limit $5)
    %4$s limit $5', columns, t.table_name, bounds, key_order);
end
$$;
comment on function etl.series_sql(oid, boolean, boolean, int, boolean, text) is 'The question for rows of a public table with history as they were known at $1, from $2 to $3, behind the key $4, at most $5, in the order of the primary key, or in none. Another table: PT404.';
revoke all on function etl.series_sql(oid, boolean, boolean, int, boolean, text) from public, anon, authenticated, service_role;

create or replace function public.series_page(
  of_table anyelement, at timestamptz, from_time timestamptz default null, to_time timestamptz default null, after_key text[] default null,
  newest_first boolean default false, max_rows int default 1000
) returns setof anyelement
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  relation oid := (select t.typrelid from pg_catalog.pg_type t where t.oid = pg_catalog.pg_typeof(of_table));
  columns text := (
    select pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' order by a.attnum)
    from pg_catalog.pg_attribute a where a.attrelid = relation and a.attnum > 0 and not a.attisdropped);
begin
  if at is null then
    raise sqlstate 'PT400' using message = 'at is missing', hint = 'at is the instant of knowledge, e.g. 2026-01-01T00:00:00Z';
  elsif max_rows is null or max_rows not between 1 and 50000 then
    raise sqlstate 'PT400' using message = pg_catalog.format('%s rows cannot be given', coalesce(max_rows::text, 'NULL')), hint = 'max_rows is 1 to 50000';
  end if;
  return query execute etl.series_sql(
    relation, from_time is not null, to_time is not null, coalesce(pg_catalog.cardinality(after_key), 0), coalesce(newest_first, false), columns)
  using at, from_time, to_time, after_key, max_rows;
end
$$;
comment on function public.series_page(anyelement, timestamptz, timestamptz, timestamptz, text[], boolean, int) is 'Rows of a public table with history as they were known at an instant, typed: series_page(null::public.<table>, instant). In the order of the primary key (newest_first: backwards), from_time <= row < to_time, behind after_key (its columns as text), at most max_rows (1 to 50000). Another table: PT404; arguments that make no sense: PT400.';
revoke all on function public.series_page(anyelement, timestamptz, timestamptz, timestamptz, text[], boolean, int) from public, anon, authenticated, service_role;
grant execute on function public.series_page(anyelement, timestamptz, timestamptz, timestamptz, text[], boolean, int) to anon, authenticated, service_role;

create or replace function public.series_extent(
  of_table anyelement, at timestamptz, from_time timestamptz default null, to_time timestamptz default null, at_most int default 1000
) returns table (row_count int, load_ids bigint[], newest timestamptz)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  relation oid := (select t.typrelid from pg_catalog.pg_type t where t.oid = pg_catalog.pg_typeof(of_table));
  -- A date is the instant of its midnight in UTC.
  instant text := coalesce((
    select pg_catalog.format(case when s.time_is_date then '(%I::timestamp at time zone ''UTC'')' else '%I' end, s.time_column)
    from public.series_tables() s where s.relation = relation and s.time_column is not null), 'null::timestamptz');
begin
  if at is null or at_most is null or at_most not between 1 and 10000000 then
    raise sqlstate 'PT400' using message = 'at and at_most are needed', hint = 'at is the instant of knowledge, at_most (1 to 10000000) where counting ends';
  end if;
  return query execute 'select coalesce(sum(l.n), 0)::int, coalesce(array_agg(l.load_id), ''{}''), max(l.newest) from (
      select r.load_id, count(*) as n, max(r.at) as newest from ('
    || etl.series_sql(relation, from_time is not null, to_time is not null, 0, null, 'load_id, ' || instant || ' as at')
    || ') r group by r.load_id) l'
  using at, from_time, to_time, null::text[], at_most;
end
$$;
comment on function public.series_extent(anyelement, timestamptz, timestamptz, timestamptz, int) is 'What series_page has altogether: how many rows, counted to at_most and no further, the loads that wrote them, and the newest instant among them (NULL: the rows have no time).';
revoke all on function public.series_extent(anyelement, timestamptz, timestamptz, timestamptz, int) from public, anon, authenticated, service_role;
grant execute on function public.series_extent(anyelement, timestamptz, timestamptz, timestamptz, int) to anon, authenticated, service_role;
