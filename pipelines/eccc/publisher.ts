/** ECCC: no key. Its usage policy allows about one request a second (86,400 a day) and wants to know who asks. */
import { definePublisher } from '../../core/pipeline.ts';

export default definePublisher({
  id: 'eccc',
  title: 'Environment and Climate Change Canada',
  hosts: ['climate.weather.gc.ca', 'api.weather.gc.ca'],
  pace: { perSecond: 1, concurrent: 1 },
});
