-- grain: one row per 5-minute interval whose published total is not the sum of the interties within 1 MW, or that has none
-- reads: raw
-- params: none
-- note: rows without an intertie are the totals;
--   fourteen flows and their total are each rounded to 0.1 MW, so 0.75 MW may be rounding
with cells as (
  select
    _line,
    "Date",
    "Hour",
    "Interval",
    "IntertieZoneName" is null as is_total,
    try_cast(number_text("Flow") as decimal(14, 3)) as flow_mw
  from raw
), sums as (
  select "Date", "Hour", "Interval", min(_line) as first_line, sum(flow_mw) as flow_mw
  from cells
  where not is_total
  group by all
), totals as (
  select * from cells where is_total
)
select
  coalesce(t._line, s.first_line) as _line,
  if(t._line is null, 'no total', concat('total ', t.flow_mw::double)) as value,
  concat('sum of the interties: ', s.flow_mw::double) as expectation
from sums s full join totals t using ("Date", "Hour", "Interval")
where coalesce(abs(s.flow_mw - t.flow_mw) > 1, s.flow_mw is distinct from t.flow_mw)
