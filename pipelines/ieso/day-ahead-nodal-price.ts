/** Day-ahead price at each place of the Ontario grid, hourly, one CSV file a day. */
import { complete, range, sql } from '../../core/check.ts';
import { csv } from '../../core/decode.ts';
import { daily } from '../../core/partitions.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { volume } from '../../core/table-check.ts';
import { ontarioNodalPrices } from '../tables/ontario-nodal-prices.ts';
import { iesoLicence } from './licence.ts';

export default definePipeline({
  id: 'ieso-day-ahead-nodal-price',
  title: 'Ontario hourly day-ahead nodal prices',
  publisher: 'ieso',
  licence: iesoLicence,
  partitions: daily({ from: '2025-05-01', zone: 'Etc/GMT+5' }),
  extract: {
    url: 'https://reports-public.ieso.ca/public/DAHourlyEnergyLMP/PUB_DAHourlyEnergyLMP_{yyyy}{mm}{dd}.csv',
    decode: csv({
      preamble: true,
      // CREATED AT 2026/09/27 12:33:57 FOR 2026/09/28: the only place of the delivery date.
      capture: { 'Delivery Date': 'FOR (\\d{4}/\\d{2}/\\d{2})' },
      header: ['Delivery Hour', 'Pricing Location', 'LMP', 'Energy Loss Price', 'Energy Congestion Price'],
    }),
  },
  // Issued about 12:34 EST of the day before, so it is there when its day begins.
  publishes: {
    every: 'PT1H',
    delay: 'PT0S',
    retention: 'P92D',
    keptAtLeast: 'P70D',
    staleAfter: 'P2D',
    schedule: '10 1,13 * * *',
    zone: 'Etc/GMT+5',
  },
  transform: 'transforms/ieso/day_ahead_nodal_price.sql',
  table: ontarioNodalPrices,
  checks: [
    complete('datetime', 'PT1H', { by: ['node_name'] }),
    range('lmp_price', -2_000, 2_000, { severity: 'warn' }),
    sql('transforms/ieso/checks/nodal_price_parts.sql', {
      doc: 'price less losses and congestion is the same at all places of an hour, within 0.02 CAD/MWh',
    }),
    volume('datetime', { zone: 'Etc/GMT+5' }),
    sql('transforms/ieso/checks/nodal_price_not_numeric.sql', {
      over: 'raw',
      doc: 'price, loss and congestion are numbers; what is none loads as NULL',
    }),
  ],
  feeds: { stream: 'ontario-prices', source: 'ieso' },
  quirks: [
    'The delivery date stands only in the first line; a file of another day is refused.',
    'Two of the 1,054 locations are aggregates, whose names end with :PZ.',
    'The file of a day is issued about 12:34 EST of the day before.',
    'The energy part is not published; it is price - loss - congestion.',
    'Files are purged after about 90 days.',
  ],
});
