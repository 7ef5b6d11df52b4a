/** Table 25-10-0015 as published: every member, totals included. */
import { oneOf, sql } from '../../core/check.ts';
import { date, integer, mwh, table, text } from '../../core/contract.ts';
import { whole } from '../../core/partitions.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { EXTRACT, LICENCE, PUBLISHES, QUIRKS } from './table-25-10-0015.ts';

export default definePipeline({
  id: 'statcan-electricity-generation',
  title: 'Monthly electricity generation, every member of table 25-10-0015 with its totals',
  publisher: 'statcan',
  licence: LICENCE,
  partitions: whole(),
  extract: EXTRACT,
  publishes: PUBLISHES,
  transform: 'transforms/statcan/electricity_generation.sql',
  table: table('public.statcan_electricity_generation', {
    ref_date: date({ key: true, doc: 'First day of the month.' }),
    geo: text({ key: true, doc: 'Canada, province or territory, as published.' }),
    class_of_producer: text({
      key: true,
      doc: 'Class of electricity producer, as published, the total of all classes among them.',
    }),
    type_of_generation: text({
      key: true,
      doc: 'Type of electricity generation, as published, totals, splits and earlier turbine kinds among them.',
    }),
    province_code: text({ doc: 'Two letters of geo; CA for Canada.' }),
    megawatt_hours: mwh({
      doc: 'Net generation of the month: VALUE × 10^SCALAR_ID. Negative where plants used more than they generated. NULL where the cell has no value; status says why.',
    }),
    status: text({
      doc: 'STATUS: .. not available, x confidential, F unreliable, ... not applicable, 0s rounded to zero, E with caution, p preliminary, r revised. NULL: none.',
    }),
    symbol: text({ doc: 'SYMBOL, as published. NULL: none.' }),
    terminated: text({ doc: 't: the series has ended. NULL: it goes on.' }),
    decimals: integer({ doc: 'DECIMALS: digits after the decimal point that are published.' }),
    unit_of_measure: text({ required: true, doc: 'UOM, as published.' }),
    dguid: text({ doc: 'Dissemination geography unique identifier.' }),
    vector: text({ required: true, doc: 'Stable id of the series.' }),
    coordinate: text({ required: true, doc: 'Member ids joined by dots, text: 1.10 is not 1.1.' }),
  }),
  checks: [
    oneOf('unit_of_measure', ['Megawatt hours'], { severity: 'block' }),
    sql('transforms/statcan/totals.sql', {
      doc: 'totals are the sum of the members that do not overlap, within 1 MWh for each of them',
    }),
    sql('transforms/statcan/unknown_members.sql', {
      over: 'raw',
      doc: 'every class and type is a member that we know',
    }),
    sql('transforms/checks/net_generation_below_zero.sql', {
      severity: 'info',
      doc: 'net generation is not below zero',
    }),
  ],
  feeds: { source: 'statcan' },
  quirks: QUIRKS,
});
