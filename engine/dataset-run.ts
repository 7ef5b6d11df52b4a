/** Runs the planned intervals of one dataset: prepares ahead, loads in order, writes ledger and health. */
import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { asFault, Fault } from '../core/errors.ts';
import { recordNotConfigured, recordSuccess } from '../loaders/postgres/health.ts';
import { readInterval, touchIntervals } from '../loaders/postgres/ledger.ts';
import { sqlFault } from '../loaders/postgres/sql-fault.ts';
import type { Engine } from './engine.ts';
import { failed } from './fail-interval.ts';
import { type DatasetJob, type IntervalOutcome, kept, nothing, type Prepared, sourceOf } from './interval-outcome.ts';
import { blocked, isBlocked, load } from './load-prepared.ts';
import type { Planned } from './plan.ts';
import { prepare } from './prepare.ts';
import { compared } from './schema-changes.ts';

/** Faults that every further request to the publisher would end in. */
const PUBLISHER_FAULTS: ReadonlySet<string> = new Set([
  'HTTP_HOST_UNKNOWN',
  'HTTP_CONNECTION_REFUSED',
  'HTTP_TIMEOUT_CONNECT',
  'HTTP_KEY_REFUSED',
]);
/** So many in a row, and the dataset's other intervals are left for the next run: thousands of them would each fail the same way. */
const PUBLISHER_FAULTS_MAX = 3;

export async function runDataset(engine: Engine, job: DatasetJob): Promise<IntervalOutcome[]> {
  const outcomes: IntervalOutcome[] = [];
  const queue = job.planned.map((planned, index) => ({
    planned,
    folder: join(job.folder, `${planned.dataset}-${index}`),
  }));
  const ahead: Promise<Prepared>[] = [];
  const refill = (): void => {
    while (ahead.length < job.ahead && queue.length > 0 && !job.signal.aborted) {
      const next = queue.shift();
      if (next !== undefined) ahead.push(prepareOne(engine, job, next.planned, next.folder));
    }
  };
  let inARow = 0;
  const passed: Parameters<typeof kept>[1] = new Map();
  engine.progress.started(job.definition.pipeline.id, job.planned.length);
  for (refill(); ahead.length > 0; refill()) {
    const prepared = await ahead.shift();
    if (prepared === undefined) break;
    // The next ones are on their way while this one loads.
    refill();
    const failedBefore = outcomes.some(({ outcome }) => outcome === 'failed' || outcome === 'blocked');
    const last = ahead.length === 0 && queue.length === 0;
    const outcome = await settle(engine, { ...job, last }, prepared, failedBefore);
    await leave(engine, job, prepared);
    outcomes.push(kept(outcome, passed));
    engine.progress.finished(
      outcome.planned.dataset,
      outcome.planned.label,
      outcome.outcome,
      outcome.rows.inserted + outcome.rows.revised,
    );
    inARow = PUBLISHER_FAULTS.has(outcome.error?.code ?? '') ? inARow + 1 : 0;
    if (inARow >= PUBLISHER_FAULTS_MAX) leaveFetches(engine, job, queue);
  }
  await recordAnswers(engine, job, outcomes);
  return outcomes;
}

/** Takes what would ask the publisher out of the queue; replays need nobody. */
function leaveFetches(engine: Engine, job: DatasetJob, queue: { readonly planned: Planned }[]): void {
  const replays = queue.filter(({ planned }) => planned.action === 'replay');
  const left = queue.length - replays.length;
  if (left === 0) return;
  queue.splice(0, queue.length, ...replays);
  engine.log.warn(
    `${job.definition.pipeline.id}: ${left} intervals are left for the next run, since the publisher cannot be asked`,
  );
}

/** Every planned interval fails for the same reason, before anything was asked. */
export async function failDataset(engine: Engine, job: DatasetJob, fault: Fault): Promise<IntervalOutcome[]> {
  const outcomes: IntervalOutcome[] = [];
  engine.progress.started(job.definition.pipeline.id, job.planned.length);
  for (const [i, planned] of job.planned.entries()) {
    const turn = { ...job, last: i === job.planned.length - 1 };
    outcomes.push(await failed(engine, turn, { planned, leased: false }, fault, null, i > 0));
    engine.progress.finished(planned.dataset, planned.label, 'failed', 0);
  }
  return outcomes;
}

async function prepareOne(engine: Engine, job: DatasetJob, planned: Planned, folder: string): Promise<Prepared> {
  let leased = false;
  try {
    const holder = await job.leases.take(planned.dataset, planned.interval);
    if (holder !== null) return { planned, folder, leased, result: { kind: 'busy', holder } };
    leased = true;
    const ledger = await readInterval(engine.pool, planned.dataset, planned.interval.start);
    return {
      planned,
      folder,
      leased,
      result: await prepare(engine, {
        definition: job.definition,
        planned,
        ledger,
        runId: job.runId,
        folder,
        commits: job.commits,
      }),
    };
  } catch (error) {
    return { planned, folder, leased, result: faultOf(error, 'file', engine, planned) };
  }
}

/** Nothing here may stop the other intervals: a lease that cannot be given back is free as soon as our connection is gone. */
async function leave(engine: Engine, job: DatasetJob, { planned, folder, leased, result }: Prepared): Promise<void> {
  try {
    if ('session' in result) await result.session.close();
    await rm(folder, { recursive: true, force: true });
    if (leased) await job.leases.release(planned.dataset, planned.interval);
  } catch (error) {
    engine.log.debug(`${planned.dataset} ${planned.label} was not tidied up: ${asFault(error).message}`);
  }
}

function faultOf(error: unknown, kind: 'file' | 'database', engine: Engine, planned: Planned): Fault {
  return sqlFault(error, `${planned.dataset} ${planned.label} in ${engine.pool.name}`) ?? asFault(error, kind);
}

/** Never rejects. */
async function settle(
  engine: Engine,
  job: DatasetJob,
  prepared: Prepared,
  failedBefore: boolean,
): Promise<IntervalOutcome> {
  const { planned, result } = prepared;
  if (result instanceof Fault) return failed(engine, job, prepared, result, null, failedBefore);
  if (result.kind === 'faulty')
    return failed(engine, job, prepared, result.fault, { ...result, readRows: 0, checks: [] }, failedBefore);
  if (result.kind === 'busy') return { ...nothing(planned, 'busy'), note: `${result.holder} is loading it` };
  try {
    if (result.kind === 'ready') {
      const ready = await compared(engine, planned, result);
      return isBlocked(ready)
        ? await blocked(engine, job, prepared, ready, failedBefore)
        : await load(engine, job, planned, ready, failedBefore);
    }
    const { outcome, artifact, note, timingsMs } = result;
    if (outcome === 'not configured')
      await recordNotConfigured(engine.pool, sourceOf(job), engine.clock.now(), note ?? '');
    return { ...nothing(planned, outcome), artifact, note, timingsMs };
  } catch (error) {
    return failed(
      engine,
      job,
      prepared,
      faultOf(error, 'database', engine, planned),
      result.kind === 'ready' ? result : null,
      failedBefore,
    );
  }
}

/** The publisher was asked and had nothing new: noted once for all intervals. */
async function recordAnswers(engine: Engine, job: DatasetJob, outcomes: readonly IntervalOutcome[]): Promise<void> {
  const unchanged = outcomes.filter(({ outcome }) => outcome === 'unchanged');
  if (unchanged.length === 0) return;
  const now = engine.clock.now();
  const clean = !outcomes.some(({ outcome }) => outcome === 'failed' || outcome === 'blocked');
  const notes = outcomes.some(({ outcome }) => outcome === 'loaded') ? 'loaded' : 'nothing new';
  try {
    await engine.pool.transaction(async (tx) => {
      await touchIntervals(
        tx,
        job.definition.pipeline.id,
        unchanged.map(({ planned }) => planned.interval.start),
        now,
      );
      await recordSuccess(tx, job.health, now, { clean, coveredUntil: null, notes });
    });
  } catch (error) {
    // The publisher is then asked again a little earlier than needed.
    engine.log.warn(
      `it could not be recorded that ${job.definition.pipeline.id} has nothing new: ${asFault(error, 'database').message}`,
    );
  }
}
