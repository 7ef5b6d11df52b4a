/** Executes a plan: datasets side by side, each in the order of its intervals; then one report of everything. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { version as duckdbVersion } from '@duckdb/node-api';
import PQueue from 'p-queue';
import { asFault, Fault } from '../core/errors.ts';
import { lastResults } from '../loaders/postgres/check-results.ts';
import { clearDeadLeases, LEASE_RENEWAL_MS, leaseHolder } from '../loaders/postgres/lease.ts';
import { claimContentKind, finishRun, startRun } from '../loaders/postgres/ledger.ts';
import { type DatasetReport, type RunReport, SAMPLE_LIMIT } from '../reports/model.ts';
import { judgeRun } from '../reports/verdict.ts';
import { type WrittenReport, writeReport } from '../reports/write.ts';
import { contractFaults } from '../sql/contract.ts';
import { failDataset, runDataset } from './dataset-run.ts';
import type { IntervalOutcome } from './interval-outcome.ts';
import type { Engine } from './engine.ts';
import { type DatasetPlan, makePlan, type PlanRequest } from './make-plan.ts';
import type { Planned } from './plan.ts';
import { datasetReport } from './report.ts';

export interface RunRequest extends PlanRequest {
  /** What was typed, without secrets. */
  readonly command: string;
  /** Datasets at once, and intervals that each prepares while one loads. */
  readonly jobs: number;
  readonly signal: AbortSignal;
}

export interface RunResult {
  readonly report: RunReport;
  readonly written: WrittenReport;
  readonly plan: readonly Planned[];
}

/** @throws Fault of kind usage, configuration or definition; faults of single intervals are outcomes */
export async function run(engine: Engine, request: RunRequest): Promise<RunResult> {
  const startedAt = engine.clock.now();
  const runId = newRunId(startedAt, engine);
  await claimContent(engine);
  const plans = await makePlan(engine, request);
  const { command } = request;
  await startRun(engine.pool, {
    runId,
    command,
    source: engine.source,
    startedAt,
    host: engine.host,
    processId: engine.processId,
    version: engine.version,
  });
  const folder = join(engine.dataDir, 'work', `${engine.processId}-${runId}`);
  await mkdir(folder, { recursive: true });
  try {
    const datasets = await runDatasets(engine, plans, request, runId, folder);
    const report = await finish(engine, request, runId, startedAt, datasets);
    const written = await writeReport(report, join(engine.dataDir, 'reports'));
    await finishRun(engine.pool, runId, engine.clock.now(), report.exitCode, written.html).catch((error: unknown) => {
      engine.log.warn(`the end of run ${runId} could not be recorded: ${asFault(error, 'database').message}`);
    });
    return { report, written, plan: plans.flatMap(({ planned }) => planned) };
  } finally {
    engine.progress.done();
    await rm(folder, { recursive: true, force: true });
  }
}

async function runDatasets(
  engine: Engine,
  plans: readonly DatasetPlan[],
  request: RunRequest,
  runId: string,
  folder: string,
): Promise<DatasetReport[]> {
  await clearDeadLeases(engine.pool);
  const connection = await engine.pool.connect();
  const leases = leaseHolder(connection, runId);
  // Leases are renewed on real time, whatever clock the plan uses: they guard against other processes.
  const renewal = setInterval(
    () => void leases.renew().catch((error: unknown) => engine.log.debug(`leases were not renewed: ${String(error)}`)),
    LEASE_RENEWAL_MS,
  );
  try {
    const queue = new PQueue({ concurrency: request.jobs });
    return await queue.addAll(
      plans.map((plan) => async (): Promise<DatasetReport> => {
        const { definition, planned } = plan;
        const job = { definition, planned, runId, leases, ahead: request.jobs, folder, signal: request.signal };
        const fault = planned.length === 0 ? null : await contractFault(engine, plan);
        const outcomes = fault === null ? await runDataset(engine, job) : await failDataset(engine, job, fault);
        const unchanged = outcomes
          .filter(({ outcome }) => outcome === 'unchanged')
          .map((done: IntervalOutcome) => done.planned.interval.start);
        // Without the database the report still says what became of the intervals; their checks count as not checked.
        const last = await lastResults(engine.pool, definition.pipeline.id, unchanged, SAMPLE_LIMIT).catch(() => []);
        return datasetReport(definition.pipeline, engine.source, outcomes, last, request.ids);
      }),
    );
  } finally {
    clearInterval(renewal);
    connection.release();
  }
}

async function finish(
  engine: Engine,
  request: RunRequest,
  runId: string,
  startedAt: number,
  datasets: readonly DatasetReport[],
): Promise<RunReport> {
  const [server] = await engine.pool
    .query<{ version: string }>(`select current_setting('server_version') as version`)
    .catch(() => []);
  const finishedAt = engine.clock.now();
  return judgeRun(
    {
      version: 1,
      runId,
      command: request.command,
      source: engine.source,
      startedAt: new Date(startedAt).toISOString(),
      finishedAt: new Date(finishedAt).toISOString(),
      durationMs: finishedAt - startedAt,
      engine: {
        penstock: engine.version,
        node: engine.nodeVersion,
        duckdb: duckdbVersion(),
        postgres: server?.version ?? 'unknown',
      },
      datasets,
    },
    { named: request.ids },
  );
}

/** A database holds samples or real data, never both. */
async function claimContent(engine: Engine): Promise<void> {
  const wanted = engine.source === 'samples' ? 'samples' : 'real';
  const held = await claimContentKind(engine.pool, wanted);
  if (held === wanted) return;
  throw new Fault({
    code: 'SAMPLES_AND_REAL_DATA',
    kind: 'configuration',
    what:
      held === 'samples'
        ? 'this database holds generated samples, and this run would load real data'
        : 'this database holds real data, and this run would load generated samples',
    where: engine.pool.name,
    consequence: 'nothing was run: the two are never mixed',
    next: 'use another --data-dir or --database-url',
  });
}

/** Before anything is asked of a publisher: could the rows be loaded at all? */
async function contractFault(engine: Engine, { definition }: DatasetPlan): Promise<Fault | null> {
  const { id, table } = definition.pipeline;
  const faults = await contractFaults(engine.pool, table).catch((error: unknown) => asFault(error, 'database'));
  if (faults instanceof Fault) return faults;
  if (faults.length === 0) return null;
  return new Fault({
    code: 'DATABASE_CONTRACT_DIFFERS',
    kind: 'database',
    what: `the live table differs from the contract: ${faults.join('; ')}`,
    where: `${table.name} in ${engine.pool.name}`,
    consequence: `no interval of ${id} was loaded; the other datasets go on`,
    next: 'write a migration that mends the table (sql/migrations), then: penstock db migrate',
  });
}

/** Sorts by time; the digits behind it tell apart runs of the same second. */
function newRunId(startedAt: number, engine: Engine): string {
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

/** Removes work folders of processes that are gone. */
export async function removeStaleWork(dataDir: string, isAlive: (pid: number) => boolean): Promise<void> {
  const folder = join(dataDir, 'work');
  for (const name of await readdir(folder).catch(() => [])) {
    const pid = Number(name.split('-', 1)[0]);
    if (!Number.isInteger(pid) || !isAlive(pid)) await rm(join(folder, name), { recursive: true, force: true });
  }
}
