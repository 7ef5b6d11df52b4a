-- grain: one row per hour that lacks a reserve price
-- reads: typed
-- params: none
-- note: hours without one of the three operating reserve prices.
select
  _line,
  concat_ws(', ', or_10min_sync_cad_per_mwh, or_10min_non_sync_cad_per_mwh, or_30min_cad_per_mwh) as value,
  'three prices; files before 2018 have none' as expectation
from typed
where or_10min_sync_cad_per_mwh is null or or_10min_non_sync_cad_per_mwh is null or or_30min_cad_per_mwh is null
