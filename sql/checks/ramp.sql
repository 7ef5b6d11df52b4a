-- grain: one row per tested change from one step to the next that has enough peers
-- reads: {table}
-- params: $1 start, $2 end (timestamptz, half-open)
-- note: the change is compared with the changes at the same hour of the week, {weeks} weeks either side, holidays left out. The tested
--   day is never its own peer. Materialized so that a clock is read once per row.
with near as materialized (
  select
    t.{time} as at, {key} as key, {series} as series, t.{column}::float8 as value,
    t.{column}::float8 - lag(t.{column}::float8) over of_series as change,
    t.{time} - lag(t.{time}) over of_series = {step}::interval as follows
  from {table} t
  where {mine} and t.{time} >= $1::timestamptz - ({weeks} + 2) * interval '7 days' and t.{time} < $2::timestamptz + ({weeks} + 2) * interval '7 days'
    and t.{column} is not null
  window of_series as (partition by {series} order by t.{time})
), changes as materialized (
  select at, key, series, value, change from near where follows
), tested as materialized (
  select
    row_number() over () as id, *, at at time zone {zone} as local_time, (at at time zone {zone})::date = any ({holidays}) as is_holiday
  from changes
  where at >= $1::timestamptz and at < $2::timestamptz
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
  select i.id, c.change as peer_change, c.value as peer_value
  from instants i join changes c on c.at = i.peer_at and c.series = i.series
), medians as materialized (
  select
    id, percentile_cont(0.5) within group (order by peer_change) as median,
    percentile_cont(0.5) within group (order by abs(peer_value)) as size, count(*) as peers
  from peers group by id having count(*) >= {min_history}
), spreads as (
  select p.id, percentile_cont(0.5) within group (order by abs(p.peer_change - m.median)) as mad
  from peers p join medians m using (id) group by p.id
), bands as (
  select v.*, m.median, m.peers, {threshold} * greatest(1.4826 * s.mad, {floor_share} * m.size) as width
  from tested v join medians m using (id) join spreads s using (id)
)
select
  at, key, concat(value, ' after a change of ', round(change::numeric, 2)) as value,
  value - change + median - width as lower, value - change + median + width as upper,
  concat('a change between ', round((median - width)::numeric, 2), ' and ', round((median + width)::numeric, 2), ', as at ', peers, ' hours like it') as expectation,
  abs(change - median) > width as differs
from bands
