/** What a client is told: the words of `hello`, `data`, `heartbeat` and `error`. */
import type { StreamKey } from '../../core/flags.ts';
import type { Provenance } from '../api/provenance.ts';
import { dataPacket, frameBytes, type Packet } from './frame.ts';
import type { Load, Newest, Rows } from './source.ts';

/** Rows of one event; a load of more comes as several. */
const ROWS_PER_EVENT = 500;
/** Milliseconds after which a client comes back, where nothing else is said. */
export const RETRY_MS = 3_000;

export interface StreamEvent {
  /** The load that it is of, or up to which it reaches. */
  readonly load: number;
  readonly packet: Packet;
}

export function newestEvent(stream: StreamKey, newest: Newest, timestamp: string): StreamEvent {
  const metadata = { kind: 'snapshot', load_id: String(newest.load) };
  return {
    load: newest.load,
    packet: dataPacket(
      stream,
      newest.load,
      dataText(stream, newest.rows, metadata, timestamp, newest.provenance),
      'anew',
    ),
  };
}

/** @returns none for a load that left nothing to tell */
export function loadEvents(
  stream: StreamKey,
  load: Load,
  { rows, provenance }: Rows,
  timestamp: string,
): StreamEvent[] {
  if (rows.length === 0 && load.withdrawn === 0) return [];
  const parts = Math.max(1, Math.ceil(rows.length / ROWS_PER_EVENT));
  return Array.from({ length: parts }, (_, part) => {
    const own = rows.slice(part * ROWS_PER_EVENT, (part + 1) * ROWS_PER_EVENT);
    // Whoever breaks off before the last part gets the load again.
    const complete = part === parts - 1 ? load.id : null;
    const metadata = {
      kind: 'load',
      load_id: String(load.id),
      source_dataset: load.dataset,
      known_at: load.knownAt,
      part: part + 1,
      parts,
      rows_total: rows.length,
      rows_withdrawn: load.withdrawn,
    };
    return {
      load: load.id,
      packet: dataPacket(stream, complete, dataText(stream, own, metadata, timestamp, provenance), 'rest'),
    };
  });
}

/** More was loaded than is pushed: the client fetches it in pages. */
export function pagesEvent(
  stream: StreamKey,
  upTo: number,
  loads: readonly Load[],
  provenance: Provenance,
  timestamp: string,
): StreamEvent {
  const from = loads.map((load) => load.from);
  const since = from.every((instant) => instant !== null) ? (from.toSorted()[0] ?? null) : null;
  const metadata = {
    kind: 'pages',
    code: 'SSE_FETCH_PAGES',
    load_id: String(upTo),
    since,
    fetch: `/stream-${stream}?${since === null ? 'limit=1000' : `since=${encodeURIComponent(since)}`}`,
  };
  const data = dataText(stream, [], metadata, timestamp, provenance);
  return { load: upTo, packet: dataPacket(stream, upTo, data, 'anew') };
}

export function helloBytes(
  stream: StreamKey,
  words: { readonly message: string; readonly timestamp: string; readonly resumedFrom: string | null },
  provenance: Provenance,
): Uint8Array {
  const { message, timestamp, resumedFrom } = words;
  return frameBytes({
    event: 'hello',
    retryMs: RETRY_MS,
    data: JSON.stringify({ message, timestamp, dataset: stream, provenance, resumed_from: resumedFrom }),
  });
}

export function heartbeatBytes(
  lastActivity: string | null,
  connectionsActive: number,
  metadata: Readonly<Record<string, unknown>>,
): Uint8Array {
  return frameBytes({ event: 'heartbeat', data: JSON.stringify({ lastActivity, connectionsActive, metadata }) });
}

export function errorBytes(code: string, message: string, timestamp: string, retryMs?: number): Uint8Array {
  return frameBytes({
    event: 'error',
    ...(retryMs !== undefined && { retryMs }),
    data: JSON.stringify({ timestamp, message, code }),
  });
}

/** The rows are JSON already, and are not read again. */
function dataText(
  stream: StreamKey,
  rows: readonly string[],
  metadata: Readonly<Record<string, unknown>>,
  timestamp: string,
  provenance: Provenance,
): string {
  const rest = JSON.stringify({ metadata, timestamp, provenance });
  return `{"dataset":${JSON.stringify(stream)},"rows":[${rows.join(',')}],${rest.slice(1)}`;
}
