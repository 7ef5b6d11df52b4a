/** Output, capability and available capacity of each generator, one CSV file a month since May 2019: the history of the daily files. */
import { complete, sql } from '../../core/check.ts';
import { instant, mw, table, text } from '../../core/contract.ts';
import { csv } from '../../core/decode.ts';
import { monthly } from '../../core/partitions.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { reconciles, revisions, volume } from '../../core/table-check.ts';
import { iesoLicence } from './licence.ts';

const HOURS = Array.from({ length: 24 }, (_, i) => `Hour ${i + 1}`);
const DAILY = { with: 'public.ontario_generator_output', on: { hour: 'hour', generator: 'generator' } } as const;

export default definePipeline({
  id: 'ieso-generator-output-month',
  title: 'Ontario hourly output and capability by generator, monthly files',
  publisher: 'ieso',
  licence: iesoLicence,
  partitions: monthly({ from: '2019-05-01', zone: 'Etc/GMT+5' }),
  extract: {
    url: 'https://reports-public.ieso.ca/public/GenOutputCapabilityMonth/PUB_GenOutputCapabilityMonth_{yyyy}{mm}.csv',
    // Rows end with a comma that the header does not have.
    decode: csv({ comment: '\\\\', header: ['Delivery Date', 'Generator', 'Fuel Type', 'Measurement', ...HOURS] }),
  },
  publishes: {
    every: 'P1D',
    delay: 'P2D',
    revises: 'P35D',
    staleAfter: 'P4D',
    schedule: '30 6 * * *',
    zone: 'Etc/GMT+5',
  },
  transform: 'transforms/ieso/generator_output_month.sql',
  table: table('public.ontario_generator_output_month', {
    hour: instant({ key: true, doc: 'Start of the hour.' }),
    generator: text({ key: true, doc: 'Name of the generator as IESO gives it.' }),
    fuel: text({ required: true, doc: 'Fuel as IESO names it.' }),
    output_mw: mw({
      range: [-1_000, 5_000],
      doc: 'Average output of the hour; NULL where IESO published none. Batteries: discharge only.',
    }),
    capability_mw: mw({
      range: [-1_000, 5_000],
      doc: 'What the generator could put out in the hour. NULL for wind and solar: see forecast_mw.',
    }),
    available_capacity_mw: mw({
      range: [-1_000, 5_000],
      doc: 'Capacity that is available; published of wind and solar.',
    }),
    forecast_mw: mw({
      range: [-1_000, 5_000],
      doc: 'Forecast of the hour; published of wind and solar. The daily report calls it capability.',
    }),
  }),
  checks: [
    complete('hour', 'PT1H'),
    complete('hour', 'PT1H', { by: ['generator'] }),
    sql('transforms/ieso/checks/generator_measurements.sql', {
      over: 'raw',
      doc: 'every row measures output, capability, available capacity or forecast',
    }),
    sql('transforms/ieso/checks/output_above_capability.sql', {
      doc: 'no generator puts out more than 1.5 times what it can (of wind and solar: what is available) and 10 MW',
    }),
    volume('hour', { zone: 'Etc/GMT+5' }),
    revisions('output_mw', { after: 'P35D', maxChange: 1, minChange: 50 }),
    reconciles('output_mw', { ...DAILY, other: 'output_mw' }),
    reconciles('capability_mw', { ...DAILY, other: 'capability_mw' }),
    reconciles('forecast_mw', { ...DAILY, other: 'capability_mw' }),
  ],
  feeds: { source: 'ieso' },
  quirks: [
    'Wind and solar have the measurements Available Capacity and Forecast, other fuels Capability.',
    'A row of another measurement is left out and reported.',
    'Known second-hand only: no file of the publisher has been recorded, so the tests use generated ones.',
  ],
});
