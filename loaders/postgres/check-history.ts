/** What the checks of a dataset found in earlier runs: the newest few, found by jumping down an index, so that old history costs nothing. */
import type { Database } from '../../core/effects.ts';

export interface CheckHistoryRow {
  readonly runId: string;
  readonly at: string;
  readonly result: 'passed' | 'found' | 'not checked';
  readonly failingRows: number;
}

/** A year of hourly files may be one run: rather no history than a report that waits for it. */
const TIMEOUT_MS = 5_000;

/** Run ids sort by time. */
const HISTORY = `
with recursive runs(run_id, n) as (
  select (select max(run_id) from etl.check_result where dataset = $1 and run_id < $2), 1
  union all
  select (select max(c.run_id) from etl.check_result c where c.dataset = $1 and c.run_id < r.run_id), n + 1
  from runs r where r.run_id is not null and n < $3
)
select c.check_name as name, c.run_id as "runId", to_char(max(c.checked_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at,
  case when bool_or(c.result = 'found') then 'found' when bool_or(c.result = 'passed') then 'passed' else 'not checked' end as result,
  sum(c.failing_rows)::float8 as "failingRows"
from runs join etl.check_result c on c.dataset = $1 and c.run_id = runs.run_id
group by c.check_name, c.run_id order by c.run_id`;

/** @returns check → its results in the newest `limit` runs before this one that have results of the dataset, oldest first */
export async function checkHistory(
  db: Database,
  dataset: string,
  runId: string,
  limit: number,
): Promise<ReadonlyMap<string, readonly CheckHistoryRow[]>> {
  const rows = await db.transaction(async (tx) => {
    await tx.query(`set local statement_timeout = ${TIMEOUT_MS}`);
    return tx.query<CheckHistoryRow & { readonly name: string }>(HISTORY, [dataset, runId, limit]);
  });
  const history = new Map<string, CheckHistoryRow[]>();
  for (const { name, ...row } of rows) {
    const known = history.get(name);
    if (known === undefined) history.set(name, [row]);
    else known.push(row);
  }
  return history;
}
