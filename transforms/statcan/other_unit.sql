-- grain: one row per line in another unit
-- reads: raw
-- params: none
select _line, "UOM" as value, 'Megawatt hours' as expectation
from raw
where trim("UOM") is distinct from 'Megawatt hours'
