/** How ECCC writes hourly observations: every layout of the bulk CSV in one decoder, and the items of the OGC API. */
import { csv, type CsvDecode, json, type JsonDecode } from '../../core/decode.ts';

/** Element and unit, in the order of the files. Precipitation came last. */
const ELEMENTS = [
  ['Temp', ' (°C)'],
  ['Dew Point Temp', ' (°C)'],
  ['Rel Hum', ' (%)'],
  ['Precip. Amount', ' (mm)'],
  ['Wind Dir', ' (10s deg)'],
  ['Wind Spd', ' (km/h)'],
  ['Visibility', ' (km)'],
  ['Stn Press', ' (kPa)'],
  ['Hmdx', ''],
  ['Wind Chill', ''],
] as const;

const STATION = ['Longitude (x)', 'Latitude (y)', 'Station Name', 'Climate ID'];

function elements(has: { readonly units: boolean; readonly precipitation: boolean }): string[] {
  const cells = ELEMENTS.filter(([name]) => has.precipitation || name !== 'Precip. Amount').flatMap(([name, unit]) => [
    has.units ? `${name}${unit}` : name,
    `${name} Flag`,
  ]);
  return [...cells, 'Weather'];
}

/**
 * All vintages of the bulk CSV. Those without a column for the station have a preamble that names it. Rows of hours without any
 * observation end after the time.
 */
export const HOURLY_CSV: CsvDecode = csv({
  header: [
    ...STATION,
    'Date/Time (LST)',
    'Year',
    'Month',
    'Day',
    'Time (LST)',
    'Flag',
    ...elements({ units: true, precipitation: true }),
  ],
  earlier: [
    [...STATION, 'Date/Time', 'Year', 'Month', 'Day', 'Time', ...elements({ units: true, precipitation: false })],
    ['Date/Time', 'Year', 'Month', 'Day', 'Time', ...elements({ units: false, precipitation: false })],
    ['Date/Time', 'Year', 'Month', 'Day', 'Time', 'Data Quality', ...elements({ units: true, precipitation: false })],
  ],
  preamble: true,
  capture: {
    'Climate ID': '^\\uFEFF?"Climate Identifier","([^"]*)"',
    'Station Name': '^\\uFEFF?"Station Name","([^"]*)"',
    'Latitude (y)': '^"Latitude","([^"]*)"',
    'Longitude (x)': '^"Longitude","([^"]*)"',
  },
  short: 'pad',
});

const PROPERTIES = [
  'CLIMATE_IDENTIFIER',
  'STATION_NAME',
  'LOCAL_DATE',
  'UTC_DATE',
  ...[
    'TEMP',
    'DEW_POINT_TEMP',
    'RELATIVE_HUMIDITY',
    'PRECIP_AMOUNT',
    'WIND_DIRECTION',
    'WIND_SPEED',
    'VISIBILITY',
    'STATION_PRESSURE',
    'HUMIDEX',
    'WINDCHILL',
  ].flatMap((name) => [name, `${name}_FLAG`]),
  'WEATHER_ENG_DESC',
];

/** The items of `climate-hourly`, GeoJSON. */
export const HOURLY_ITEMS: JsonDecode = json({
  rows: 'features',
  columns: {
    numberMatched: '../numberMatched',
    numberReturned: '../numberReturned',
    ...Object.fromEntries(PROPERTIES.map((name) => [name, `properties/${name}`])),
  },
});
