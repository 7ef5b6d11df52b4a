-- grain: one row per tested change from one step to the next that has enough peers
-- reads: {table}
-- params: $1 start, $2 end (timestamptz, half-open)
-- note: the change is compared with the changes at the same hour of the week, {weeks} weeks either side, holidays left out. The tested
--   day is never its own peer. Medians are dear, so they are taken only of changes that lie at least half of the narrowest possible band away
--   from the plain mean of their peers, and of holidays.
with near as materialized (
  select
    t.{time} as at, {key_columns}, {series} as series, t.{column}::float8 as value, t.{time} at time zone {zone} as local_time,
    t.{column}::float8 - lag(t.{column}::float8) over of_series as change,
    t.{time} - lag(t.{time}) over of_series = {step}::interval as follows
  from {table} t
  where {mine} and t.{time} >= $1::timestamptz - ({weeks} + 1) * interval '7 days'
    and t.{time} < $2::timestamptz + ({weeks} + 1) * interval '7 days' and t.{column} is not null
  window of_series as (partition by {series} order by t.{time})
), changes as materialized (
  select
    n.*, n.local_time::date = any ({holidays}) as is_holiday,
    (sum(n.change) over of_hour - n.change) / nullif(count(*) over of_hour - 1, 0) as peer_mean,
    (sum(abs(n.value)) over of_hour - abs(n.value)) / nullif(count(*) over of_hour - 1, 0) as size_mean, count(*) over of_hour - 1 as peers_near
  from near n
  where n.follows
  window of_hour as (
    partition by n.series, extract(isodow from n.local_time), n.local_time::time order by n.local_time
    range between {weeks} * interval '7 days' preceding and {weeks} * interval '7 days' following
  )
), tested as materialized (
  select
    row_number() over () as id, *,
    {every} or is_holiday or abs(change - peer_mean) > 0.5 * {threshold} * {floor_share} * size_mean as is_looked_at
  from changes
  where at >= $1::timestamptz and at < $2::timestamptz
), weeks as materialized (
  select
    v.id, v.series, v.local_time::date as local_day,
    v.local_time - case when v.is_holiday then extract(dow from v.local_time)::int * interval '1 day' else interval '0' end
      + w.week * interval '7 days' as peer_time
  from tested v cross join generate_series(-{weeks}, {weeks}) as w(week)
  where v.is_looked_at
), peers as materialized (
  select w.id, c.change as peer_change, c.value as peer_value
  from weeks w join changes c on c.local_time = w.peer_time and c.series = w.series
  where w.peer_time::date <> w.local_day and not w.peer_time::date = any ({holidays})
), medians as materialized (
  select
    id, percentile_cont(0.5) within group (order by peer_change) as median,
    percentile_cont(0.5) within group (order by abs(peer_value)) as size, count(*) as peers
  from peers group by id having count(*) >= {min_history}
), spreads as materialized (
  select p.id, percentile_cont(0.5) within group (order by abs(p.peer_change - m.median)) as mad
  from peers p join medians m using (id) group by p.id
), bands as (
  select m.id, m.median, m.peers, {threshold} * greatest(1.4826 * s.mad, {floor_share} * m.size) as width
  from medians m join spreads s using (id)
)
select
  t.at, {key} as key, concat(t.value, ' after a change of ', round(t.change::numeric, 2)) as value,
  t.value - t.change + b.median - b.width as lower, t.value - t.change + b.median + b.width as upper,
  concat('a change between ', round((b.median - b.width)::numeric, 2), ' and ', round((b.median + b.width)::numeric, 2), ', as at ', b.peers, ' hours like it') as expectation,
  coalesce(abs(t.change - b.median) > b.width, false) as differs
from tested t left join bands b using (id)
where b.id is not null or not t.is_looked_at and t.peers_near >= {min_history}
