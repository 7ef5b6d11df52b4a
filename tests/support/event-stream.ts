/** A client of a stream of events, over a connection of its own, and a server with streams that a test can look into. */
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { vi } from 'vitest';
import type { Clock } from '../../core/effects.ts';

export interface StreamEvent {
  /** '' for an unnamed one. */
  readonly event: string;
  readonly id: string | undefined;
  readonly data: Record<string, unknown>;
}

export interface StreamClient {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** What came so far, in order. */
  readonly events: readonly StreamEvent[];
  /** What came that is no event: the body of a refusal. */
  readonly text: string;
  readonly ended: boolean;
  /** The last id, as a browser would send it. */
  readonly lastId: string | null;
  /** Waits for an event that is wanted, from the first one on. */
  find(wanted: (event: StreamEvent) => boolean): Promise<StreamEvent>;
  untilEnded(): Promise<void>;
  /** Reads nothing more until resumed. */
  pause(): void;
  resume(): void;
  close(): void;
}

const WAIT = { timeout: 20_000, interval: 20 };

/** Resolves when the head of the answer has come. */
export async function listenTo(
  url: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<StreamClient> {
  const events: StreamEvent[] = [];
  let text = '';
  let ended = false;
  let lastId: string | null = null;
  const parser = createParser({
    onEvent: ({ event = '', id, data }: EventSourceMessage) => {
      if (id !== undefined) lastId = id;
      events.push({ event, id, data: JSON.parse(data) as Record<string, unknown> });
    },
  });
  const answer = await new Promise<IncomingMessage>((done, failed) => {
    const asking = get(`${url}${path}`, { agent: false, headers: { Accept: 'text/event-stream', ...headers } }, done);
    asking.on('error', failed);
  });
  answer.setEncoding('utf8');
  answer.on('data', (part: string) => {
    text += part;
    parser.feed(part);
  });
  answer.on('close', () => {
    ended = true;
  });
  answer.on('error', () => undefined);
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    events,
    get text() {
      return text;
    },
    get ended() {
      return ended;
    },
    get lastId() {
      return lastId;
    },
    find: (wanted) =>
      vi.waitFor(() => {
        const found = events.find(wanted);
        if (found === undefined) throw new Error(`not among ${JSON.stringify(events).slice(0, 2_000)}`);
        return found;
      }, WAIT),
    untilEnded: async () => {
      await vi.waitUntil(() => ended, WAIT);
    },
    pause: () => void answer.pause(),
    resume: () => void answer.resume(),
    close: () => void answer.destroy(),
  };
}

/** Rows of an event. */
export function rowsOf({ data }: StreamEvent): Record<string, unknown>[] {
  return data['rows'] as Record<string, unknown>[];
}

/** What the event says of itself. */
export function kindOf({ data }: StreamEvent): Record<string, unknown> {
  return (data['metadata'] ?? {}) as Record<string, unknown>;
}

/** A clock whose waits are shorter; it still shows the time. */
export function quickClock(factor: number): Clock {
  return {
    now: () => Date.now(),
    sleep: (ms, signal) => sleep(ms / factor, undefined, signal === undefined ? {} : { signal }),
  };
}
