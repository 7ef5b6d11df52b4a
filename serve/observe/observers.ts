/** Everybody who watches the calls of the API, and what ends with it. */
import type { Log } from '../../core/effects.ts';
import type { Observer } from '../api/observe.ts';
import type { ApiDependencies } from '../dependencies.ts';
import type { StreamHub } from '../sse/hub.ts';
import { createJournal } from './journal.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { startPurge } from './purge.ts';

export interface Observers {
  readonly all: readonly Observer[];
  readonly metrics: Metrics;
  /** After the last answer: what is left is written down. */
  close(): Promise<void>;
}

export function startObservers(
  { reads, service, clock, notices }: ApiDependencies,
  hub: Pick<StreamHub, 'stats'>,
  log: Log,
): Observers {
  const journal = createJournal(service, clock, log);
  const metrics = createMetrics({ reads, hub, journal: journal.stats, notices });
  const purge = startPurge(service, log);
  return {
    all: [metrics.observe, journal.observe],
    metrics,
    close: async () => {
      await purge.close();
      await journal.close();
    },
  };
}
