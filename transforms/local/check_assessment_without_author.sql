-- grain: one row per threat whose assessment nobody answers for
-- reads: typed
-- params: none
select
  _line,
  concat_ws(', ', 'likelihood ' || likelihood, 'impact ' || impact, 'severity ' || severity) as value,
  'assessed_by says who assessed it and where that can be read' as expectation
from typed
where assessed_by is null and (likelihood is not null or impact is not null or severity is not null)
