/**
 * The last step of every transform: from what the SQL file gives to the contract's types. Stricter than `try_cast` alone, which
 * rounds `12.5` to an integer, cuts decimals and reads `NaN`.
 */
import type { Column } from '../core/contract.ts';
import { duckdbTypeOf } from '../core/duckdb-type.ts';
import { literal } from './quote.ts';

const INSTANT = String.raw`[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)`;
const NUMBER = String.raw`[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?`;

/** What text must look like before it is cast, and how a refusal names it. */
function textForm(column: Column): { readonly pattern: string | null; readonly called: string } {
  switch (column.pg) {
    case 'int2':
    case 'int4':
    case 'int8':
      return { pattern: '[+-]?[0-9]+', called: `a whole number (${column.pg})` };
    case 'float4':
    case 'float8':
      return { pattern: NUMBER, called: 'a number' };
    case 'numeric':
      return {
        pattern: column.scale === undefined ? NUMBER : String.raw`[+-]?[0-9]*(\.[0-9]{0,${column.scale}}0*)?`,
        called: column.scale === undefined ? 'a number' : `a number with at most ${column.scale} decimals`,
      };
    case 'timestamptz':
      return { pattern: INSTANT, called: 'an instant' };
    case 'timestamp':
      return { pattern: null, called: 'a date and time' };
    case 'date':
      return { pattern: '[0-9]{4}-[0-9]{2}-[0-9]{2}', called: 'a date' };
    case 'bool':
      return { pattern: null, called: 'true or false' };
    default:
      return { pattern: null, called: `of type ${column.pg}` };
  }
}

export interface Cast {
  /** SQL for the value in the contract's type; NULL where the cell is blank or cannot be cast. */
  readonly value: string;
  /** SQL that is true where there is a cell but no value; null where that cannot happen. */
  readonly failed: string | null;
  /** SQL text of the reason. */
  readonly reason: string;
}

/**
 * @param cell SQL of the transform's output column
 * @param from its DuckDB type, as `describe` names it
 */
export function castTo(column: Column, name: string, cell: string, from: string): Cast {
  const to = duckdbTypeOf(column);
  const { pattern, called } = textForm(column);
  const shown = `left(replace(cast(${cell} as varchar), chr(0), '\\u0000'), 200)`;
  const reason = `concat(${literal(`${name}: `)}, coalesce(${shown}, ''), ${literal(` is not ${called}`)})`;
  if (from !== 'VARCHAR') {
    const finite = to === 'DOUBLE' || to === 'FLOAT' ? ` or not isfinite(try_cast(${cell} as ${to}))` : '';
    if (from === to) {
      return { value: cell, failed: finite === '' ? null : `(${cell} is not null and not isfinite(${cell}))`, reason };
    }
    return { value: `try_cast(${cell} as ${to})`, failed: `(${cell} is not null and (try_cast(${cell} as ${to}) is null${finite}))`, reason };
  }
  const filled = `nullif(trim(${cell}), '')`;
  if (to === 'VARCHAR' && column.pg !== 'numeric' && column.pg !== 'jsonb') {
    const value = `case when ${filled} is not null then ${cell} end`;
    const tooLong = column.length === undefined ? '' : ` or length(${cell}) > ${column.length}`;
    return { value, failed: `(contains(${cell}, chr(0))${tooLong})`, reason: `concat(${literal(`${name}: `)}, ${shown}, ${literal(column.length === undefined ? ' holds a NUL character' : ` holds a NUL character or is longer than ${column.length}`)})` };
  }
  if (column.pg === 'jsonb') {
    return { value: filled, failed: `(${filled} is not null and not json_valid(${filled}))`, reason: `concat(${literal(`${name}: `)}, ${shown}, ' is not JSON')` };
  }
  const shaped = pattern === null ? filled : `case when regexp_full_match(${filled}, ${literal(pattern)}) then ${filled} end`;
  const value = `try_cast(${shaped} as ${to})`;
  const finite = to === 'DOUBLE' || to === 'FLOAT' ? ` or not isfinite(${value})` : '';
  return { value, failed: `(${filled} is not null and (${value} is null${finite}))`, reason };
}
