-- grain: one row per TOTAL that does not hold
-- reads: raw
-- params: none
-- note: The published TOTAL of the fuels, where the fuels do not add up to it.
with fuels as (
  select * from raw
  where section in (select section from raw where c1 = 'TOTAL' and c4 is not null) and c2 is not null and c2 <> 'MC'
),
sums as (
  select
    sum(try_cast(c2 as double)) as capability,
    sum(try_cast(c3 as double)) as generation,
    sum(try_cast(c4 as double)) as reserve
  from fuels
  where c1 <> 'TOTAL'
)
select
  _line,
  concat('TOTAL ', c2, ', ', c3, ', ', c4) as value,
  concat('the sums of the fuels, which are ', capability, ', ', generation, ', ', reserve) as expectation
from fuels cross join sums
where c1 = 'TOTAL'
  and (
    try_cast(c2 as double) is distinct from capability
    or try_cast(c3 as double) is distinct from generation
    or try_cast(c4 as double) is distinct from reserve
  )
