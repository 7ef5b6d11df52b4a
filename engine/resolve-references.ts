/** Before a load: rows that refer to a row which is not in the database are refused, all of them at once and by name. */
import type { Pipeline } from '../core/pipeline.ts';
import { missingValues } from '../loaders/postgres/references.ts';
import { sqlFault } from '../loaders/postgres/sql-fault.ts';
import { namedValues, referencesOf, refuseUnresolved } from '../transforms/references.ts';
import type { Session } from '../transforms/session.ts';
import type { TransformResult } from '../transforms/transform.ts';
import type { Engine } from './engine.ts';

/** @throws Fault of kind database when it cannot be asked */
export async function resolveReferences(
  engine: Engine,
  session: Session,
  pipeline: Pipeline,
  transformed: TransformResult,
): Promise<TransformResult> {
  let result = transformed;
  for (const reference of referencesOf(pipeline.table)) {
    const column = pipeline.table.columns[reference.column];
    const values = await namedValues(session, pipeline.table, reference);
    if (column === undefined || values.length === 0) continue;
    const missing = await missingValues(engine.pool, reference, column, values).catch((error: unknown) => {
      throw sqlFault(error, `${pipeline.id}, looking for ${reference.column} in ${reference.table}`) ?? error;
    });
    if (missing.length > 0) result = await refuseUnresolved(session, pipeline, reference, missing);
  }
  return result;
}
