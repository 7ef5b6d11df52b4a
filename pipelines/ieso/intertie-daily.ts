/** The daily report of intertie schedules and flows, which two datasets read. */
import { type CalendarPartitions, daily } from '../../core/partitions.ts';
import type { Publishes } from '../../core/pipeline.ts';

export const INTERTIE_DAILY_URL =
  'https://reports-public.ieso.ca/public/IntertieScheduleFlow/PUB_IntertieScheduleFlow_{yyyy}{mm}{dd}.xml';

/** From the earliest issue that we have seen. IESO keeps about 90 days; earlier hours are in ieso-intertie-year. */
export const INTERTIE_DAYS: CalendarPartitions = daily({ from: '2017-06-30', zone: 'Etc/GMT+5' });

/** Rewritten about 31 minutes past each hour. */
export const INTERTIE_DAILY: Publishes = {
  every: 'PT1H',
  delay: 'PT1H',
  revises: 'P2D',
  retention: 'P92D',
  keptAtLeast: 'P70D',
  staleAfter: 'PT4H',
  schedule: '40 * * * *',
  zone: 'Etc/GMT+5',
};
