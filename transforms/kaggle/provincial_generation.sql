-- grain: one row per month, province, class of producer and kind of generation
-- reads: raw
-- params: none
select
  _line,
  'month' as period,
  trim("date") || '-01' as "date",
  canada_province_code("province") as province_code,
  "province" as province,
  lower(trim("producer")) as producer,
  lower(trim("generation_type")) as generation_type,
  coalesce(cast(try_cast(number_text("megawatt_hours") as double) / 1000 as varchar), "megawatt_hours") as generation_gwh,
  number_text("megawatt_hours") as megawatt_hours,
  'kaggle' as source,
  cast(null as varchar) as status
from raw
