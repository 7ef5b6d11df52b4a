-- grain: one row per period that has no length or overlaps another one of its place
-- reads: typed
-- params: none
select
  _line,
  concat(place, ' ', valid_from, ' to ', valid_until) as value,
  'an end after the beginning, and no other period of the place within it' as expectation
from typed t
where valid_from >= valid_until
  or exists (
    select 1 from typed o
    where o.place = t.place and o._line <> t._line and o.valid_from < t.valid_until and t.valid_from < o.valid_until
  )
