/** Table 25-10-0015 at the one level whose members do not overlap, the level of the Kaggle copy. */
import { sql } from '../../core/check.ts';
import { whole } from '../../core/partitions.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { reconciles } from '../../core/table-check.ts';
import { provincialGeneration } from '../tables/provincial-generation.ts';
import { EXTRACT, LICENCE, PUBLISHES, QUIRKS } from './table-25-10-0015.ts';

export default definePipeline({
  id: 'statcan-provincial-generation',
  title: 'Monthly generation by province, class of producer and kind, without totals',
  publisher: 'statcan',
  licence: LICENCE,
  partitions: whole(),
  extract: EXTRACT,
  publishes: PUBLISHES,
  transform: 'transforms/statcan/provincial_generation.sql',
  table: provincialGeneration,
  checks: [
    sql('transforms/statcan/other_unit.sql', {
      over: 'raw',
      severity: 'block',
      doc: 'the unit of measure is megawatt hours',
    }),
    sql('transforms/statcan/left_out.sql', {
      over: 'raw',
      severity: 'info',
      doc: 'every member is at the level of the table; totals, splits and turbine kinds are in statcan_electricity_generation',
    }),
    sql('transforms/statcan/unknown_members.sql', {
      over: 'raw',
      doc: 'every class and type is a member that we know',
    }),
    sql('transforms/checks/net_generation_below_zero.sql', {
      severity: 'info',
      doc: 'net generation is not below zero',
    }),
    reconciles('megawatt_hours', {
      with: 'public.provincial_generation',
      other: 'megawatt_hours',
      on: {
        period: 'period',
        date: 'date',
        province_code: 'province_code',
        producer: 'producer',
        generation_type: 'generation_type',
      },
      where: { source: 'statcan' },
      otherWhere: { source: 'kaggle' },
      tolerance: 1,
    }),
  ],
  feeds: { stream: 'provincial-generation', source: 'statcan' },
  quirks: [
    ...QUIRKS,
    'Total electricity production from combustible fuels is called combustible fuels here; the total of all types, the total of all classes and Canada are left out.',
    'Where a month has no total of combustible fuels, this table has no combustible fuels: their turbine kinds are in statcan_electricity_generation.',
    'A member that we do not know is kept and reported.',
  ],
});
