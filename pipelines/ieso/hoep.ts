/** Hourly Ontario Energy Price with predispatch and operating reserve prices; the market renewal ended it on 2025-04-30. */
import { complete, frozen, notNull, sql } from '../../core/check.ts';
import { csv } from '../../core/decode.ts';
import { yearly } from '../../core/partitions.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { priceSeries } from '../../core/series-checks.ts';
import { ontarioPrices } from '../tables/ontario-prices.ts';
import { iesoLicence } from './licence.ts';

export default definePipeline({
  id: 'ieso-hoep',
  title: 'Ontario hourly energy price (HOEP), to 2025-04-30',
  publisher: 'ieso',
  licence: iesoLicence,
  partitions: yearly({ from: '2002-05-01', until: '2025-05-01', zone: 'Etc/GMT+5' }),
  extract: {
    url: 'https://reports-public.ieso.ca/public/PriceHOEPPredispOR/PUB_PriceHOEPPredispOR_{yyyy}.csv',
    decode: csv({
      comment: '\\\\',
      header: [
        'Date',
        'Hour',
        'HOEP',
        'Hour 1 Predispatch',
        'Hour 2 Predispatch',
        'Hour 3 Predispatch',
        'OR 10 Min Sync',
        'OR 10 Min non-sync',
        'OR 30 Min',
      ],
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
  transform: 'transforms/ieso/hoep.sql',
  table: ontarioPrices,
  checks: [
    complete('datetime', 'PT1H'),
    notNull('price_cad_per_mwh', { severity: 'warn' }),
    // The price keeps one value for 20 hours at most in the recorded years, at zero or below.
    frozen('price_cad_per_mwh', 36),
    ...priceSeries('price_cad_per_mwh', { zone: 'America/Toronto', revises: 'P35D' }),
    notNull(['predispatch_1h_cad_per_mwh', 'predispatch_2h_cad_per_mwh', 'predispatch_3h_cad_per_mwh'], {
      severity: 'info',
    }),
    sql('transforms/ieso/checks/hoep_operating_reserve.sql', {
      severity: 'info',
      doc: 'the hour has all three operating reserve prices; files before 2018 have none',
    }),
  ],
  feeds: { source: 'ieso' },
  quirks: [
    'HOEP is the average of twelve real-time 5-minute prices. It ended with 2025-04-30; the day-ahead zonal price that follows it in the same table is another price (column definition).',
    'Prices of 1,000 and more are quoted with a thousands separator.',
    'Operating reserve columns are blank before 2018.',
    'Some predispatch prices are blank in every year since 2017, each of the three in 2 to 27 hours a year, mostly not the same hours.',
    'The file of 2025-04-16 once had hours twice: an identical repeat is refused once, of conflicting rows none loads.',
  ],
});
