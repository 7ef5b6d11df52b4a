/** Events as the bytes of `text/event-stream`. A frame is made once, whatever the number of clients that get it. */
import type { StreamKey } from '../../core/flags.ts';
import { type Cut, eventIdText } from './event-id.ts';

const encoder = new TextEncoder();

export interface Frame {
  /** Without a name the client's `onmessage` gets it. */
  readonly event?: string;
  readonly id?: string;
  /** Milliseconds after which the client shall come back when the connection is gone. */
  readonly retryMs?: number;
  readonly data: string;
}

/** A line end inside the data begins another line of data; a client puts them together again with LF. */
export function frameBytes({ event, id, retryMs, data }: Frame): Uint8Array {
  const lines = [
    ...(event === undefined ? [] : [`event: ${event}`]),
    ...(id === undefined ? [] : [`id: ${id}`]),
    ...(retryMs === undefined ? [] : [`retry: ${retryMs}`]),
    ...data.split(/\r\n|\r|\n/).map((line) => `data: ${line}`),
  ];
  return encoder.encode(`${lines.join('\n')}\n\n`);
}

/** What a client wants: events named `data`, unnamed ones, or each as both. */
export const FORMS = ['both', 'named', 'unnamed'] as const;
export type Form = (typeof FORMS)[number];

/** Data in each form that somebody wants. */
export interface Packet {
  /** Characters of its data. */
  readonly size: number;
  bytes(form: Form): Uint8Array;
}

/**
 * @param load the client has all of this load once it has the packet; null: more of it is to come, and the id stays what it was
 * @param cut what is owed to a client that breaks off between the two forms
 */
export function dataPacket(stream: StreamKey, load: number | null, data: string, cut: Exclude<Cut, 'none'>): Packet {
  const made = new Map<Form, Uint8Array>();
  const frame = (event: string | undefined, half: boolean): Uint8Array =>
    frameBytes({
      ...(event !== undefined && { event }),
      ...(load !== null && { id: eventIdText({ stream, load, cut: half ? cut : 'none' }) }),
      data,
    });
  const make = (form: Form): Uint8Array => {
    if (form === 'named') return frame('data', false);
    if (form === 'unnamed') return frame(undefined, false);
    return joined(frame('data', true), frame(undefined, false));
  };
  return {
    size: data.length,
    bytes: (form) => {
      const known = made.get(form) ?? make(form);
      made.set(form, known);
      return known;
    },
  };
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}
