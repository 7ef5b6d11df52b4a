/** IESO, the system operator of Ontario: public reports, no key. Polling guidance: hourly reports every 4–10 minutes. */
import { definePublisher } from '../../core/pipeline.ts';

export default definePublisher({
  id: 'ieso',
  title: 'Independent Electricity System Operator (Ontario)',
  hosts: ['reports-public.ieso.ca'],
  pace: { perSecond: 2, concurrent: 2 },
});
