-- grain: one row per station and hour in which anything was observed
-- reads: raw
-- params: none
-- note: columns have other names in older layouts; those that a file does not have are null
with cells as (
  select
    _line,
    "Climate ID" as station_id,
    coalesce("Date/Time (LST)", "Date/Time") as local_time,
    number_text(coalesce("Temp (°C)", "Temp")) as temperature,
    number_text(coalesce("Dew Point Temp (°C)", "Dew Point Temp")) as dew_point,
    number_text(coalesce("Rel Hum (%)", "Rel Hum")) as relative_humidity,
    number_text("Precip. Amount (mm)") as precipitation,
    number_text(coalesce("Wind Dir (10s deg)", "Wind Dir")) as wind_direction,
    number_text(coalesce("Wind Spd (km/h)", "Wind Spd")) as wind_speed,
    number_text(coalesce("Visibility (km)", "Visibility")) as visibility,
    number_text(coalesce("Stn Press (kPa)", "Stn Press")) as station_pressure,
    number_text("Hmdx") as humidex,
    number_text("Wind Chill") as wind_chill,
    case when trim("Weather") not in ('', 'NA') then "Weather" end as weather,
    nullif(trim(coalesce("Flag", "Data Quality")), '') as row_flag,
    nullif(concat_ws(',',
      'temperature:' || nullif(trim("Temp Flag"), ''),
      'dew_point:' || nullif(trim("Dew Point Temp Flag"), ''),
      'relative_humidity:' || nullif(trim("Rel Hum Flag"), ''),
      'precipitation:' || nullif(trim("Precip. Amount Flag"), ''),
      'wind_direction:' || nullif(trim("Wind Dir Flag"), ''),
      'wind_speed:' || nullif(trim("Wind Spd Flag"), ''),
      'visibility:' || nullif(trim("Visibility Flag"), ''),
      'station_pressure:' || nullif(trim("Stn Press Flag"), ''),
      'humidex:' || nullif(trim("Hmdx Flag"), ''),
      'wind_chill:' || nullif(trim("Wind Chill Flag"), '')
    ), '') as flags
  from raw
)
select
  _line,
  coalesce(
    strftime(
      try_strptime(trim(local_time), '%Y-%m-%d %H:%M') + to_hours(eccc_hours_behind_utc(station_id)),
      '%Y-%m-%dT%H:%M:%SZ'
    ),
    concat(local_time, ' LST of ', station_id)
  ) as "timestamp",
  station_id,
  temperature as temperature_c,
  dew_point as dew_point_c,
  relative_humidity as relative_humidity_percent,
  precipitation as precipitation_mm,
  coalesce(cast(try_cast(wind_direction as double) * 10 as varchar), wind_direction) as wind_direction_deg,
  coalesce(cast(try_cast(wind_speed as double) / 3.6 as varchar), wind_speed) as wind_speed_m_s,
  visibility as visibility_km,
  station_pressure as station_pressure_kpa,
  humidex,
  wind_chill,
  weather,
  nullif(concat_ws(',', 'row:' || row_flag, flags), '') as flags
from cells
-- An hour that is listed with nothing in it is no observation; hours_without_observation.sql counts them.
where concat(temperature, dew_point, relative_humidity, precipitation, wind_direction, wind_speed, visibility, station_pressure, humidex,
  wind_chill, weather, flags) <> ''
