-- grain: one row per component of the price that has no column
-- reads: raw
-- params: none
-- note: such a component is not loaded.
select _line, "OntarioZonalPrice" as value, 'Zonal Price, Energy Loss Price or Energy Congestion Price' as expectation
from raw
where "Element" = 'RealTimePriceComponents'
  and coalesce("OntarioZonalPrice", '') not in ('Zonal Price', 'Energy Loss Price', 'Energy Congestion Price')
