/** What is wrong with the checks of a definition, one sentence each. */
import { type Check, checkName } from './check.ts';
import { type Table, timeColumn } from './contract.ts';
import { parseDuration } from './duration.ts';
import type { Pipeline } from './pipeline.ts';
import { isTableCheck } from './table-check.ts';
import { tableCheckFaults } from './table-check-faults.ts';

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
    if (check.kind === 'solarAtNight') faults.push(...solarFaults(check, table).map((fault) => `${at}: ${fault}`));
    if (isTableCheck(check))
      faults.push(...tableCheckFaults(check, { table, partitions }).map((fault) => `${at}: ${fault}`));
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

function solarFaults(check: Extract<Check, { kind: 'solarAtNight' }>, table: Table): string[] {
  const faults: string[] = [];
  if (check.places.length === 0) faults.push('places must name at least one');
  if (parseDuration(check.step) === null) faults.push(`${check.step} is not an ISO 8601 duration`);
  if (timeColumn(table) === null) faults.push('needs an instant in the key');
  if (check.severity === 'reject') faults.push('cannot reject; use block, warn or info');
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
