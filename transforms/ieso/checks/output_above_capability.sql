-- grain: one row per generator and hour whose output is above what it can put out
-- reads: typed
-- params: none
-- note: the capability of wind and solar is a forecast, so their available capacity counts; half as much and 10 MW
--   leave room for a capability that was stated before the hour: on the recorded day one solar park put out 1.35 times what it could.
select
  _line,
  output_mw as value,
  concat('at most 1.5 × ', coalesce(case when fuel in ('WIND', 'SOLAR') then available_capacity_mw else capability_mw end, available_capacity_mw), ' MW and 10 MW') as expectation
from typed
where output_mw > 1.5 * coalesce(case when fuel in ('WIND', 'SOLAR') then available_capacity_mw else capability_mw end, available_capacity_mw) + 10
