/** What a test does to a database and takes back. */
import type { Database } from '../../core/effects.ts';

/** Runs the work in a transaction that is rolled back; what it gives is kept. */
export async function rolledBack<T>(db: Database, work: (tx: Database) => Promise<T>): Promise<T> {
  let result: { value: T } | undefined;
  const undo = new Error('undo');
  await db
    .transaction(async (tx) => {
      result = { value: await work(tx) };
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  if (result === undefined) throw new Error('no result');
  return result.value;
}
