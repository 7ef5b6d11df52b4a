/**
 * One stream and everybody who listens to it. It knows up to which load its clients are (`head`), reads once what came since, and gives each the
 * same bytes. A client that comes back is brought from its load to the head by the same reading, and then goes along with the others.
 */
import type { Clock, Notices } from '../../core/effects.ts';
import { type Current, eventsBetween, type Reader } from './events-between.ts';
import type { Listener } from './listener.ts';
import type { StreamEvent } from './packets.ts';

export interface Channel {
  /** Who goes along; not those who are still being brought to the head. */
  readonly listeners: ReadonlySet<Listener>;
  /** ISO instant of the last data that went out; null: none yet. */
  readonly lastActivity: string | null;
  /** False: what was committed last could not be read. */
  readonly upToDate: boolean;
  /** Newest rows and state of the stream. */
  current(): Promise<Current>;
  /** @returns whether a client can have this load by now */
  knows(load: number): Promise<boolean>;
  /** Sends what the client lacks, and from then on what comes. */
  join(listener: Listener, from: From): Promise<void>;
  leave(listener: Listener): void;
  /** Something may have been committed. */
  look(): void;
}

export interface From {
  /** The last load that the client has; null: it has none. */
  readonly load: number | null;
  /** It lacks the unnamed form of that load's last event. */
  readonly rest: boolean;
}

export interface ChannelOptions {
  readonly reader: Reader;
  readonly notices: Pick<Notices, 'connected'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Called with each client that left too much unread; it gets nothing more. */
  readonly tooSlow: (listener: Listener) => void;
  /** Called with the number of events that went out. */
  readonly sent: (events: number) => void;
}

interface Batch {
  /** The last load in it. */
  readonly to: number;
  readonly events: readonly StreamEvent[];
}

export function createChannel({ reader, notices, clock, tooSlow, sent }: ChannelOptions): Channel {
  const live = new Set<Listener>();
  /** What lies between a load and the head, by the load. */
  const since = new Map<number, Promise<Batch>>();
  let joining = 0;
  /** null: nobody listens, so nobody keeps count. */
  let head: number | null = null;
  let newest: Promise<Current> | null = null;
  let looking = false;
  let wanted = false;
  let upToDate = true;
  let lastActivity: string | null = null;

  function forget(): void {
    newest = null;
    since.clear();
  }

  function current(): Promise<Current> {
    // While nobody tells what is committed, nothing that was read stays true.
    if (newest !== null && notices.connected) return newest;
    const reading = reader.current();
    newest = reading;
    reading.catch(() => {
      if (newest === reading) newest = null;
    });
    return reading;
  }

  /** Thousands who come back at once ask one question. */
  function batchSince(from: number): Promise<Batch> {
    const known = since.get(from);
    if (known !== undefined) return known;
    const reading = eventsBetween(reader, from);
    since.set(from, reading);
    reading.catch(() => since.delete(from));
    return reading;
  }

  function give(listener: Listener, { to, events }: Batch): void {
    let count = 0;
    for (const { load, packet } of events) {
      // It came later than this load, and has had it with its first rows.
      if (load <= listener.last) continue;
      listener.push(packet.bytes(listener.form));
      count += 1;
    }
    listener.last = Math.max(listener.last, to);
    sent(count);
  }

  async function follow(): Promise<void> {
    for (;;) {
      const from = head;
      if (from === null) return;
      const batch = await eventsBetween(reader, from);
      // Everybody left meanwhile, and perhaps somebody came.
      if (head !== from) continue;
      if (batch.to <= from) return;
      forget();
      head = batch.to;
      if (batch.events.length > 0 && live.size > 0) lastActivity = new Date(clock.now()).toISOString();
      for (const listener of live)
        if (listener.slow) {
          live.delete(listener);
          tooSlow(listener);
        } else give(listener, batch);
    }
  }

  async function followAll(): Promise<void> {
    looking = true;
    try {
      while (wanted && head !== null) {
        wanted = false;
        await follow();
      }
      upToDate = true;
    } catch {
      // The next notice, or the next heartbeat, tries again.
      upToDate = false;
    } finally {
      looking = false;
    }
  }

  function lookIfWanted(): void {
    if (wanted && !looking && head !== null) void followAll();
  }

  function rest(): void {
    if (live.size === 0 && joining === 0) head = null;
  }

  return {
    listeners: live,
    get lastActivity() {
      return lastActivity;
    },
    get upToDate() {
      return upToDate;
    },
    current,
    knows: async (load) => {
      if (load <= (await current()).load) return true;
      // Another server of the same database may have been quicker.
      forget();
      return load <= (await current()).load;
    },
    join: async (listener, { load: from, rest: owed }) => {
      joining += 1;
      try {
        const { load, event } = await current();
        head ??= load;
        if (from === null) {
          listener.push(event.packet.bytes(listener.form));
          sent(1);
        } else if (owed && listener.form !== 'named') {
          const last = (await reader.eventsOf(from)).at(-1);
          if (last !== undefined) listener.push(last.packet.bytes('unnamed'));
        }
        listener.last = from ?? load;
        while (!listener.closed && listener.last < (head ?? load)) {
          const batch = await batchSince(listener.last);
          if (batch.to <= listener.last) break;
          give(listener, batch);
        }
        listener.settled();
        if (!listener.closed) live.add(listener);
      } finally {
        joining -= 1;
        rest();
        lookIfWanted();
      }
    },
    leave: (listener) => {
      live.delete(listener);
      rest();
    },
    look: () => {
      forget();
      // Who comes while nobody keeps count looks by itself.
      wanted = true;
      lookIfWanted();
    },
  };
}
