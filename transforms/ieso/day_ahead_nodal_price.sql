-- grain: one row per hour and pricing location
-- reads: raw
-- params: none
-- note: a cell that is no number is NULL (nodal_price_not_numeric reports it); six decimals, so that a third one is refused and not rounded.
--   Times are computed once per hour and not once per location, which about halves the CPU of the transform
with times as (
  select
    *,
    try_cast(replace("Delivery Date", '/', '-') as date) as market_date,
    ieso_hour_start(replace("Delivery Date", '/', '-'), "Delivery Hour") as datetime
  from (select distinct "Delivery Date", "Delivery Hour" from raw)
),
cells as (
  select
    r._line,
    t.datetime,
    case when r."Pricing Location" like '%:LMP' then left(r."Pricing Location", length(r."Pricing Location") - 4) else r."Pricing Location" end
      as node_name,
    try_cast(number_text(r."LMP") as decimal(18, 6)) as lmp_price,
    try_cast(number_text(r."Energy Loss Price") as decimal(18, 6)) as loss_price,
    try_cast(number_text(r."Energy Congestion Price") as decimal(18, 6)) as congestion_price,
    t.market_date,
    make_timestamptz(epoch_us(try_strptime(t.datetime, '%Y-%m-%dT%H:%M:%SZ')) + 3_600_000_000) as interval_ending
  from raw r
  join times t
    on r."Delivery Date" is not distinct from t."Delivery Date"
    and r."Delivery Hour" is not distinct from t."Delivery Hour"
)
select
  _line,
  datetime,
  node_name,
  'day_ahead' as market,
  lmp_price,
  lmp_price - loss_price - congestion_price as energy_price,
  congestion_price,
  loss_price,
  market_date,
  interval_ending
from cells
