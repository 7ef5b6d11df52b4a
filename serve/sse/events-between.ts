/** What was committed, as events: each load is read once and kept a while for those who come back. */
import { LRUCache } from 'lru-cache';
import type { Clock, Database } from '../../core/effects.ts';
import type { StreamKey } from '../../core/flags.ts';
import type { Provenance } from '../api/provenance.ts';
import { loadEvents, newestEvent, pagesEvent, type StreamEvent } from './packets.ts';
import { type Load, readLoads, readNewest, readRows } from './source.ts';

/** What a client gets that comes for the first time. */
const NEWEST_ROWS = 100;
/** More rows, or more loads, than this are fetched in pages and not pushed. */
const ROWS_MAX = 5_000;
const LOADS_MAX = 200;
const KEPT_CHARACTERS = 4 * 1024 * 1024;

export interface Current {
  /** Number of the newest load; 0: none. */
  readonly load: number;
  readonly event: StreamEvent;
  /** Of the stream as a whole. */
  readonly provenance: Provenance;
}

export interface Reader {
  current(): Promise<Current>;
  loads(after: number, most: number): Promise<Load[]>;
  /** None where there is no such load, or where it left nothing to tell. */
  eventsOf(load: number | Load): Promise<readonly StreamEvent[]>;
  pages(upTo: number, missed: readonly Load[]): Promise<StreamEvent>;
}

export function createReader(reads: Database, stream: StreamKey, clock: Pick<Clock, 'now'>): Reader {
  const kept = new LRUCache<number, readonly StreamEvent[]>({
    maxSize: KEPT_CHARACTERS,
    sizeCalculation: (events) => events.reduce((sum, { packet }) => sum + packet.size, 100),
  });
  const now = (): string => new Date(clock.now()).toISOString();
  const loads = (after: number, most: number): Promise<Load[]> => readLoads(reads, stream, after, most);
  return {
    current: async () => {
      const newest = await readNewest(reads, stream, NEWEST_ROWS);
      return { load: newest.load, event: newestEvent(stream, newest, now()), provenance: newest.streamProvenance };
    },
    loads,
    eventsOf: async (wanted) => {
      const known = kept.get(typeof wanted === 'number' ? wanted : wanted.id);
      if (known !== undefined) return known;
      const load = typeof wanted === 'number' ? (await loads(wanted - 1, 1))[0] : wanted;
      if (load === undefined || (typeof wanted === 'number' && load.id !== wanted)) return [];
      const events = loadEvents(stream, load, await readRows(reads, stream, load), now());
      kept.set(load.id, events);
      return events;
    },
    pages: async (upTo, missed) => {
      const { streamProvenance } = await readNewest(reads, stream, 0);
      return pagesEvent(stream, upTo, missed, streamProvenance, now());
    },
  };
}

/** @returns `to: from` where nothing newer was committed */
export async function eventsBetween(
  reader: Reader,
  from: number,
): Promise<{ readonly to: number; readonly events: readonly StreamEvent[] }> {
  const loads = await reader.loads(from, LOADS_MAX + 1);
  const last = loads.at(-1);
  if (last === undefined) return { to: from, events: [] };
  const rows = loads.reduce((sum, { changed }) => sum + changed, 0);
  if (rows <= ROWS_MAX && loads.length <= LOADS_MAX) {
    const events = [];
    for (const load of loads) events.push(...(await reader.eventsOf(load)));
    return { to: last.id, events };
  }
  if (loads.length <= LOADS_MAX) return { to: last.id, events: [await reader.pages(last.id, loads)] };
  // Of the loads behind these nobody knows how far back they reach.
  const to = Math.max((await reader.current()).load, last.id);
  return { to, events: [await reader.pages(to, [{ ...last, from: null }])] };
}
