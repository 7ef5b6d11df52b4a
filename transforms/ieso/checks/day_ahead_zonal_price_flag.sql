-- grain: one row per hour with another flag
-- reads: raw
-- params: none
-- note: the flag is that of the market's own calculation.
select _line, "Flag" as value, 'DSO-RD' as expectation
from raw
where "Flag" is distinct from 'DSO-RD'
