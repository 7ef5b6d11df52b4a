-- grain: one row per published row that the transform left out
-- reads: raw, staged (every row that the transform gave)
-- params: none
select
  _line,
  concat_ws(', ', "GEO", "Class of electricity producer", "Type of electricity generation") as value,
  'a member that does not overlap with others' as expectation
from raw anti join staged using (_line)
