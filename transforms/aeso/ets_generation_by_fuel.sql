-- grain: one row per report and fuel
-- reads: raw
-- params: none
-- note: the section of the fuels is the one with a TOTAL of three numbers; the TOTAL itself is checked, not loaded
with report as (
  select min(trim(c1)) as last_update from raw where c1 like 'Last Update%'
)
select
  _line,
  local_instant(
    coalesce(strftime(try_strptime(last_update, 'Last Update : %b %d, %Y %H:%M'), '%Y-%m-%d %H:%M'), last_update), 'America/Edmonton'
  ) as "timestamp",
  trim(c1) as fuel,
  number_text(c2) as maximum_capability_mw,
  number_text(c3) as net_generation_mw,
  number_text(c4) as dispatched_contingency_reserve_mw
from raw cross join report
where section in (select section from raw where c1 = 'TOTAL' and c4 is not null)
  and c2 is not null
  and c1 <> 'TOTAL'
  and c2 <> 'MC'
