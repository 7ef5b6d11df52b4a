/** What every definition of a local file has in common: the licence, one file for everything, read on every run. */
import { whole } from '../../core/partitions.ts';
import type { PipelineSpec } from '../../core/pipeline.ts';

/** `definePipeline({ ...seed, id, title, extract, transform, table })`. */
export const seed: Pick<PipelineSpec, 'publisher' | 'licence' | 'partitions' | 'publishes'> = {
  publisher: 'local',
  licence: { name: 'MIT', attribution: 'Penstock' },
  partitions: whole(),
  // A file of the project is read again on every run, whatever `every` says; it is never stale.
  publishes: { every: 'P1D', delay: 'PT0S', staleAfter: 'P36500D', schedule: '45 6 * * *', zone: 'UTC' },
};
