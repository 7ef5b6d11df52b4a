/** Brings `source_health` and `stream_health` up to date with what the checks after the loads found. */
import { asFault } from '../core/errors.ts';
import type { Pipeline } from '../core/pipeline.ts';
import { recordStale } from '../loaders/postgres/health.ts';
import type { Freshness } from '../reports/model.ts';
import type { Engine } from './engine.ts';

export async function refreshHealth(engine: Engine, pipeline: Pipeline, { staleSince }: Freshness): Promise<void> {
  if (staleSince === null) return;
  const source = { publisher: pipeline.publisher, dataset: pipeline.id };
  await recordStale(engine.pool, source, engine.clock.now(), `stale since ${staleSince}`).catch((error: unknown) =>
    engine.log.warn(`it could not be recorded that ${pipeline.id} is stale: ${asFault(error, 'database').message}`),
  );
}
