-- grain: one row per place whose energy part is not that of its hour
-- reads: typed
-- params: none
-- note: a megawatt hour of energy costs the same everywhere; places differ by losses and congestion alone. 0.02 CAD/MWh is what rounding
--   three published numbers to the cent can make. Of the recorded day the parts differ by 0.01.
with hours as (
  select datetime, median(energy_price) as energy_price from typed where energy_price is not null group by datetime
)
select
  t._line,
  t.energy_price as value,
  concat('an energy part of about ', round(h.energy_price, 2), ' CAD/MWh, as at the other places of the hour') as expectation
from typed t
join hours h using (datetime)
where abs(t.energy_price - h.energy_price) > 0.02
