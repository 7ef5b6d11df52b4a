-- grain: one row per tested row; a run of repeats differs at its first row
-- reads: {table}
-- params: $1 start, $2 end (timestamptz, half-open)
-- note: repeats of 1, 2, 7, 364, 365 or 366 days before. A row that keeps the value of the row before neither counts nor ends a run: nights
--   of zeros repeat by nature.
with near as materialized (
  select
    t.{time} as at, {key_columns}, {series} as series, t.{column} as value,
    t.{column} is not distinct from lag(t.{column}) over (partition by {series} order by t.{time}) as is_flat
  from {table} t
  where {mine} and t.{time} >= $1::timestamptz - interval '366 days' and t.{time} < $2::timestamptz and t.{column} is not null
), tested as materialized (
  select *, row_number() over (partition by series order by at) as place
  from near
  where at >= $1::timestamptz and at < $2::timestamptz and not is_flat
), repeats as materialized (
  select v.series, v.at, v.place, d.days
  from tested v
  cross join (values (1), (2), (7), (364), (365), (366)) as d(days)
  join near n on n.at = v.at - d.days * interval '24 hours' and n.series = v.series and n.value = v.value
), islands as (
  select *, place - row_number() over (partition by series, days order by place) as run from repeats
), runs as (
  select series, days, min(at) as at, max(at) as last_at, count(*) as rows from islands group by series, days, run having count(*) > {rows}
), longest as (
  select distinct on (series, at) series, at, days, last_at, rows from runs order by series, at, rows desc, days
)
select
  t.at, {key} as key, t.value::text as value, null::float8 as lower, null::float8 as upper,
  concat('other values than ', r.days, ' days before; ', r.rows, ' rows repeat, until ', to_char(r.last_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI"Z"')) as expectation,
  r.series is not null as differs
from tested t left join longest r using (series, at)
