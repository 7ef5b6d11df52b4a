-- grain: one row per series and month whose shape can be compared with other years
-- reads: {table}
-- params: $1 start, $2 end (timestamptz, half-open)
-- note: mean weekday of the month by hour on the clock of {zone}, scaled to mean 0 and deviation 1; the same of that month in other
--   years, within {years}; correlation at 0 and when the month is moved by up to 3 hours.
with hours as materialized (
  select
    {series} as series, date_trunc('month', t.{time} at time zone {zone}) as month,
    extract(hour from t.{time} at time zone {zone})::int as hour, avg(t.{column}::float8) as mean_value, count(*) as days, min(t.{time}) as at
  from {table} t
  where {mine} and t.{column} is not null and extract(isodow from t.{time} at time zone {zone}) < 6
    and t.{time} >= $1::timestamptz - {years} * interval '366 days' and t.{time} < $2::timestamptz + {years} * interval '366 days'
  group by 1, 2, 3
), whole_months as (
  select series, month, min(at) as at, avg(mean_value) as mean_value, stddev_pop(mean_value) as deviation
  from hours group by series, month having count(*) = 24 and min(days) >= 12 and stddev_pop(mean_value) > 0
), shapes as materialized (
  select h.series, h.month, w.at, h.hour, (h.mean_value - w.mean_value) / w.deviation as shape
  from hours h join whole_months w using (series, month)
), tested as (
  select * from shapes where at >= $1::timestamptz and at < $2::timestamptz
), expected as (
  select t.series, t.month, t.at, t.hour, avg(o.shape) as shape, count(*) as years
  from tested t
  join shapes o on o.series = t.series and o.hour = t.hour and o.month <> t.month
    and extract(month from o.month) = extract(month from t.month)
    and abs(extract(year from o.month) - extract(year from t.month)) <= {years}
  group by t.series, t.month, t.at, t.hour
), fits as (
  select t.series, t.month, t.at, m.moved, max(e.years) as years, corr(t.shape, e.shape) as fit
  from tested t
  cross join generate_series(-3, 3) as m(moved)
  join expected e on e.series = t.series and e.month = t.month and e.hour = (t.hour - m.moved + 24) % 24
  group by t.series, t.month, t.at, m.moved
), best as (
  select
    f.series, f.month, f.at, max(f.years) as years, max(f.fit) filter (where f.moved = 0) as fit_here, max(f.fit) as best_fit,
    (array_agg(f.moved order by f.fit desc))[1] as moved
  from fits f group by f.series, f.month, f.at
)
select
  at, concat_ws(', ', to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), nullif(series, '')) as key,
  concat(to_char(month, 'YYYY-MM'), ' fits best ', abs(moved), case when moved > 0 then ' h late' else ' h early' end, ' (correlation ', round(best_fit::numeric, 4), ')') as value,
  null::float8 as lower, null::float8 as upper,
  concat('the hours of the same month in ', years, ' other years (correlation ', round(fit_here::numeric, 4), ')') as expectation,
  moved <> 0 and best_fit - fit_here > {min_gain} as differs
from best
