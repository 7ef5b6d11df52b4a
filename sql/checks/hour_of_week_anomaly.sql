-- grain: one row per tested row that has enough peers
-- reads: {table}
-- params: $1 start, $2 end (timestamptz, half-open)
-- note: peers stand at the same hour of the week on the clock of {zone}, {weeks} weeks either side, holidays left out; a holiday is
--   compared with the Sundays around it. The tested day is never its own peer. Medians are dear, so they are taken only of rows that lie at
--   least half of the narrowest possible band away from the plain mean of their peers, and of holidays.
with near as materialized (
  select
    t.{time} as at, {key_columns}, {series} as series, t.{column}::float8 as value, t.{time} at time zone {zone} as local_time
  from {table} t
  where {mine} and t.{time} >= $1::timestamptz - ({weeks} + 1) * interval '7 days'
    and t.{time} < $2::timestamptz + ({weeks} + 1) * interval '7 days' and t.{column} is not null
), placed as materialized (
  select
    n.*, n.local_time::date = any ({holidays}) as is_holiday,
    (sum(n.value) over of_hour - n.value) / nullif(count(*) over of_hour - 1, 0) as peer_mean, count(*) over of_hour - 1 as peers_near
  from near n
  window of_hour as (
    partition by n.series, extract(isodow from n.local_time), n.local_time::time order by n.local_time
    range between {weeks} * interval '7 days' preceding and {weeks} * interval '7 days' following
  )
), tested as materialized (
  select
    row_number() over () as id, *,
    {every} or is_holiday or abs(value - peer_mean) > 0.5 * {threshold} * {floor_share} * abs(peer_mean) as is_looked_at
  from placed
  where at >= $1::timestamptz and at < $2::timestamptz
), weeks as materialized (
  select
    v.id, v.series, v.local_time::date as local_day,
    v.local_time - case when v.is_holiday then extract(dow from v.local_time)::int * interval '1 day' else interval '0' end
      + w.week * interval '7 days' as peer_time
  from tested v cross join generate_series(-{weeks}, {weeks}) as w(week)
  where v.is_looked_at
), peers as materialized (
  select w.id, n.value as peer_value
  from weeks w join near n on n.local_time = w.peer_time and n.series = w.series
  where w.peer_time::date <> w.local_day and not w.peer_time::date = any ({holidays})
), medians as materialized (
  select id, percentile_cont(0.5) within group (order by peer_value) as median, count(*) as peers
  from peers group by id having count(*) >= {min_history}
), spreads as materialized (
  select p.id, percentile_cont(0.5) within group (order by abs(p.peer_value - m.median)) as mad
  from peers p join medians m using (id) group by p.id
), bands as (
  select m.id, m.median, m.peers, {threshold} * greatest(1.4826 * s.mad, {floor_share} * abs(m.median)) as width
  from medians m join spreads s using (id)
)
select
  t.at, {key} as key, t.value::text as value, b.median - b.width as lower, b.median + b.width as upper,
  concat('between ', round((b.median - b.width)::numeric, 2), ' and ', round((b.median + b.width)::numeric, 2), ', as ', b.peers, ' hours like it (median ', round(b.median::numeric, 2), ')') as expectation,
  coalesce(abs(t.value - b.median) > b.width, false) as differs
from tested t left join bands b using (id)
where b.id is not null or not t.is_looked_at and t.peers_near >= {min_history}
