/** Actual flow at each intertie, every 5 minutes, from the daily report of schedules and flows. */
import { complete, notNull, sql } from '../../core/check.ts';
import { instant, mw, table, text } from '../../core/contract.ts';
import { xml } from '../../core/decode.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { beyondHistory, volume } from '../../core/table-check.ts';
import { INTERTIE_DAILY, INTERTIE_DAILY_URL, INTERTIE_DAYS } from './intertie-daily.ts';
import { iesoLicence } from './licence.ts';

export default definePipeline({
  id: 'ieso-intertie-flow',
  title: 'Ontario 5-minute flow by intertie',
  publisher: 'ieso',
  licence: iesoLicence,
  partitions: INTERTIE_DAYS,
  extract: {
    url: INTERTIE_DAILY_URL,
    decode: xml({
      // The totals are read as well, without a name of an intertie: they are no row of the table, a check compares them.
      rows: ['IMODocument/IMODocBody/IntertieZone/Actuals/Actual', 'IMODocument/IMODocBody/Totals/Actuals/Actual'],
      columns: {
        Date: '../../../Date',
        IntertieZoneName: '../../IntertieZoneName',
        Hour: 'Hour',
        Interval: 'Interval',
        Flow: 'Flow',
      },
    }),
  },
  publishes: INTERTIE_DAILY,
  transform: 'transforms/ieso/intertie_flow.sql',
  table: table('public.ontario_intertie_flow', {
    interval_start: instant({ key: true, doc: 'Start of the 5-minute interval.' }),
    intertie: text({
      key: true,
      doc: 'Intertie as IESO names it: MANITOBA, MICHIGAN, NEW-YORK, PQ.AT …; totals are not stored.',
    }),
    flow_mw: mw({
      range: [-20_000, 20_000],
      doc: 'Actual flow. Positive: export from Ontario. Negative: import into Ontario.',
    }),
  }),
  checks: [
    complete('interval_start', 'PT5M'),
    complete('interval_start', 'PT5M', { by: ['intertie'] }),
    notNull('flow_mw', { severity: 'warn' }),
    beyondHistory('flow_mw', { by: ['intertie'], margin: 3 }),
    volume('interval_start', { zone: 'Etc/GMT+5' }),
    sql('transforms/ieso/checks/intertie_flow_totals.sql', {
      over: 'raw',
      doc: 'the flows of the interties add up to the published totals within 1 MW',
    }),
  ],
  feeds: { source: 'ieso' },
  quirks: [
    'Positive flow is export from Ontario.',
    'Flow differs from the schedule: electricity also takes the paths that nobody scheduled.',
    'Totals differ from the sum of the rounded flows by up to 0.3 MW.',
  ],
});
