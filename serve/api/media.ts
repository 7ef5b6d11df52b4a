/** Rows as what `Accept` asks for: JSON, CSV, lines of JSON, or a stream of Arrow IPC. */
import { accepts } from 'hono/accepts';
import type { Context } from 'hono';
import { Fault } from '../../core/errors.ts';
import { arrowOf } from './arrow.ts';
import { csvOf } from './csv.ts';
import type { RowTable } from './endpoint.ts';
import { ndjsonOf } from './json-rows.ts';

export const JSON_TYPE = 'application/json';
export const CSV_TYPE = 'text/csv';
export const NDJSON_TYPE = 'application/x-ndjson';
export const ARROW_TYPE = 'application/vnd.apache.arrow.stream';
export const EVENTS_TYPE = 'text/event-stream';

/** Whether a stream of events is asked for, of an endpoint that has one. Browsers ask so, and cannot send a key in a header then. */
export function asksForEvents(c: Context, offered: readonly string[] = []): boolean {
  return offered.includes(EVENTS_TYPE) && /\btext\/event-stream\b/i.test(c.req.header('Accept') ?? '');
}

/** @param offered media types that the endpoint can answer with, beside JSON. @throws Fault `HTTP_NOT_ACCEPTABLE` */
export function mediaOf(c: Context, offered: readonly string[] = []): string {
  const accept = c.req.header('Accept');
  if (accept === undefined || accept.trim() === '') return JSON_TYPE;
  const chosen = accepts(c, { header: 'Accept', supports: [JSON_TYPE, ...offered], default: JSON_TYPE });
  if (chosen !== JSON_TYPE || /application\/(\*|json|problem\+json)|\*\/\*|text\/html/i.test(accept)) return chosen;
  throw new Fault({
    code: 'HTTP_NOT_ACCEPTABLE',
    kind: 'usage',
    what: `there is no ${JSON.stringify(accept.slice(0, 100))} of this`,
    consequence: 'nothing was shown',
    next: `accept one of ${[JSON_TYPE, ...offered].join(', ')}`,
  });
}

export async function rowsAs(
  media: string,
  table: RowTable,
  provenance: unknown,
): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly type: string }> {
  if (media === ARROW_TYPE) return { bytes: arrowOf(table, provenance), type: ARROW_TYPE };
  if (media === NDJSON_TYPE) return { bytes: new TextEncoder().encode(ndjsonOf(table)), type: NDJSON_TYPE };
  return { bytes: new TextEncoder().encode(csvOf(table)), type: 'text/csv; charset=utf-8; header=present' };
}
