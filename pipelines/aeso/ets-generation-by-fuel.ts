/** Alberta's generation by fuel now, from the Current Supply Demand report. */
import { oneOf, sql } from '../../core/check.ts';
import { instant, mw, table, text } from '../../core/contract.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { currentReport, NO_HISTORY_QUIRK, now, sectionsFound, TIME_QUIRK } from './current-report.ts';
import { AESO_FUELS } from './fuels.ts';
import { aesoLicence } from './licence.ts';

export default definePipeline({
  id: 'aeso-ets-generation-by-fuel',
  title: 'Alberta generation by fuel now',
  publisher: 'aeso',
  licence: aesoLicence,
  ...currentReport,
  publishes: now,
  transform: 'transforms/aeso/ets_generation_by_fuel.sql',
  table: table('public.alberta_generation_by_fuel', {
    timestamp: instant({ key: true, doc: "Instant of the report: its 'Last Update'." }),
    fuel: text({
      key: true,
      doc: 'Fuel as AESO names it: GAS until November 2024, then COGENERATION, COMBINED CYCLE … ; HYDRO, WIND …',
    }),
    maximum_capability_mw: mw({ range: [0, 50_000], doc: 'Maximum capability (MC).' }),
    net_generation_mw: mw({
      range: [-5_000, 50_000],
      doc: 'Total net generation (TNG); storage that charges is negative.',
    }),
    dispatched_contingency_reserve_mw: mw({ range: [0, 10_000], doc: 'Dispatched contingency reserve (DCR).' }),
  }),
  checks: [
    sectionsFound,
    oneOf('fuel', AESO_FUELS, { severity: 'warn' }),
    sql('transforms/aeso/check_current_report_fuel_total.sql', {
      over: 'raw',
      doc: 'MC, TNG and DCR of the fuels add up to the published TOTAL, which is not stored',
    }),
  ],
  feeds: { source: 'aeso' },
  quirks: [
    TIME_QUIRK,
    NO_HISTORY_QUIRK,
    'Fuels changed in November 2024: coal and dual fuel ended and gas became four. A fuel that is not known is kept and reported.',
  ],
});
