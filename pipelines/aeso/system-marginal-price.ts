/** System marginal price, a row for every change, from AESO's API (key). */
import { sql } from '../../core/check.ts';
import { decimal, instant, mw, table } from '../../core/contract.ts';
import { json } from '../../core/decode.ts';
import { monthly } from '../../core/partitions.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { apiUrl, CLOCK_QUIRK, clocksAgree, MONTH_QUERY, rowsOf } from './api.ts';
import { aesoLicence } from './licence.ts';

export default definePipeline({
  id: 'aeso-system-marginal-price',
  title: 'Alberta system marginal price (API)',
  publisher: 'aeso',
  licence: aesoLicence,
  // One answer holds at most 4,392 hours (183 days).
  partitions: monthly({ from: '2000-01-01', zone: 'America/Edmonton' }),
  extract: {
    url: apiUrl(`systemmarginalprice-api/v1.1/price/systemMarginalPrice?${MONTH_QUERY}`),
    decode: json({
      rows: rowsOf('System Marginal Price Report'),
      columns: {
        begin_datetime_utc: 'begin_datetime_utc',
        end_datetime_utc: 'end_datetime_utc',
        begin_datetime_mpt: 'begin_datetime_mpt',
        end_datetime_mpt: 'end_datetime_mpt',
        system_marginal_price: 'system_marginal_price',
        volume: 'volume',
      },
    }),
  },
  publishes: {
    every: 'PT15M',
    delay: 'PT2H',
    revises: 'P60D',
    staleAfter: 'PT6H',
    schedule: '*/15 * * * *',
    zone: 'America/Edmonton',
  },
  transform: 'transforms/aeso/system_marginal_price.sql',
  table: table('public.aeso_system_marginal_price', {
    begins_at: instant({ key: true, doc: 'From this instant on the price holds.' }),
    ends_at: instant({
      doc: 'Until this instant; NULL for the last row of a day that is not over, which is published as ending 23:59.',
    }),
    system_marginal_price_cad_per_mwh: decimal(10, 2, {
      unit: 'CAD/MWh',
      range: [-1_000, 10_000],
      doc: 'System marginal price between the two instants.',
    }),
    volume_mw: mw({ range: [0, 50_000], doc: 'Volume at that price, as published.' }),
  }),
  checks: [
    clocksAgree('check_begin_end_clocks'),
    sql('transforms/aeso/check_marginal_price_steps.sql', {
      doc: 'a price ends when the next one begins: no gap and no overlap between two rows',
    }),
  ],
  feeds: { source: 'aeso-api' },
  quirks: [
    CLOCK_QUIRK,
    'There is a row only where the price changes; hours have none, one or several.',
    'The last row of a day that is not over is published as ending 23:59: its end is NULL here until the next price is known.',
    'The first day that the API answers for is not documented: 2000-01-01 is assumed, as for the pool price.',
  ],
});
