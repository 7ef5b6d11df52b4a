-- grain: one row per tested row that has enough peers
-- reads: {table}
-- params: $1 start, $2 end (timestamptz, half-open)
-- note: peers stand at the same hour of the week on the clock of {zone}, {weeks} weeks either side, holidays left out; a holiday is
--   compared with the Sundays around it. The tested day is never its own peer. Materialized so that a clock is read once per row.
with tested as materialized (
  select
    row_number() over () as id, t.{time} as at, {key} as key, {series} as series, t.{column}::float8 as value,
    t.{time} at time zone {zone} as local_time, (t.{time} at time zone {zone})::date = any ({holidays}) as is_holiday
  from {table} t
  where {mine} and t.{time} >= $1::timestamptz and t.{time} < $2::timestamptz and t.{column} is not null
), weeks as materialized (
  select
    v.id, v.series, v.local_time::date as local_day,
    v.local_time - case when v.is_holiday then extract(dow from v.local_time)::int * interval '1 day' else interval '0' end
      + w.week * interval '7 days' as peer_time
  from tested v cross join generate_series(-{weeks}, {weeks}) as w(week)
), instants as materialized (
  select id, series, peer_time at time zone {zone} as peer_at
  from weeks
  where peer_time::date <> local_day and not peer_time::date = any ({holidays})
), peers as materialized (
  select i.id, t.{column}::float8 as peer_value
  from instants i join {table} t on t.{time} = i.peer_at and {series} = i.series
  where t.{column} is not null
    and t.{time} >= $1::timestamptz - ({weeks} + 2) * interval '7 days' and t.{time} < $2::timestamptz + ({weeks} + 2) * interval '7 days'
), medians as materialized (
  select id, percentile_cont(0.5) within group (order by peer_value) as median, count(*) as peers
  from peers group by id having count(*) >= {min_history}
), spreads as (
  select p.id, percentile_cont(0.5) within group (order by abs(p.peer_value - m.median)) as mad
  from peers p join medians m using (id) group by p.id
), bands as (
  select v.*, m.median, m.peers, {threshold} * greatest(1.4826 * s.mad, {floor_share} * abs(m.median)) as width
  from tested v join medians m using (id) join spreads s using (id)
)
select
  at, key, value::text as value, median - width as lower, median + width as upper,
  concat('between ', round((median - width)::numeric, 2), ' and ', round((median + width)::numeric, 2), ', as ', peers, ' hours like it (median ', round(median::numeric, 2), ')') as expectation,
  abs(value - median) > width as differs
from bands
