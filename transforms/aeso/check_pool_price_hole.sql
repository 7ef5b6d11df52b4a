-- grain: one row per hour without a value, before an hour that has one
-- reads: typed
-- params: none
-- note: hours to come have only the forecast; a blank hour with later measurements is a hole
select _line, cast(null as varchar) as value, 'a measurement, since later hours have one' as expectation
from typed
where pool_price_cad_per_mwh is null and hour < (select max(hour) from typed where pool_price_cad_per_mwh is not null)
