/** What a run has looked at of one dataset, when everything is loaded: the base of findings, series and changes of the schema. */
import type { Pipeline } from '../core/pipeline.ts';
import type { IntervalOutcome } from './interval-outcome.ts';
import type { ReconciledCheck } from './reconcile.ts';

export interface Looked {
  readonly pipeline: Pipeline;
  readonly runId: string;
  readonly outcomes: readonly IntervalOutcome[];
  /** Checks that look at tables, see `reconcile.ts`. */
  readonly reconciled: readonly ReconciledCheck[];
}
