-- grain: one row per hour and node
-- reads: raw
-- params: none
select
  _line,
  hour,
  node,
  energy_mw,
  price_cad_per_mwh,
  loss_cad_per_mwh,
  congestion_cad_per_mwh
from raw
