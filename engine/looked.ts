/** What a run has looked at of one dataset, when everything is loaded: the base of findings, series and changes of the schema. */
import type { Pipeline } from '../core/pipeline.ts';
import type { IntervalOutcome } from './interval-outcome.ts';
import type { TableCheckResult } from './table-checks.ts';

export interface Looked {
  readonly pipeline: Pipeline;
  readonly runId: string;
  readonly outcomes: readonly IntervalOutcome[];
  /** Checks that look at tables, see `table-checks.ts`. */
  readonly tableChecks: readonly TableCheckResult[];
}
