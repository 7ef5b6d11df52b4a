/** A run of the engine as a row of `ops_runs`: begun with its first word, ended with what became of it, also where it breaks off. */
import { createHash } from 'node:crypto';
import { asFault } from '../core/errors.ts';
import type { Connection } from '../loaders/postgres/database.ts';
import { finishRun, startRun } from '../loaders/postgres/ledger.ts';
import { beginOpsRun, endDeadOpsRuns, endOpsRun } from '../loaders/postgres/ops-run.ts';
import type { DatasetReport, RunReport } from '../reports/model.ts';
import type { Engine } from './engine.ts';

export interface OpsRun {
  /** @param complete false where a signal has left intervals undone */
  ended(report: RunReport, htmlPath: string, complete: boolean): Promise<void>;
  /** Something other than an interval went wrong. */
  broken(error: unknown): Promise<void>;
}

export interface OpsRunStart {
  readonly runId: string;
  readonly startedAt: number;
  /** What was typed, without secrets. */
  readonly command: string;
  /** Ids of those that have something planned. */
  readonly datasets: readonly string[];
}

/** @param connection lives as long as the run: with it the run is over, whatever the row says */
export async function beginRun(engine: Engine, connection: Connection, start: OpsRunStart): Promise<OpsRun> {
  const { runId, startedAt, command, datasets } = start;
  const { source, host, processId, version } = engine;
  const id = await connection.transaction(async (tx) => {
    await endDeadOpsRuns(tx);
    await startRun(tx, { runId, command, source, startedAt, host, processId, version });
    return beginOpsRun(tx, { runId, jobName: jobOf(command), source, startedAt, datasets });
  });
  const noted = async (write: () => Promise<void>): Promise<void> => {
    await write().catch((error: unknown) => {
      engine.log.warn(`the end of run ${runId} could not be recorded: ${asFault(error, 'database').message}`);
    });
  };
  return {
    ended: (report, htmlPath, complete) =>
      noted(() =>
        engine.pool.transaction(async (tx) => {
          const finishedAt = engine.clock.now();
          await finishRun(tx, runId, finishedAt, report.exitCode, htmlPath);
          const failed = report.datasets.filter(({ state }) => state === 'failed' || state === 'blocked');
          await endOpsRun(tx, {
            id,
            finishedAt,
            error: errorOf(report, failed, complete),
            failedDatasets: failed.map((dataset) => dataset.id),
            rows: rowsOf(report),
          });
        }),
      ),
    broken: (error) =>
      noted(() =>
        endOpsRun(engine.pool, {
          id,
          finishedAt: engine.clock.now(),
          error: asFault(error).message,
          failedDatasets: datasets,
          rows: null,
        }),
      ),
  };
}

function errorOf({ exitCode, verdict }: RunReport, failed: readonly DatasetReport[], complete: boolean): string | null {
  if (exitCode !== 0) return failed[0]?.verdict ?? verdict;
  return complete ? null : 'it was interrupted before it had done all that it was to do';
}

function rowsOf({ datasets }: RunReport): Record<'inserted' | 'revised' | 'withdrawn' | 'rejected', number> {
  const total = { inserted: 0, revised: 0, withdrawn: 0, rejected: 0 };
  for (const { rows } of datasets) {
    total.inserted += rows.inserted;
    total.revised += rows.revised;
    total.withdrawn += rows.withdrawn;
    total.rejected += rows.rejected;
  }
  return total;
}

const JOBS: readonly string[] = ['backfill', 'replay', 'schedule', 'seed', 'retry'];

/** `penstock --samples backfill ieso-demand` is a backfill; without a command it is a run. */
function jobOf(command: string): string {
  return command.split(' ').find((word) => JOBS.includes(word)) ?? 'run';
}

/** Sorts by time; the digits behind it tell apart runs of the same second. */
export function newRunId(startedAt: number, engine: Engine): string {
  const stamp = new Date(startedAt)
    .toISOString()
    .replaceAll(/[-:]/g, '')
    .replace(/\.\d+Z$/, 'Z');
  const unique = createHash('sha256')
    .update(`${engine.host} ${engine.processId} ${startedAt} ${performance.now()}`)
    .digest('hex')
    .slice(0, 8);
  return `${stamp}-${unique}`;
}
