/** A publisher that exists on the bench's disk only. */
import { definePublisher } from '../../../core/pipeline.ts';

export default definePublisher({
  id: 'bench',
  title: 'Generated input of the benches',
  hosts: ['bench.invalid'],
  pace: { perSecond: 1_000, concurrent: 4 },
});
