-- grain: one row per observation whose two clocks are not the offset apart that we assume
-- reads: raw
-- params: none
with clocks as (
  select
    _line,
    "LOCAL_DATE" as local_date,
    "UTC_DATE" as utc_date,
    eccc_hours_behind_utc("CLIMATE_IDENTIFIER") as hours,
    try_cast(regexp_replace(trim("LOCAL_DATE"), 'Z$', '') as timestamp) as local_time,
    try_cast(regexp_replace(trim("UTC_DATE"), 'Z$', '') as timestamp) as utc_time
  from raw
)
select
  _line,
  concat('LOCAL_DATE ', local_date, ', UTC_DATE ', utc_date) as value,
  concat('UTC_DATE ', hours, ' hours after LOCAL_DATE; if ECCC changed its clock, mend eccc_hours_behind_utc and the partitions of the station') as expectation
from clocks
where utc_time is distinct from local_time + to_hours(hours)
