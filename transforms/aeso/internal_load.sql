-- grain: one row per hour
-- reads: raw
-- params: none
select
  _line,
  utc_instant(begin_datetime_utc) as hour,
  number_text(alberta_internal_load) as internal_load_mw,
  number_text(forecast_alberta_internal_load) as forecast_internal_load_mw
from raw
