-- grain: one row per class or type that is not known, at its first line
-- reads: raw
-- params: none
select min(_line) as _line, concat_ws(', ', "Class of electricity producer", "Type of electricity generation") as value,
  'members that we know; if one is a total or a part of another, say so in statcan_level' as expectation
from raw
where statcan_level(trim("Type of electricity generation")) is null
  or trim("Class of electricity producer") not in ('Total all classes of electricity producer', 'Electric utilities', 'Industries')
group by "Class of electricity producer", "Type of electricity generation"
