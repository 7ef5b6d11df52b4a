/** `weather_data`: hourly observations at weather stations. Each station has its own datasets, so each key has one owner. */
import { instant, measure, table, text, typed } from '../../core/contract.ts';

/**
 * One row per station and hour in which anything was observed. What a cell's flag says is in `flags`; a missing value is NULL, never
 * zero.
 */
export const weatherData = table('public.weather_data', {
  timestamp: instant({
    key: true,
    doc: 'Instant of the observation, neither start nor end of an hour. Join rule: timestamp = hour gives the conditions at the start of that hour; the observation one hour later those at its end.',
  }),
  station_id: text({
    key: true,
    pattern: '[0-9A-Z]{7}',
    doc: "Climate ID of the station, such as 6158731, not ECCC's internal number. Where stations follow each other at a place, see weather_by_place.",
  }),
  temperature_c: measure('°C', { range: [-70, 60], doc: 'Air temperature.' }),
  dew_point_c: measure('°C', { range: [-80, 50], doc: 'Dew point temperature.' }),
  relative_humidity_percent: measure('%', { range: [0, 100], doc: 'Relative humidity.' }),
  precipitation_mm: measure('mm', {
    range: [0, 500],
    doc: 'Precipitation of the hour up to the observation; NULL in files from before ECCC published it by the hour.',
  }),
  wind_direction_deg: measure('°', {
    range: [0, 360],
    doc: 'Direction that the wind blows from, true: 360 is north, 0 is calm. Published in tens of degrees, times 10.',
  }),
  wind_speed_m_s: measure('m/s', { range: [0, 120], doc: 'Wind speed: the published km/h divided by 3.6.' }),
  visibility_km: measure('km', { range: [0, 500], doc: 'Horizontal visibility.' }),
  station_pressure_kpa: measure('kPa', {
    range: [50, 120],
    doc: "Pressure at the station's height, not reduced to sea level.",
  }),
  humidex: typed('float8', { range: [-20, 80], doc: 'Humidex; NULL where it does not apply (cool or dry air).' }),
  wind_chill: typed('float8', {
    range: [-100, 30],
    doc: 'Wind chill index; NULL where it does not apply (mild or calm air).',
  }),
  weather: text({
    doc: 'Weather as the observer or the station named it (`Rain,Fog`); NULL where none was observed, which ECCC publishes as NA.',
  }),
  flags: text({
    doc: "What ECCC says about single cells, `element:flag` joined by commas (`temperature:E,precipitation:T`): M missing, E estimated, T trace, others as published; `row` is the row's own flag. NULL: none.",
  }),
});
