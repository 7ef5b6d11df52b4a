-- grain: one row per month, geography, class of producer and type of generation
-- reads: raw
-- params: none
select
  _line,
  trim("REF_DATE") || '-01' as ref_date,
  "GEO" as geo,
  "Class of electricity producer" as class_of_producer,
  "Type of electricity generation" as type_of_generation,
  canada_province_code("GEO") as province_code,
  statcan_value("VALUE", "SCALAR_ID") as megawatt_hours,
  "STATUS" as status,
  "SYMBOL" as symbol,
  "TERMINATED" as terminated,
  "DECIMALS" as decimals,
  "UOM" as unit_of_measure,
  "DGUID" as dguid,
  "VECTOR" as vector,
  "COORDINATE" as coordinate
from raw
