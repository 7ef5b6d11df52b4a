/**
 * Calls as rows of `edge_invocation_log`: every class of call, sampled where it is hot, written in batches. Without the database what does not
 * fit is dropped and counted: a log may never be the reason that a server falls over.
 */
import { clearInterval, setInterval } from 'node:timers';
import type { Clock, Database, Log } from '../../core/effects.ts';
import type { Answered, Observer } from '../api/observe.ts';

export interface Journal {
  readonly observe: Observer;
  readonly stats: () => JournalStats;
  /** Writes what is left, once. Safe to call twice. */
  close(): Promise<void>;
}

export interface JournalStats {
  readonly written: number;
  readonly dropped: number;
  readonly waiting: number;
}

const WRITE_EVERY_MS = 1_000;
const BATCH = 200;
/** What waits while the database is gone. */
const KEPT = 5_000;
/** Of each class and status in a minute; then one in so many. */
const FIRST = 20;
const ONE_IN = 50;
const MINUTE_MS = 60_000;
/** Classes and statuses are few; more of them than this cannot be. */
const CLASSES = 2_000;

interface Entry extends Answered {
  readonly rate: number;
}

// grain: one row per call that is kept. reads: nothing; writes public.edge_invocation_log. params: one list per column.
const WRITE = `
  insert into public.edge_invocation_log (function_name, status, started_at, completed_at, duration_ms, metadata)
  select e.name, e.status, e.started_at, e.started_at + e.duration_ms * interval '1 millisecond', e.duration_ms, e.metadata::jsonb
  from unnest($1::text[], $2::text[], $3::timestamptz[], $4::int[], $5::text[]) e (name, status, started_at, duration_ms, metadata)`;

export function createJournal(service: Database, clock: Pick<Clock, 'now'>, log: Log): Journal {
  const sampler = createSampler(clock);
  let waiting: Entry[] = [];
  let written = 0;
  let dropped = 0;
  let isTold = false;
  let writing: Promise<void> | null = null;
  let isClosed = false;

  async function write(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH);
      try {
        await service.query(WRITE, columnsOf(batch));
      } catch (error) {
        tell(error);
        return;
      }
      // What came meanwhile stands behind it; what was dropped meanwhile stood behind it, too.
      waiting = waiting.slice(batch.length);
      written += batch.length;
      isTold = false;
    }
  }
  function tell(error: unknown): void {
    if (isTold) return;
    isTold = true;
    const why = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
    log.warn(`calls are not written down for now, at most ${KEPT} wait: ${why}`);
  }
  function flush(): Promise<void> {
    writing ??= write().finally(() => (writing = null));
    return writing;
  }
  const timer = setInterval(() => void flush(), WRITE_EVERY_MS);
  timer.unref();

  return {
    observe: (answered) => {
      const rate = sampler(answered);
      if (rate === null || isClosed) return;
      if (waiting.length >= KEPT) {
        dropped += 1;
        return;
      }
      waiting.push({ ...answered, rate });
      // Where the database is gone, the timer tries again, not each call.
      if (waiting.length >= BATCH && !isTold) void flush();
    },
    stats: () => ({ written, dropped, waiting: waiting.length }),
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      clearInterval(timer);
      await writing;
      await flush();
      dropped += waiting.length;
      if (waiting.length > 0) log.warn(`${waiting.length} calls could not be written down before the end`);
      waiting = [];
    },
  };
}

/** @returns the share of such calls that is kept, for a call that is; null for one that is not */
function createSampler(clock: Pick<Clock, 'now'>): (answered: Answered) => number | null {
  let counts = new Map<string, number>();
  let endsAt = 0;
  return ({ name, method, status }) => {
    // What failed is rare, or it is what somebody will look for.
    if (status >= 500) return 1;
    if (clock.now() >= endsAt || counts.size > CLASSES) {
      counts = new Map();
      endsAt = clock.now() + MINUTE_MS;
    }
    const key = `${name} ${method} ${status}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count <= FIRST) return 1;
    return (count - FIRST) % ONE_IN === 0 ? 1 / ONE_IN : null;
  };
}

/** Neither keys nor addresses come this far. */
function columnsOf(batch: readonly Entry[]): unknown[] {
  return [
    batch.map(({ name }) => name),
    batch.map(({ status }) => (status >= 500 ? 'error' : 'success')),
    batch.map(({ startedAt }) => new Date(startedAt).toISOString()),
    batch.map(({ durationMs }) => durationMs),
    batch.map(({ method, status, code, cached, rate }) =>
      JSON.stringify({ method, status_code: status, sample_rate: rate, cached, ...(code !== null && { code }) }),
    ),
  ];
}
