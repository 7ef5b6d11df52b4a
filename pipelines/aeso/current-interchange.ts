/** Flow over each of Alberta's interties now, from AESO's API (key). */
import { oneOf } from '../../core/check.ts';
import { mw, table, text } from '../../core/contract.ts';
import { json } from '../../core/decode.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { reconciles } from '../../core/table-check.ts';
import { clocksAgree } from './api.ts';
import { NO_HISTORY_QUIRK } from './current-report.ts';
import { currentSummary, listOf, SUMMARY_URL, summaryInstant, summaryTime } from './current-summary.ts';
import { AESO_PATHS } from './fuels.ts';
import { aesoLicence } from './licence.ts';

export default definePipeline({
  id: 'aeso-current-interchange',
  title: 'Alberta interchange by path now (API)',
  publisher: 'aeso',
  licence: aesoLicence,
  ...currentSummary,
  extract: {
    url: SUMMARY_URL,
    decode: json({
      rows: listOf('interchange_list'),
      columns: { ...summaryTime('../'), path: 'path', actual_flow: 'actual_flow' },
    }),
  },
  transform: 'transforms/aeso/current_interchange.sql',
  table: table('public.aeso_interchange', {
    timestamp: summaryInstant(),
    path: text({ key: true, doc: 'The neighbour: British Columbia, Montana, Saskatchewan.' }),
    flow_mw: mw({
      range: [-10_000, 10_000],
      doc: "Actual flow, AESO's sign: positive is export from Alberta, negative is import.",
    }),
  }),
  checks: [
    clocksAgree('check_summary_clocks'),
    oneOf('path', AESO_PATHS, { severity: 'warn' }),
    reconciles('flow_mw', {
      with: 'public.alberta_interchange',
      other: 'flow_mw',
      on: { timestamp: 'timestamp', path: 'path' },
    }),
  ],
  feeds: { source: 'aeso-api' },
  quirks: [NO_HISTORY_QUIRK],
});
