/**
 * `ops_runs`: each run of the engine as a row, which is `running` until its end is written. A run whose connection is gone has failed: it
 * was killed, and nobody else would ever say so.
 */
import type { Database } from '../../core/effects.ts';
import { toPg } from './instant.ts';

export interface OpsStart {
  readonly runId: string;
  /** `run`, `backfill`, `replay`, `schedule`, `db seed`. */
  readonly jobName: string;
  readonly source: 'live' | 'recordings' | 'samples';
  readonly startedAt: number;
  /** Ids of those that have something planned. */
  readonly datasets: readonly string[];
}

/** @param connection one connection, not a pool, that lives as long as the run. @returns the row's id */
export async function beginOpsRun(connection: Database, run: OpsStart): Promise<string> {
  const [row] = await connection.query<{ id: string }>(
    `insert into public.ops_runs (run_type, status, job_name, started_at, metadata)
     select 'ingestion', 'running', $1, $2, jsonb_build_object('run_id', $3::text, 'source', $4::text, 'datasets', $5::text[],
       'backend', jsonb_build_object('pid', a.pid, 'start', a.backend_start))
     from pg_stat_activity a where a.pid = pg_backend_pid() returning id`,
    [run.jobName, toPg(run.startedAt), run.runId, run.source, run.datasets],
  );
  if (row === undefined) throw new Error('the server does not know this connection');
  return row.id;
}

export interface OpsEnd {
  readonly id: string;
  readonly finishedAt: number;
  /** null: it did what it was to do. */
  readonly error: string | null;
  readonly failedDatasets: readonly string[];
  /** null: nobody counted them. */
  readonly rows: Readonly<Record<'inserted' | 'revised' | 'withdrawn' | 'rejected', number>> | null;
}

export async function endOpsRun(db: Database, end: OpsEnd): Promise<void> {
  await db.query(
    `update public.ops_runs set status = case when $3::text is null then 'success' else 'failure' end, completed_at = $2, error_message = $3,
       duration_ms = greatest(0, least(2147483647, extract(epoch from $2::timestamptz - started_at) * 1000))::int,
       metadata = metadata - 'backend' || jsonb_build_object('failed_datasets', $4::text[], 'rows', $5::jsonb)
     where id = $1`,
    [end.id, toPg(end.finishedAt), end.error, end.failedDatasets, end.rows === null ? null : JSON.stringify(end.rows)],
  );
}

/** PostgreSQL hides when another role's backend started: such a run counts as alive while any backend has its number. */
export async function endDeadOpsRuns(db: Database): Promise<void> {
  await db.query(
    `update public.ops_runs o set status = 'failure', error_message = 'its process ended before the run did', metadata = o.metadata - 'backend'
     where o.status = 'running' and o.metadata ? 'backend' and not exists (
       select from pg_stat_activity a where a.pid = (o.metadata -> 'backend' ->> 'pid')::int
         and coalesce(a.backend_start = (o.metadata -> 'backend' ->> 'start')::timestamptz, true))`,
  );
}
