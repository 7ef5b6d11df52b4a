/** Hourly generator output by fuel, one XML file a year since 2015; embedded generation is not in it. */
import { complete, oneOf, range, solarAtNight, sql } from '../../core/check.ts';
import { instant, integer, mw, table, text } from '../../core/contract.ts';
import { xml } from '../../core/decode.ts';
import { yearly } from '../../core/partitions.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { beyondHistory, repeated, revisions, volume } from '../../core/table-check.ts';
import { ONTARIO_PLACES } from './places.ts';
import { iesoLicence } from './licence.ts';

/** What has been seen so far. The set is open: another fuel is loaded and reported. */
const KNOWN_FUELS = ['NUCLEAR', 'GAS', 'HYDRO', 'WIND', 'SOLAR', 'BIOFUEL', 'OTHER', 'CONTROL ACTIONS'];

export default definePipeline({
  id: 'ieso-generation-by-fuel',
  title: 'Ontario hourly generation by fuel',
  publisher: 'ieso',
  licence: iesoLicence,
  partitions: yearly({ from: 2015, zone: 'Etc/GMT+5' }),
  extract: {
    url: 'https://reports-public.ieso.ca/public/GenOutputbyFuelHourly/PUB_GenOutputbyFuelHourly_{yyyy}.xml',
    decode: xml({
      rows: 'Document/DocBody/DailyData/HourlyData/FuelTotal',
      columns: {
        Day: '../../Day',
        Hour: '../Hour',
        Fuel: 'Fuel',
        OutputQuality: 'EnergyValue/OutputQuality',
        Output: 'EnergyValue/Output',
      },
    }),
  },
  publishes: {
    every: 'P1D',
    delay: 'P2D',
    revises: 'P35D',
    staleAfter: 'P4D',
    schedule: '15 8 * * *',
    zone: 'Etc/GMT+5',
  },
  transform: 'transforms/ieso/generation_by_fuel.sql',
  table: table('public.ontario_generation_by_fuel', {
    hour: instant({ key: true, doc: 'Start of the hour.' }),
    // An open set: OTHER came with the batteries, CONTROL ACTIONS appeared on 2026-07-15.
    fuel: text({ key: true, doc: 'Fuel as IESO names it: NUCLEAR, GAS, HYDRO, WIND, SOLAR, BIOFUEL, OTHER …' }),
    output_mw: mw({ range: [-2_000, 20_000], doc: 'Average output of the hour; NULL where IESO published none.' }),
    output_quality: integer({ range: [-1_000, 0], doc: 'Minus the number of missing inputs; 0 is complete.' }),
  }),
  checks: [
    complete('hour', 'PT1H'),
    oneOf('fuel', KNOWN_FUELS, { severity: 'warn' }),
    sql('transforms/ieso/checks/generation_without_output.sql', {
      doc: 'every fuel that is listed for an hour has an output',
    }),
    // Net of what the stations use themselves: below zero is unusual and right.
    range('output_mw', 0, 20_000, { severity: 'info' }),
    solarAtNight('output_mw', {
      where: { fuel: 'SOLAR' },
      places: ONTARIO_PLACES,
      elevation: -6,
      tolerance: 1,
      step: 'PT1H',
    }),
    beyondHistory('output_mw', { by: ['fuel'], margin: 3 }),
    repeated('output_mw', { by: ['fuel'] }),
    volume('hour', { zone: 'Etc/GMT+5' }),
    revisions('output_mw', { after: 'P35D', maxChange: 1, minChange: 50 }),
  ],
  feeds: { source: 'ieso' },
  quirks: [
    'CONTROL ACTIONS appeared on 2026-07-15; it has no output in hours ending 1 to 9 of that day.',
    'Output is net of what stations use themselves, so it can be negative.',
    'OTHER (batteries among others) was added later; the set of fuels is open.',
  ],
});
