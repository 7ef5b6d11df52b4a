/** One connection that hears what the database says (LISTEN), for everybody in this process; it comes back by itself. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Log, Notices } from '../../core/effects.ts';
import { targetOf } from './connection-faults.ts';

export interface OpenNotices extends Notices {
  /** Safe to call twice. */
  close(): Promise<void>;
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;
/** A peer that is gone without a word is only noticed when it is spoken to. */
const LOOK_EVERY_MS = 15_000;

/** Connects in the background; errors are logged and tried again. */
export function openNotices(url: string, log: Log): OpenNotices {
  const target = targetOf(url);
  const heard = new Map<string, Set<(payload: string) => void>>();
  const back = new Set<() => void>();
  const closing = new AbortController();
  let client: pg.Client | null = null;
  let connected = false;

  async function connect(): Promise<pg.Client> {
    const next = new pg.Client({
      connectionString: url,
      application_name: 'penstock notices',
      keepAlive: true,
      connectionTimeoutMillis: 10_000,
    });
    next.on('error', () => undefined);
    next.on('notification', ({ channel, payload = '' }) => {
      for (const tell of heard.get(channel) ?? []) tell(payload);
    });
    try {
      await next.connect();
      // Whoever begins to listen meanwhile asks for itself, and twice does no harm.
      client = next;
      for (const channel of heard.keys()) await next.query(`listen ${pg.escapeIdentifier(channel)}`);
      return next;
    } catch (error) {
      client = null;
      await next.end().catch(() => undefined);
      throw error;
    }
  }

  async function keep(): Promise<void> {
    let wait = FIRST_WAIT_MS;
    let lost = false;
    while (!closing.signal.aborted) {
      try {
        const listening = await connect();
        wait = FIRST_WAIT_MS;
        connected = true;
        if (lost) log.info(`listening to ${target.name} again`);
        // Also the first time: who was there before the connection has heard nothing so far.
        for (const tell of back) tell();
        await untilLost(listening, closing.signal);
      } catch (error) {
        log.debug(`listening to ${target.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
      connected = false;
      const gone = client;
      client = null;
      await gone?.end().catch(() => undefined);
      if (closing.signal.aborted) return;
      if (!lost) log.warn(`${target.name} is not heard; trying again`);
      lost = true;
      await sleep(wait, undefined, { signal: closing.signal }).catch(() => undefined);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
  }
  const kept = keep();
  return {
    listen: (channel, tell) => {
      const all = heard.get(channel) ?? new Set();
      if (!heard.has(channel)) {
        heard.set(channel, all);
        client?.query(`listen ${pg.escapeIdentifier(channel)}`).catch(() => undefined);
      }
      all.add(tell);
      return () => void all.delete(tell);
    },
    restored: (tell) => {
      back.add(tell);
      return () => void back.delete(tell);
    },
    get connected() {
      return connected;
    },
    close: async () => {
      closing.abort();
      await kept;
    },
  };
}

async function untilLost(client: pg.Client, signal: AbortSignal): Promise<void> {
  const ended = new Promise<false>((done) => {
    const end = (): void => done(false);
    client.once('end', end);
    client.once('error', end);
    signal.addEventListener('abort', end, { once: true });
  });
  const waited = (): Promise<boolean> => sleep(LOOK_EVERY_MS, true, { signal }).catch(() => false);
  const answers = async (): Promise<boolean> =>
    client.query('select 1').then(
      () => true,
      () => false,
    );
  // A query that nobody answers in time is as good as none.
  const late = (): Promise<boolean> => waited().then(() => false);
  while ((await Promise.race([ended, waited()])) && (await Promise.race([ended, answers(), late()])));
}
