-- grain: one row per hour
-- reads: raw
-- params: none
-- note: ZonalPrice holds loss and congestion; there is no HOEP, no predispatch and no operating reserve price in this report
select
  _line,
  ieso_hour_start("DeliveryDate", "PricingHour") as datetime,
  'day_ahead_ontario_zonal_price' as definition,
  number_text("ZonalPrice") as price_cad_per_mwh,
  null::varchar as hoep,
  number_text("LossPriceCapped") as loss_price_cad_per_mwh,
  number_text("CongestionPriceCapped") as congestion_price_cad_per_mwh,
  null::varchar as predispatch_1h_cad_per_mwh,
  null::varchar as predispatch_2h_cad_per_mwh,
  null::varchar as predispatch_3h_cad_per_mwh,
  null::varchar as or_10min_sync_cad_per_mwh,
  null::varchar as or_10min_non_sync_cad_per_mwh,
  null::varchar as or_30min_cad_per_mwh
from raw
