-- grain: one row per line of a measurement that the transform does not know and leaves out
-- reads: raw
-- params: none
select _line, "Measurement" as value, 'Output, Capability, Available Capacity or Forecast' as expectation
from raw
where coalesce(trim("Measurement"), '') not in ('Output', 'Capability', 'Available Capacity', 'Forecast')
