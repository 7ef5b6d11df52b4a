-- grain: one row per listed hour that the transform left out
-- reads: raw, staged (every row that the transform gave)
-- params: none
select _line, cast(null as varchar) as value, 'an observation in the hour that is listed' as expectation
from raw anti join staged using (_line)
