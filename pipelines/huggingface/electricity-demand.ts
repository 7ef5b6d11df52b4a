/** Readings of smart meters around the world, compiled by EDS-lab from open data sets: an archive, not grid data, and no Canadian operator in it. */
import { range } from '../../core/check.ts';
import { instant, integer, measure, table, text } from '../../core/contract.ts';
import { parquet } from '../../core/decode.ts';
import { whole } from '../../core/partitions.ts';
import { definePipeline } from '../../core/pipeline.ts';

const REPO = 'EDS-lab/electricity-demand';
const file = (name: string): string => `https://huggingface.co/datasets/${REPO}/resolve/{commit}/data/${name}.parquet`;

export default definePipeline({
  id: 'hf-electricity-demand',
  title: 'Electricity demand of households and buildings',
  publisher: 'huggingface',
  licence: {
    name: 'BSD-3-Clause',
    attribution: `EDS-lab, Electricity Demand (Hugging Face data set ${REPO}), BSD-3-Clause`,
    url: `https://huggingface.co/datasets/${REPO}`,
  },
  partitions: whole(),
  extract: {
    hub: { repo: REPO, revision: 'main' },
    url: file('demand'),
    decode: parquet({ columns: ['unique_id', 'timestamp', 'y'], others: 'left out' }),
    maxBytes: 8 * 1024 ** 3,
    inputs: {
      metadata: {
        url: file('metadata'),
        decode: parquet({
          columns: ['unique_id', 'location_id', 'location', 'timezone'],
          others: 'left out',
        }),
      },
      weather: {
        url: file('weather'),
        decode: parquet({
          columns: [
            'location_id',
            'timestamp',
            'temperature_2m',
            'relative_humidity_2m',
            'wind_speed_10m',
            'shortwave_radiation',
          ],
          others: 'left out',
        }),
        maxBytes: 2 * 1024 ** 3,
      },
    },
  },
  // An archive, last changed on 2024-06-20: asked once a month whether there is a newer commit. Its data end years ago and are not stale for that.
  publishes: { every: 'P30D', delay: 'P1D', staleAfter: 'P36500D', schedule: '40 5 1 * *', zone: 'UTC' },
  transform: 'transforms/huggingface/electricity_demand.sql',
  table: table('public.hf_electricity_demand', {
    datetime: instant({
      key: true,
      doc: 'Start of the period; published on the local clock of the meter, converted with the zone that the metadata give it.',
    }),
    household_id: text({ key: true, sensitive: true, doc: 'The meter: unique_id as published.' }),
    electricity_demand: measure('kWh', {
      doc: 'Energy of the period, whose length differs by meter: 15, 30 or 60 minutes. NULL where the meter gave none.',
    }),
    temperature: measure('°C', {
      doc: 'Air temperature at the start of the hour that the period lies in, from the weather file. NULL where it has no row.',
    }),
    humidity: measure('%', { doc: 'Relative humidity, as temperature.' }),
    wind_speed: measure('km/h', {
      doc: 'Wind speed 10 m above ground, as temperature. The unit is the default of Open-Meteo, the data set does not say it.',
    }),
    solar_irradiance: measure('W/m²', { doc: 'Shortwave radiation on the horizontal, as temperature.' }),
    location: text({
      required: true,
      doc: 'Place of the meter as published; its geohash where the place has no name.',
    }),
    day_of_week: integer({ required: true, doc: 'Of the local day, 0 = Sunday.' }),
    hour: integer({ required: true, doc: 'Hour of the local clock, 0 to 23.' }),
  }),
  checks: [
    range('electricity_demand', 0, 100_000, { severity: 'warn' }),
    range('temperature', -60, 60, { severity: 'warn' }),
    range('humidity', 0, 100, { severity: 'warn' }),
  ],
  feeds: { stream: 'hf-electricity-demand', source: 'huggingface' },
  quirks: [
    'The data set is gated as far as we know: log in, accept its conditions on its page, and set HF_TOKEN to a token of that account.',
    'Readings are stamped in local time: the hour that autumn repeats is ambiguous and the hour that spring leaves out does not exist, so their rows are refused.',
    'Meters of other countries: no Canadian operator is in it, and nothing of it belongs to the Canadian grid.',
    'The names wind_speed_10m and shortwave_radiation, and that the weather is stamped in local time too, are guesses after Open-Meteo (its card names temperature_2m, relative_humidity_2m and precipitation, and 21 more); a file without these columns is refused.',
    'Weather is hourly, readings may come every 15 minutes: each gets the weather at the start of its hour.',
    'Where metadata or weather say two things of one meter or hour, neither is taken.',
  ],
});
