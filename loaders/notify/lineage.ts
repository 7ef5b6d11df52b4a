/** Carries OpenLineage events to a file and a server, behind a queue with an end: whoever emits never waits and never hears of a failure. */
import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock, LineageSink, Log, Poster } from '../../core/effects.ts';
import { asFault } from '../../core/errors.ts';

export interface LineageOptions {
  readonly namespace: string;
  readonly file: string | null;
  readonly http: { readonly url: string; readonly headers: Readonly<Record<string, string>> } | null;
  readonly poster: Poster | null;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<typeof LIMITS>;
}

export interface LineageClient extends LineageSink {
  /** Waits for what is under way, for a moment. */
  close(): Promise<void>;
}

const LIMITS = {
  /** Events that wait; further ones are dropped. */
  waiting: 1_000,
  timeoutMs: 5_000,
  attempts: 2,
  /** After a failure the server is left alone for so long. */
  pauseMs: 60_000,
  /** At the end, what is not through by then is dropped. */
  closeMs: 10_000,
};

export function createLineage(options: LineageOptions): LineageClient {
  const { namespace, file, http, poster, clock, log } = options;
  const limits = { ...LIMITS, ...options.limits };
  const stop = new AbortController();
  let queue: Promise<void> = Promise.resolve();
  let waiting = 0;
  let dropped = 0;
  let pausedUntil = -Infinity;
  const warned = new Set<string>();

  function warnOnce(what: string, error: unknown): void {
    if (warned.has(what)) return;
    warned.add(what);
    log.warn(`${what}: ${asFault(error).message}. The run goes on; this is said once`);
  }

  async function carry(line: string): Promise<void> {
    if (file !== null) {
      try {
        await mkdir(dirname(file), { recursive: true });
        await appendFile(file, `${line}\n`);
      } catch (error) {
        warnOnce('OpenLineage events could not be written', error);
      }
    }
    if (http === null || poster === null) return;
    if (stop.signal.aborted || clock.now() < pausedUntil) {
      dropped += 1;
      return;
    }
    try {
      const { timeoutMs, attempts } = limits;
      await poster.post({ ...http, body: line, timeoutMs, attempts, signal: stop.signal });
    } catch (error) {
      dropped += 1;
      pausedUntil = clock.now() + limits.pauseMs;
      if (!stop.signal.aborted) warnOnce('OpenLineage events could not be posted', error);
    }
  }

  /** One after the other, so that a file's lines and a server's events are in order. */
  async function next(before: Promise<void>, line: string): Promise<void> {
    await before;
    await carry(line);
    waiting -= 1;
  }

  return {
    namespace,
    emit(event) {
      if (waiting >= limits.waiting) {
        dropped += 1;
        return;
      }
      waiting += 1;
      // Made to text now: what happens to the event later does not matter.
      const line = JSON.stringify(event);
      queue = next(queue, line);
    },
    async close() {
      const late = setTimeout(() => stop.abort(new Error('the run is over')), limits.closeMs);
      await queue;
      clearTimeout(late);
      if (dropped > 0) log.warn(`${dropped} OpenLineage ${dropped === 1 ? 'event was' : 'events were'} dropped`);
    },
  };
}
