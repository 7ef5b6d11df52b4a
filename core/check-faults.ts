/** What is wrong with the checks of a definition, one sentence each. */
import { type Check, checkName } from './check.ts';
import { type Table, timeColumn } from './contract.ts';
import { parseDuration } from './duration.ts';
import type { Pipeline } from './pipeline.ts';

/** Empty when all of them are right. */
export function checkFaults({
  table,
  checks,
  partitions,
}: Pick<Pipeline, 'table' | 'checks' | 'partitions'>): string[] {
  const faults: string[] = [];
  const seen = new Set<string>();
  for (const check of checks) {
    const at = `checks.${checkName(check)}`;
    if (seen.has(at)) faults.push(`${at}: is there twice`);
    seen.add(at);
    for (const column of check.columns) {
      if (!Object.hasOwn(table.columns, column)) {
        faults.push(`${at}: ${table.name} has no column ${column}; it has ${Object.keys(table.columns).join(', ')}`);
      }
    }
    if (check.kind === 'complete') {
      if (parseDuration(check.step) === null) faults.push(`${at}: ${check.step} is not an ISO 8601 duration`);
      if (check.severity === 'reject') faults.push(`${at}: a missing row cannot be rejected; use block, warn or info`);
      if (check.columns[0] !== timeColumn(table)) faults.push(`${at}: must be the key instant of the table`);
      if (partitions.kind !== 'calendar') faults.push(`${at}: needs calendar partitions`);
    }
    if (check.kind === 'range' && check.min > check.max) faults.push(`${at}: the smaller bound comes first`);
    if (check.kind === 'matches' && !isRegex(check.pattern)) faults.push(`${at}: not a regular expression`);
    if (check.kind === 'frozen') faults.push(...frozenFaults(check, table).map((fault) => `${at}: ${fault}`));
    if (check.kind === 'reconciles')
      faults.push(...reconciliationFaults(check, { table, partitions }).map((fault) => `${at}: ${fault}`));
    if (check.kind === 'sql' && check.over === 'raw' && check.severity === 'reject')
      faults.push(`${at}: a row as published cannot be rejected; use block, warn or info`);
  }
  return faults;
}

function frozenFaults(check: Extract<Check, { kind: 'frozen' }>, table: Table): string[] {
  const faults: string[] = [];
  if (!Number.isInteger(check.steps) || check.steps < 1) faults.push('steps must be a whole number from 1');
  if (timeColumn(table) === null) faults.push('needs an instant in the key, which puts rows in order');
  if (check.severity === 'reject') faults.push('a run of rows cannot be rejected; use block, warn or info');
  return faults;
}

const NUMBERS = ['int2', 'int4', 'int8', 'float4', 'float8', 'numeric'];

function reconciliationFaults(
  check: Extract<Check, { kind: 'reconciles' }>,
  { table, partitions }: Pick<Pipeline, 'table' | 'partitions'>,
): string[] {
  const faults: string[] = [];
  const absent = [...Object.keys(check.on), ...Object.keys(check.where ?? {})].filter(
    (column) => !Object.hasOwn(table.columns, column),
  );
  if (absent.length > 0) faults.push(`${table.name} has no column ${absent.join(', ')}`);
  if (!/^public\.[a-z][a-z0-9_]{0,47}$/.test(check.with)) faults.push('with must be public.<name>');
  if (Object.keys(check.on).length === 0) faults.push('on must name at least one column');
  if (!(check.tolerance >= 0)) faults.push('tolerance must be 0 or more');
  const pg = table.columns[check.columns[0] ?? '']?.pg;
  if (pg !== undefined && !NUMBERS.includes(pg)) faults.push(`compares numbers, and ${check.columns[0]} is ${pg}`);
  if (partitions.kind === 'calendar' && timeColumn(table) === null)
    faults.push('needs an instant in the key, which says to which interval a row belongs');
  return faults;
}

/** Whether the text compiles as a regular expression. */
export function isRegex(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
