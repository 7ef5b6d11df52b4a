-- grain: one row per hour, participant and asset
-- reads: raw
-- params: none
select
  _line,
  utc_instant(begin_date_utc) as hour,
  trim("pool_participant_ID") as pool_participant_id,
  trim("asset_ID") as asset_id,
  trim(asset_class) as asset_class,
  number_text(metered_volume) as metered_volume_mwh
from raw
