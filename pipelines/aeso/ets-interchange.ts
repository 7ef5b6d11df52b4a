/** Flow over each of Alberta's interties now, from the Current Supply Demand report. */
import { oneOf, sql } from '../../core/check.ts';
import { instant, mw, table, text } from '../../core/contract.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { currentReport, NO_HISTORY_QUIRK, now, sectionsFound, TIME_QUIRK } from './current-report.ts';
import { AESO_PATHS } from './fuels.ts';
import { aesoLicence } from './licence.ts';

export default definePipeline({
  id: 'aeso-ets-interchange',
  title: 'Alberta interchange by path now',
  publisher: 'aeso',
  licence: aesoLicence,
  ...currentReport,
  publishes: now,
  transform: 'transforms/aeso/ets_interchange.sql',
  table: table('public.alberta_interchange', {
    timestamp: instant({ key: true, doc: "Instant of the report: its 'Last Update'." }),
    path: text({ key: true, doc: 'The neighbour: British Columbia, Montana, Saskatchewan.' }),
    flow_mw: mw({
      range: [-10_000, 10_000],
      doc: "Actual flow, AESO's sign: positive is export from Alberta, negative is import.",
    }),
  }),
  checks: [
    sectionsFound,
    oneOf('path', AESO_PATHS, { severity: 'warn' }),
    sql('transforms/aeso/check_current_report_path_total.sql', {
      over: 'raw',
      doc: 'the flows add up to the published TOTAL and to Net Actual Interchange; the TOTAL is not stored',
    }),
  ],
  feeds: { source: 'aeso' },
  quirks: [TIME_QUIRK, NO_HISTORY_QUIRK],
});
