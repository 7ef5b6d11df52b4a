/** What the files of a run have that earlier ones had not, or lack: before the load from landing, after it for the report. */
import type { DatasetReport, SchemaChange } from '../reports/model.ts';
import { SAMPLE_LIMIT } from '../reports/model.ts';
import { earlierShape } from '../loaders/postgres/shape.ts';
import type { Session } from '../transforms/session.ts';
import { rawShape, type Shape, type ShapeChange, shapeChanges } from '../transforms/shape.ts';
import type { Engine } from './engine.ts';
import type { Looked } from './looked.ts';
import type { Planned } from './plan.ts';

export interface FileShape {
  readonly shape: Shape;
  /** null where there is no earlier file to compare with. */
  readonly changes: readonly ShapeChange[] | null;
}

/** Of the file that `session` holds as `raw`. */
export async function fileShape(engine: Engine, session: Session, { dataset, interval }: Planned): Promise<FileShape> {
  const shape = await rawShape(session);
  const before = await earlierShape(engine.pool, dataset, interval.start);
  return { shape, changes: before === null ? null : shapeChanges(before, shape) };
}

/** At most {@link SAMPLE_LIMIT} of them, oldest interval first. */
export function schemaChangesOf({ outcomes }: Looked): DatasetReport['schemaChanges'] {
  return outcomes
    .flatMap(({ planned, schemaChanges }) =>
      schemaChanges.map((change): SchemaChange => ({ interval: planned.label, ...change })),
    )
    .slice(0, SAMPLE_LIMIT);
}
