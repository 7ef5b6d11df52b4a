-- grain: one row per quantity that is not read, or there twice
-- reads: raw
-- params: none
-- note: Quantities of the summary that ets_supply_demand.sql does not read, and those that are there twice.
with summary as (
  select _line, c1, c2
  from raw
  where c2 is not null and c3 is null
    and section in (select section from raw where c1 = 'Alberta Internal Load (AIL)')
)
select _line, concat(c1, ' ', c2) as value, 'a quantity that this dataset knows; it is not loaded' as expectation
from summary
where c1 not in (
  'Alberta Total Net Generation', 'Alberta Internal Load (AIL)', 'Net Actual Interchange', 'Net-To-Grid Generation',
  'Contingency Reserve Required', 'Dispatched Contingency Reserve (DCR)', 'Dispatched Contingency Reserve -Gen',
  'Dispatched Contingency Reserve -Other', 'LSSi Armed Dispatch', 'LSSi Offered Volume', 'FFR Armed Dispatch',
  'FFR Offered Volume', 'Long Lead Time Volume'
)
union all
select _line, concat(c1, ' ', c2), 'one value for each quantity'
from summary
qualify count(*) over (partition by c1) > 1
