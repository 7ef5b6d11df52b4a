/** Who calls, as limits count: an address and, where a key came along, its hash. */
import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import type { Database } from '../../core/effects.ts';

export interface Client {
  /** As the connection or the proxy in front says it; null: nobody knows, and all such clients are one. */
  readonly address: string | null;
  /** SHA-256 of the key; null without one. */
  readonly keyHash: string | null;
}

/**
 * @param header the header that the proxy in front writes; null where there is none, since then every header is the client's own text
 * @param connection address of the other end of the connection
 */
export function clientOf(c: Context, header: string | null, connection: string | null, key: string | null): Client {
  // The nearest proxy added the last entry.
  const said = header === null ? undefined : c.req.header(header)?.split(',').at(-1)?.trim();
  return { address: said ?? connection, keyHash: key === null ? null : sha256(key) };
}

/** Runs `work` with the address where `etl.client_hash()` looks for it. The functions of feedback count by it. */
export function asClient<T>(db: Database, { address }: Client, work: (tx: Database) => Promise<T>): Promise<T> {
  return db.transaction(async (tx) => {
    await tx.query(`select set_config('penstock.client_address', $1, true)`, [address ?? 'unknown']);
    return work(tx);
  });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
