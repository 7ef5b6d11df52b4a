/**
 * The Current Supply Demand report of the Energy Trading System: one CSV file, sections between blank lines, no history. Each dataset on
 * it reads its own section.
 */
import { sql } from '../../core/check.ts';
import { sections } from '../../core/decode.ts';
import { snapshot } from '../../core/partitions.ts';
import type { Publishes } from '../../core/pipeline.ts';

export const currentReport = {
  partitions: snapshot('America/Edmonton'),
  extract: {
    url: 'http://ets.aeso.ca/ets_web/ip/Market/Reports/CSDReportServlet?contentType=csv',
    decode: sections({ width: 4 }),
  },
} as const;

/** How often anything about now is asked for. AESO renews it about every minute; five are what the platform shows. */
export const now: Publishes = {
  every: 'PT5M',
  delay: 'PT10M',
  staleAfter: 'PT2H',
  schedule: '*/5 * * * *',
  zone: 'America/Edmonton',
};

/** A report in which a section is not found would load as nothing; it is refused instead. */
export const sectionsFound = sql('transforms/aeso/check_current_report_sections.sql', {
  over: 'raw',
  severity: 'block',
  doc: 'the report has its time, the summary with Alberta Internal Load, fuels with a TOTAL, paths with a TOTAL, and assets',
});

export const TIME_QUIRK =
  'The report gives its time on the Mountain clock without an offset: in the hour that November repeated until 2025 it could be either, and is refused.';
export const NO_HISTORY_QUIRK = 'The publisher keeps no history: what was not asked for is gone.';
