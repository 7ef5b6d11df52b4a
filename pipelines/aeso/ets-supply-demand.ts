/** Alberta's supply and demand now: the summary of the Current Supply Demand report, no key. */
import { sql, sumsTo } from '../../core/check.ts';
import { instant, mw, table } from '../../core/contract.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { currentReport, NO_HISTORY_QUIRK, now, sectionsFound, TIME_QUIRK } from './current-report.ts';
import { aesoLicence } from './licence.ts';

export default definePipeline({
  id: 'aeso-ets-supply-demand',
  title: 'Alberta supply and demand now',
  publisher: 'aeso',
  licence: aesoLicence,
  ...currentReport,
  publishes: now,
  transform: 'transforms/aeso/ets_supply_demand.sql',
  table: table('public.alberta_supply_demand', {
    timestamp: instant({ key: true, doc: "Instant of the report: its 'Last Update'." }),
    total_gen_mw: mw({ range: [0, 50_000], doc: 'Alberta Total Net Generation.' }),
    total_demand_mw: mw({ range: [0, 50_000], doc: 'Alberta Internal Load (AIL).' }),
    net_interchange_mw: mw({
      range: [-10_000, 10_000],
      doc: "Net Actual Interchange, AESO's sign: positive is export, negative is import. Generation less load.",
    }),
    net_to_grid_mw: mw({
      range: [0, 50_000],
      doc: 'Net-To-Grid Generation: without what industrial sites generate for themselves.',
    }),
    contingency_reserve_required_mw: mw({ range: [0, 10_000], doc: 'Contingency Reserve Required.' }),
    contingency_reserve_dispatched_mw: mw({ range: [0, 10_000], doc: 'Dispatched Contingency Reserve (DCR).' }),
    contingency_reserve_generation_mw: mw({
      range: [0, 10_000],
      doc: 'Dispatched Contingency Reserve from generation.',
    }),
    contingency_reserve_other_mw: mw({
      range: [0, 10_000],
      doc: 'Dispatched Contingency Reserve from other than generation.',
    }),
    lssi_armed_mw: mw({
      range: [0, 10_000],
      doc: 'LSSi Armed Dispatch (load shed service for imports); ended in 2025.',
    }),
    lssi_offered_mw: mw({ range: [0, 10_000], doc: 'LSSi Offered Volume; ended in 2025.' }),
    ffr_armed_mw: mw({
      range: [0, 10_000],
      doc: 'FFR Armed Dispatch (fast frequency response), which took the place of LSSi.',
    }),
    ffr_offered_mw: mw({ range: [0, 10_000], doc: 'FFR Offered Volume.' }),
    long_lead_time_mw: mw({ range: [0, 50_000], doc: 'Long Lead Time Volume.' }),
  }),
  checks: [
    sectionsFound,
    sumsTo('total_gen_mw', ['total_demand_mw', 'net_interchange_mw'], { tolerance: 1 }),
    sumsTo('contingency_reserve_dispatched_mw', ['contingency_reserve_generation_mw', 'contingency_reserve_other_mw'], {
      tolerance: 1,
    }),
    sql('transforms/aeso/check_current_report_summary.sql', {
      over: 'raw',
      doc: 'the summary has no quantity that this dataset does not know, and none twice',
    }),
  ],
  // The stream is made of grid_status.
  feeds: { source: 'aeso' },
  quirks: [
    TIME_QUIRK,
    NO_HISTORY_QUIRK,
    'The report has no price: pool_price_cad stays NULL. Prices are in alberta_grid_prices.',
  ],
});
