/** The band in which a value is expected at each step: that of the hour of the week; empty where no such check knows it. */
import type { Pipeline } from '../core/pipeline.ts';
import { readBand } from '../loaders/postgres/table-checks.ts';
import { tableCheckSql } from '../sql/checks/compile.ts';
import type { Engine } from './engine.ts';
import { isShared } from './table-checks.ts';

export interface BandPoint {
  readonly at: number;
  readonly lower: number;
  readonly upper: number;
}

/** @param from start of the first step, milliseconds; @param to end, exclusive */
export async function bandOf(
  engine: Engine,
  pipeline: Pipeline,
  column: string,
  from: number,
  to: number,
): Promise<readonly BandPoint[]> {
  const { id: dataset, table, checks } = pipeline;
  // Of a table with many series the close-up shows one, and the check judges all: their bands would lie over each other.
  const check = checks.find(
    (one) => one.kind === 'hourOfWeekAnomaly' && one.columns[0] === column && one.columns.length === 1,
  );
  if (check?.kind !== 'hourOfWeekAnomaly') return [];
  const sql = tableCheckSql({ dataset, table, scope: 'time', shared: isShared(engine, pipeline) }, check);
  return readBand(engine.pool, sql, { start: from, end: to });
}
