-- grain: one row per hour and fuel
-- reads: raw
-- params: none
select
  _line,
  ieso_hour_start("Day", "Hour") as hour,
  "Fuel" as fuel,
  number_text("Output") as output_mw,
  "OutputQuality" as output_quality
from raw
