/** Hourly day-ahead price for all of Ontario since the market renewal of 2025-05-01: what took the place of HOEP. */
import { complete, notNull, sql } from '../../core/check.ts';
import { xml } from '../../core/decode.ts';
import { daily } from '../../core/partitions.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { repeated } from '../../core/table-check.ts';
import { ontarioPrices } from '../tables/ontario-prices.ts';
import { iesoLicence } from './licence.ts';

export default definePipeline({
  id: 'ieso-day-ahead-zonal-price',
  title: 'Ontario hourly day-ahead zonal price, from 2025-05-01',
  publisher: 'ieso',
  licence: iesoLicence,
  partitions: daily({ from: '2025-05-01', zone: 'Etc/GMT+5' }),
  extract: {
    url: 'https://reports-public.ieso.ca/public/DAHourlyOntarioZonalPrice/PUB_DAHourlyOntarioZonalPrice_{yyyy}{mm}{dd}.xml',
    decode: xml({
      rows: 'Document/DocBody/HourlyPriceComponents',
      columns: {
        DeliveryDate: '../DeliveryDate',
        PricingHour: 'PricingHour',
        ZonalPrice: 'ZonalPrice',
        LossPriceCapped: 'LossPriceCapped',
        CongestionPriceCapped: 'CongestionPriceCapped',
        Flag: 'Flag',
      },
    }),
  },
  // Issued about 12:30 EST of the day before, so it is there when its day begins.
  publishes: {
    every: 'PT1H',
    delay: 'PT0S',
    retention: 'P92D',
    keptAtLeast: 'P70D',
    staleAfter: 'P2D',
    schedule: '5 1,13 * * *',
    zone: 'Etc/GMT+5',
  },
  transform: 'transforms/ieso/day_ahead_zonal_price.sql',
  table: ontarioPrices,
  checks: [
    complete('datetime', 'PT1H'),
    notNull('price_cad_per_mwh', { severity: 'warn' }),
    // One file a day: whole months are no matter of a day's check.
    repeated('price_cad_per_mwh', { rows: 20 }),
    sql('transforms/ieso/checks/day_ahead_zonal_price_flag.sql', {
      over: 'raw',
      severity: 'info',
      doc: 'the price is the one that the market calculated (flag DSO-RD)',
    }),
  ],
  feeds: { source: 'ieso' },
  quirks: [
    'The zonal price is the whole price: loss and congestion are parts of it, energy = price - loss - congestion. Both parts may be negative.',
    'It is a day-ahead price; HOEP, which it follows in the same table, was an average of real-time prices (column definition).',
    'The file of a day is issued about 12:30 EST of the day before.',
    'Files are purged after about 90 days.',
  ],
});
