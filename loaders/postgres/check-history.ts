/** What the checks of a dataset found in earlier runs. */
import type { Database } from '../../core/effects.ts';

export interface CheckHistoryRow {
  readonly runId: string;
  readonly at: string;
  readonly result: 'passed' | 'found' | 'not checked';
  readonly failingRows: number;
}

export async function checkHistory(
  _db: Database,
  _dataset: string,
  _runId: string,
): Promise<ReadonlyMap<string, readonly CheckHistoryRow[]>> {
  return new Map();
}
