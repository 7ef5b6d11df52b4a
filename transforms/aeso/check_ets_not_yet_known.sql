-- grain: one row per hour without any value
-- reads: raw
-- params: none
-- note: Hours that the file lists and that have neither price nor average nor load.
select
  _line,
  "Date (HE)" as value,
  'a price and a load; both are dashes while the hour is not over' as expectation
from raw
where coalesce(nullif(trim("Price ($)"), '-'), nullif(trim("30Ravg ($)"), '-'), nullif(trim("AIL Demand (MW)"), '-')) is null
