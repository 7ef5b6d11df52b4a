/** A catalog of a few IESO datasets and nothing else. */
import { resolve } from 'node:path';
import type { Pipeline } from '../../core/pipeline.ts';
import type { Catalog } from '../../pipelines/index.ts';
import ieso from '../../pipelines/ieso/publisher.ts';

export function iesoCatalog(pipelines: readonly Pipeline[]): Catalog {
  return {
    pipelines,
    publishers: new Map([[ieso.id, ieso]]),
    root: resolve(import.meta.dirname, '../..'),
    files: new Map(),
  };
}
