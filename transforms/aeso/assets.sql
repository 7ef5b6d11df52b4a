-- grain: one row per asset
-- reads: raw
-- params: none
select
  _line,
  trim("asset_ID") as asset_id,
  trim(asset_name) as asset_name,
  trim(asset_type) as asset_type,
  trim(operating_status) as operating_status,
  trim("pool_participant_ID") as pool_participant_id,
  trim(pool_participant_name) as pool_participant_name,
  trim(net_to_grid_asset_flag) as net_to_grid_asset_flag,
  trim(asset_incl_storage_flag) as asset_incl_storage_flag
from raw
