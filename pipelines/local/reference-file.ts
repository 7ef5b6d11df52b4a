/** What the datasets of data/reference share: where the file is and how it is read. */
import { csv } from '../../core/decode.ts';
import type { PipelineSpec } from '../../core/pipeline.ts';
import { seed } from './seed.ts';

/** The parts of a definition that reads `data/reference/<name>.csv`; the header is also the order of the columns in the file. */
export function referenceFile(name: string, header: readonly string[]): typeof seed & Pick<PipelineSpec, 'extract'> {
  return { ...seed, extract: { url: `local://reference/${name}.csv`, decode: csv({ header }) } };
}
