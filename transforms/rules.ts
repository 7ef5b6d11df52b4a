/** Row rules: what a single row must satisfy, as SQL conditions with the sentence that a refusal gives. */
import type { Check } from '../core/check.ts';
import type { Column, Table } from '../core/contract.ts';
import { keyColumns, timeColumn } from '../core/contract.ts';
import { formatInstant, type Interval } from '../core/interval.ts';
import type { Pipeline } from '../core/pipeline.ts';
import { identifier as id, instantLiteral, literal } from './quote.ts';

export interface RowRule {
  /** Stable name, as in reports and quarantine. */
  readonly name: string;
  /** SQL that is TRUE where the row breaks the rule; NULL and FALSE pass. */
  readonly broken: string;
  /** SQL text: the offending value. */
  readonly value: string;
  /** SQL text: what was expected. */
  readonly expectation: string;
}

/** Rules that follow from the contract and the interval; their severity is `reject`. */
export function contractRules(
  { table, partitions }: Pick<Pipeline, 'table' | 'partitions'>,
  interval: Interval,
): RowRule[] {
  const rules: RowRule[] = [];
  const time = timeColumn(table);
  for (const [name, column] of Object.entries(table.columns)) {
    if (column.required) rules.push(required(name));
    rules.push(...columnRules(name, column));
  }
  // A snapshot is asked for now and says itself since when its rows hold.
  const bounded = Number.isFinite(interval.start) && partitions.kind !== 'snapshot';
  if (time !== null && bounded) rules.push(insideInterval(time, interval));
  return rules;
}

/** A check that looks at one row, as a rule; null for those that look at several (`unique`, `complete`, `frozen`, `solarAtNight`, `sql`) or at tables. */
export function rowRule(check: Check, name: string): RowRule | null {
  const [first = '', ...rest] = check.columns;
  switch (check.kind) {
    case 'notNull':
      return {
        name,
        broken: check.columns.map((c) => `${id(c)} is null`).join(' or '),
        value: 'null',
        expectation: literal(`${check.columns.join(', ')} must have a value`),
      };
    case 'range':
      return between(name, first, check.min, check.max);
    case 'oneOf':
      return oneOf(name, first, check.values);
    case 'matches':
      return matches(name, first, check.pattern);
    case 'notBelow': {
      const other = rest[0] ?? '';
      return {
        name,
        broken:
          check.tolerance > 0 ? `${id(first)} < ${id(other)} - ${check.tolerance}` : `${id(first)} < ${id(other)}`,
        value: asText(first),
        expectation: `concat(${literal(`at least ${other}${check.tolerance > 0 ? ` - ${check.tolerance}` : ''}, which is `)}, ${asText(other)})`,
      };
    }
    case 'notAbove': {
      const limit = rest[0] ?? '';
      const times = check.margin === 1 ? '' : `${check.margin} × `;
      return {
        name,
        broken: `${id(first)} > ${check.margin} * ${id(limit)}`,
        value: asText(first),
        expectation: `concat(${literal(`at most ${times}${limit}, which is `)}, ${asText(limit)})`,
      };
    }
    case 'sumsTo': {
      const sum = rest.map(id).join(' + ');
      return {
        name,
        broken: `abs(${id(first)} - (${sum})) > ${check.tolerance}`,
        value: asText(first),
        expectation: `concat(${literal(`the sum of ${rest.join(', ')}, which is `)}, cast(${sum} as varchar))`,
      };
    }
    default:
      return null;
  }
}

/** SQL text that names a row by its key: `2025-05-01T05:00:00Z, GAS`. */
export function keyText(table: Table): string {
  return `concat_ws(', ', ${keyColumns(table)
    .map((name) => columnText(name, table.columns[name]))
    .join(', ')})`;
}

function columnText(name: string, column: Column | undefined): string {
  return column?.pg === 'timestamptz' ? `strftime(${id(name)}, '%Y-%m-%dT%H:%M:%SZ')` : asText(name);
}

function asText(name: string): string {
  return `cast(${id(name)} as varchar)`;
}

function required(name: string): RowRule {
  return {
    name: `notNull(${name})`,
    broken: `${id(name)} is null`,
    value: 'null',
    expectation: literal(`${name} must have a value`),
  };
}

function columnRules(name: string, column: Column): RowRule[] {
  const rules: RowRule[] = [];
  if (column.range !== undefined)
    rules.push(between(`range(${name}, ${column.range[0]}, ${column.range[1]})`, name, ...column.range));
  if (column.oneOf !== undefined) rules.push(oneOf(`oneOf(${name})`, name, column.oneOf));
  if (column.pattern !== undefined) rules.push(matches(`matches(${name})`, name, column.pattern));
  return rules;
}

function between(rule: string, column: string, min: number, max: number): RowRule {
  return {
    name: rule,
    broken: `${id(column)} not between ${min} and ${max}`,
    value: asText(column),
    expectation: literal(`${column} between ${min} and ${max}`),
  };
}

function oneOf(rule: string, column: string, values: readonly string[]): RowRule {
  return {
    name: rule,
    broken: `${asText(column)} not in (${values.map(literal).join(', ')})`,
    value: asText(column),
    expectation: literal(`${column} one of ${values.join(', ')}`),
  };
}

function matches(rule: string, column: string, pattern: string): RowRule {
  return {
    name: rule,
    broken: `not regexp_full_match(${asText(column)}, ${literal(pattern)})`,
    value: asText(column),
    expectation: literal(`${column} like ${pattern}`),
  };
}

function insideInterval(time: string, interval: Interval): RowRule {
  return {
    name: 'interval',
    broken: `${id(time)} < ${instantLiteral(interval.start)} or ${id(time)} >= ${instantLiteral(interval.end)}`,
    value: `strftime(${id(time)}, '%Y-%m-%dT%H:%M:%SZ')`,
    expectation: literal(`${time} from ${formatInstant(interval.start)} to before ${formatInstant(interval.end)}`),
  };
}
