-- as_of for everybody: rows as they were known at an instant, of the tables whose rows are public anyway. The function reads with the owner's
-- rights, so it decides by the rules of anon and not by a list that somebody has to keep.

create or replace function public.series_as_of(
  table_name text, at timestamptz, from_time timestamptz default null, to_time timestamptz default null, max_rows int default 1000
) returns setof jsonb
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  relation oid;
  columns text;
  key_order text;
  time_column text;
  -- A date is the instant of its midnight in UTC.
  dated boolean;
  bounds text := '';
begin
  -- Public are the rows of a table with history that anon may select whole: every column, and by a policy without a condition.
  select c.oid into relation
  from pg_catalog.pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname = table_name and c.relrowsecurity
    and pg_catalog.has_table_privilege('anon', c.oid, 'select')
    and exists (
      select from pg_catalog.pg_class h where h.relnamespace = 'history'::regnamespace and h.relkind in ('r', 'p') and h.relname = c.relname)
    and exists (
      select from pg_catalog.pg_policy p
      where p.polrelid = c.oid and p.polpermissive and p.polcmd in ('r', '*') and pg_catalog.pg_get_expr(p.polqual, p.polrelid) = 'true'
        and p.polroles && array[0, 'anon'::regrole::oid])
    and not exists (select from pg_catalog.pg_policy p where p.polrelid = c.oid and not p.polpermissive);
  if relation is null then
    raise sqlstate 'PT404' using message = pg_catalog.format('there is no public table with history %s', coalesce(pg_catalog.quote_literal(pg_catalog.left(table_name, 80)), 'NULL')),
      hint = 'table_name is the name of a table of public, without the schema';
  end if;
  if at is null then
    raise sqlstate 'PT400' using message = 'at is missing', hint = 'at is the instant of knowledge, e.g. 2026-01-01T00:00:00Z';
  elsif max_rows is null or max_rows not between 1 and 5000 then
    raise sqlstate 'PT400' using message = pg_catalog.format('%s rows cannot be given', coalesce(max_rows::text, 'NULL')), hint = 'max_rows is 1 to 5000';
  elsif from_time > to_time then
    raise sqlstate 'PT400' using message = 'from_time is after to_time', hint = 'the range is half-open: from_time <= row < to_time';
  end if;

  select pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' order by a.attnum) into columns
  from pg_catalog.pg_attribute a where a.attrelid = relation and a.attnum > 0 and not a.attisdropped;
  select pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' order by k.n),
    (pg_catalog.array_agg(a.attname order by k.n) filter (where a.atttypid in ('timestamptz'::regtype, 'date'::regtype)))[1],
    (pg_catalog.array_agg(a.atttypid = 'date'::regtype order by k.n) filter (where a.atttypid in ('timestamptz'::regtype, 'date'::regtype)))[1]
  into key_order, time_column, dated
  from pg_catalog.pg_index i
  cross join lateral pg_catalog.unnest(i.indkey::int2[]) with ordinality k(attnum, n)
  join pg_catalog.pg_attribute a on a.attrelid = relation and a.attnum = k.attnum
  where i.indrelid = relation and i.indisprimary;
  if time_column is null and (from_time is not null or to_time is not null) then
    raise sqlstate 'PT400' using message = pg_catalog.format('the rows of %s have no time', table_name), hint = 'leave from_time and to_time out';
  end if;
  if from_time is not null then
    bounds := bounds || pg_catalog.format(' and v.%I >= %s', time_column, case when dated then '($2 at time zone ''UTC'')' else '$2' end);
  end if;
  if to_time is not null then
    bounds := bounds || pg_catalog.format(' and v.%I < %s', time_column, case when dated then '($3 at time zone ''UTC'')' else '$3' end);
  end if;
  -- Each half walks the primary key of its table and stops at max_rows.
  return query execute 'select to_jsonb(r) from (('
    || pg_catalog.format(
      'select %s from public.%I v
       where exists (select from etl.load l where l.load_id = v.load_id and l.known_at <= $1)%s order by %s limit $4',
      columns, table_name, bounds, key_order)
    || ') union all ('
    || pg_catalog.format(
      'select %s from history.%I v
       where exists (select from etl.load l where l.load_id = v.load_id and l.known_at <= $1)
         and not exists (select from etl.load l where l.load_id = v.closed_by_load_id and l.known_at <= $1)%s order by %s limit $4',
      columns, table_name, bounds, key_order)
    || ') order by ' || key_order || ' limit $4) r'
  using at, from_time, to_time, max_rows;
end
$$;
comment on function public.series_as_of(text, timestamptz, timestamptz, timestamptz, int) is 'Rows of a public table with history as they were known at an instant, as JSON, in the order of the primary key, from_time <= row < to_time, at most max_rows (1 to 5000). A table that anon may not read, or that has no history: PT404; arguments that make no sense: PT400.';
revoke all on function public.series_as_of(text, timestamptz, timestamptz, timestamptz, int) from public, anon, authenticated, service_role;
grant execute on function public.series_as_of(text, timestamptz, timestamptz, timestamptz, int) to anon, authenticated, service_role;
