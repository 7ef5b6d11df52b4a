/** Alberta's supply and demand now, from AESO's API (key). */
import { sumsTo } from '../../core/check.ts';
import { mw, table } from '../../core/contract.ts';
import { json } from '../../core/decode.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { reconciles } from '../../core/table-check.ts';
import { clocksAgree } from './api.ts';
import { NO_HISTORY_QUIRK } from './current-report.ts';
import { currentSummary, SUMMARY_URL, summaryInstant, summaryTime } from './current-summary.ts';
import { aesoLicence } from './licence.ts';

const QUANTITIES = [
  'total_max_generation_capability',
  'total_net_generation',
  'net_to_grid_generation',
  'net_actual_interchange',
  'alberta_internal_load',
  'contingency_reserve_required',
  // Misspelt by the publisher; the right spelling too, should it be mended.
  'dispatched_contigency_reserve_total',
  'dispatched_contingency_reserve_total',
  'dispatched_contingency_reserve_gen',
  'dispatched_contingency_reserve_other',
  'lssi_armed_dispatch',
  'lssi_offered_volume',
  'ffr_armed_dispatch',
  'ffr_offered_volume',
  'long_lead_time_volume',
];

export default definePipeline({
  id: 'aeso-current-supply-demand',
  title: 'Alberta supply and demand now (API)',
  publisher: 'aeso',
  licence: aesoLicence,
  ...currentSummary,
  extract: {
    url: SUMMARY_URL,
    decode: json({
      rows: ['return', ''],
      columns: { ...summaryTime(''), ...Object.fromEntries(QUANTITIES.map((name) => [name, name])) },
    }),
  },
  transform: 'transforms/aeso/current_supply_demand.sql',
  table: table('public.aeso_supply_demand', {
    timestamp: summaryInstant(),
    total_gen_mw: mw({ range: [0, 50_000], doc: 'Total net generation.' }),
    total_demand_mw: mw({ range: [0, 50_000], doc: 'Alberta Internal Load (AIL).' }),
    net_interchange_mw: mw({
      range: [-10_000, 10_000],
      doc: "Net actual interchange, AESO's sign: positive is export, negative is import.",
    }),
    net_to_grid_mw: mw({
      range: [0, 50_000],
      doc: 'Net-to-grid generation: without what industrial sites generate for themselves.',
    }),
    maximum_capability_mw: mw({ range: [0, 100_000], doc: 'Total maximum generation capability.' }),
    contingency_reserve_required_mw: mw({ range: [0, 10_000], doc: 'Contingency reserve required.' }),
    contingency_reserve_dispatched_mw: mw({ range: [0, 10_000], doc: 'Dispatched contingency reserve, total.' }),
    contingency_reserve_generation_mw: mw({
      range: [0, 10_000],
      doc: 'Dispatched contingency reserve from generation.',
    }),
    contingency_reserve_other_mw: mw({
      range: [0, 10_000],
      doc: 'Dispatched contingency reserve from other than generation.',
    }),
    lssi_armed_mw: mw({ range: [0, 10_000], doc: 'LSSi armed dispatch (load shed service for imports): v1 only.' }),
    lssi_offered_mw: mw({ range: [0, 10_000], doc: 'LSSi offered volume: v1 only.' }),
    ffr_armed_mw: mw({ range: [0, 10_000], doc: 'FFR armed dispatch (fast frequency response): v2 only.' }),
    ffr_offered_mw: mw({ range: [0, 10_000], doc: 'FFR offered volume: v2 only.' }),
    long_lead_time_mw: mw({ range: [0, 50_000], doc: 'Long lead time volume: v2 only.' }),
  }),
  checks: [
    clocksAgree('check_summary_clocks'),
    sumsTo('total_gen_mw', ['total_demand_mw', 'net_interchange_mw'], { tolerance: 1 }),
    reconciles('total_demand_mw', {
      with: 'public.alberta_supply_demand',
      other: 'total_demand_mw',
      on: { timestamp: 'timestamp' },
    }),
  ],
  feeds: { source: 'aeso-api' },
  quirks: [
    NO_HISTORY_QUIRK,
    'v1 (LSSi) ended on 2025-09-30, v2 (FFR, long lead time) began on 2025-07-30; both bodies are read.',
    'AESO misspells dispatched_contigency_reserve_total.',
  ],
});
