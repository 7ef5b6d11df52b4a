-- grain: one row per hour
-- reads: raw
-- params: none
select
  _line,
  utc_instant(begin_datetime_utc) as hour,
  number_text(pool_price) as pool_price_cad_per_mwh,
  number_text(forecast_pool_price) as forecast_pool_price_cad_per_mwh,
  number_text(rolling_30day_avg) as rolling_30day_avg_cad_per_mwh
from raw
