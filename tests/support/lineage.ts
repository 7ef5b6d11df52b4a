/** Loads written by hand, so that rows of a test can say where they are from. */
import type { Database } from '../../core/effects.ts';

let loads = 0;

/** @returns `load_id` of a load of `public.<table>` that came from `source`; the publisher is known by `source_health` */
export async function loadOf(
  db: Database,
  table: string,
  source: 'live' | 'samples' = 'live',
  publisher = 'ieso',
): Promise<string> {
  const dataset = `${publisher}-test`;
  await db.query(`insert into public.source_health (source_name) values ($1) on conflict do nothing`, [
    `${publisher}/${dataset}`,
  ]);
  await db.query(
    `insert into etl.run (run_id, command, source, started_at, host, process_id, version)
     values ('by hand ' || $1, 'test', $1, now(), 'h', 1, '0') on conflict do nothing`,
    [source],
  );
  const [row] = await db.query<{ load_id: string }>(
    `with artifact as (
       insert into etl.artifact (dataset, interval_start, sha256, url, bytes, fetched_at, source, run_id)
       values ($1, 'epoch', repeat('a', 58) || lpad($4::text, 6, '0'), 'https://example.org/' || $1, 1, now(), $3, 'by hand ' || $3) returning artifact_id
     )
     insert into etl.load (run_id, dataset, table_name, interval_start, interval_end, artifact_id, definition_hash, strategy, known_at)
     select 'by hand ' || $3, $1, 'public.' || $2, '-infinity', 'infinity', artifact_id, 'x', 'merge', now() from artifact
     returning load_id::text`,
    [dataset, table, source, (loads += 1)],
  );
  if (row === undefined) throw new Error('no load was written');
  return row.load_id;
}
