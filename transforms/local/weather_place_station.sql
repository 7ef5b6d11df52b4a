-- grain: one row per place and period
-- reads: raw
-- params: none
-- note: blank is open; what is written is an instant with Z, and anything else is no value, which refuses its row
select
  _line,
  trim("place") as place,
  trim("station_id") as station_id,
  case
    when trim("valid_from") = '' then timestamptz '-infinity'
    when regexp_full_match(trim("valid_from"), '\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z') then try_cast(trim("valid_from") as timestamptz)
  end as valid_from,
  case
    when trim("valid_until") = '' then timestamptz 'infinity'
    when regexp_full_match(trim("valid_until"), '\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z') then try_cast(trim("valid_until") as timestamptz)
  end as valid_until
from raw
