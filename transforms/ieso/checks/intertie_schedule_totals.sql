-- grain: one row per hour whose published totals are not the sum of the interties, or that has none
-- reads: raw
-- params: none
-- note: rows without an intertie are the totals
with cells as (
  select
    _line,
    "Date",
    "Hour",
    "IntertieZoneName" is null as is_total,
    try_cast(number_text("Import") as decimal(14, 3)) as import_mw,
    try_cast(number_text("Export") as decimal(14, 3)) as export_mw
  from raw
), sums as (
  select "Date", "Hour", min(_line) as first_line, sum(import_mw) as import_mw, sum(export_mw) as export_mw
  from cells
  where not is_total
  group by all
), totals as (
  select * from cells where is_total
)
select
  coalesce(t._line, s.first_line) as _line,
  if(t._line is null, 'no total', concat('total import ', t.import_mw::double, ', export ', t.export_mw::double)) as value,
  concat('sum of the interties: import ', s.import_mw::double, ', export ', s.export_mw::double) as expectation
from sums s full join totals t using ("Date", "Hour")
where s.import_mw is distinct from t.import_mw or s.export_mw is distinct from t.export_mw
