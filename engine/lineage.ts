/** Says to whoever wants OpenLineage events when a run and its datasets begin and end. Nothing here waits, and nothing here can fail a run. */
import { asFault } from '../core/errors.ts';
import type { DatasetReport, RunReport } from '../reports/model.ts';
import type { Definition } from './definition.ts';
import type { Engine } from './engine.ts';
import { endEvent, type LineageEvent, type LineageRun, runEnd, runEvent, startEvent } from './lineage-events.ts';
import type { Planned } from './plan.ts';

export interface Lineage {
  begun(definition: Definition, planned: readonly Planned[]): void;
  ended(definition: Definition, planned: readonly Planned[], report: DatasetReport | undefined): void;
  /** @param report null when the run ended with an exception */
  over(report: Pick<RunReport, 'exitCode'> | null): void;
}

/** The run's START goes out at once. */
export function lineageOf(engine: Engine, runId: string, signal: AbortSignal): Lineage {
  const { lineage: sink, clock, log, pool, version } = engine;
  const run: LineageRun = { namespace: sink?.namespace ?? '', runId, version, database: pool.name };
  const begun = new Map<string, readonly [Definition, readonly Planned[]]>();
  const emit = (make: () => LineageEvent): void => {
    if (sink === undefined) return;
    try {
      sink.emit(make());
    } catch (error) {
      log.warn(`an OpenLineage event could not be made: ${asFault(error).message}`);
    }
  };
  emit(() => runEvent(run, 'START', clock.now()));
  return {
    begun: (definition, planned) => {
      const { id } = definition.pipeline;
      // A dataset may be worked on twice in a run; for others it is one piece of work.
      if (begun.has(id)) return;
      begun.set(id, [definition, planned]);
      emit(() => startEvent(run, definition, planned, clock.now()));
    },
    ended: (definition, planned, report) => {
      if (report === undefined || !begun.delete(definition.pipeline.id)) return;
      const interrupted = signal.aborted && report.intervals.length < planned.length;
      emit(() => endEvent(run, definition, planned, report, { interrupted, at: clock.now() }));
    },
    over: (report) => {
      for (const [definition, planned] of begun.values())
        emit(() => startEvent(run, definition, planned, clock.now(), 'FAIL'));
      emit(() => runEvent(run, report === null ? 'FAIL' : runEnd(report, signal.aborted), clock.now()));
    },
  };
}
