/** Ids of events: the stream and the load that the client has by then; and whether it broke off between the two forms of one event. */
import { type StreamKey, STREAM_KEYS } from '../../core/flags.ts';

/**
 * An event that goes out twice, named and then unnamed, is cut where a client breaks off between them. Of a load the `rest`, its unnamed form, is
 * still owed; after anything else the client begins `anew`. Without it one of the two would be lost or come twice.
 */
export type Cut = 'none' | 'rest' | 'anew';

const MARKS: Readonly<Record<Cut, string>> = { none: '', rest: '~', anew: '!' };

export interface EventId {
  readonly stream: StreamKey;
  /** Number of the load; 0: before the first. */
  readonly load: number;
  readonly cut: Cut;
}

export function eventIdText({ stream, load, cut }: EventId): string {
  return `${stream}:${load}${MARKS[cut]}`;
}

/** @returns null for what this server never wrote */
export function readEventId(text: string): EventId | null {
  const [, name, digits = '', mark = ''] = /^([a-z-]{1,40}):(0|[1-9]\d{0,14})([~!]?)$/.exec(text) ?? [];
  const stream = STREAM_KEYS.find((key) => key === name);
  if (stream === undefined) return null;
  return { stream, load: Number(digits), cut: mark === '~' ? 'rest' : mark === '!' ? 'anew' : 'none' };
}
