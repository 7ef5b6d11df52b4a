/** Samples of ECCC: a month of the bulk CSV in its newest layout, and a month of the OGC API. */
import { drift, noise } from './shapes.ts';
import type { Sample } from './sample.ts';

const RECORDED_AT = '2026-01-31T17:00:00Z';
const HOUR_MS = 3_600_000;
const CSV_HEADER =
  'Longitude (x),Latitude (y),Station Name,Climate ID,Date/Time (LST),Year,Month,Day,Time (LST),Flag,Temp (°C),Temp Flag,Dew Point Temp (°C),Dew Point Temp Flag,Rel Hum (%),Rel Hum Flag,Precip. Amount (mm),Precip. Amount Flag,Wind Dir (10s deg),Wind Dir Flag,Wind Spd (km/h),Wind Spd Flag,Visibility (km),Visibility Flag,Stn Press (kPa),Stn Press Flag,Hmdx,Hmdx Flag,Wind Chill,Wind Chill Flag,Weather';

export function ecccSamples(): Sample[] {
  return [
    {
      url: 'https://climate.weather.gc.ca/climate_data/bulk_data_e.html?format=csv&stationID=51459&Year=2025&Month=12&Day=1&timeframe=1&submit=Download+Data',
      file: 'climate.weather.gc.ca/en_climate_hourly_ON_6158731_12-2025_P1H.csv',
      contentType: 'text/csv',
      body: hourlyCsv(5),
      covers: 'five days of December 2025 at Toronto, the other hours listed without observation',
      recordedAt: RECORDED_AT,
      saysSo: false,
    },
    {
      url: 'https://api.weather.gc.ca/collections/climate-hourly/items?CLIMATE_IDENTIFIER=3012216&datetime=2025-12-01T00:00:00Z/2025-12-31T23:00:00Z&sortby=LOCAL_DATE&limit=10000&f=json',
      file: 'api.weather.gc.ca/climate-hourly-3012216-2025-12.json',
      contentType: 'application/geo+json',
      body: hourlyItems(48),
      covers: 'two days of December 2025 at Edmonton',
      recordedAt: RECORDED_AT,
      saysSo: false,
    },
  ];
}

interface Weather {
  readonly temperature: number;
  readonly dewPoint: number;
  readonly humidity: number;
  readonly precipitation: number;
  readonly direction: number;
  readonly speed: number;
  readonly pressure: number;
  readonly windChill: number | null;
  readonly weather: string;
}

function weatherAt(seed: number, ordinal: number): Weather {
  const temperature = Math.round(10 * (-4 + 7 * drift(seed, ordinal, 40))) / 10;
  const speed = Math.round(15 + 14 * drift(seed + 1, ordinal, 9));
  const wet = noise(seed + 2, Math.floor(ordinal / 6)) > 0.8;
  return {
    temperature,
    dewPoint: Math.round(10 * (temperature - 2 - 3 * noise(seed + 3, ordinal))) / 10,
    humidity: Math.round(78 + 15 * drift(seed + 4, ordinal, 12)),
    precipitation: wet ? Math.round(10 * noise(seed + 5, ordinal)) / 10 : 0,
    direction: Math.floor(1 + 36 * noise(seed + 6, Math.floor(ordinal / 4))),
    speed,
    pressure: Math.round(100 * (99.5 + 1.2 * drift(seed + 7, ordinal, 50))) / 100,
    windChill: temperature < 0 && speed > 4 ? Math.round(temperature - speed / 5) : null,
    weather: wet ? 'Snow' : ordinal % 3 === 0 ? 'Mostly Cloudy' : 'NA',
  };
}

/** All hours of December 2025; those after `days` end after the time, as ECCC writes hours without observation. */
function hourlyCsv(days: number): string {
  const first = Date.UTC(2025, 11, 1);
  const lines = Array.from({ length: 31 * 24 }, (_, i) => {
    const time = new Date(first + i * HOUR_MS).toISOString();
    const [day, clock] = [time.slice(0, 10), time.slice(11, 16)];
    const start = ['-79.63', '43.68', 'TORONTO INTL A', '6158731', `${day} ${clock}`, ...day.split('-'), clock];
    if (i >= days * 24) return quoted(start);
    const at = weatherAt(71, i);
    const missing = i === 30;
    return quoted([
      ...start,
      '',
      missing ? '' : at.temperature.toFixed(1),
      missing ? 'M' : i === 31 ? 'E' : '',
      at.dewPoint.toFixed(1),
      '',
      String(at.humidity),
      '',
      at.precipitation.toFixed(1),
      i === 40 ? 'T' : '',
      String(at.direction),
      '',
      String(at.speed),
      '',
      '16.1',
      '',
      at.pressure.toFixed(2),
      '',
      '',
      '',
      missing || at.windChill === null ? '' : String(at.windChill),
      '',
      at.weather,
    ]);
  });
  return `\uFEFF${[quoted(CSV_HEADER.split(',')), ...lines].join('\r\n')}\r\n`;
}

/** Nulls where nothing was observed, one flag member for each element; local standard time and UTC side by side. */
function hourlyItems(hours: number): string {
  const features = Array.from({ length: hours }, (_, i) => {
    const local = Date.UTC(2025, 11, 1) + i * HOUR_MS;
    const at = weatherAt(81, i);
    const elements = {
      TEMP: at.temperature,
      DEW_POINT_TEMP: at.dewPoint,
      RELATIVE_HUMIDITY: at.humidity,
      PRECIP_AMOUNT: null,
      WIND_DIRECTION: at.direction,
      WIND_SPEED: at.speed,
      VISIBILITY: 16.1,
      STATION_PRESSURE: at.pressure,
      HUMIDEX: null,
      WINDCHILL: at.windChill,
    };
    const id = `3012216.2025.12.${Math.floor(i / 24) + 1}.${i % 24}`;
    return {
      type: 'Feature',
      id,
      geometry: { type: 'Point', coordinates: [-113.58, 53.31] },
      properties: {
        ID: id,
        STATION_NAME: 'EDMONTON INTL A',
        CLIMATE_IDENTIFIER: '3012216',
        PROVINCE_CODE: 'AB',
        LOCAL_DATE: new Date(local).toISOString().slice(0, 19).replace('T', ' '),
        UTC_DATE: new Date(local + 7 * HOUR_MS).toISOString().slice(0, 19),
        ...elements,
        ...Object.fromEntries(
          Object.keys(elements).map((name) => [`${name}_FLAG`, name === 'TEMP' && i === 7 ? 'E' : null]),
        ),
        WEATHER_ENG_DESC: at.weather,
      },
    };
  });
  return JSON.stringify({
    type: 'FeatureCollection',
    features,
    numberMatched: hours,
    numberReturned: hours,
    links: [],
  });
}

function quoted(cells: readonly string[]): string {
  return cells.map((cell) => `"${cell}"`).join(',');
}
