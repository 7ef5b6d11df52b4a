/** SQL of the check `frozen`: runs of rows that keep one value for too long, one finding per run. */
import type { Check } from '../core/check.ts';
import { keyColumns, type Table, timeColumn } from '../core/contract.ts';
import { identifier as id } from './quote.ts';
import { keyText } from './rules.ts';

/**
 * DuckDB SQL over `typed`: the first row of each run of more than `steps` rows. A NULL, another value and the file's border end a run.
 */
export function frozenRunsSql(check: Extract<Check, { kind: 'frozen' }>, table: Table): string {
  const [column = '', ...by] = check.columns;
  const time = id(timeColumn(table) ?? '');
  const order = keyColumns(table).map(id).join(', ');
  const among = (names: readonly string[]): string =>
    names.length === 0 ? '' : `partition by ${names.map(id).join(', ')} `;
  const group = [...by, column].map(id).join(', ');
  // Rows of one run have the same distance between their place among all rows and their place among rows of the same value.
  return `with placed as (
  select *, row_number() over (${among(by)}order by ${order}) as _place, row_number() over (${among([...by, column])}order by ${order}) as _same
  from typed
), runs as (
  select cast(${id(column)} as varchar) as value, min(_place) as _first, count(*) as _rows, min(${time}) as _from, max(${time}) as _until,
    arg_min(${keyText(table)}, _place) as key
  from placed where ${id(column)} is not null group by ${group}, _place - _same having count(*) > ${check.steps}
)
select key, value, concat('another value after at most ${check.steps} rows; it stays for ', _rows, ' rows, until ', strftime(_until, '%Y-%m-%dT%H:%M:%SZ')) as expectation
from runs order by _from, key`;
}
