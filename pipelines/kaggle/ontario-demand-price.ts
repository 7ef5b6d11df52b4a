/** Hourly demand and price of Ontario as a Kaggle data set copied them from IESO, in units of its own. */
import { cadPerMwh, instant, mw, table } from '../../core/contract.ts';
import { csv, zip } from '../../core/decode.ts';
import { whole } from '../../core/partitions.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { reconciles } from '../../core/table-check.ts';
import { kaggleDownload, kaggleLicence } from './data-set.ts';

const DATA_SET = { owner: 'jacobsharples', slug: 'ontario-electricity-demand' };

export default definePipeline({
  id: 'kaggle-ontario-demand-price',
  title: 'Ontario hourly demand and price, Kaggle copy',
  publisher: 'kaggle',
  licence: kaggleLicence(DATA_SET, 'source: Independent Electricity System Operator (IESO)'),
  partitions: whole('Etc/GMT+5'),
  extract: {
    url: kaggleDownload(DATA_SET),
    decode: zip({
      member: '\\.csv$',
      then: csv({
        header: ['date', 'hour', 'hourly_demand', 'hourly_average_price'],
        earlier: [['date', 'hour', 'hourly_demand', 'average_hourly_price']],
      }),
      orBare: true,
    }),
  },
  publishes: { every: 'P365D', delay: 'P365D', staleAfter: 'P5000D', schedule: '30 7 * * 1', zone: 'UTC' },
  transform: 'transforms/kaggle/ontario_demand_price.sql',
  table: table('public.kaggle_ontario_demand_price', {
    hour: instant({ key: true, doc: 'Start of the hour.' }),
    // A file in MW would come out a thousand times too small and be refused, not loaded.
    demand_mw: mw({
      range: [1_500, 40_000],
      doc: 'Demand inside Ontario, average of the hour: the published kWh of the hour / 1000.',
    }),
    price_cad_per_mwh: cadPerMwh({
      range: [-5_000, 10_000],
      doc: 'Hourly Ontario energy price: the published cents/kWh × 10.',
    }),
  }),
  checks: [
    reconciles('demand_mw', {
      with: 'public.ontario_hourly_demand',
      other: 'ontario_demand_mw',
      on: { hour: 'hour' },
      tolerance: 1,
    }),
    reconciles('price_cad_per_mwh', {
      with: 'public.ontario_prices',
      other: 'hoep',
      on: { hour: 'datetime' },
      tolerance: 0.01,
    }),
  ],
  feeds: { source: 'kaggle' },
  quirks: [
    'Hours are ending hours 1 to 24 of UTC−5 all year, as IESO has them.',
    'The file was never seen by us: its column names are those that its users quote, in two spellings of the price; other names stop the load.',
  ],
});
