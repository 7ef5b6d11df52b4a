/** Runs the planned intervals of one dataset: prepares ahead, loads in order, writes ledger and health. */
import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { asFault, Fault, type FaultJson } from '../core/errors.ts';
import { recordNotConfigured, recordSourceFailure, recordSuccess, type Source } from '../loaders/postgres/health.ts';
import { holdsLease, type LeaseHolder } from '../loaders/postgres/lease.ts';
import { readInterval, recordFailure, touchIntervals } from '../loaders/postgres/ledger.ts';
import { loadInterval, type LoadRequest, type LoadResult, recordBlocked } from '../loaders/postgres/load.ts';
import { sqlFault } from '../loaders/postgres/sql-fault.ts';
import { NO_ROWS, type Outcome, type RowCounts, SAMPLE_LIMIT } from '../reports/model.ts';
import type { Definition } from './definition.ts';
import type { Engine } from './engine.ts';
import type { Planned } from './plan.ts';
import { type Faulty, prepare, type Ready, type Settled } from './prepare.ts';
import { heldKeys, refusedRows, typedRows } from './rows.ts';
import { withoutKey } from './without-key.ts';

/** What became of one interval. */
export interface IntervalOutcome {
  readonly planned: Planned;
  readonly outcome: Outcome;
  readonly strategy: 'append' | 'merge' | null;
  readonly rows: RowCounts;
  readonly artifact: Ready['artifact'] | Settled['artifact'];
  readonly checks: Ready['checks'];
  readonly coverage: Ready['coverage'];
  readonly revisions: LoadResult['revisions'];
  readonly quarantined: LoadResult['quarantined'];
  readonly timingsMs: Readonly<Record<string, number>>;
  readonly error: FaultJson | null;
  readonly note: string | null;
}

export interface DatasetJob {
  readonly definition: Definition;
  readonly planned: readonly Planned[];
  readonly runId: string;
  readonly leases: LeaseHolder;
  /** How many intervals are prepared while one loads. */
  readonly ahead: number;
  /** Folder for work files; its own of this run. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

type Prepared = {
  readonly planned: Planned;
  readonly folder: string;
  readonly leased: boolean;
  readonly result: Ready | Settled | Faulty | { readonly kind: 'busy'; readonly holder: string } | Fault;
};

export async function runDataset(engine: Engine, job: DatasetJob): Promise<IntervalOutcome[]> {
  const outcomes: IntervalOutcome[] = [];
  const queue = job.planned.map((planned, index) => ({
    planned,
    folder: join(job.folder, `${planned.dataset}-${index}`),
  }));
  const ahead: Promise<Prepared>[] = [];
  const refill = (): void => {
    while (ahead.length <= job.ahead && queue.length > 0 && !job.signal.aborted) {
      const next = queue.shift();
      if (next !== undefined) ahead.push(prepareOne(engine, job, next.planned, next.folder));
    }
  };
  engine.progress.started(job.definition.pipeline.id, job.planned.length);
  for (refill(); ahead.length > 0; refill()) {
    const prepared = await ahead.shift();
    if (prepared === undefined) break;
    // The next ones are on their way while this one loads.
    refill();
    const failedBefore = outcomes.some(({ outcome }) => outcome === 'failed' || outcome === 'blocked');
    const outcome = await settle(engine, job, prepared, failedBefore);
    await leave(engine, job, prepared);
    outcomes.push(outcome);
    engine.progress.finished(
      outcome.planned.dataset,
      outcome.planned.label,
      outcome.outcome,
      outcome.rows.inserted + outcome.rows.revised,
    );
  }
  await recordAnswers(engine, job, outcomes);
  return outcomes;
}

/** Every planned interval fails for the same reason, before anything was asked. */
export async function failDataset(engine: Engine, job: DatasetJob, fault: Fault): Promise<IntervalOutcome[]> {
  const outcomes: IntervalOutcome[] = [];
  engine.progress.started(job.definition.pipeline.id, job.planned.length);
  for (const planned of job.planned) {
    outcomes.push(await failed(engine, job, { planned, leased: false }, fault, null, outcomes.length > 0));
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
      result: await prepare(engine, { definition: job.definition, planned, ledger, runId: job.runId, folder }),
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
    if (result.kind === 'ready')
      return isBlocked(result)
        ? await blocked(engine, job, prepared, result, failedBefore)
        : await load(engine, job, planned, result, failedBefore);
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

function isBlocked({ checks }: Ready): boolean {
  return checks.some(({ severity, failingRows }) => severity === 'block' && failingRows > 0);
}

async function load(
  engine: Engine,
  job: DatasetJob,
  planned: Planned,
  ready: Ready,
  failedBefore: boolean,
): Promise<IntervalOutcome> {
  const started = engine.clock.now();
  const { pipeline } = job.definition;
  const reached = (point: 'mid copy' | 'copied' | 'before commit' | 'committed'): Promise<void> =>
    engine.reached?.(point, planned.dataset, planned.label) ?? Promise.resolve();
  const complete = (pipeline.extract.complete ?? true) && ready.undecodable.length === 0;
  const connection = await engine.pool.connect();
  let loaded: LoadResult;
  try {
    loaded = await loadInterval(connection, {
      ...common(job, planned, ready),
      table: pipeline.table,
      definitionHash: job.definition.hash,
      rows: await typedRows(ready.session, pipeline.table, () => reached('mid copy')),
      typedRows: ready.result.typed,
      readRows: ready.readRows,
      refusedRows: ready.result.refused + ready.undecodable.length,
      heldKeys: complete
        ? await heldKeys(ready.session, pipeline.table, { count: ready.result.refused, keyless: ready.result.keyless })
        : null,
      // A replay asks nobody: an interval that is still being revised stays due.
      checkedAt: planned.action === 'replay' ? ready.artifact.fetchedAtMs : engine.clock.now(),
      clean: !failedBefore,
      reached,
    });
  } finally {
    connection.release();
  }
  await reached('committed');
  return {
    ...nothing(planned, 'loaded'),
    strategy: loaded.strategy,
    rows: {
      read: ready.readRows,
      rejected: ready.result.refused + ready.undecodable.length,
      inserted: loaded.inserted,
      revised: loaded.revised,
      withdrawn: loaded.withdrawn,
      unchanged: loaded.unchanged,
    },
    artifact: ready.artifact,
    checks: ready.checks,
    coverage: ready.coverage,
    revisions: loaded.revisions,
    quarantined: loaded.quarantined,
    timingsMs: { ...ready.timingsMs, load: engine.clock.now() - started },
  };
}

async function blocked(
  engine: Engine,
  job: DatasetJob,
  prepared: Prepared,
  ready: Ready,
  failedBefore: boolean,
): Promise<IntervalOutcome> {
  const { planned } = prepared;
  const quarantined = await recordBlocked(engine.pool, common(job, planned, ready));
  const names = ready.checks.filter(({ severity, failingRows }) => severity === 'block' && failingRows > 0);
  const fault = new Fault({
    code: 'CHECK_BLOCKED',
    kind: 'check',
    what: names
      .map(
        ({ sentence, failingRows }) =>
          `"${sentence}" does not hold for ${failingRows} ${failingRows === 1 ? 'row' : 'rows'}`,
      )
      .join('; '),
    where: `${planned.dataset} ${planned.label}, ${ready.artifact.url}`,
    consequence: 'the interval was not loaded; what was loaded before stays',
    next: `open the report (penstock report) and look at the failing rows; if they are right, change the check, then: penstock run ${planned.dataset}; if not, wait for the publisher's correction`,
  });
  const outcome = await failed(engine, job, prepared, fault, ready, failedBefore);
  return { ...outcome, outcome: 'blocked', quarantined };
}

function common(
  job: DatasetJob,
  planned: Planned,
  ready: Ready,
): Pick<LoadRequest, 'source' | 'interval' | 'runId' | 'artifactId' | 'refused' | 'checks' | 'sampleLimit'> {
  return {
    source: sourceOf(job),
    interval: planned.interval,
    runId: job.runId,
    artifactId: ready.artifact.id,
    refused: refusedRows(ready.session, ready.undecodable),
    checks: ready.checks.map(({ name, severity, failingRows, samples, sql }) => ({
      name,
      severity,
      result: failingRows > 0 ? 'found' : 'passed',
      failingRows,
      samples,
      sql,
    })),
    sampleLimit: SAMPLE_LIMIT,
  };
}

/** Ledger and health of a failure are written in transactions of their own; a database that is gone cannot be told. */
async function failed(
  engine: Engine,
  job: DatasetJob,
  { planned, leased }: Pick<Prepared, 'planned' | 'leased'>,
  thrown: Fault,
  ready: Pick<Ready, 'artifact' | 'readRows' | 'checks' | 'timingsMs'> | null,
  failedBefore: boolean,
): Promise<IntervalOutcome> {
  const fault = withoutKey(thrown, job.definition.publisher, engine.env);
  const status = fault.kind === 'check' ? 'blocked' : 'failed';
  const now = engine.clock.now();
  const outcome: IntervalOutcome = {
    ...nothing(planned, 'failed'),
    rows: ready === null ? NO_ROWS : { ...NO_ROWS, read: ready.readRows },
    artifact: ready?.artifact ?? null,
    checks: ready?.checks ?? [],
    timingsMs: ready?.timingsMs ?? {},
    error: fault.toJSON(),
  };
  try {
    // Whoever took the interval over has the last word on it: the ledger may say that it is loaded by now.
    if (leased && !(await holdsLease(engine.pool, job.runId, planned.dataset, planned.interval))) return outcome;
    await recordFailure(engine.pool, {
      dataset: planned.dataset,
      start: planned.interval.start,
      end: planned.interval.end,
      status,
      definitionHash: job.definition.hash,
      artifactId: ready?.artifact.id ?? null,
      checkedAt: now,
      error: fault.toJSON(),
    });
    await recordSourceFailure(engine.pool, sourceOf(job), now, {
      first: !failedBefore,
      notes: `${planned.label}: ${fault.message.slice(0, 500)}`,
    });
  } catch (error) {
    engine.log.warn(
      `the failure of ${planned.dataset} ${planned.label} could not be recorded: ${asFault(error, 'database').message}`,
    );
  }
  return outcome;
}

/** The publisher was asked and had nothing new: noted once for all intervals. */
async function recordAnswers(engine: Engine, job: DatasetJob, outcomes: readonly IntervalOutcome[]): Promise<void> {
  const unchanged = outcomes.filter(({ outcome }) => outcome === 'unchanged');
  if (unchanged.length === 0) return;
  const now = engine.clock.now();
  const clean = !outcomes.some(({ outcome }) => outcome === 'failed' || outcome === 'blocked');
  const notes = outcomes.some(({ outcome }) => outcome === 'loaded') ? 'loaded' : 'nothing new';
  try {
    await touchIntervals(
      engine.pool,
      job.definition.pipeline.id,
      unchanged.map(({ planned }) => planned.interval.start),
      now,
    );
    await recordSuccess(engine.pool, sourceOf(job), now, { clean, coveredUntil: null, notes });
  } catch (error) {
    // The publisher is then asked again a little earlier than needed.
    engine.log.warn(
      `it could not be recorded that ${job.definition.pipeline.id} has nothing new: ${asFault(error, 'database').message}`,
    );
  }
}

function sourceOf(job: DatasetJob): Source {
  return { publisher: job.definition.pipeline.publisher, dataset: job.definition.pipeline.id };
}

function nothing(planned: Planned, outcome: Outcome): IntervalOutcome {
  return {
    planned,
    outcome,
    strategy: null,
    rows: NO_ROWS,
    artifact: null,
    checks: [],
    coverage: [],
    revisions: [],
    quarantined: [],
    timingsMs: {},
    error: null,
    note: null,
  };
}
