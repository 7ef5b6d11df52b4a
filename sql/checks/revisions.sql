-- grain: one row per month of the tested rows; it differs where the newest load of its interval changed too much
-- reads: {table}, {history}, etl.interval, etl.load
-- params: $1 start, $2 end (timestamptz, half-open)
-- note: old versions that were closed by the load that is current, against the rows that took their place.
with revised as (
  select
    date_trunc('month', t.{time} at time zone 'UTC') as month, t.{time} as at, {key} as key,
    abs(t.{column}::float8 - h.{column}::float8) as change, abs(h.{column}::float8) as old_size, l.known_at - t.{time} as age
  from {table} t
  join {history} h on {same_key} and h.closed_by_load_id = t.load_id
  join etl.load l on l.load_id = t.load_id
  where t.{time} >= $1::timestamptz and t.{time} < $2::timestamptz
    and l.load_id in (select i.load_id from etl.interval i where i.dataset = {dataset})
    and t.{column} is distinct from h.{column}
), changed as (
  select
    month, (array_agg(key order by at))[1] as key, min(at) as at, count(*) as rows, max(change) as largest,
    max(change / nullif(old_size, 0)) filter (where change > {min_change}) as largest_share, max(age) as oldest
  from revised group by month
), months as (
  select date_trunc('month', t.{time} at time zone 'UTC') as month, min(t.{time}) as at, count(*) as rows
  from {table} t
  where {mine} and t.{time} >= $1::timestamptz and t.{time} < $2::timestamptz
  group by 1
)
select
  coalesce(c.at, m.at) as at, c.key, concat(c.rows, ' of ', m.rows, ' rows of ', to_char(m.month, 'YYYY-MM'), ' changed, by up to ', round(c.largest::numeric, 2)) as value,
  null::float8 as lower, null::float8 as upper,
  concat('at most ', round(100 * {max_share}), ' % of the rows, by at most ', round(100 * {max_change}), ' %, at most ', {after_words}, ' after; the oldest was ', date_trunc('hour', c.oldest), ' old') as expectation,
  coalesce(c.rows > {max_share} * m.rows or c.largest_share > {max_change} or c.oldest > {after}::interval, false) as differs
from months m left join changed c using (month)
