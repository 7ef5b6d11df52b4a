/** Alberta's generation by fuel now, from AESO's API (key). */
import { oneOf } from '../../core/check.ts';
import { mw, table, text } from '../../core/contract.ts';
import { json } from '../../core/decode.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { reconciles } from '../../core/table-check.ts';
import { clocksAgree } from './api.ts';
import { NO_HISTORY_QUIRK } from './current-report.ts';
import { currentSummary, listOf, SUMMARY_URL, summaryInstant, summaryTime } from './current-summary.ts';
import { AESO_FUELS } from './fuels.ts';
import { aesoLicence } from './licence.ts';

export default definePipeline({
  id: 'aeso-current-generation-by-fuel',
  title: 'Alberta generation by fuel now (API)',
  publisher: 'aeso',
  licence: aesoLicence,
  ...currentSummary,
  extract: {
    url: SUMMARY_URL,
    decode: json({
      rows: listOf('generation_data_list'),
      columns: {
        ...summaryTime('../'),
        fuel_type: 'fuel_type',
        aggregated_maximum_capability: 'aggregated_maximum_capability',
        aggregated_net_generation: 'aggregated_net_generation',
        aggregated_dispatched_contingency_reserve: 'aggregated_dispatched_contingency_reserve',
      },
    }),
  },
  transform: 'transforms/aeso/current_generation_by_fuel.sql',
  table: table('public.aeso_generation_by_fuel', {
    timestamp: summaryInstant(),
    fuel: text({ key: true, doc: 'Fuel as AESO names it: COGENERATION, COMBINED CYCLE, HYDRO, WIND …' }),
    maximum_capability_mw: mw({ range: [0, 50_000], doc: 'Aggregated maximum capability.' }),
    net_generation_mw: mw({
      range: [-5_000, 50_000],
      doc: 'Aggregated net generation; storage that charges is negative.',
    }),
    dispatched_contingency_reserve_mw: mw({ range: [0, 10_000], doc: 'Aggregated dispatched contingency reserve.' }),
  }),
  checks: [
    clocksAgree('check_summary_clocks'),
    oneOf('fuel', AESO_FUELS, { severity: 'warn' }),
    reconciles('net_generation_mw', {
      with: 'public.alberta_generation_by_fuel',
      other: 'net_generation_mw',
      on: { timestamp: 'timestamp', fuel: 'fuel' },
    }),
  ],
  feeds: { source: 'aeso-api' },
  quirks: [
    NO_HISTORY_QUIRK,
    'Coal and dual fuel left on 2024-11-18 and gas became four fuels. A fuel that is not known is kept and reported.',
  ],
});
