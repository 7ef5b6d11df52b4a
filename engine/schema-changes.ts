/** What the files of a run have that earlier ones had not, or lack. */
import type { SchemaChange } from '../reports/model.ts';
import type { Engine } from './engine.ts';
import type { Looked } from './looked.ts';

export async function schemaChangesOf(_engine: Engine, _looked: Looked): Promise<SchemaChange[]> {
  return [];
}
