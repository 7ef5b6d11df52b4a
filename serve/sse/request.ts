/** What a client asks of a stream: which form, from where on; and how it is told no. */
import type { Context } from 'hono';
import { Fault } from '../../core/errors.ts';
import type { StreamKey } from '../../core/flags.ts';
import { Problem } from '../api/problem.ts';
import { queryInvalid } from '../faults.ts';
import { type EventId, readEventId } from './event-id.ts';
import { type Form, FORMS } from './frame.ts';

/** Proxies in front shall neither keep nor gather nor change it. The connection ends with the stream. */
export const STREAM_HEADERS: Readonly<Record<string, string>> = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store, no-transform',
  'X-Accel-Buffering': 'no',
  Connection: 'close',
};

/** @throws Fault `HTTP_QUERY_INVALID` */
export function formOf(c: Context): Form {
  const asked = c.req.query('events');
  if (asked === undefined) return 'both';
  const form = FORMS.find((word) => word === asked);
  if (form === undefined)
    throw queryInvalid(
      `events after the ?: is one of ${FORMS.join(', ')}`,
      'leave events out: each event then comes with its name and without',
    );
  return form;
}

export interface Resume {
  /** As the client said it, or the beginning of that; null: it comes for the first time. */
  readonly text: string | null;
  /** null: it is no id of this stream. */
  readonly id: EventId | null;
}

/** The header comes from the browser and knows more than the address, which stays what it was. */
export function resumeOf(c: Context, stream: StreamKey): Resume {
  const said = c.req.header('Last-Event-ID') || c.req.query('last_event_id') || null;
  if (said === null) return { text: null, id: null };
  const id = readEventId(said);
  return { text: said.slice(0, 100), id: id?.stream === stream ? id : null };
}

/** Ends the connection of a client that reads nothing any more. */
export function cutOff(c: Context): void {
  const { outgoing } = (c.env ?? {}) as { outgoing?: { destroy(): void } };
  outgoing?.destroy();
}

const FLAG_RETRY_SECONDS = 60;

export function pushClosed(stream: StreamKey, reason: string): Problem {
  const fault = new Fault({
    code: 'FLAG_OFF',
    kind: 'usage',
    what: `${stream} is not pushed now: ${reason}`,
    consequence: 'no stream was opened; the same rows are there as JSON',
    next: `ask /stream-${stream}?limit=100, or look at /api/flags`,
  });
  return new Problem(fault, { flag: `stream.${stream}`, reason }, { 'Retry-After': String(FLAG_RETRY_SECONDS) });
}

export function serverStops(): Problem {
  const fault = new Fault({
    code: 'SERVER_STOPS',
    kind: 'usage',
    what: 'this server is about to end',
    consequence: 'no stream was opened',
    next: 'try again in a few seconds',
  });
  return new Problem(fault, {}, { 'Retry-After': '5' });
}
