-- grain: one row per strategy whose estimate nobody answers for
-- reads: typed
-- params: none
select
  _line,
  concat_ws(', ', 'effectiveness ' || effectiveness, 'cost_estimate ' || cost_estimate, 'time_to_implement_days ' || time_to_implement_days) as value,
  'estimated_by says who estimated it and where that can be read' as expectation
from typed
where estimated_by is null and (effectiveness is not null or cost_estimate is not null or time_to_implement_days is not null)
