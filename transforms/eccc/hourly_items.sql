-- grain: one row per station and hour in which anything was observed
-- reads: raw
-- params: none
-- note: UTC_DATE places the row; standard_time.sql compares it with LOCAL_DATE
with cells as (
  select
    *,
    case when trim("WEATHER_ENG_DESC") not in ('', 'NA') then "WEATHER_ENG_DESC" end as weather,
    number_text("WIND_DIRECTION") as wind_direction,
    number_text("WIND_SPEED") as wind_speed,
    nullif(concat_ws(',',
      'temperature:' || nullif(trim("TEMP_FLAG"), ''),
      'dew_point:' || nullif(trim("DEW_POINT_TEMP_FLAG"), ''),
      'relative_humidity:' || nullif(trim("RELATIVE_HUMIDITY_FLAG"), ''),
      'precipitation:' || nullif(trim("PRECIP_AMOUNT_FLAG"), ''),
      'wind_direction:' || nullif(trim("WIND_DIRECTION_FLAG"), ''),
      'wind_speed:' || nullif(trim("WIND_SPEED_FLAG"), ''),
      'visibility:' || nullif(trim("VISIBILITY_FLAG"), ''),
      'station_pressure:' || nullif(trim("STATION_PRESSURE_FLAG"), ''),
      'humidex:' || nullif(trim("HUMIDEX_FLAG"), ''),
      'wind_chill:' || nullif(trim("WINDCHILL_FLAG"), '')
    ), '') as flags
  from raw
)
select
  _line,
  regexp_replace(trim("UTC_DATE"), 'Z$', '') || 'Z' as "timestamp",
  "CLIMATE_IDENTIFIER" as station_id,
  number_text("TEMP") as temperature_c,
  number_text("DEW_POINT_TEMP") as dew_point_c,
  number_text("RELATIVE_HUMIDITY") as relative_humidity_percent,
  number_text("PRECIP_AMOUNT") as precipitation_mm,
  coalesce(cast(try_cast(wind_direction as double) * 10 as varchar), wind_direction) as wind_direction_deg,
  coalesce(cast(try_cast(wind_speed as double) / 3.6 as varchar), wind_speed) as wind_speed_m_s,
  number_text("VISIBILITY") as visibility_km,
  number_text("STATION_PRESSURE") as station_pressure_kpa,
  number_text("HUMIDEX") as humidex,
  number_text("WINDCHILL") as wind_chill,
  weather,
  flags
from cells
where concat("TEMP", "DEW_POINT_TEMP", "RELATIVE_HUMIDITY", "PRECIP_AMOUNT", wind_direction, wind_speed, "VISIBILITY", "STATION_PRESSURE",
  "HUMIDEX", "WINDCHILL", weather, flags) <> ''
