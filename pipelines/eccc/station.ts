/** One dataset per station and way to ask: the bulk CSV of Historical Climate Data, or the OGC API. */
import { complete, frozen, notNull, oneOf, sql } from '../../core/check.ts';
import { monthly } from '../../core/partitions.ts';
import { definePipeline, type Licence, type Pipeline, type Publishes } from '../../core/pipeline.ts';
import { distributionDrift, repeated, volume } from '../../core/table-check.ts';
import { weatherData } from '../tables/weather-data.ts';
import { HOURLY_CSV, HOURLY_ITEMS } from './hourly-layouts.ts';

export interface Station {
  /** Of the dataset. */
  readonly id: string;
  /** As ECCC writes it. */
  readonly name: string;
  readonly place: string;
  readonly climateId: string;
  /** First day with hourly observations. */
  readonly from: string;
  /** First day that this dataset does not cover any more. */
  readonly until?: string;
  /** The station's local standard time, all year: `Etc/GMT+5`. */
  readonly standardTime: 'Etc/GMT+5' | 'Etc/GMT+7';
  readonly quirks?: readonly string[];
}

const LICENCE: Licence = {
  name: 'Environment and Climate Change Canada Data Servers End-use Licence',
  attribution: 'Data Source: Environment and Climate Change Canada',
  url: 'https://eccc-msc.github.io/open-data/licence/readme_en/',
};

const COMMON_QUIRKS = [
  "Times are the station's local standard time, all year without daylight saving, and the instant of observation.",
  'Hours that are listed without any observation are no rows; they are counted, and the missing hour is reported.',
  'NA as weather means that none was observed; humidex and wind chill are blank where they do not apply.',
];

/** Months of the bulk CSV; `stationId` is ECCC's internal number, not the Climate ID. */
export function csvStation(station: Station & { readonly stationId: number }): Pipeline {
  return stationPipeline(station, {
    url: `https://climate.weather.gc.ca/climate_data/bulk_data_e.html?format=csv&stationID=${station.stationId}&Year={yyyy}&Month={m}&Day=1&timeframe=1&submit=Download+Data`,
    decode: HOURLY_CSV,
    transform: 'transforms/eccc/hourly_csv.sql',
    checks: [],
    quirks: [`ECCC's internal station number is ${station.stationId}.`],
  });
}

/**
 * Months of the OGC API. Its `datetime=` is compared with LOCAL_DATE, although it is written with a Z, and the partitions are cut on
 * the same clock, so a month is exact; it has at most 744 rows, so there is no second page.
 */
export function apiStation(station: Station): Pipeline {
  return stationPipeline(station, {
    url: `https://api.weather.gc.ca/collections/climate-hourly/items?CLIMATE_IDENTIFIER=${station.climateId}&datetime={yyyy}-{mm}-01T00:00:00Z/{end-yyyy}-{end-mm}-{end-dd}T23:00:00Z&sortby=LOCAL_DATE&limit=10000&f=json`,
    decode: HOURLY_ITEMS,
    transform: 'transforms/eccc/hourly_items.sql',
    checks: [
      sql('transforms/eccc/one_page.sql', {
        over: 'raw',
        severity: 'block',
        doc: 'the answer holds every row that the query matches',
      }),
      sql('transforms/eccc/standard_time.sql', {
        over: 'raw',
        severity: 'block',
        doc: "LOCAL_DATE is UTC_DATE on the clock that we take for the station's standard time",
      }),
    ],
    quirks: [
      'The API compares datetime= with LOCAL_DATE; rows are placed by UTC_DATE.',
      "If ECCC's local standard time stops being the offset that we assume, the month is blocked instead of being shifted by an hour.",
    ],
  });
}

interface Way {
  readonly url: string;
  readonly decode: Pipeline['extract']['decode'];
  readonly transform: string;
  readonly checks: readonly ReturnType<typeof sql>[];
  readonly quirks: readonly string[];
}

/** When ECCC finishes its quality control is not documented; two months back are asked for again. */
const PUBLISHES: Publishes = {
  every: 'P1D',
  delay: 'P2D',
  revises: 'P62D',
  staleAfter: 'P5D',
  schedule: '40 9 * * *',
  zone: 'Etc/GMT+5',
};

function stationPipeline(station: Station, way: Way): Pipeline {
  const { id, name, place, climateId, from, until, standardTime, quirks = [] } = station;
  return definePipeline({
    id,
    title: `Hourly weather, ${place}, station ${name} (${climateId})`,
    publisher: 'eccc',
    licence: LICENCE,
    partitions: monthly({ from, zone: standardTime, ...(until !== undefined && { until }) }),
    extract: { url: way.url, decode: way.decode },
    publishes: PUBLISHES,
    transform: way.transform,
    table: weatherData,
    checks: [
      complete('timestamp', 'PT1H'),
      // A file of another station must not be loaded under this one's name; names of stations change, the Climate ID does not.
      oneOf('station_id', [climateId], { severity: 'block' }),
      notNull('temperature_c', { severity: 'warn' }),
      // In the recorded years the temperature keeps one value for 6 hours at most.
      frozen('temperature_c', 24, { by: ['station_id'] }),
      repeated('temperature_c', { by: ['station_id'], rows: 12 }),
      distributionDrift('temperature_c', { by: ['station_id'], zone: standardTime, threshold: 1 }),
      volume('timestamp', { zone: standardTime }),
      sql('transforms/eccc/hours_without_observation.sql', {
        over: 'raw',
        severity: 'info',
        doc: 'every hour that is listed has an observation',
      }),
      ...way.checks,
    ],
    feeds: { source: 'eccc' },
    quirks: [...COMMON_QUIRKS, ...way.quirks, ...quirks],
  });
}
