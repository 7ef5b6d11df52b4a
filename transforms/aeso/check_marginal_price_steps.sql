-- grain: one row per price that does not end when the next one begins
-- reads: typed
-- params: none
-- note: Prices that end before or after the next one begins.
select
  _line,
  cast(ends_at as varchar) as value,
  concat('the begin of the next price, ', cast(next_begins_at as varchar)) as expectation
from (select _line, ends_at, lead(begins_at) over (order by begins_at) as next_begins_at from typed)
where ends_at is distinct from next_begins_at and next_begins_at is not null
