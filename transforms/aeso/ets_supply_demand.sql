-- grain: one row per report
-- reads: raw
-- params: none
with summary as (
  select
    min(_line) filter (where c1 like 'Last Update%') as update_at_line,
    min(_line) as first_line,
    min(trim(c1)) filter (where c1 like 'Last Update%') as last_update,
    max(c2) filter (where c1 = 'Alberta Total Net Generation') as generation,
    max(c2) filter (where c1 = 'Alberta Internal Load (AIL)') as load,
    max(c2) filter (where c1 = 'Net Actual Interchange') as interchange,
    max(c2) filter (where c1 = 'Net-To-Grid Generation') as net_to_grid,
    max(c2) filter (where c1 = 'Contingency Reserve Required') as required,
    max(c2) filter (where c1 = 'Dispatched Contingency Reserve (DCR)') as dispatched,
    max(c2) filter (where c1 = 'Dispatched Contingency Reserve -Gen') as dispatched_generation,
    max(c2) filter (where c1 = 'Dispatched Contingency Reserve -Other') as dispatched_other,
    max(c2) filter (where c1 = 'LSSi Armed Dispatch') as lssi_armed,
    max(c2) filter (where c1 = 'LSSi Offered Volume') as lssi_offered,
    max(c2) filter (where c1 = 'FFR Armed Dispatch') as ffr_armed,
    max(c2) filter (where c1 = 'FFR Offered Volume') as ffr_offered,
    max(c2) filter (where c1 = 'Long Lead Time Volume') as long_lead_time
  from raw
  where c3 is null
)
select
  coalesce(update_at_line, first_line) as _line,
  local_instant(
    coalesce(strftime(try_strptime(last_update, 'Last Update : %b %d, %Y %H:%M'), '%Y-%m-%d %H:%M'), last_update), 'America/Edmonton'
  ) as "timestamp",
  number_text(generation) as total_gen_mw,
  number_text(load) as total_demand_mw,
  number_text(interchange) as net_interchange_mw,
  number_text(net_to_grid) as net_to_grid_mw,
  number_text(required) as contingency_reserve_required_mw,
  number_text(dispatched) as contingency_reserve_dispatched_mw,
  number_text(dispatched_generation) as contingency_reserve_generation_mw,
  number_text(dispatched_other) as contingency_reserve_other_mw,
  number_text(lssi_armed) as lssi_armed_mw,
  number_text(lssi_offered) as lssi_offered_mw,
  number_text(ffr_armed) as ffr_armed_mw,
  number_text(ffr_offered) as ffr_offered_mw,
  number_text(long_lead_time) as long_lead_time_mw
from summary
