/**
 * The scheduler: each dataset at its own times, and at the start everything that is due, which catches up what was missed. A tick plans
 * anew, so it does nothing when nothing is due; a lock per dataset keeps two daemons on one database from doing the same.
 */
import PQueue from 'p-queue';
import { asFault } from '../core/errors.ts';
import { formatInstant } from '../core/interval.ts';
import type { Pipeline } from '../core/pipeline.ts';
import { selectPipelines } from '../pipelines/index.ts';
import type { Engine } from './engine.ts';
import { makePlan } from './make-plan.ts';
import { run } from './run.ts';

export interface CronTask {
  /** When it fires next; null when it never does. */
  next(): Date | null;
  /** No tick begins after this. */
  stop(): Promise<void> | void;
}

/** Starts a task: `tick` is called at the expression's times on the zone's clock, also once when a time was missed. */
export type CronFactory = (job: {
  readonly name: string;
  readonly expression: string;
  readonly zone: string;
  readonly tick: () => void;
}) => CronTask;

export interface ScheduleRequest {
  /** Empty: all datasets. */
  readonly ids: readonly string[];
  /** What was typed, without secrets. */
  readonly command: string;
  /** Datasets at once. */
  readonly jobs: number;
  /** Ends the scheduler: the current loads are finished or rolled back first. */
  readonly signal: AbortSignal;
  readonly cron: CronFactory;
}

export interface Scheduled {
  /** Runs that had something to do. */
  readonly runs: number;
  /** Of these, how many ended with an exit code other than 0. */
  readonly notClean: number;
}

/** Resolves when the signal has come and the current loads are done. @throws Fault `UNKNOWN_DATASET` */
export async function schedule(engine: Engine, request: ScheduleRequest): Promise<Scheduled> {
  const { ids, jobs, signal, cron } = request;
  const pipelines = selectPipelines(engine.catalog, ids);
  const queue = new PQueue({ concurrency: jobs });
  const waiting = new Set<string>();
  const totals = { runs: 0, notClean: 0 };

  function tick(id: string): void {
    if (signal.aborted) return;
    if (waiting.has(id)) {
      engine.log.info(`${id}: the tick is left out, the last one still runs`);
      return;
    }
    waiting.add(id);
    void queue.add(async () => {
      const exitCode = await runWhatIsDue(engine, request, id).finally(() => waiting.delete(id));
      if (exitCode === null) return;
      totals.runs += 1;
      if (exitCode !== 0) totals.notClean += 1;
    });
  }

  engine.log.info(`catching up what is due of ${pipelines.length} datasets`);
  for (const { id } of pipelines) tick(id);
  const tasks = pipelines.map((pipeline) => startTask(engine, cron, pipeline, () => tick(pipeline.id)));
  try {
    await aborted(signal);
  } finally {
    await Promise.all(tasks.map(async (task) => task.stop()));
    queue.clear();
    await queue.onIdle();
    engine.log.info(`the scheduler has stopped after ${totals.runs} runs`);
  }
  return totals;
}

function startTask(engine: Engine, cron: CronFactory, { id, publishes }: Pipeline, tick: () => void): CronTask {
  const sayNext = (task: CronTask): void => {
    const next = task.next();
    engine.log.info(
      `${id}: next at ${next === null ? 'no time' : formatInstant(next.getTime())} (${publishes.schedule}, ${publishes.zone})`,
    );
  };
  const task = cron({
    name: id,
    expression: publishes.schedule,
    zone: publishes.zone,
    tick: () => {
      tick();
      sayNext(task);
    },
  });
  sayNext(task);
  return task;
}

/** @returns the run's exit code; null when nothing was due, another daemon is at it, or it could not be run */
async function runWhatIsDue(engine: Engine, request: ScheduleRequest, id: string): Promise<number | null> {
  try {
    const connection = await engine.pool.connect();
    try {
      // The lock belongs to the connection: it is free at once when this process is gone.
      const [lock] = await connection.query<{ taken: boolean }>(
        'select pg_try_advisory_lock(hashtextextended($1, 0)) as taken',
        [lockName(id)],
      );
      if (lock?.taken !== true) {
        engine.log.info(`${id}: another scheduler on this database is at it`);
        return null;
      }
      try {
        return await planAndRun(engine, request, id);
      } finally {
        await connection.query('select pg_advisory_unlock(hashtextextended($1, 0))', [lockName(id)]);
      }
    } finally {
      connection.release();
    }
  } catch (error) {
    const fault = asFault(error, 'database');
    engine.log.error(`${id}: ${fault.message}`);
    return null;
  }
}

async function planAndRun(
  engine: Engine,
  { command, jobs, signal }: ScheduleRequest,
  id: string,
): Promise<number | null> {
  const due = (await makePlan(engine, { ids: [id] })).flatMap(({ planned }) => planned);
  if (due.length === 0 || signal.aborted) {
    engine.log.debug(`${id}: nothing is due`);
    return null;
  }
  const { report, written } = await run(engine, { ids: [id], command, jobs, signal });
  engine.log.info(`${report.verdict} Report: ${written.html}`);
  return report.exitCode;
}

function lockName(id: string): string {
  return `penstock.schedule.${id}`;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((done) => signal.addEventListener('abort', () => done(), { once: true }));
}
