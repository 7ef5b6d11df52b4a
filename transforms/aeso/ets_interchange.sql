-- grain: one row per report and path
-- reads: raw
-- params: none
-- note: the section of the paths is the one with a TOTAL of one number; positive is export
with report as (
  select min(trim(c1)) as last_update from raw where c1 like 'Last Update%'
)
select
  _line,
  local_instant(
    coalesce(strftime(try_strptime(last_update, 'Last Update : %b %d, %Y %H:%M'), '%Y-%m-%d %H:%M'), last_update), 'America/Edmonton'
  ) as "timestamp",
  trim(c1) as path,
  number_text(c2) as flow_mw
from raw cross join report
where section in (select section from raw where c1 = 'TOTAL' and c2 is not null and c3 is null)
  and c2 is not null
  and c1 <> 'TOTAL'
