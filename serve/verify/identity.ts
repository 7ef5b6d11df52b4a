/** Proof that a server works on a certain database: only who knows its cursor key and is in it can answer. */
import { createHmac } from 'node:crypto';
import type { Database } from '../../core/effects.ts';

// grain: one row. reads: etl.setting. params: none.
const WHO = `
  select (select s.value from etl.setting s where s.name = 'cursor_key') as key, etl.database_identity() as identity`;

/** @param db as `service_role` or the owner */
export async function databaseProof(db: Database, nonce: string): Promise<string> {
  const [row] = await db.query<{ key: string | null; identity: string | null }>(WHO);
  if (row?.key == null || row.identity === null) throw new Error('the database has no cursor key or no identity');
  // A key of its own: what signs cursors signs nothing else.
  const key = createHmac('sha256', row.key).update('database proof').digest();
  return createHmac('sha256', key).update(`${row.identity} ${nonce}`).digest('hex');
}
