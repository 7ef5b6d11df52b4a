-- grain: one row per TOTAL that does not hold
-- reads: raw
-- params: none
-- note: The published TOTAL of the paths, where the flows or Net Actual Interchange differ from it.
with paths as (
  select * from raw
  where section in (select section from raw where c1 = 'TOTAL' and c2 is not null and c3 is null) and c2 is not null
),
sums as (
  select
    (select sum(try_cast(c2 as double)) from paths where c1 <> 'TOTAL') as flows,
    (select max(try_cast(c2 as double)) from raw where c1 = 'Net Actual Interchange') as net
)
select
  _line,
  concat('TOTAL ', c2) as value,
  concat('the sum of the flows, which is ', flows, ', and Net Actual Interchange, which is ', net) as expectation
from paths cross join sums
where c1 = 'TOTAL'
  and (try_cast(c2 as double) is distinct from flows or try_cast(c2 as double) is distinct from net)
