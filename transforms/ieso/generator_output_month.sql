-- grain: one row per hour and generator
-- reads: raw, which has a row for each day, generator and measurement, and a column for each hour
-- params: none
-- note: a value that is published twice gives a second row of the same key, which the engine refuses, and never overwrites the first;
--   rows of another measurement are left out and reported by checks/generator_measurements.sql
with published as (
  select
    _line,
    "Delivery Date" as day,
    "Generator" as generator,
    "Fuel Type" as fuel,
    trim("Measurement") as measurement,
    row_number() over (partition by "Delivery Date", "Generator", "Fuel Type", trim("Measurement") order by _line) as nth,
    unnest(range(1, 25)) as hour_ending,
    unnest([
      "Hour 1", "Hour 2", "Hour 3", "Hour 4", "Hour 5", "Hour 6", "Hour 7", "Hour 8",
      "Hour 9", "Hour 10", "Hour 11", "Hour 12", "Hour 13", "Hour 14", "Hour 15", "Hour 16",
      "Hour 17", "Hour 18", "Hour 19", "Hour 20", "Hour 21", "Hour 22", "Hour 23", "Hour 24"
    ]) as mw
  from raw
  where trim("Measurement") in ('Output', 'Capability', 'Available Capacity', 'Forecast')
)
select
  min(_line) as _line,
  ieso_hour_start(day, hour_ending::varchar) as hour,
  generator,
  fuel,
  max(number_text(mw)) filter (where measurement = 'Output') as output_mw,
  max(number_text(mw)) filter (where measurement = 'Capability') as capability_mw,
  max(number_text(mw)) filter (where measurement = 'Available Capacity') as available_capacity_mw,
  max(number_text(mw)) filter (where measurement = 'Forecast') as forecast_mw
from published
group by day, hour_ending, generator, fuel, nth
