/** What the files of a run have that earlier ones had not, or lack: before the load from landing, after it for the report. */
import type { DatasetReport, SchemaChange } from '../reports/model.ts';
import { SAMPLE_LIMIT } from '../reports/model.ts';
import { earlierShape } from '../loaders/postgres/shape.ts';
import { type ShapeChange, shapeChanges, shapeOutcome } from '../transforms/shape.ts';
import type { Engine } from './engine.ts';
import type { Looked } from './looked.ts';
import type { Planned } from './plan.ts';
import type { Ready } from './prepare.ts';

/** A prepared file beside the one before it. */
export interface Compared extends Ready {
  readonly schemaChanges: readonly ShapeChange[];
}

/** Just before its load: files are prepared ahead, and the one before may not have been loaded then. */
export async function compared(engine: Engine, { dataset, interval }: Planned, ready: Ready): Promise<Compared> {
  const before = await earlierShape(engine.pool, dataset, interval.start);
  // Where there is no earlier file nothing is checked.
  if (before === null) return { ...ready, schemaChanges: [] };
  const schemaChanges = shapeChanges(before, ready.shape);
  return { ...ready, checks: [...ready.checks, shapeOutcome(schemaChanges)], schemaChanges };
}

/** At most {@link SAMPLE_LIMIT} of them, oldest interval first. */
export function schemaChangesOf({ outcomes }: Looked): DatasetReport['schemaChanges'] {
  return outcomes
    .flatMap(({ planned, schemaChanges }) =>
      schemaChanges.map((change): SchemaChange => ({ interval: planned.label, ...change })),
    )
    .slice(0, SAMPLE_LIMIT);
}
