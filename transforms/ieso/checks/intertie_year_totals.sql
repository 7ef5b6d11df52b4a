-- grain: one row per hour whose published totals are not the sum of the interties
-- reads: raw
-- params: none
with cells as (
  select
    _line,
    [try_cast(number_text("Total Imp") as decimal(14, 3)), try_cast(number_text("Total Exp") as decimal(14, 3)), try_cast(number_text("Total Flow") as decimal(14, 3))] as totals,
    list_value(*columns(lambda name: name like '% Imp' and name not like 'Total %')) as imports,
    list_value(*columns(lambda name: name like '% Exp' and name not like 'Total %')) as exports,
    list_value(*columns(lambda name: name like '% Flow' and name not like 'Total %')) as flows
  from raw
), sums as (
  select
    _line,
    totals,
    list_transform([imports, exports, flows], lambda cell: list_sum(list_transform(cell, lambda mw: try_cast(number_text(mw) as decimal(14, 3))))) as sums
  from cells
)
select
  _line,
  concat('total import ', totals[1]::double, ', export ', totals[2]::double, ', flow ', totals[3]::double) as value,
  concat('sum of the interties: import ', sums[1]::double, ', export ', sums[2]::double, ', flow ', sums[3]::double) as expectation
from sums
where totals[1] is distinct from sums[1] or totals[2] is distinct from sums[2] or totals[3] is distinct from sums[3]
