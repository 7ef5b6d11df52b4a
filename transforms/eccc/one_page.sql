-- grain: one row if the answer is not all of it
-- reads: raw
-- params: none
select
  min(_line) as _line,
  concat(count(*), ' rows, numberReturned ', min("numberReturned"), ', numberMatched ', min("numberMatched")) as value,
  'as many rows as the query matches' as expectation
from raw
having count(*) > 0
  and not coalesce(count(*) = try_cast(min("numberReturned") as bigint) and count(*) = try_cast(min("numberMatched") as bigint), false)
