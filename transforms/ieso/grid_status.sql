-- grain: one row per 5-minute interval, region Ontario
-- reads: raw
-- params: none
-- note: reserve_margin = (Total 10S + Total 10N + Total 30R) / ONTARIO DEMAND, NULL where one of them is not known. A quantity that is there
--   twice with different numbers gives a text that no cast accepts; an interval without any number is no row
with cells as (
  select
    _line,
    ieso_interval_start("DeliveryDate", "DeliveryHour", "Interval") as interval_start,
    "MarketQuantity" as quantity,
    nullif(number_text("EnergyMW"), '') as mw
  from raw
),
totals as (
  select
    min(_line) as _line,
    interval_start,
    string_agg(distinct mw, ' and ' order by mw) filter (quantity = 'ONTARIO DEMAND') as demand,
    string_agg(distinct mw, ' and ' order by mw) filter (quantity = 'Total Energy') as supply,
    string_agg(distinct mw, ' and ' order by mw) filter (quantity = 'Total 10S') as synchronised,
    string_agg(distinct mw, ' and ' order by mw) filter (quantity = 'Total 10N') as not_synchronised,
    string_agg(distinct mw, ' and ' order by mw) filter (quantity = 'Total 30R') as half_hour
  from cells
  group by interval_start
  having count(mw) > 0
),
measured as (
  select
    *,
    try_cast(demand as decimal(18, 6)) as mw,
    try_cast(synchronised as decimal(18, 6)) + try_cast(not_synchronised as decimal(18, 6)) + try_cast(half_hour as decimal(18, 6)) as reserve_mw
  from totals
)
select
  _line,
  'Ontario' as region,
  interval_start as captured_at,
  demand as demand_mw,
  supply as supply_mw,
  case when mw > 0 then round(cast(reserve_mw as double) / cast(mw as double), 3) end as reserve_margin,
  null::varchar as frequency_hz,
  null::varchar as voltage_kv,
  null::varchar as congestion_index,
  'ieso RealtimeTotals' as data_source,
  null::varchar as status
from measured
