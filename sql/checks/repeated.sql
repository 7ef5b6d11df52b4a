-- grain: one row per tested row that has one 1, 2, 7, 364, 365 or 366 days before; a run of repeats differs at its first row
-- reads: {table}
-- params: $1 start, $2 end (timestamptz, half-open)
-- note: a row that keeps the value of the row before neither counts nor ends a run: nights of zeros repeat by nature.
with tested as (
  select
    t.{time} as at, {key} as key, {series} as series, t.{column} as value,
    t.{column} is not distinct from lag(t.{column}) over (partition by {series} order by t.{time}) as is_flat
  from {table} t
  where {mine} and t.{time} >= $1::timestamptz and t.{time} < $2::timestamptz and t.{column} is not null
), compared as (
  select v.at, v.key, v.series, v.value, d.days, v.value = t.{column} as is_same
  from tested v
  cross join (values (1), (2), (7), (364), (365), (366)) as d(days)
  join {table} t on t.{time} = v.at - d.days * interval '24 hours' and {series} = v.series
  where not v.is_flat and t.{column} is not null
), placed as (
  select
    *, row_number() over (partition by series, days order by at) - row_number() over (partition by series, days, is_same order by at) as run
  from compared
), runs as (
  select series, days, min(at) as first_at, max(at) as last_at, count(*) as rows from placed where is_same group by series, days, run having count(*) > {rows}
), longest as (
  select distinct on (series, first_at) series, first_at as at, days, last_at, rows from runs order by series, first_at, rows desc, days
), looked_at as (
  select distinct at, key, series, value from compared
)
select
  l.at, l.key, l.value::text as value, null::float8 as lower, null::float8 as upper,
  concat('other values than ', r.days, ' days before; ', r.rows, ' rows repeat, until ', to_char(r.last_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI"Z"')) as expectation,
  r.series is not null as differs
from looked_at l left join longest r using (series, at)
