-- grain: one row per period of a meter
-- reads: raw, raw_metadata, raw_weather
-- params: none
-- note: local time becomes an instant with the zone of the row's own meter; a meter without metadata has none
with meter as (
  select
    unique_id,
    case when min(timezone) = max(timezone) then min(timezone) end as timezone,
    case when min(location_id) = max(location_id) then min(location_id) end as location_id,
    case when min(location) = max(location) then nullif(trim(min(location)), '') end as place
  from raw_metadata
  group by unique_id
),
weather as (
  select
    location_id,
    clock_time("timestamp") as shown,
    case when min(temperature_2m) = max(temperature_2m) and not isnan(max(temperature_2m)) then min(temperature_2m) end as temperature,
    case when min(relative_humidity_2m) = max(relative_humidity_2m) and not isnan(max(relative_humidity_2m)) then min(relative_humidity_2m) end as humidity,
    case when min(wind_speed_10m) = max(wind_speed_10m) and not isnan(max(wind_speed_10m)) then min(wind_speed_10m) end as wind_speed,
    case when min(shortwave_radiation) = max(shortwave_radiation) and not isnan(max(shortwave_radiation)) then min(shortwave_radiation) end as solar_irradiance
  from raw_weather
  group by all
),
reading as not materialized (
  select
    raw._line, raw.unique_id, raw."timestamp", clock_time(raw."timestamp") as shown, raw.y,
    meter.unique_id is not null as known, meter.timezone, meter.location_id, meter.place
  from raw left join meter on meter.unique_id = raw.unique_id
),
-- Meters share clocks: each time of a zone is looked up once, and the readings stream past the result.
instants as (
  select "timestamp", timezone, local_instant("timestamp", timezone) as instant
  from (select distinct "timestamp", timezone from reading where timezone is not null)
)
select
  _line,
  case
    when not known then concat(reading."timestamp", ' of a meter without metadata')
    when reading.timezone is null then concat(reading."timestamp", ' of a meter without one time zone')
    else instants.instant
  end as datetime,
  unique_id as household_id,
  case when not isnan(y) then y end as electricity_demand,
  temperature,
  humidity,
  wind_speed,
  solar_irradiance,
  coalesce(place, reading.location_id) as location,
  dayofweek(reading.shown) as day_of_week,
  hour(reading.shown) as hour
from reading
left join instants on instants."timestamp" = reading."timestamp" and instants.timezone = reading.timezone
left join weather on weather.location_id = reading.location_id and weather.shown = date_trunc('hour', reading.shown)
