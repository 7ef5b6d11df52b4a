/** Alberta's row of `grid_status`, from the Current Supply Demand report. */
import { definePipeline } from '../../core/pipeline.ts';
import { gridStatus } from '../tables/grid-status.ts';
import { currentReport, NO_HISTORY_QUIRK, now, sectionsFound, TIME_QUIRK } from './current-report.ts';
import { aesoLicence } from './licence.ts';

export default definePipeline({
  id: 'aeso-ets-grid-status',
  title: 'Alberta grid status now',
  publisher: 'aeso',
  licence: aesoLicence,
  ...currentReport,
  publishes: now,
  transform: 'transforms/aeso/ets_grid_status.sql',
  table: gridStatus,
  checks: [sectionsFound],
  feeds: { stream: 'aeso-grid-data', source: 'aeso' },
  quirks: [TIME_QUIRK, NO_HISTORY_QUIRK, 'Frequency, voltage and congestion are in no report: NULL.'],
});
