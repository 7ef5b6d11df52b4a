/** Politeness: how many requests run at once against a host, and how fast they follow each other. */
import PQueue from 'p-queue';
import type { Clock, DownloadRequest } from '../../core/effects.ts';

export interface Pacer {
  /** Runs `work` when the host has a free place and its next moment has come. */
  run<T>(
    host: string,
    pace: DownloadRequest['pace'],
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
  ): Promise<T>;
  /** Nobody asks this host for the next `ms` milliseconds. */
  hold(host: string, ms: number): void;
}

interface Lane {
  readonly queue: PQueue;
  gapMs: number;
  /** Instant of the next request, milliseconds since the epoch. */
  nextAt: number;
}

/** Limits are per host; where two publishers share one, the stricter limit counts. */
export function createPacer(clock: Clock): Pacer {
  const lanes = new Map<string, Lane>();

  function laneOf(host: string, pace: DownloadRequest['pace']): Lane {
    const gapMs = 1_000 / pace.perSecond;
    const lane = lanes.get(host) ?? { queue: new PQueue({ concurrency: pace.concurrent }), gapMs, nextAt: 0 };
    lane.queue.concurrency = Math.min(lane.queue.concurrency, pace.concurrent);
    lane.gapMs = Math.max(lane.gapMs, gapMs);
    lanes.set(host, lane);
    return lane;
  }

  return {
    async run(host, pace, signal, work) {
      const lane = laneOf(host, pace);
      // The signal is not given to the queue: p-queue 8 leaves a listener on it for every task. What waits runs into this check.
      const task = async (): ReturnType<typeof work> => {
        signal?.throwIfAborted();
        const at = Math.max(clock.now(), lane.nextAt);
        lane.nextAt = at + lane.gapMs;
        const wait = at - clock.now();
        if (wait > 0) await clock.sleep(wait, signal);
        return work();
      };
      return lane.queue.add(task, { throwOnTimeout: true });
    },
    hold(host, ms) {
      const lane = lanes.get(host);
      if (lane !== undefined) lane.nextAt = Math.max(lane.nextAt, clock.now() + ms);
    },
  };
}
