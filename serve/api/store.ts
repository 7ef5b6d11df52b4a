/** Answers that were made a moment ago. A load into a table ends what was made of it; without word from the database nothing is kept. */
import { LRUCache } from 'lru-cache';
import type { Notices } from '../../core/effects.ts';

export interface Made {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** gzip of `bytes`, once somebody wanted it. */
  zipped?: Uint8Array<ArrayBuffer>;
}

export interface AnswerStore {
  get(key: string): Made | undefined;
  /** @param mark what {@link mark} said before the answer was made: a load that came meanwhile makes it old already */
  set(
    key: string,
    made: Made,
    cache: { readonly seconds: number; readonly tables: readonly string[] },
    mark: number,
  ): void;
  mark(): number;
  close(): void;
}

const BYTES_MAX = 64 * 1024 * 1024;

export function createStore(notices: Notices): AnswerStore {
  const tablesOf = new Map<string, readonly string[]>();
  const changedAt = new Map<string, number>();
  let changes = 0;
  const store = new LRUCache<string, Made>({
    maxSize: BYTES_MAX,
    sizeCalculation: ({ bytes }, key) => bytes.length * 2 + key.length + 500,
    dispose: (_made, key, reason) => {
      if (reason !== 'set') tablesOf.delete(key);
    },
  });
  const forget = notices.listen('penstock_load', (payload) => {
    const table = tableOf(payload);
    changedAt.set(table, (changes += 1));
    for (const [key, tables] of tablesOf) if (tables.includes(table)) store.delete(key);
  });
  // What was said while nobody listened is not known.
  let clearedAt = 0;
  const forgetRestored = notices.restored(() => {
    clearedAt = changes += 1;
    changedAt.clear();
    store.clear();
  });
  return {
    get: (key) => (notices.connected ? store.get(key) : undefined),
    set: (key, made, { seconds, tables }, mark) => {
      if (!notices.connected || clearedAt > mark || tables.some((table) => (changedAt.get(table) ?? 0) > mark)) return;
      tablesOf.set(key, tables);
      store.set(key, made, { ttl: seconds * 1_000 });
    },
    mark: () => changes,
    close: () => {
      forget();
      forgetRestored();
    },
  };
}

function tableOf(payload: string): string {
  try {
    const said: unknown = JSON.parse(payload);
    return typeof said === 'object' && said !== null && 'table' in said ? String(said.table) : '';
  } catch {
    return '';
  }
}
