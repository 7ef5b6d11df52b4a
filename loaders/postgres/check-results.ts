/** What the checks found when the intervals were loaded: the state of intervals that a run left as they are. */
import type { Database } from '../../core/effects.ts';
import { toPg } from './instant.ts';

export interface LastResult {
  readonly name: string;
  readonly severity: 'reject' | 'block' | 'warn' | 'info';
  readonly intervals: number;
  readonly failingRows: number;
  readonly sql: string;
  readonly samples: readonly {
    readonly start: string;
    readonly key: string;
    readonly value: string | null;
    readonly expectation: string;
  }[];
}

/** Results of the loads that are current for these intervals, summed by check; at most `sampleLimit` failing rows of each. */
export async function lastResults(
  db: Database,
  dataset: string,
  starts: readonly number[],
  sampleLimit: number,
): Promise<LastResult[]> {
  if (starts.length === 0) return [];
  return db.query<LastResult>(
    `with current as (
       select c.* from etl.interval i join etl.check_result c using (load_id)
       where i.dataset = $1 and i.interval_start = any ($2::timestamptz[]) and c.result <> 'not checked'
     ), sample as (
       select check_name, jsonb_build_object('start', interval_start::text) || s.value as sample,
         row_number() over (partition by check_name order by interval_start, s.ordinality) as n
       from current, jsonb_array_elements(samples) with ordinality as s
     )
     select check_name as name, min(severity) as severity, count(*)::int as intervals, sum(failing_rows)::int as "failingRows",
       (array_agg(sql order by failing_rows > 0 desc, interval_start))[1] as sql,
       coalesce((select jsonb_agg(sample order by n) from sample s where s.check_name = c.check_name and n <= $3), '[]') as samples
     from current c group by check_name order by min(check_result_id)`,
    [dataset, starts.map(toPg), sampleLimit],
  );
}
