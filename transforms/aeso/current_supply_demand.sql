-- grain: one row per answer
-- reads: raw
-- params: none
select
  _line,
  utc_instant(coalesce(effective_datetime_utc, last_updated_datetime_utc)) as "timestamp",
  number_text(total_net_generation) as total_gen_mw,
  number_text(alberta_internal_load) as total_demand_mw,
  number_text(net_actual_interchange) as net_interchange_mw,
  number_text(net_to_grid_generation) as net_to_grid_mw,
  number_text(total_max_generation_capability) as maximum_capability_mw,
  number_text(contingency_reserve_required) as contingency_reserve_required_mw,
  number_text(coalesce(dispatched_contigency_reserve_total, dispatched_contingency_reserve_total)) as contingency_reserve_dispatched_mw,
  number_text(dispatched_contingency_reserve_gen) as contingency_reserve_generation_mw,
  number_text(dispatched_contingency_reserve_other) as contingency_reserve_other_mw,
  number_text(lssi_armed_dispatch) as lssi_armed_mw,
  number_text(lssi_offered_volume) as lssi_offered_mw,
  number_text(ffr_armed_dispatch) as ffr_armed_mw,
  number_text(ffr_offered_volume) as ffr_offered_mw,
  number_text(long_lead_time_volume) as long_lead_time_mw
from raw
