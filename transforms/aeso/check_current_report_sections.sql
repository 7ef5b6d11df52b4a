-- grain: one row per part that is missing or there twice
-- reads: raw
-- params: none
-- note: Parts of the Current Supply Demand report that are not there: what the datasets on it look for.
with parts as (
  select 'the time: Last Update' as part, count(*) filter (where c1 like 'Last Update%') as n from raw
  union all
  select 'the summary: Alberta Internal Load (AIL)', count(*) filter (where c1 = 'Alberta Internal Load (AIL)') from raw
  union all
  select 'fuels with MC, TNG, DCR and a TOTAL', count(*) filter (where c1 = 'TOTAL' and c4 is not null) from raw
  union all
  select 'interchange paths with a TOTAL', count(*) filter (where c1 = 'TOTAL' and c2 is not null and c3 is null) from raw
  union all
  -- An id in brackets is what tells an asset from a fuel.
  select 'assets with MC, TNG, DCR', least(count(*) filter (where c4 is not null and c1 like '%(%)%'), 1) from raw
)
select (select min(_line) from raw) as _line, concat(part, ' × ', n) as value, 'exactly one in the report' as expectation
from parts
where n <> 1
