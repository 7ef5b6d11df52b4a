/** What is wrong with a check that looks at tables, one sentence each. */
import { type Table, timeColumn } from './contract.ts';
import { parseDuration } from './duration.ts';
import type { Pipeline } from './pipeline.ts';
import type { TableCheck } from './table-check.ts';
import { isIanaZone } from './zone-name.ts';

const NUMBERS = ['int2', 'int4', 'int8', 'float4', 'float8', 'numeric'];

type Parts = Pick<Pipeline, 'table' | 'partitions'>;

export function tableCheckFaults(check: TableCheck, parts: Parts): string[] {
  const faults: string[] = [];
  if (check.severity === 'reject' || check.severity === 'block')
    faults.push('looks at tables after the load, so it cannot reject or block; use warn or info');
  return [
    ...faults,
    ...(check.kind === 'reconciles' ? reconciliationFaults(check, parts) : historyFaults(check, parts)),
  ];
}

function reconciliationFaults(
  check: Extract<TableCheck, { kind: 'reconciles' }>,
  { table, partitions }: Parts,
): string[] {
  const faults: string[] = [];
  const absent = [...Object.keys(check.on), ...Object.keys(check.where ?? {})].filter(
    (column) => !Object.hasOwn(table.columns, column),
  );
  if (absent.length > 0) faults.push(`${table.name} has no column ${absent.join(', ')}`);
  if (!/^public\.[a-z][a-z0-9_]{0,47}$/.test(check.with)) faults.push('with must be public.<name>');
  if (Object.keys(check.on).length === 0) faults.push('on must name at least one column');
  if (!(check.tolerance >= 0)) faults.push('tolerance must be 0 or more');
  faults.push(...numberFaults(check, table));
  if (partitions.kind === 'calendar' && timeColumn(table) === null)
    faults.push('needs an instant in the key, which says to which interval a row belongs');
  return faults;
}

/** What every check against history wants: rows in time, intervals of a calendar, numbers that make sense. */
function historyFaults(check: Exclude<TableCheck, { kind: 'reconciles' }>, { table, partitions }: Parts): string[] {
  const faults: string[] = [];
  if (timeColumn(table) === null) faults.push('needs an instant in the key, which puts rows in time');
  if (partitions.kind !== 'calendar') faults.push('needs calendar partitions');
  if (check.kind === 'volume') {
    if (check.columns[0] !== timeColumn(table)) faults.push('must be the key instant of the table');
  } else faults.push(...numberFaults(check, table));
  if ('zone' in check && !isIanaZone(check.zone)) faults.push(`${check.zone} is not an IANA time zone`);
  for (const name of ['step', 'after'] as const) {
    const duration = (check as { readonly [key in typeof name]?: string })[name];
    if (duration !== undefined && parseDuration(duration) === null)
      faults.push(`${name}: ${duration} is not an ISO 8601 duration`);
  }
  for (const [name, value] of Object.entries(check))
    if (typeof value === 'number' && !(value >= 0 && Number.isFinite(value))) faults.push(`${name} must be 0 or more`);
  return faults;
}

function numberFaults({ columns: [column = ''] }: TableCheck, table: Table): string[] {
  const pg = table.columns[column]?.pg;
  return pg === undefined || NUMBERS.includes(pg) ? [] : [`compares numbers, and ${column} is ${pg}`];
}
