/** Brings `source_health` and `stream_health` up to date with what the checks after the loads found, and with the time that has passed. */
import { asFault } from '../core/errors.ts';
import { refreshSource, type Source } from '../loaders/postgres/health.ts';
import type { Engine } from './engine.ts';

export async function refreshHealth(engine: Engine, source: Source): Promise<void> {
  await refreshSource(engine.pool, source, engine.clock.now()).catch((error: unknown) =>
    engine.log.warn(
      `the health of ${source.dataset} could not be brought up to date: ${asFault(error, 'database').message}`,
    ),
  );
}
