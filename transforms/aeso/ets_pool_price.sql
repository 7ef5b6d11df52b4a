-- grain: one row per hour that has a price, an average or a load
-- reads: raw
-- params: none
-- note: hours ending are labels of the Mountain clock; hours to come are listed with dashes and left out (check_ets_not_yet_known.sql counts them)
with published as (
  select
    _line,
    split_part(trim("Date (HE)"), ' ', 1) as day,
    regexp_replace(trim("Date (HE)"), '^\S+\s*', '') as hour_ending,
    number_text(nullif(trim("Price ($)"), '-')) as price,
    number_text(nullif(trim("30Ravg ($)"), '-')) as average,
    number_text(nullif(trim("AIL Demand (MW)"), '-')) as load
  from raw
)
select
  _line,
  hour_ending_instant(coalesce(strftime(try_strptime(day, '%m/%d/%Y'), '%Y-%m-%d'), day), hour_ending, 'America/Edmonton') as "timestamp",
  price as pool_price_cad_per_mwh,
  average as rolling_30day_avg_cad_per_mwh,
  load as market_demand_mw,
  'aeso HistoricalPoolPriceReportServlet' as data_source
from published
where coalesce(price, average, load) is not null
