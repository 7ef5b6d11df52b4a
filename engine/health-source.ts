/** A dataset as `source_health` knows it: its stream with everybody who feeds it, and how fresh it is at a moment. */
import type { Column } from '../core/contract.ts';
import type { Pipeline } from '../core/pipeline.ts';
import { streamHealthKey } from '../core/streams.ts';
import type { Source } from '../loaders/postgres/health.ts';
import type { Engine } from './engine.ts';
import { staleSince, freshnessOf } from './freshness.ts';

export function healthSource(
  { catalog, clock }: Pick<Engine, 'catalog' | 'clock'>,
  pipeline: Pipeline,
  run: Pick<Source, 'runId' | 'failuresFrom'>,
): Source {
  const stream = pipeline.feeds?.stream;
  const feeding = catalog.pipelines.filter(({ feeds }) => stream !== undefined && feeds?.stream === stream);
  return {
    publisher: pipeline.publisher,
    dataset: pipeline.id,
    ...run,
    stream:
      stream === undefined
        ? undefined
        : { key: streamHealthKey(stream), sources: feeding.map(({ publisher, id }) => `${publisher}/${id}`) },
    judge: (covered) => ({
      state: freshnessOf(pipeline, covered, clock.now()).state,
      staleSince: staleSince(pipeline, covered, clock.now()),
      hasInstants: Object.values(pipeline.table.columns).some(isInstant),
    }),
  };
}

function isInstant({ key, pg }: Column): boolean {
  return key && (pg === 'timestamptz' || pg === 'date');
}
