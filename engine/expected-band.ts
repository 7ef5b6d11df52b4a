/** The band in which a value is expected at each step: that of the hour of the week; empty where no such check knows it. */
import type { Pipeline } from '../core/pipeline.ts';
import { readBand } from '../loaders/postgres/table-checks.ts';
import { tableCheckSql } from '../sql/checks/compile.ts';
import type { Engine } from './engine.ts';

export interface BandPoint {
  readonly at: number;
  readonly lower: number;
  readonly upper: number;
}

/** @param from start of the first step, milliseconds; @param to end, exclusive */
export async function bandOf(
  engine: Engine,
  { id: dataset, table, checks }: Pipeline,
  column: string,
  from: number,
  to: number,
): Promise<readonly BandPoint[]> {
  // Of a table with many series the close-up shows one, and the check judges all: their bands would lie over each other.
  const check = checks.find(
    (one) => one.kind === 'hourOfWeekAnomaly' && one.columns[0] === column && one.columns.length === 1,
  );
  if (check?.kind !== 'hourOfWeekAnomaly') return [];
  return readBand(engine.pool, tableCheckSql({ dataset, table, scope: 'time', shared: false }, check), {
    start: from,
    end: to,
  });
}
