-- grain: one row per series and day of the tested rows
-- reads: {table}
-- params: $1 start, $2 end (timestamptz, half-open)
-- note: the largest value of a day, in either direction, against the largest of all other days but the neighbouring ones.
with days as materialized (
  select distinct on (1, 2)
    {series} as series, (t.{time} at time zone 'UTC')::date as day, t.{time} as at, {key} as key, t.{column}::float8 as value,
    abs(t.{column}::float8) as size
  from {table} t
  where {mine} and t.{column} is not null
  order by 1, 2, abs(t.{column}::float8) desc, t.{time}
), ranked as (
  select series, day, size, row_number() over (partition by series order by size desc) as place, count(*) over (partition by series) as days from days
), highest as materialized (
  -- A day and its two neighbours are three of the four at most, so the fourth stands for it in any case.
  select series, days, array_agg(day order by place) as high_days, array_agg(size order by place) as high_sizes
  from ranked where place <= 4 group by series, days having days >= {min_days}
), limits as (
  select d.*, h.days, (
      select max(size) from unnest(h.high_days, h.high_sizes) as u(day, size) where abs(u.day - d.day) > 1
    ) as usual
  from days d join highest h using (series)
  where d.at >= $1::timestamptz and d.at < $2::timestamptz
)
select
  at, key, value::text as value, -{margin} * usual as lower, {margin} * usual as upper,
  concat('at most ', {margin}, ' × ', round(usual::numeric, 2), ', the largest of the other ', days - 1, ' days') as expectation,
  size > {margin} * usual as differs
from limits
where usual > 0
