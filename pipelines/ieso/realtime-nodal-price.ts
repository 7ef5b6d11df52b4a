/** Real-time price at each place of the Ontario grid, every 5 minutes, one CSV file an hour. */
import { complete, range, sql } from '../../core/check.ts';
import { csv } from '../../core/decode.ts';
import { hourly } from '../../core/partitions.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { ontarioNodalPrices } from '../tables/ontario-nodal-prices.ts';
import { iesoLicence } from './licence.ts';

export default definePipeline({
  id: 'ieso-realtime-nodal-price',
  title: 'Ontario real-time nodal prices, every 5 minutes',
  publisher: 'ieso',
  licence: iesoLicence,
  partitions: hourly({ from: '2025-05-01', zone: 'Etc/GMT+5' }),
  extract: {
    url: 'https://reports-public.ieso.ca/public/RealtimeEnergyLMP/PUB_RealtimeEnergyLMP_{yyyy}{mm}{dd}{hh}.csv',
    decode: csv({
      preamble: true,
      // CREATED AT 2026/09/27 12:33:57 FOR 2026/09/28: the only place of the delivery date.
      capture: { 'Delivery Date': 'FOR (\\d{4}/\\d{2}/\\d{2})' },
      header: ['Delivery Hour', 'Interval', 'Pricing Location', 'LMP', 'Energy Loss Price', 'Energy Congestion Price'],
    }),
  },
  // The file of the hour grows by an interval every 5 minutes. How long it is revised is not published.
  publishes: {
    every: 'PT5M',
    delay: 'PT10M',
    revises: 'PT2H',
    retention: 'P92D',
    keptAtLeast: 'P70D',
    staleAfter: 'PT1H',
    schedule: '*/5 * * * *',
    zone: 'Etc/GMT+5',
  },
  transform: 'transforms/ieso/realtime_nodal_price.sql',
  table: ontarioNodalPrices,
  checks: [
    complete('datetime', 'PT5M', { by: ['node_name'] }),
    range('lmp_price', -2_000, 2_000, { severity: 'warn' }),
    sql('transforms/ieso/checks/nodal_price_parts.sql', {
      doc: 'price less losses and congestion is the same at all places of an hour, within 0.02 CAD/MWh',
    }),
    sql('transforms/ieso/checks/nodal_price_not_numeric.sql', {
      over: 'raw',
      doc: 'price, loss and congestion are numbers; what is none loads as NULL',
    }),
  ],
  // The stream has the day-ahead market only.
  feeds: { source: 'ieso' },
  quirks: [
    'The delivery date stands only in the first line; a file of another day is refused.',
    'Names end with :LMP, which is taken off so that they join with the day-ahead names.',
    'The energy part is not published; it is price - loss - congestion.',
    'Files are purged after about 90 days.',
  ],
});
