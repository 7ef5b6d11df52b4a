/** Schedules and flows at each intertie, hour by hour, one CSV file a year since 2018: the history of the daily report. */
import { complete, notNull, sql } from '../../core/check.ts';
import { instant, mw, table, text } from '../../core/contract.ts';
import { csv } from '../../core/decode.ts';
import { yearly } from '../../core/partitions.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { beyondHistory, reconciles, revisions } from '../../core/table-check.ts';
import { iesoLicence } from './licence.ts';

/** The columns of the file; the SQL names the same. */
const INTERTIES = [
  'MANITOBA',
  'MANITOBA SK',
  'MICHIGAN',
  'MINNESOTA',
  'NEW-YORK',
  'PQ.AT',
  'PQ.B5D.B31L',
  'PQ.D4Z',
  'PQ.D5A',
  'PQ.H4Z',
  'PQ.H9A',
  'PQ.P33C',
  'PQ.Q4C',
  'PQ.X2Y',
];
const SCHEDULE = { with: 'public.ontario_intertie_schedule', on: { hour: 'hour', intertie: 'intertie' } } as const;

export default definePipeline({
  id: 'ieso-intertie-year',
  title: 'Ontario hourly schedules and flows by intertie, yearly files',
  publisher: 'ieso',
  licence: iesoLicence,
  partitions: yearly({ from: 2018, zone: 'Etc/GMT+5' }),
  extract: {
    url: 'https://reports-public.ieso.ca/public/IntertieScheduleFlowYear/PUB_IntertieScheduleFlowYear_{yyyy}.csv',
    // Two header lines: the intertie above Imp, Exp and Flow. An intertie that is new or gone fails the interval and is named.
    decode: csv({
      comment: '\\\\',
      headerRows: 2,
      header: [
        'Date',
        'Hour',
        ...[...INTERTIES, 'Total'].flatMap((intertie) => ['Imp', 'Exp', 'Flow'].map((kind) => `${intertie} ${kind}`)),
      ],
    }),
  },
  publishes: {
    every: 'P1D',
    delay: 'P2D',
    revises: 'P35D',
    staleAfter: 'P4D',
    schedule: '15 8 * * *',
    zone: 'Etc/GMT+5',
  },
  transform: 'transforms/ieso/intertie_year.sql',
  table: table('public.ontario_intertie_hourly', {
    hour: instant({ key: true, doc: 'Start of the hour.' }),
    intertie: text({ key: true, doc: 'Intertie as IESO names it; the published totals are compared and not stored.' }),
    import_mw: mw({ range: [0, 20_000], doc: 'Scheduled flow into Ontario (Imp); never negative.' }),
    export_mw: mw({ range: [0, 20_000], doc: 'Scheduled flow out of Ontario (Exp); never negative.' }),
    flow_mw: mw({
      range: [-20_000, 20_000],
      doc: 'Actual flow, average of the hour. Positive: export from Ontario. Negative: import into Ontario.',
    }),
  }),
  checks: [
    complete('hour', 'PT1H'),
    notNull(['import_mw', 'export_mw', 'flow_mw'], { severity: 'warn' }),
    sql('transforms/ieso/checks/intertie_year_totals.sql', {
      over: 'raw',
      doc: 'the interties add up to the published totals',
    }),
    // Nobody publishes the limits of the ties in this report: the largest flow of all other days stands for them.
    beyondHistory('flow_mw', { by: ['intertie'], margin: 3 }),
    revisions('flow_mw', { after: 'P35D', maxChange: 1, minChange: 50 }),
    reconciles('import_mw', { ...SCHEDULE, other: 'import_mw' }),
    reconciles('export_mw', { ...SCHEDULE, other: 'export_mw' }),
  ],
  feeds: { source: 'ieso' },
  quirks: [
    'Positive flow is export from Ontario, while imports and exports are both positive numbers.',
    'The set of interties has changed over the years; only the header of 2025 has been seen, another one fails its year and is named.',
  ],
});
