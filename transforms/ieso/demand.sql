-- grain: one row per hour
-- reads: raw
-- params: none
-- note: the engine casts to the contract as the last step; text that cannot be cast is a rejected row
select
  _line,
  ieso_hour_start("Date", "Hour") as hour,
  number_text("Market Demand") as market_demand_mw,
  number_text("Ontario Demand") as ontario_demand_mw
from raw
