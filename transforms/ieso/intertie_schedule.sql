-- grain: one row per hour and intertie
-- reads: raw
-- params: none
-- note: rows without an intertie are the totals, which checks/intertie_schedule_totals.sql compares
select
  _line,
  ieso_hour_start("Date", "Hour") as hour,
  "IntertieZoneName" as intertie,
  number_text("Import") as import_mw,
  number_text("Export") as export_mw
from raw
where "IntertieZoneName" is not null
