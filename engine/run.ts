/** Executes a plan: datasets side by side, each in the order of its intervals; then one report of everything. */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { version as duckdbVersion } from '@duckdb/node-api';
import { asFault, Fault } from '../core/errors.ts';
import { partitionAt } from '../core/partitions.ts';
import type { Pipeline } from '../core/pipeline.ts';
import { fillUrl } from '../core/url-template.ts';
import { lastResults } from '../loaders/postgres/check-results.ts';
import { checkHistory } from '../loaders/postgres/check-history.ts';
import { coveredUntil } from '../loaders/postgres/health.ts';
import { clearDeadLeases, LEASE_RENEWAL_MS, leaseHolder } from '../loaders/postgres/lease.ts';
import type { Connection } from '../loaders/postgres/database.ts';
import { claimContentKind } from '../loaders/postgres/ledger.ts';
import { readQuality } from '../loaders/postgres/quality.ts';
import { missingCredentials } from '../loaders/source/credentials.ts';
import { addressesOf } from '../loaders/source/extract.ts';
import type { HubCommits } from '../loaders/source/hub-commit.ts';
import { type DatasetReport, HISTORY_LIMIT, MODEL_VERSION, type RunReport, SAMPLE_LIMIT } from '../reports/model.ts';
import { judgeRun } from '../reports/verdict.ts';
import { type WrittenReport, writeReport } from '../reports/write.ts';
import { contractFaults } from '../sql/contract.ts';
import { tellAlerts } from './alerts.ts';
import { failDataset, runDataset } from './dataset-run.ts';
import { settleFindings } from './findings.ts';
import { freshnessOf } from './freshness.ts';
import { healthSource } from './health-source.ts';
import { inOrder } from './in-order.ts';
import type { IntervalOutcome } from './interval-outcome.ts';
import type { Engine } from './engine.ts';
import { type Lineage, lineageOf } from './lineage.ts';
import { type DatasetPlan, makePlan, type PlanRequest } from './make-plan.ts';
import { type Planned, purgedBefore } from './plan.ts';
import { beginRun, newRunId, type OpsRun } from './ops-run.ts';
import { runTableChecks } from './table-checks.ts';
import { refreshHealth } from './refresh-health.ts';
import { datasetReport } from './report.ts';
import { schemaChangesOf } from './schema-changes.ts';
import { seriesOf } from './series.ts';

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
  const plans = (await makePlan(engine, request)).map((plan) => withoutUnconfigured(engine, plan));
  // Whoever holds it lives: it goes with the process, however that ends.
  const connection = await engine.pool.connect();
  try {
    const noted = await beginRun(engine, connection, {
      runId,
      startedAt,
      command: request.command,
      datasets: plans.filter(({ planned }) => planned.length > 0).map(({ definition }) => definition.pipeline.id),
    });
    return await runPlans(engine, request, plans, { runId, startedAt, connection, noted });
  } finally {
    connection.release();
  }
}

interface Begun {
  readonly runId: string;
  readonly startedAt: number;
  readonly connection: Connection;
  readonly noted: OpsRun;
}

async function runPlans(
  engine: Engine,
  request: RunRequest,
  plans: readonly RunnablePlan[],
  { runId, startedAt, connection, noted }: Begun,
): Promise<RunResult> {
  const folder = join(engine.dataDir, 'work', `${engine.processId}-${runId}`);
  const lineage = lineageOf(engine, runId, request.signal);
  let report: RunReport | null = null;
  let isNoted = false;
  try {
    await mkdir(folder, { recursive: true });
    const done = await runDatasets(engine, plans, request, { runId, folder, lineage, connection });
    const datasets = await reportDatasets(engine, done, request, runId);
    for (const [i, { plan }] of done.entries()) lineage.ended(plan.definition, plan.planned, datasets[i]);
    report = await finish(engine, request, runId, startedAt, datasets);
    const written = await writeReport(report, join(engine.dataDir, 'reports'));
    await noted.ended(report, written.html, isComplete(done));
    isNoted = true;
    lineage.over(report);
    await tellAlerts(engine, report, dirname(written.html), request.signal);
    return { report, written, plan: plans.flatMap(({ planned }) => planned) };
  } catch (error) {
    if (report === null) lineage.over(null);
    if (!isNoted) await noted.broken(error);
    throw error;
  } finally {
    engine.progress.done();
    await rm(folder, { recursive: true, force: true });
  }
}

interface RunnablePlan extends DatasetPlan {
  /** Intervals that are not even begun, since the key is missing; one more of them says so. */
  readonly notConfigured: number;
}

/** Without its key every request of a dataset ends the same way: one interval says it, the others are counted. */
function withoutUnconfigured(engine: Engine, plan: DatasetPlan): RunnablePlan {
  const { pipeline, publisher } = plan.definition;
  const missing =
    engine.source === 'live' ? missingCredentials(publisher.credentials, addressesOf(pipeline), engine.env) : null;
  if (missing === null) return { ...plan, notConfigured: 0 };
  const first = plan.planned.find(({ action }) => action === 'fetch');
  const planned = plan.planned.filter((item) => item.action === 'replay' || item === first);
  return { ...plan, planned, notConfigured: plan.planned.length - planned.length };
}

interface DatasetDone {
  readonly plan: RunnablePlan;
  readonly outcomes: readonly IntervalOutcome[];
}

/** A signal leaves intervals undone. */
function isComplete(done: readonly DatasetDone[]): boolean {
  return done.every(({ plan, outcomes }) => outcomes.length >= plan.planned.length);
}

interface Means extends Pick<Begun, 'runId' | 'connection'> {
  readonly folder: string;
  readonly lineage: Lineage;
}

async function runDatasets(
  engine: Engine,
  plans: readonly RunnablePlan[],
  request: RunRequest,
  { runId, folder, lineage, connection }: Means,
): Promise<DatasetDone[]> {
  await clearDeadLeases(engine.pool);
  const leases = leaseHolder(connection, runId);
  // Leases are renewed on real time, whatever clock the plan uses: they guard against other processes.
  const renewal = setInterval(
    () => void leases.renew().catch((error: unknown) => engine.log.debug(`leases were not renewed: ${String(error)}`)),
    LEASE_RENEWAL_MS,
  );
  try {
    const commits: HubCommits = new Map();
    const work = async (plan: RunnablePlan): Promise<DatasetDone> => {
      const { definition, planned } = plan;
      if (planned.length === 0) return { plan, outcomes: [] };
      const job = {
        definition,
        planned,
        runId,
        leases,
        ahead: request.jobs,
        folder,
        signal: request.signal,
        commits,
        health: healthSource(engine, definition.pipeline, {
          runId,
          failuresFrom: failuresCountFrom(plan, engine.clock.now()),
        }),
      };
      lineage.begun(definition, planned);
      const fault = await contractFault(engine, plan);
      return {
        plan,
        outcomes: fault === null ? await runDataset(engine, job) : await failDataset(engine, job, fault),
      };
    };
    const done = await inOrder(plans, request.jobs, work);
    // A row that others still referred to may go now that they are gone.
    return await again(done, work);
  } finally {
    clearInterval(renewal);
  }
}

/** Once more, one after the other. */
async function again(
  done: readonly DatasetDone[],
  work: (plan: RunnablePlan) => Promise<DatasetDone>,
): Promise<DatasetDone[]> {
  const all: DatasetDone[] = [];
  for (const one of done) all.push(one.outcomes.some(isStillReferenced) ? await work(one.plan) : one);
  return all;
}

function isStillReferenced({ error }: IntervalOutcome): boolean {
  return error?.code === 'DATABASE_REFERENCE';
}

/** A minute that is over and a file that is purged cannot be asked for again: their failures would stay for ever. */
function failuresCountFrom({ definition, planned }: DatasetPlan, now: number): number {
  const { pipeline } = definition;
  return pipeline.partitions.kind === 'snapshot'
    ? Math.max(...planned.map(({ interval }) => interval.start))
    : purgedBefore(pipeline, now);
}

/** One report of each dataset, when all of them are loaded and what belongs together has been compared. */
async function reportDatasets(
  engine: Engine,
  done: readonly DatasetDone[],
  request: RunRequest,
  runId: string,
): Promise<DatasetReport[]> {
  const ids = done.map(({ plan }) => plan.definition.pipeline.id);
  // What an interrupted run leaves out, the next one makes up for.
  const tableChecks = request.signal.aborted ? new Map<string, never>() : await runTableChecks(engine, runId, ids);
  const now = engine.clock.now();
  const covered = await coveredUntil(engine.pool).catch(() => new Map<string, number>());
  const datasets: DatasetReport[] = [];
  for (const { plan, outcomes } of done) {
    const { pipeline, hash } = plan.definition;
    const unchanged = outcomes
      .filter(({ outcome }) => outcome === 'unchanged')
      .map(({ planned }) => planned.interval.start);
    const looked = { pipeline, runId, outcomes, tableChecks: tableChecks.get(pipeline.id) ?? [] };
    // Without the database the report still says what became of the intervals; their checks count as not checked.
    const last = await lastResults(engine.pool, pipeline.id, unchanged, SAMPLE_LIMIT).catch(() => []);
    const freshness = freshnessOf(pipeline, covered.get(pipeline.id) ?? null, now);
    const findings = await settleFindings(engine, looked);
    await refreshHealth(engine, healthSource(engine, pipeline, { runId }));
    datasets.push(
      datasetReport(pipeline, {
        source: engine.source,
        outcomes,
        notRecorded: plan.notRecorded.length,
        firstNotRecorded: addressOf(pipeline, plan.notRecorded[0]),
        notConfigured: plan.notConfigured,
        last,
        tableChecks: looked.tableChecks,
        freshness,
        findings,
        quality: await readQuality(engine.pool, pipeline.id).catch(() => null),
        series: await seriesOf(engine, looked, findings.findings),
        schemaChanges: schemaChangesOf(looked),
        history: await checkHistory(engine.pool, pipeline.id, runId, HISTORY_LIMIT).catch(
          () => new Map<string, never>(),
        ),
        definitionHash: hash,
        named: request.ids,
      }),
    );
  }
  // What a load contradicts elsewhere is a finding there, whether or not that dataset was part of the run.
  for (const pipeline of engine.catalog.pipelines) {
    const checks = ids.includes(pipeline.id) ? undefined : tableChecks.get(pipeline.id);
    if (checks !== undefined) await settleFindings(engine, { pipeline, runId, outcomes: [], tableChecks: checks });
  }
  return datasets;
}

/** Of the interval that starts then; null where there is none. */
function addressOf({ partitions, extract }: Pipeline, start: number | undefined): string | null {
  if (start === undefined) return null;
  const interval = partitions.kind === 'calendar' ? partitionAt(partitions, start) : { start, end: start };
  return fillUrl(extract.url, partitions, interval);
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
      version: MODEL_VERSION,
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
    what: `a load into the live table would fail or go wrong: ${faults.join('; ')}`,
    where: `${table.name} in ${engine.pool.name}`,
    consequence: `no interval of ${id} was loaded; the other datasets go on`,
    next: 'penstock db audit prints every difference and the DDL that mends it; a difference that should stay belongs into a migration (sql/migrations)',
  });
}

/** Removes work folders of processes that are gone. */
export async function removeStaleWork(dataDir: string, isAlive: (pid: number) => boolean): Promise<void> {
  const folder = join(dataDir, 'work');
  for (const name of await readdir(folder).catch(() => [])) {
    const pid = Number(name.split('-', 1)[0]);
    if (!Number.isInteger(pid) || !isAlive(pid)) await rm(join(folder, name), { recursive: true, force: true });
  }
}
