/** Statistics Canada: whole tables as zip archives, no key. The host times out at times. */
import { definePublisher } from '../../core/pipeline.ts';

export default definePublisher({
  id: 'statcan',
  title: 'Statistics Canada',
  hosts: ['www150.statcan.gc.ca'],
  pace: { perSecond: 0.5, concurrent: 1 },
});
