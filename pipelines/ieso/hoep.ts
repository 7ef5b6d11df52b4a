/** Hourly Ontario Energy Price with predispatch and operating reserve prices; the market renewal ended it on 2025-04-30. */
import { complete } from '../../core/check.ts';
import { cadPerMwh, instant, table } from '../../core/contract.ts';
import { csv } from '../../core/decode.ts';
import { yearly } from '../../core/partitions.ts';
import { definePipeline } from '../../core/pipeline.ts';
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
  publishes: { every: 'P1D', delay: 'P2D', revises: 'P35D', schedule: '15 8 * * *', zone: 'Etc/GMT+5' },
  transform: 'transforms/ieso/hoep.sql',
  // Prices were capped at ±2,000 CAD/MWh.
  table: table('public.ontario_prices', {
    datetime: instant({ key: true, doc: 'Start of the hour.' }),
    hoep: cadPerMwh({
      range: [-2_000, 2_000],
      doc: 'Hourly Ontario Energy Price: average of the twelve 5-minute prices.',
    }),
    predispatch_1h_cad_per_mwh: cadPerMwh({ range: [-2_000, 2_000], doc: 'Price foreseen one hour ahead.' }),
    predispatch_2h_cad_per_mwh: cadPerMwh({ range: [-2_000, 2_000], doc: 'Price foreseen two hours ahead.' }),
    predispatch_3h_cad_per_mwh: cadPerMwh({ range: [-2_000, 2_000], doc: 'Price foreseen three hours ahead.' }),
    or_10min_sync_cad_per_mwh: cadPerMwh({
      range: [-2_000, 2_000],
      doc: 'Operating reserve, 10 minutes, synchronised. Blank before 2018.',
    }),
    or_10min_non_sync_cad_per_mwh: cadPerMwh({
      range: [-2_000, 2_000],
      doc: 'Operating reserve, 10 minutes, not synchronised. Blank before 2018.',
    }),
    or_30min_cad_per_mwh: cadPerMwh({
      range: [-2_000, 2_000],
      doc: 'Operating reserve, 30 minutes. Blank before 2018.',
    }),
  }),
  checks: [complete('datetime', 'PT1H')],
  feeds: { source: 'ieso' },
  quirks: [
    'Prices of 1,000 and more are quoted with a thousands separator.',
    'Operating reserve columns are blank before 2018.',
  ],
});
