/** Streams of events: what the loader commits goes to everybody who listens, over one connection of the database. */
import { type StreamKey, STREAM_KEYS } from '../../core/flags.ts';
import type { Given } from '../api/endpoint.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { type Channel, createChannel } from './channel.ts';
import { createReader } from './events-between.ts';
import { createListener, type Listener } from './listener.ts';
import { errorBytes, heartbeatBytes, helloBytes, RETRY_MS } from './packets.ts';
import { createPlaces } from './places.ts';
import { createPushFlags } from './push-flags.ts';
import { cutOff, formOf, pushClosed, resumeOf, serverStops, STREAM_HEADERS } from './request.ts';
import { streamsOfNotice } from './source.ts';

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

const HEARTBEAT_MS = 20_000;
const RESUME_UNKNOWN = 'the id of the last event is none of this stream: it begins anew with the newest rows';

export function createHub(api: ApiDependencies): StreamHub {
  const { clock, notices, reads } = api;
  const flags = createPushFlags(api, clock);
  const places = createPlaces();
  const ending = new AbortController();
  const cuts = new WeakMap<Listener, () => void>();
  /** Let go since the last heartbeat, and perhaps still not reading. */
  let leaving: Listener[] = [];
  const dropped: Record<string, number> = {};
  let sent = 0;
  let beating = false;
  const now = (): string => new Date(clock.now()).toISOString();
  const count = (events: number): void => {
    sent += events;
  };

  /** Its last word is why; it may come back after `retryMs`. */
  function letGo(listener: Listener, code: string, message: string, retryMs: number): void {
    if (listener.closed) return;
    dropped[code] = (dropped[code] ?? 0) + 1;
    listener.end(errorBytes(code, message, now(), retryMs), listener.slow);
  }
  function drop(listener: Listener, code: string, message: string): void {
    letGo(listener, code, message, RETRY_MS);
    leaving.push(listener);
  }
  const tooSlow = (listener: Listener): void =>
    drop(listener, 'SSE_SLOW_CLIENT', 'too much was left unread; come back with the id of the last event');

  const channels = Object.fromEntries(
    STREAM_KEYS.map((stream) => [
      stream,
      createChannel({ reader: createReader(reads, stream, clock), notices, clock, tooSlow, sent: count }),
    ]),
  ) as Record<StreamKey, Channel>;
  const endNotices = [
    notices.listen('penstock_load', (payload) => {
      for (const stream of streamsOfNotice(payload)) channels[stream].look();
    }),
    notices.restored(() => {
      for (const stream of STREAM_KEYS) channels[stream].look();
    }),
  ];

  async function heartbeat(stream: StreamKey, channel: Channel): Promise<void> {
    if (channel.listeners.size === 0) return;
    // Without an answer what was so goes on.
    const closed = await flags.closed(stream).catch(() => null);
    if (closed !== null)
      for (const listener of channel.listeners) if (!listener.service) drop(listener, 'FLAG_OFF', closed);
    // What nobody told of is found by looking.
    channel.look();
    const bytes = heartbeatBytes(channel.lastActivity, channel.listeners.size, {
      dataset: stream,
      timestamp: now(),
      up_to_date: notices.connected && channel.upToDate,
    });
    for (const listener of channel.listeners)
      if (listener.slow) tooSlow(listener);
      else listener.push(bytes);
  }

  async function beat(): Promise<void> {
    if (beating) return;
    beating = true;
    while ((places.taken > 0 || leaving.length > 0) && !ending.signal.aborted) {
      // Who is let go has one heartbeat to read why.
      const late = leaving;
      leaving = [];
      await clock.sleep(HEARTBEAT_MS, ending.signal).catch(() => undefined);
      if (ending.signal.aborted) break;
      for (const listener of late) cuts.get(listener)?.();
      for (const stream of STREAM_KEYS) await heartbeat(stream, channels[stream]);
    }
    beating = false;
  }

  async function attach(
    stream: StreamKey,
    listener: Listener,
    { text, id }: ReturnType<typeof resumeOf>,
  ): Promise<void> {
    const channel = channels[stream];
    const known = id !== null && (await channel.knows(id.load));
    const from = known && id.cut !== 'anew' ? id : null;
    const { provenance } = await channel.current();
    const message =
      from === null ? `rows of ${stream} as they are loaded` : `rows of ${stream} since load ${from.load}`;
    const words = { message, timestamp: now(), resumedFrom: from === null ? null : text };
    listener.push(helloBytes(stream, words, provenance));
    if (text !== null && !known) listener.push(errorBytes('SSE_RESUME_UNKNOWN', RESUME_UNKNOWN, now()));
    await channel.join(listener, { load: from?.load ?? null, rest: from?.cut === 'rest' });
  }

  return {
    respond: async (stream, { c, principal, client }) => {
      if (ending.signal.aborted) throw serverStops();
      const form = formOf(c);
      // verify tries a stream before its flag may be enabled.
      const service = principal.role === 'service_role';
      const closed = service ? null : await flags.closed(stream);
      if (closed !== null) throw pushClosed(stream, closed);
      if (c.req.method === 'HEAD') return new Response(null, { headers: STREAM_HEADERS });
      const giveBack = places.take(client.address);
      const listener: Listener = createListener(form, service, () => {
        channels[stream].leave(listener);
        giveBack();
      });
      cuts.set(listener, () => cutOff(c));
      try {
        await attach(stream, listener, resumeOf(c, stream));
      } catch (error) {
        listener.end(new Uint8Array(), true);
        throw error;
      }
      if (ending.signal.aborted) letGo(listener, 'SERVER_STOPS', 'this server ends', RETRY_MS);
      void beat();
      return new Response(listener.body, { headers: STREAM_HEADERS });
    },
    stats: () => ({
      clients: Object.fromEntries(STREAM_KEYS.map((stream) => [stream, channels[stream].listeners.size])) as Record<
        StreamKey,
        number
      >,
      sent,
      dropped: { ...dropped },
    }),
    close: () => {
      if (ending.signal.aborted) return;
      ending.abort();
      for (const end of endNotices) end();
      let number = 0;
      for (const channel of Object.values(channels))
        for (const listener of channel.listeners) {
          // Not all at once.
          letGo(listener, 'SERVER_STOPS', 'this server ends; come back', 1_000 + (number % 50) * 100);
          number += 1;
        }
    },
  };
}
