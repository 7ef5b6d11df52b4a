/** State of the Ontario grid every 5 minutes, from the real-time totals: measured values and one formula. */
import { complete } from '../../core/check.ts';
import { hourly } from '../../core/partitions.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { gridStatus } from '../tables/grid-status.ts';
import { iesoLicence } from './licence.ts';
import { REALTIME_TOTALS_URL, realtimeTotalsDecode } from './realtime-totals-decode.ts';

export default definePipeline({
  id: 'ieso-grid-status',
  title: 'State of the Ontario grid, every 5 minutes',
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
  transform: 'transforms/ieso/grid_status.sql',
  table: gridStatus,
  checks: [complete('captured_at', 'PT5M', { by: ['region'] })],
  feeds: { source: 'ieso' },
  quirks: [
    'The same file as ieso-realtime-totals; an interval without demand or supply is refused here and NULL there.',
    'IESO publishes neither frequency nor voltage nor a required reserve, so these columns and status are NULL.',
  ],
});
