/** Every generating asset of Alberta now, from the Current Supply Demand report. */
import { sql } from '../../core/check.ts';
import { instant, mw, table, text } from '../../core/contract.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { currentReport, NO_HISTORY_QUIRK, now, sectionsFound, TIME_QUIRK } from './current-report.ts';
import { aesoLicence } from './licence.ts';

export default definePipeline({
  id: 'aeso-ets-asset',
  title: 'Alberta generation by asset now',
  publisher: 'aeso',
  licence: aesoLicence,
  ...currentReport,
  publishes: now,
  transform: 'transforms/aeso/ets_asset.sql',
  table: table('public.alberta_asset_generation', {
    timestamp: instant({ key: true, doc: "Instant of the report: its 'Last Update'." }),
    asset_id: text({
      key: true,
      pattern: '[A-Z0-9]{2,8}',
      doc: "AESO's short name of the asset, as in asset lists: GN3.",
    }),
    asset_name: text({ required: true, doc: 'Name as published, without id and marks.' }),
    asset_group: text({
      doc: 'Heading above the asset (Simple Cycle, Cogeneration …); NULL where its block has none.',
    }),
    fuel: text({
      doc: "The fuel whose row has exactly the block's totals of MC, TNG and DCR; NULL where no fuel or several have. The report does not name it.",
    }),
    maximum_capability_mw: mw({ range: [0, 10_000], doc: 'Maximum capability (MC).' }),
    net_generation_mw: mw({
      range: [-2_000, 10_000],
      doc: 'Total net generation (TNG); storage that charges is negative.',
    }),
    dispatched_contingency_reserve_mw: mw({ range: [0, 10_000], doc: 'Dispatched contingency reserve (DCR).' }),
    marks: text({
      oneOf: ['*', '^', '*^', '^*'],
      doc: 'Marks behind the name, as published; the file does not say what they mean.',
    }),
  }),
  checks: [
    sectionsFound,
    sql('transforms/aeso/check_current_report_asset_total.sql', {
      over: 'raw',
      doc: 'MC, TNG and DCR of all assets add up to the published TOTAL of the fuels',
    }),
  ],
  feeds: { source: 'aeso' },
  quirks: [
    TIME_QUIRK,
    NO_HISTORY_QUIRK,
    'Headings are HTML inside a cell, and only the gas blocks have one; the blocks follow the order of the fuels.',
    'Names end in * or ^; what the marks mean is not in the file.',
    'Generation above the maximum capability occurs (402 of 400 MW).',
  ],
});
