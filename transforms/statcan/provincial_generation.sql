-- grain: one row per month, province, class of producer and kind of generation that do not overlap
-- reads: raw
-- params: none
-- note: what is left out are members that we know to be totals or parts of others; a member that we do not know stays
with members as (
  select
    *,
    trim("Class of electricity producer") as class,
    trim("Type of electricity generation") as type
  from raw
), kept as (
  select *, statcan_value("VALUE", "SCALAR_ID") as megawatt_hours
  from members
  where trim("GEO") <> 'Canada'
    and class <> 'Total all classes of electricity producer'
    and statcan_level(type) is distinct from 'total'
    and statcan_level(type) is distinct from 'part'
)
select
  _line,
  'month' as period,
  trim("REF_DATE") || '-01' as "date",
  canada_province_code("GEO") as province_code,
  "GEO" as province,
  lower(class) as producer,
  case type when 'Total electricity production from combustible fuels' then 'combustible fuels' else lower(type) end as generation_type,
  coalesce(cast(try_cast(megawatt_hours as double) / 1000 as varchar), megawatt_hours) as generation_gwh,
  megawatt_hours,
  'statcan' as source,
  "STATUS" as status
from kept
