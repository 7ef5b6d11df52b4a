-- grain: one row per hour
-- reads: raw
-- params: none
-- note: differences of 1,000 and more are quoted with a thousands separator
select
  _line,
  ieso_hour_start("Date", "Hour") as hour,
  number_text("Ontario Demand") as ontario_demand_mw,
  number_text("Northwest") as northwest_mw,
  number_text("Northeast") as northeast_mw,
  number_text("Ottawa") as ottawa_mw,
  number_text("East") as east_mw,
  number_text("Toronto") as toronto_mw,
  number_text("Essa") as essa_mw,
  number_text("Bruce") as bruce_mw,
  number_text("Southwest") as southwest_mw,
  number_text("Niagara") as niagara_mw,
  number_text("West") as west_mw,
  number_text("Zone Total") as zone_total_mw,
  number_text("Diff") as diff_mw
from raw
