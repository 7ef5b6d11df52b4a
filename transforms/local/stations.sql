-- grain: one row per station
-- reads: raw
-- params: none
select
  _line,
  trim("station_id") as station_id,
  "name",
  trim("province_code") as province_code,
  "eccc_station_id",
  "latitude",
  "longitude",
  trim("standard_time") as standard_time,
  "first_day",
  "last_day",
  "notes"
from raw
