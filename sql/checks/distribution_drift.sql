-- grain: one row per series and month that can be compared with other years
-- reads: {table}
-- params: $1 start, $2 end (timestamptz, half-open)
-- note: lowest tenth, median and highest tenth of a month on the clock of {zone}, against the medians of the same three of that month in
--   other years, within {years}, at least {min_years} of them. The unit of the distance is
--   the spread between the tenths of those years. Prices have tails that no two years share: of them only the median counts.
with months as materialized (
  select
    {series} as series, date_trunc('month', t.{time} at time zone {zone}) as month, min(t.{time}) as at, count(*) as rows,
    percentile_cont(0.1) within group (order by t.{column}::float8) as low,
    percentile_cont(0.5) within group (order by t.{column}::float8) as middle,
    percentile_cont(0.9) within group (order by t.{column}::float8) as high
  from {table} t
  where {mine} and t.{column} is not null
    and t.{time} >= $1::timestamptz - {years} * interval '366 days' and t.{time} < $2::timestamptz + {years} * interval '366 days'
  group by 1, 2
), full_months as (
  select m.* from months m
  where m.rows >= 0.5 * (select max(o.rows) from months o where o.series = m.series)
), compared as (
  select
    t.series, t.month, t.at, t.low, t.middle, t.high, count(*) as years,
    percentile_cont(0.5) within group (order by o.low) as usual_low,
    percentile_cont(0.5) within group (order by o.middle) as usual_middle,
    percentile_cont(0.5) within group (order by o.high) as usual_high
  from full_months t
  join full_months o on o.series = t.series and o.month <> t.month and extract(month from o.month) = extract(month from t.month)
    and abs(extract(year from o.month) - extract(year from t.month)) <= {years}
  where t.at >= $1::timestamptz and t.at < $2::timestamptz
  group by t.series, t.month, t.at, t.low, t.middle, t.high
  having count(*) >= {min_years}
), distances as (
  select *, greatest(abs(middle - usual_middle), case when {tails} then greatest(abs(low - usual_low), abs(high - usual_high)) end) / nullif(usual_high - usual_low, 0) as distance
  from compared
)
select
  at, concat_ws(', ', to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), nullif(series, '')) as key,
  concat(to_char(month, 'YYYY-MM'), ': tenth ', round(low::numeric, 2), ', median ', round(middle::numeric, 2), ', highest tenth ', round(high::numeric, 2)) as value,
  usual_middle - {threshold} * (usual_high - usual_low) as lower, usual_middle + {threshold} * (usual_high - usual_low) as upper,
  concat('about ', round(usual_low::numeric, 2), ', ', round(usual_middle::numeric, 2), ' and ', round(usual_high::numeric, 2), ' as in ', years, ' other years; ', round(distance::numeric, 2), ' spreads away') as expectation,
  coalesce(distance > {threshold}, false) as differs
from distances
