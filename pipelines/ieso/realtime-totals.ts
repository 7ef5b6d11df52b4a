/** What the whole Ontario grid does, every 5 minutes, one XML file an hour. */
import { complete, notBelow, notNull, sql, sumsTo } from '../../core/check.ts';
import { instant, mw, table, text } from '../../core/contract.ts';
import { hourly } from '../../core/partitions.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { iesoLicence } from './licence.ts';
import { REALTIME_TOTALS_URL, realtimeTotalsDecode } from './realtime-totals-decode.ts';

export default definePipeline({
  id: 'ieso-realtime-totals',
  title: 'Ontario real-time totals, every 5 minutes',
  publisher: 'ieso',
  licence: iesoLicence,
  partitions: hourly({ from: '2025-05-01', zone: 'Etc/GMT+5' }),
  extract: { url: REALTIME_TOTALS_URL, decode: realtimeTotalsDecode },
  // The file of the hour is rewritten every 5 minutes, the last time about 3 minutes before the hour ends. How long it is revised is not published.
  publishes: {
    every: 'PT5M',
    delay: 'PT10M',
    revises: 'PT2H',
    retention: 'P92D',
    keptAtLeast: 'P70D',
    staleAfter: 'PT1H',
    schedule: '*/5 * * * *',
    zone: 'Etc/GMT+5',
  },
  transform: 'transforms/ieso/realtime_totals.sql',
  table: table('public.ontario_realtime_totals', {
    interval_start: instant({ key: true, doc: 'Start of the 5-minute interval.' }),
    total_energy_mw: mw({
      range: [0, 40_000],
      doc: 'Total Energy: what feeds the grid: output of generators and imports.',
    }),
    total_loss_mw: mw({ range: [0, 40_000], doc: 'Total Loss: lost on the way.' }),
    total_load_mw: mw({
      range: [0, 40_000],
      doc: 'Total Load: what is taken from the grid, exports included: energy - loss.',
    }),
    total_dispatch_load_scheduled_off_mw: mw({
      range: [0, 40_000],
      doc: 'Total Dispatch Load Scheduled OFF: dispatchable load that was told to be off.',
    }),
    total_10s_mw: mw({ range: [0, 10_000], doc: 'Total 10S: operating reserve scheduled, 10 minutes, synchronised.' }),
    total_10n_mw: mw({
      range: [0, 10_000],
      doc: 'Total 10N: operating reserve scheduled, 10 minutes, not synchronised.',
    }),
    total_30r_mw: mw({ range: [0, 10_000], doc: 'Total 30R: operating reserve scheduled, 30 minutes.' }),
    ontario_demand_mw: mw({ range: [0, 40_000], doc: 'ONTARIO DEMAND: demand inside Ontario.' }),
    flag: text({ doc: 'How the numbers came about, as published: DSO-RD is the calculation itself.' }),
  }),
  checks: [
    complete('interval_start', 'PT5M'),
    notNull(['total_energy_mw', 'total_load_mw', 'ontario_demand_mw'], { severity: 'warn' }),
    // Each is rounded to a tenth of a megawatt.
    sumsTo('total_energy_mw', ['total_loss_mw', 'total_load_mw'], { tolerance: 0.21 }),
    notBelow('total_load_mw', 'ontario_demand_mw'),
    sql('transforms/ieso/checks/realtime_totals_unknown.sql', {
      over: 'raw',
      doc: 'the market quantity is one that has a column',
    }),
  ],
  feeds: { source: 'ieso' },
  quirks: [
    'Numbers are issued a few minutes before the interval begins; the file of an hour has twelve intervals or fewer.',
    'The file of an hour is issued up to twelve times (_v1 to _v12); the name without a version is the newest.',
    'Before 2025-05-01 the report was RealtimeConstTotals, with Total Dispatch Load instead of Total Dispatch Load Scheduled OFF; it is not published any more.',
    'Files are purged after about 90 days.',
  ],
});
