/** When a dataset was last loaded, from a database that runs already; nothing is started for it. */
import { Fault } from '../core/errors.ts';
import { openPool } from '../loaders/postgres/database.ts';
import { runningUrl } from '../loaders/postgres/embedded/index.ts';
import type { Settings } from './settings.ts';

export type LastLoad =
  | {
      readonly known: true;
      readonly loads: number;
      readonly at: string | null;
      readonly intervals: number;
      readonly rows: number | null;
    }
  | { readonly known: false; readonly because: string };

const CONNECT_MS = 3_000;

export async function lastLoad({ databaseUrl, dataDir }: Settings, dataset: string): Promise<LastLoad> {
  const running = databaseUrl === null ? runningUrl(dataDir) : { url: databaseUrl };
  if (running.url === null) return { known: false, because: running.reason };
  const pool = openPool(running.url, { max: 1, connectTimeoutMs: CONNECT_MS });
  try {
    const [row] = await pool.query<{ loads: number; at: string | null; intervals: number; rows: number | null }>(
      `select count(*)::int as loads, to_char(max(known_at), 'YYYY-MM-DD"T"HH24:MI"Z"') as at,
         (select count(*)::int from etl.interval where dataset = $1 and load_id is not null) as intervals,
         (select sum(rows_inserted + rows_revised + rows_unchanged)::float8 from etl.load join etl.interval using (load_id) where interval.dataset = $1) as rows
       from etl.load where dataset = $1`,
      [dataset],
    );
    return row === undefined ? { known: false, because: 'the database has no answer' } : { known: true, ...row };
  } catch (error) {
    return { known: false, because: error instanceof Fault ? error.what : 'the database is not migrated' };
  } finally {
    await pool.close();
  }
}
