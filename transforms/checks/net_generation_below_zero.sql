-- grain: one row per loaded row with negative net generation
-- reads: typed
-- params: none
select _line, megawatt_hours as value, 'zero or more; below it, plants used more than they generated' as expectation
from typed
where megawatt_hours < 0
