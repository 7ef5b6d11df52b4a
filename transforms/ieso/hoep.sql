-- grain: one row per hour
-- reads: raw
-- params: none
-- note: prices of 1,000 and more are quoted with a thousands separator; HOEP has no parts for loss and congestion
select
  _line,
  ieso_hour_start("Date", "Hour") as datetime,
  'hoep' as definition,
  number_text("HOEP") as price_cad_per_mwh,
  number_text("HOEP") as hoep,
  null::varchar as loss_price_cad_per_mwh,
  null::varchar as congestion_price_cad_per_mwh,
  number_text("Hour 1 Predispatch") as predispatch_1h_cad_per_mwh,
  number_text("Hour 2 Predispatch") as predispatch_2h_cad_per_mwh,
  number_text("Hour 3 Predispatch") as predispatch_3h_cad_per_mwh,
  number_text("OR 10 Min Sync") as or_10min_sync_cad_per_mwh,
  number_text("OR 10 Min non-sync") as or_10min_non_sync_cad_per_mwh,
  number_text("OR 30 Min") as or_30min_cad_per_mwh
from raw
