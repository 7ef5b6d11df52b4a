-- grain: one row per 5-minute interval and intertie
-- reads: raw
-- params: none
-- note: rows without an intertie are the totals, which checks/intertie_flow_totals.sql compares
select
  _line,
  ieso_interval_start("Date", "Hour", "Interval") as interval_start,
  "IntertieZoneName" as intertie,
  number_text("Flow") as flow_mw
from raw
where "IntertieZoneName" is not null
