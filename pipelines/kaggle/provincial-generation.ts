/** Monthly generation by province as a Kaggle data set copied it from Statistics Canada, 2008 to 2022, without totals. */
import { sql } from '../../core/check.ts';
import { csv, zip } from '../../core/decode.ts';
import { whole } from '../../core/partitions.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { provincialGeneration } from '../tables/provincial-generation.ts';
import { kaggleDownload, kaggleLicence } from './data-set.ts';

const DATA_SET = { owner: 'jacobsharples', slug: 'provincial-energy-production-canada' };

export default definePipeline({
  id: 'kaggle-provincial-generation',
  title: 'Monthly generation by province, Kaggle copy',
  publisher: 'kaggle',
  licence: kaggleLicence(DATA_SET, 'source: Statistics Canada, table 25-10-0015, Statistics Canada Open Licence'),
  partitions: whole(),
  extract: {
    url: kaggleDownload(DATA_SET),
    decode: zip({
      member: '\\.csv$',
      then: csv({ header: ['date', 'province', 'producer', 'generation_type', 'megawatt_hours'] }),
      orBare: true,
    }),
  },
  publishes: { every: 'P365D', delay: 'P365D', staleAfter: 'P5000D', schedule: '30 7 * * 1', zone: 'UTC' },
  transform: 'transforms/kaggle/provincial_generation.sql',
  table: provincialGeneration,
  checks: [
    sql('transforms/checks/net_generation_below_zero.sql', {
      severity: 'info',
      doc: 'net generation is not below zero',
    }),
  ],
  feeds: { stream: 'provincial-generation', source: 'kaggle' },
  quirks: [
    'The data set has no version in its address: the newest is loaded, and the SHA-256 of the archive tells which it was.',
    'It ends in November 2022 and is not kept up to date.',
    'Net generation is below zero where plants used more than they generated (154 cells).',
    'It has no totals and no cells without a value.',
  ],
});
