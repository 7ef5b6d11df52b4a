/** The SQL text of `sql` checks, and the fault that names its file when it does not run. */
import type { Check } from '../core/check.ts';
import { Fault } from '../core/errors.ts';
import type { Pipeline } from '../core/pipeline.ts';

/** Runs a statement that holds the check's SQL. @throws Fault `CHECK_SQL_FAILED` for a `sql` check; what the statement throws for others */
export async function runningCheck<T>(pipeline: Pipeline, check: Check, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (check.kind !== 'sql' || cause instanceof Fault) throw cause;
    throw new Fault({
      code: 'CHECK_SQL_FAILED',
      kind: 'definition',
      what: (cause instanceof Error ? cause.message : String(cause)).split('\n').slice(0, 6).join('\n').slice(0, 600),
      where: `${check.file} of ${pipeline.id}`,
      consequence: 'nothing of this interval was loaded, since a check that does not run is not passed',
      next: `make the file one SELECT of _line, value, expectation over typed, then: penstock run ${pipeline.id}`,
      cause,
    });
  }
}
