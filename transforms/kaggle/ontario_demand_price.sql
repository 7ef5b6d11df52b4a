-- grain: one row per hour
-- reads: raw
-- params: none
-- note: decimal arithmetic, so that 3.57 cents/kWh are 35.7 CAD/MWh and not 35.699999999999996
with cells as (
  select
    *,
    number_text("hourly_demand") as kwh,
    number_text(coalesce("hourly_average_price", "average_hourly_price")) as cents_per_kwh
  from raw
)
select
  _line,
  ieso_hour_start("date", regexp_replace(trim("hour"), '\.0$', '')) as hour,
  coalesce(cast(try_cast(kwh as double) / 1000 as varchar), kwh) as demand_mw,
  coalesce(cast(try_cast(cents_per_kwh as decimal(24, 12)) * 10 as varchar), cents_per_kwh) as price_cad_per_mwh
from cells
