/** Streams of events: what the loader commits goes to everybody who listens, over one connection of the database. */
import type { StreamKey } from '../../core/flags.ts';
import type { Given } from '../api/endpoint.ts';
import type { ApiDependencies } from '../dependencies.ts';

export interface HubStats {
  /** Clients that listen, by stream. */
  readonly clients: Readonly<Record<StreamKey, number>>;
  /** Events that were sent to clients since the start. */
  readonly sent: number;
  /** Clients that were dropped since the start, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
}

export interface StreamHub {
  /** The answer to `Accept: text/event-stream`. @throws Fault, Problem before the first byte */
  respond(
    stream: StreamKey,
    given: Pick<Given<unknown, unknown, unknown>, 'c' | 'principal' | 'client'>,
  ): Promise<Response>;
  stats(): HubStats;
  /** Tells every client that the server ends, and lets them go. Safe to call twice. */
  close(): void;
}

export function createHub(_api: ApiDependencies): StreamHub {
  return {
    respond: () => Promise.reject(new Error('not yet')),
    stats: () => ({
      clients: {
        'ontario-demand': 0,
        'provincial-generation': 0,
        'ontario-prices': 0,
        'hf-electricity-demand': 0,
        'aeso-grid-data': 0,
      },
      sent: 0,
      dropped: {},
    }),
    close: () => undefined,
  };
}
