/** The command that a reader types next, for a dataset's state. */
import type { DatasetReport, IntervalReport } from './model.ts';
import { instant } from './words.ts';

/** `npm run pipeline -- run ieso-demand --from … --to …`, from the first to the last of these intervals. */
export function rangeCommand(verb: 'run' | 'replay', id: string, intervals: readonly IntervalReport[]): string {
  const starts = intervals.map((i) => i.start).sort();
  const ends = intervals.map((i) => i.end).sort();
  const [from, to] = [starts[0], ends.at(-1)];
  // A whole file or a snapshot has no calendar bounds to type.
  const bounded = from !== undefined && to !== undefined && /^\d{4}-/.test(from) && /^\d{4}-/.test(to);
  return `npm run pipeline -- ${verb} ${id}${bounded ? ` --from ${instant(from)} --to ${instant(to)}` : ''}`;
}

export function quarantineCommand(id: string): string {
  return `npm run pipeline -- quarantine list ${id}`;
}

export function gapsCommand(id: string): string {
  return `npm run pipeline -- gaps ${id}`;
}

/** Shows all failing rows of a check: rebuilds the interval from landing and runs the check's SQL. */
export function inspectCommand(id: string, interval: string, check: string): string {
  return `npm run pipeline -- inspect ${id} ${JSON.stringify(interval)} --check ${JSON.stringify(check)}`;
}

/** Lists findings that wait for a decision, and those that were decided. */
export function reviewListCommand(id: string): string {
  return `npm run pipeline -- review list ${id}`;
}

/** Shows a finding with its rows and what became of it. */
export function reviewCommand(fingerprint: string): string {
  return `npm run pipeline -- review show ${fingerprint}`;
}

/** Runs SQL that only reads. */
export const QUERY_COMMAND = 'npm run pipeline -- query "…"';

/** Explains the definition with its checks and known oddities. */
export function showCommand(id: string): string {
  return `npm run pipeline -- show ${id}`;
}

/** What every source lacks. */
export const HEALTH_COMMAND = 'npm run pipeline -- health';

export const DOCTOR_COMMAND = 'npm run pipeline -- doctor';

/** What to do about a dataset that nothing was checked of; null when there is nothing to do. */
export function nextWhenNotChecked({ id, outcomes }: Pick<DatasetReport, 'id' | 'outcomes'>): string | null {
  if ((outcomes['not configured'] ?? 0) > 0) return DOCTOR_COMMAND;
  if ((outcomes.busy ?? 0) > 0) return gapsCommand(id);
  if ((outcomes.loaded ?? 0) > 0) return showCommand(id);
  return null;
}
