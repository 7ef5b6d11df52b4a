/** Output, capability and available capacity of each generator, one XML file a day, rewritten every hour. */
import { complete, notNull, sql } from '../../core/check.ts';
import { instant, mw, table, text } from '../../core/contract.ts';
import { xml } from '../../core/decode.ts';
import { daily } from '../../core/partitions.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { iesoLicence } from './licence.ts';

const GENERATOR = 'IMODocument/IMODocBody/Generators/Generator';

export default definePipeline({
  id: 'ieso-generator-output',
  title: 'Ontario hourly output and capability by generator',
  publisher: 'ieso',
  licence: iesoLicence,
  // The earliest issue that we have seen. IESO keeps about 90 days; earlier days are in ieso-generator-output-month.
  partitions: daily({ from: '2023-09-01', zone: 'Etc/GMT+5' }),
  extract: {
    url: 'https://reports-public.ieso.ca/public/GenOutputCapability/PUB_GenOutputCapability_{yyyy}{mm}{dd}.xml',
    decode: xml({
      rows: [
        `${GENERATOR}/Outputs/Output`,
        `${GENERATOR}/Capabilities/Capability`,
        `${GENERATOR}/Capacities/AvailCapacity`,
      ],
      element: 'Kind',
      columns: {
        Date: '../../../../Date',
        GeneratorName: '../../GeneratorName',
        FuelType: '../../FuelType',
        Hour: 'Hour',
        EnergyMW: 'EnergyMW',
      },
    }),
  },
  // Rewritten about 18 minutes past each hour; the last issue of a day comes about 00:16 the next day.
  publishes: {
    every: 'PT1H',
    delay: 'PT1H',
    revises: 'P2D',
    retention: 'P92D',
    keptAtLeast: 'P70D',
    staleAfter: 'PT4H',
    schedule: '25 * * * *',
    zone: 'Etc/GMT+5',
  },
  transform: 'transforms/ieso/generator_output.sql',
  table: table('public.ontario_generator_output', {
    hour: instant({ key: true, doc: 'Start of the hour.' }),
    generator: text({ key: true, doc: 'Name of the generator as IESO gives it: BRUCEA-G1.' }),
    fuel: text({
      required: true,
      doc: 'Fuel as IESO names it: NUCLEAR, GAS, HYDRO, WIND, SOLAR, BIOFUEL, OTHER (batteries among them) …',
    }),
    output_mw: mw({
      range: [-1_000, 5_000],
      doc: 'Average output of the hour; NULL where IESO published none. Batteries: discharge only, charging is not in it.',
    }),
    capability_mw: mw({
      range: [-1_000, 5_000],
      doc: 'What the generator could put out in the hour. Of wind and solar it is the forecast.',
    }),
    available_capacity_mw: mw({
      range: [-1_000, 5_000],
      doc: 'Capacity that is available. Of wind and solar this, and not the capability, is what is installed and in service.',
    }),
  }),
  checks: [
    complete('hour', 'PT1H'),
    complete('hour', 'PT1H', { by: ['generator'] }),
    notNull('output_mw', { severity: 'info' }),
    sql('transforms/ieso/checks/output_above_capability.sql', {
      doc: 'no generator puts out more than 1.5 times what it can (of wind and solar: what is available) and 10 MW',
    }),
  ],
  feeds: { source: 'ieso' },
  quirks: [
    'Some generators have no output in any hour of a day: two gas units on 2023-09-01.',
    'Of wind and solar, capability is the forecast.',
    'Batteries have fuel OTHER and show their discharge only.',
    'Generators below 20 MW and those embedded in distribution grids are not in it.',
  ],
});
