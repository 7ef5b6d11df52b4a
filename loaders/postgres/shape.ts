/** The shape of a dataset's earlier file, from `etl.load`. */
import type { Database } from '../../core/effects.ts';
import { toPg } from './instant.ts';

/**
 * Of the same interval's last load, else of the nearest interval before it: files of a backfill come in any order, and an older year may rightly lack
 * what a newer one has. null where there is none.
 */
export async function earlierShape(
  db: Database,
  dataset: string,
  start: number,
): Promise<Readonly<Record<string, number>> | null> {
  const [row] = await db.query<{ shape: Record<string, number> }>(
    `select l.shape from etl.load l
     where l.dataset = $1 and l.interval_start <= $2 and l.shape is not null
     order by l.interval_start desc, l.load_id desc limit 1`,
    [dataset, toPg(start)],
  );
  return row?.shape ?? null;
}
