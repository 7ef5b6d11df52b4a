-- grain: one row per answer and asset
-- reads: raw
-- params: none
select
  _line,
  utc_instant(last_updated_datetime_utc) as "timestamp",
  trim(asset) as asset_id,
  trim(fuel_type) as fuel,
  trim(sub_fuel_type) as sub_fuel,
  number_text(maximum_capability) as maximum_capability_mw,
  number_text(net_generation) as net_generation_mw,
  number_text(dispatched_contingency_reserve) as dispatched_contingency_reserve_mw
from raw
