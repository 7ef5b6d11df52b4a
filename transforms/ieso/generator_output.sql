-- grain: one row per hour and generator
-- reads: raw, which has a row for each of output, capability and available capacity
-- params: none
-- note: a value that is published twice gives a second row of the same key, which the engine refuses, and never overwrites the first
with published as (
  select
    _line,
    "Date",
    "Hour",
    "GeneratorName",
    "FuelType",
    "Kind",
    number_text("EnergyMW") as mw,
    row_number() over (partition by "Date", "Hour", "GeneratorName", "FuelType", "Kind" order by _line) as nth
  from raw
)
select
  min(_line) as _line,
  ieso_hour_start("Date", "Hour") as hour,
  "GeneratorName" as generator,
  "FuelType" as fuel,
  max(mw) filter (where "Kind" = 'Output') as output_mw,
  max(mw) filter (where "Kind" = 'Capability') as capability_mw,
  max(mw) filter (where "Kind" = 'AvailCapacity') as available_capacity_mw
from published
group by "Date", "Hour", "GeneratorName", "FuelType", nth
