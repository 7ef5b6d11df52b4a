-- grain: one row per 5-minute interval
-- reads: raw
-- params: none
-- note: a raw row per market quantity and one per flag. A quantity that is there twice with different numbers gives a text that no cast
--   accepts; an interval without any number is no row
with cells as (
  select
    _line,
    ieso_interval_start("DeliveryDate", "DeliveryHour", "Interval") as interval_start,
    "MarketQuantity" as quantity,
    nullif(number_text("EnergyMW"), '') as mw,
    nullif("Flag", '') as flag
  from raw
)
select
  min(_line) as _line,
  interval_start,
  string_agg(distinct mw, ' and ' order by mw) filter (quantity = 'Total Energy') as total_energy_mw,
  string_agg(distinct mw, ' and ' order by mw) filter (quantity = 'Total Loss') as total_loss_mw,
  string_agg(distinct mw, ' and ' order by mw) filter (quantity = 'Total Load') as total_load_mw,
  string_agg(distinct mw, ' and ' order by mw) filter (quantity = 'Total Dispatch Load Scheduled OFF') as total_dispatch_load_scheduled_off_mw,
  string_agg(distinct mw, ' and ' order by mw) filter (quantity = 'Total 10S') as total_10s_mw,
  string_agg(distinct mw, ' and ' order by mw) filter (quantity = 'Total 10N') as total_10n_mw,
  string_agg(distinct mw, ' and ' order by mw) filter (quantity = 'Total 30R') as total_30r_mw,
  string_agg(distinct mw, ' and ' order by mw) filter (quantity = 'ONTARIO DEMAND') as ontario_demand_mw,
  string_agg(distinct flag, ' and ' order by flag) as flag
from cells
group by interval_start
having count(mw) > 0
