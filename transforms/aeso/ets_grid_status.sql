-- grain: one row per report
-- reads: raw
-- params: none
-- note: imports are the flows below zero, path by path: an export over one path does not hide an import over another
with summary as (
  select
    coalesce(min(_line) filter (where c1 like 'Last Update%'), min(_line)) as _line,
    min(trim(c1)) filter (where c1 like 'Last Update%') as last_update,
    number_text(max(c2) filter (where c1 = 'Alberta Internal Load (AIL)')) as demand,
    number_text(max(c2) filter (where c1 = 'Alberta Total Net Generation')) as generation,
    number_text(max(c2) filter (where c1 = 'Contingency Reserve Required')) as required,
    number_text(max(c2) filter (where c1 = 'Dispatched Contingency Reserve (DCR)')) as dispatched
  from raw
  where c3 is null
),
imports as (
  -- A flow that is no number makes the supply unknown.
  select case when count(try_cast(number_text(c2) as decimal(18, 2))) = count(*) then -sum(least(try_cast(number_text(c2) as decimal(18, 2)), 0)) end as mw
  from raw
  where section in (select section from raw where c1 = 'TOTAL' and c2 is not null and c3 is null)
    and c2 is not null and c1 <> 'TOTAL'
)
select
  _line,
  'Alberta' as region,
  local_instant(
    coalesce(strftime(try_strptime(last_update, 'Last Update : %b %d, %Y %H:%M'), '%Y-%m-%d %H:%M'), last_update), 'America/Edmonton'
  ) as captured_at,
  demand as demand_mw,
  cast(try_cast(generation as decimal(18, 2)) + imports.mw as decimal(18, 2)) as supply_mw,
  round(try_cast(dispatched as double) / nullif(try_cast(demand as double), 0), 3) as reserve_margin,
  cast(null as double) as frequency_hz,
  cast(null as double) as voltage_kv,
  cast(null as double) as congestion_index,
  'aeso CSDReportServlet' as data_source,
  case
    when try_cast(dispatched as double) >= try_cast(required as double) then 'stable'
    when try_cast(dispatched as double) < try_cast(required as double) then 'warning'
  end as status
from summary cross join imports
