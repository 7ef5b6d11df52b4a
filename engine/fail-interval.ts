/** Records that an interval failed: ledger, health and the outcome for the report. */
import { asFault, type Fault } from '../core/errors.ts';
import { recordSourceFailure } from '../loaders/postgres/health.ts';
import { holdsLease } from '../loaders/postgres/lease.ts';
import { recordFailure } from '../loaders/postgres/ledger.ts';
import { NO_ROWS } from '../reports/model.ts';
import type { Engine } from './engine.ts';
import { type DatasetJob, type IntervalOutcome, nothing, type Prepared, sourceOf } from './interval-outcome.ts';
import type { Ready } from './prepare.ts';
import { withoutKey } from './without-key.ts';

/** Ledger and health of a failure are written in a transaction of their own; a database that is gone cannot be told. */
export async function failed(
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
    await engine.pool.transaction(async (tx) => {
      await recordFailure(tx, {
        dataset: planned.dataset,
        start: planned.interval.start,
        end: planned.interval.end,
        status,
        definitionHash: job.definition.hash,
        artifactId: ready?.artifact.id ?? null,
        checkedAt: now,
        error: fault.toJSON(),
      });
      const { code, what, where, next } = fault;
      await recordSourceFailure(tx, sourceOf(job), now, {
        first: !failedBefore,
        notes: `${planned.label}: ${code}: ${what}${where === undefined ? '' : ` (${where})`}`.slice(0, 500),
        next: commandOf(next, planned.dataset),
      });
    });
  } catch (error) {
    engine.log.warn(
      `the failure of ${planned.dataset} ${planned.label} could not be recorded: ${asFault(error, 'database').message}`,
    );
  }
  return outcome;
}

/** The fault's advice with a command at its end: the reader of a table, a message or an alert has nothing else to go by. */
function commandOf(advice: string | undefined, dataset: string): string {
  const run = `npm run pipeline -- run ${dataset}`;
  // The command says no less.
  if (advice === undefined || advice.startsWith('run again later')) return run;
  const typed = advice.replaceAll(/\bpenstock (?=[a-z-])/g, 'npm run pipeline -- ');
  return typed.includes('npm run pipeline') ? typed : `${typed}, then: ${run}`;
}
