-- grain: one row per day of the tested rows that is over
-- reads: {table}
-- params: $1 start, $2 end (timestamptz, half-open)
-- note: rows of the day on the clock of {zone} against the same weekday of the {weeks} weeks before. A day that goes on
--   after the end of its interval is counted to its own. The newest day of the table may still be filled and is not tested.
with days as materialized (
  select (t.{time} at time zone {zone})::date as day, min(t.{time}) as at, count(*) as rows
  from {table} t
  where {mine} and t.{time} >= $1::timestamptz - ({weeks} + 1) * interval '7 days' and t.{time} < $2::timestamptz + interval '2 days'
  group by 1
), ended as (
  select (max(t.{time}) at time zone {zone})::date as newest_day from {table} t where {mine}
), compared as (
  select d.day, d.at, d.rows, percentile_cont(0.5) within group (order by p.rows) as usual, count(*) as peers
  from days d
  join days p on p.day < d.day and p.day >= d.day - {weeks} * 7 and extract(dow from p.day) = extract(dow from d.day)
  cross join ended e
  where d.at >= $1::timestamptz and d.at < $2::timestamptz and d.day < e.newest_day
  group by d.day, d.at, d.rows having count(*) >= {min_history}
)
select
  at, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as key, concat(rows, ' rows on ', day) as value,
  (1 - {tolerance}) * usual as lower, (1 + {tolerance}) * usual as upper,
  concat('about ', usual, ' rows, as on ', peers, ' days of that weekday before') as expectation,
  abs(rows - usual) > {tolerance} * usual as differs
from compared
