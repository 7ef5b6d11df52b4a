-- grain: one row per answer and fuel
-- reads: raw
-- params: none
select
  _line,
  utc_instant(coalesce(effective_datetime_utc, last_updated_datetime_utc)) as "timestamp",
  trim(fuel_type) as fuel,
  number_text(aggregated_maximum_capability) as maximum_capability_mw,
  number_text(aggregated_net_generation) as net_generation_mw,
  number_text(aggregated_dispatched_contingency_reserve) as dispatched_contingency_reserve_mw
from raw
