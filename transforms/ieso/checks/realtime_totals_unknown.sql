-- grain: one row per market quantity that has no column
-- reads: raw
-- params: none
-- note: such a quantity is not loaded.
select _line, "MarketQuantity" as value, 'a quantity with a column' as expectation
from raw
where "Element" = 'MQ' and coalesce("MarketQuantity", '') not in (
  'Total Energy',
  'Total Loss',
  'Total Load',
  'Total Dispatch Load Scheduled OFF',
  'Total 10S',
  'Total 10N',
  'Total 30R',
  'ONTARIO DEMAND'
)
