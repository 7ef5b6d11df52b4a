-- grain: one row per hour in which every zone is zero: the meters of the zones were not read
-- reads: typed
-- params: none
select _line, '0 in every zone' as value, concat('zones of an Ontario demand of ', ontario_demand_mw, ' MW') as expectation
from typed
where greatest(
  abs(northwest_mw), abs(northeast_mw), abs(ottawa_mw), abs(east_mw), abs(toronto_mw),
  abs(essa_mw), abs(bruce_mw), abs(southwest_mw), abs(niagara_mw), abs(west_mw)
) = 0
