/** Loads one prepared interval, or stops it where a blocking check found something. */
import { Fault } from '../core/errors.ts';
import { type Kept, KEPT_CHECK, KEPT_SENTENCE } from '../loaders/postgres/kept-edits.ts';
import { loadInterval, type LoadRequest, type LoadResult, recordBlocked } from '../loaders/postgres/load.ts';
import { SAMPLE_LIMIT } from '../reports/model.ts';
import type { CheckOutcome } from '../transforms/checks.ts';
import type { Engine } from './engine.ts';
import { failed } from './fail-interval.ts';
import { type DatasetJob, type IntervalOutcome, nothing, type Prepared, sourceOf } from './interval-outcome.ts';
import type { Planned } from './plan.ts';
import type { Ready } from './prepare.ts';
import { heldKeys, refusedRows, typedRows } from './rows.ts';
import type { Compared } from './schema-changes.ts';

export function isBlocked({ checks }: Ready): boolean {
  return checks.some(({ severity, failingRows }) => severity === 'block' && failingRows > 0);
}

/** @throws Fault of kind database or format; nothing of the interval is visible then */
export async function load(
  engine: Engine,
  job: DatasetJob,
  planned: Planned,
  ready: Compared,
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
      snapshot: pipeline.partitions.kind === 'snapshot',
      readRows: ready.readRows,
      refusedRows: ready.result.refused + ready.undecodable.length,
      heldKeys: complete
        ? await heldKeys(ready.session, pipeline.table, { count: ready.result.refused, keyless: ready.result.keyless })
        : null,
      // A replay asks nobody: an interval that is still being revised stays due.
      checkedAt: planned.action === 'replay' ? ready.artifact.fetchedAtMs : engine.clock.now(),
      clean: !failedBefore,
      ...steps(ready),
      shape: ready.shape,
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
    checks: [...ready.checks, ...keptOutcome(loaded.kept)],
    coverage: ready.coverage,
    schemaChanges: ready.schemaChanges,
    revisions: loaded.revisions,
    quarantined: loaded.quarantined,
    timingsMs: { ...ready.timingsMs, load: engine.clock.now() - started },
  };
}

/** Sums of the coverage by day; null where the data have no fixed grid. */
function steps({ coverage }: Ready): Pick<LoadRequest, 'stepsExpected' | 'stepsPresent'> {
  if (coverage.length === 0) return { stepsExpected: null, stepsPresent: null };
  return {
    stepsExpected: coverage.reduce((sum, { expected }) => sum + expected, 0),
    stepsPresent: coverage.reduce((sum, { present }) => sum + present, 0),
  };
}

function keptOutcome(kept: Kept | null): CheckOutcome[] {
  if (kept === null) return [];
  const samples = kept.edits.slice(0, SAMPLE_LIMIT).map(({ key, value, expectation }) => ({ key, value, expectation }));
  const { rows: failingRows, shown: sql } = kept;
  return [{ name: KEPT_CHECK, sentence: KEPT_SENTENCE, severity: 'info', failingRows, samples, sql }];
}

/** Keeps what was found and refused, and fails the interval. */
export async function blocked(
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
