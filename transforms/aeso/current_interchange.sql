-- grain: one row per answer and path
-- reads: raw
-- params: none
-- note: positive is export
select
  _line,
  utc_instant(coalesce(effective_datetime_utc, last_updated_datetime_utc)) as "timestamp",
  trim(path) as path,
  number_text(actual_flow) as flow_mw
from raw
