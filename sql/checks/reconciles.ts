/** SQL of the check `reconciles`: a column against the same quantity in another table, row by row. */
import { keyColumns, type Table, timeColumn } from '../../core/contract.ts';
import type { TableCheck } from '../../core/table-check.ts';
import { identifier as id, textLiteral as literal } from '../identifier.ts';
import type { Bounds, Scope } from './bounds.ts';
import { keyText, tableName } from './names.ts';

export function reconcilesSql(
  table: Table,
  check: Extract<TableCheck, { kind: 'reconciles' }>,
  scope: Scope,
  bounds: Bounds,
): string {
  const [column = ''] = check.columns;
  const own = `t.${id(column)}`;
  const other = `x.${id(check.other)}`;
  const time = timeColumn(table);
  const within = check.tolerance > 0 ? ` within ${check.tolerance}` : '';
  const conditions = [
    ...{ time: between(check, time, bounds), all: [], load: [`t.load_id = ${bounds.loadId}::bigint`] }[scope],
    ...filters('t', check.where),
    ...filters('x', check.otherWhere),
    `${own} is not null`,
    `${other} is not null`,
  ];
  // Numbers that are equal are most of them, and cheap; as numeric, 0.3 - 0.2 is 0.1.
  return `select
  ${time === null ? 'null::timestamptz' : `t.${id(time)}`} as at, concat_ws(', ', ${keyColumns(table)
    .map((name) => keyText(table, name))
    .join(', ')}) as key, ${own}::text as value,
  concat(${literal(`${check.other} of ${check.with}${within}, which is `)}, ${other}) as expectation,
  case when ${own} = ${other} then false else abs(${own}::numeric - ${other}::numeric) > ${check.tolerance} end as differs
from ${tableName(table.name)} t join ${tableName(check.with)} x on ${Object.entries(check.on)
    .map(([mine, theirs]) => `t.${id(mine)} = x.${id(theirs)}`)
    .join(' and ')}
where ${conditions.join('\n  and ')}`;
}

/** The other table is bounded as well, so that neither is read beyond the interval. */
function between(
  check: Extract<TableCheck, { kind: 'reconciles' }>,
  time: string | null,
  { from, to }: Bounds,
): string[] {
  if (time === null) return [];
  const mapped = check.on[time];
  return [`t.${id(time)}`, ...(mapped === undefined ? [] : [`x.${id(mapped)}`])].map(
    (name) => `${name} >= ${from}::timestamptz and ${name} < ${to}::timestamptz`,
  );
}

function filters(alias: string, where: Readonly<Record<string, string>> | undefined): string[] {
  return Object.entries(where ?? {}).map(([column, value]) => `${alias}.${id(column)} = ${literal(value)}`);
}
