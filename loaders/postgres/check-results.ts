/** What the checks found when intervals were loaded or blocked: written with the load, read for intervals that a run left as they are. */
import type { Database } from '../../core/effects.ts';
import type { Interval } from '../../core/interval.ts';
import { toPg } from './instant.ts';

export interface CheckRow {
  readonly name: string;
  readonly severity: string;
  readonly result: 'passed' | 'found' | 'not checked';
  readonly failingRows: number;
  readonly samples: unknown;
  readonly sql: string;
}

/** Stores results in the transaction of the load; `loadId` is null where a check stopped it. */
export async function recordChecks(
  tx: Database,
  request: {
    readonly runId: string;
    readonly source: { readonly dataset: string };
    readonly interval: Interval;
    readonly checks: readonly CheckRow[];
  },
  loadId: string | null,
): Promise<void> {
  await tx.query(
    `insert into etl.check_result (run_id, dataset, interval_start, interval_end, load_id, check_name, severity, result, failing_rows, samples, sql)
     select $1, $2, $3, $4, $5, c.name, c.severity, c.result, c."failingRows", c.samples, c.sql
     from jsonb_to_recordset($6::jsonb) as c(name text, severity text, result text, "failingRows" bigint, samples jsonb, sql text)`,
    [
      request.runId,
      request.source.dataset,
      toPg(request.interval.start),
      toPg(request.interval.end),
      loadId,
      JSON.stringify(request.checks),
    ],
  );
}

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
