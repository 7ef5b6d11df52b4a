/** Instants of a drawn series that deserve a look: rows that a run revised or rejected, and rows that its findings are about. */
import { checkName } from '../core/check.ts';
import { keyColumns, timeColumn } from '../core/contract.ts';
import type { Database } from '../core/effects.ts';
import { formatInstant } from '../core/interval.ts';
import type { Pipeline } from '../core/pipeline.ts';
import { type Drawn, valuesAt } from '../loaders/postgres/series.ts';
import { type Finding, MARK_LIMIT, type SeriesMark } from '../reports/model.ts';
import type { IntervalOutcome } from './interval-outcome.ts';

/** At most {@link MARK_LIMIT}: first what was found, then what was rejected, then what was revised. */
export async function marksOf(
  db: Database,
  pipeline: Pipeline,
  drawn: Drawn,
  outcomes: readonly IntervalOutcome[],
  findings: readonly Finding[],
): Promise<SeriesMark[]> {
  const marks = new Map<number, SeriesMark>();
  const add = (key: string | null, kind: SeriesMark['kind'], value: string | null): void => {
    const at = instantIn(pipeline, drawn, key);
    if (at === null || marks.has(at) || marks.size >= MARK_LIMIT) return;
    const number = value === null || value.trim() === '' ? Number.NaN : Number(value);
    marks.set(at, { at: formatInstant(at), kind, value: Number.isFinite(number) ? number : null });
  };
  const values = refusedValues(pipeline, drawn, outcomes);
  for (const { check, firstKey, lastKey, state, severity } of findings) {
    // Where a row is missing there is no point to mark.
    if (state === 'fixed' || severity === 'failure' || check.startsWith('complete(')) continue;
    add(firstKey, severity === 'reject' ? 'rejected' : 'anomalous', values.get(firstKey ?? '') ?? null);
    add(lastKey, severity === 'reject' ? 'rejected' : 'anomalous', values.get(lastKey ?? '') ?? null);
  }
  for (const { quarantined } of outcomes)
    for (const { row } of quarantined) add(row.key, 'rejected', values.get(row.key ?? '') ?? null);
  for (const { revisions } of outcomes)
    for (const { key, column, new: value } of revisions) if (column === drawn.column) add(key, 'revised', value);
  return withLoadedValues(db, drawn, marks);
}

/** A row that a finding is about is in the table, unless it was rejected. */
async function withLoadedValues(
  db: Database,
  drawn: Drawn,
  marks: ReadonlyMap<number, SeriesMark>,
): Promise<SeriesMark[]> {
  const unknown = [...marks].filter(([, { kind, value }]) => kind === 'anomalous' && value === null);
  const found = await valuesAt(
    db,
    drawn,
    unknown.map(([at]) => at),
  );
  const loaded = new Map(found.map(({ at, value }) => [at, value]));
  return [...marks]
    .sort(([a], [b]) => a - b)
    .map(([at, mark]) => ({ ...mark, value: mark.value ?? loaded.get(at) ?? null }));
}

/** Key → the value of the drawn column that was refused, where a rule about that column shows it: `range(x, 0, 9): 12, expected …`. */
function refusedValues(
  { checks, table }: Pipeline,
  { column }: Drawn,
  outcomes: readonly IntervalOutcome[],
): ReadonlyMap<string, string> {
  const bounds = table.columns[column]?.range;
  const rules = [
    ...checks.filter(({ kind, columns }) => kind === 'range' && columns[0] === column).map(checkName),
    ...(bounds === undefined ? [] : [`range(${column}, ${bounds[0]}, ${bounds[1]})`]),
  ];
  const values = new Map<string, string>();
  for (const { row } of outcomes.flatMap(({ quarantined }) => quarantined)) {
    if (row.key === null || !rules.includes(row.rule)) continue;
    const [, value] = /^: ([^,]*), expected /.exec(row.reason.slice(row.rule.length)) ?? [];
    if (value !== undefined) values.set(row.key, value);
  }
  return values;
}

/** The instant in a key of the drawn series; null where it is of another series or has none. */
export function instantIn({ table }: Pick<Pipeline, 'table'>, { where }: Drawn, key: string | null): number | null {
  const time = timeColumn(table);
  if (key === null || time === null) return null;
  const names = keyColumns(table);
  const parts = key.split(', ');
  // A key of a check for holes may name the instant first and not all of the others.
  const own = parts.length === names.length ? parts[names.indexOf(time)] : parts[0];
  const same = Object.values(where).every((value) => parts.includes(value));
  const at = Date.parse(own ?? '');
  return same && !Number.isNaN(at) ? at : null;
}
