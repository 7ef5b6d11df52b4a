/** The definitions that a command works with. */
import { resolve } from 'node:path';
import { rangeOf } from '../engine/make-plan.ts';
import { type Catalog, loadCatalog, selectPipelines } from '../pipelines/index.ts';
import type { Settings } from './settings.ts';

/** What was typed, to be checked before anything is started. */
export interface Typed {
  readonly ids: readonly string[];
  readonly from?: string;
  readonly to?: string;
}

/** The definitions. @throws Fault `DEFINITION_INVALID`, `DEFINITIONS_NOT_FOUND`, `UNKNOWN_DATASET`, `RANGE_INVALID` */
export async function openCatalog(
  { pipelines }: Pick<Settings, 'pipelines'>,
  typed: Typed = { ids: [] },
): Promise<Catalog> {
  const catalog = await (pipelines === null ? loadCatalog() : loadCatalog(resolve(pipelines)));
  for (const pipeline of selectPipelines(catalog, typed.ids)) rangeOf(pipeline, typed);
  return catalog;
}
