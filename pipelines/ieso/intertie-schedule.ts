/** Scheduled imports and exports at each intertie, hour by hour, from the daily report of schedules and flows. */
import { complete, notNull, sql } from '../../core/check.ts';
import { instant, mw, table, text } from '../../core/contract.ts';
import { xml } from '../../core/decode.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { INTERTIE_DAILY, INTERTIE_DAILY_URL, INTERTIE_DAYS } from './intertie-daily.ts';
import { iesoLicence } from './licence.ts';

export default definePipeline({
  id: 'ieso-intertie-schedule',
  title: 'Ontario hourly scheduled imports and exports by intertie',
  publisher: 'ieso',
  licence: iesoLicence,
  partitions: INTERTIE_DAYS,
  extract: {
    url: INTERTIE_DAILY_URL,
    decode: xml({
      // The totals are read as well, without a name of an intertie: they are no row of the table, a check compares them.
      rows: [
        'IMODocument/IMODocBody/IntertieZone/Schedules/Schedule',
        'IMODocument/IMODocBody/Totals/Schedules/Schedule',
      ],
      columns: {
        Date: '../../../Date',
        IntertieZoneName: '../../IntertieZoneName',
        Hour: 'Hour',
        Import: 'Import',
        Export: 'Export',
      },
    }),
  },
  publishes: INTERTIE_DAILY,
  transform: 'transforms/ieso/intertie_schedule.sql',
  table: table('public.ontario_intertie_schedule', {
    hour: instant({ key: true, doc: 'Start of the hour.' }),
    intertie: text({
      key: true,
      doc: 'Intertie as IESO names it: MANITOBA, MICHIGAN, NEW-YORK, PQ.AT …; totals are not stored.',
    }),
    import_mw: mw({ range: [0, 20_000], doc: 'Scheduled flow into Ontario; never negative.' }),
    export_mw: mw({ range: [0, 20_000], doc: 'Scheduled flow out of Ontario; never negative.' }),
  }),
  checks: [
    complete('hour', 'PT1H'),
    complete('hour', 'PT1H', { by: ['intertie'] }),
    notNull(['import_mw', 'export_mw'], { severity: 'warn' }),
    sql('transforms/ieso/checks/intertie_schedule_totals.sql', {
      over: 'raw',
      doc: 'the schedules of the interties add up to the published totals',
    }),
  ],
  feeds: { source: 'ieso' },
  quirks: ['Imports and exports of one intertie can both be above zero in one hour.'],
});
