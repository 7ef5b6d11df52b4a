/**
 * The last step of every transform: from what the SQL file gives to the contract's types. Stricter than `try_cast` alone, which
 * rounds `12.5` to an integer, cuts decimals and reads `NaN`.
 */
import type { Column } from '../core/contract.ts';
import { duckdbTypeOf } from '../core/duckdb-type.ts';
import { literal } from './quote.ts';

/** Microseconds are the finest that both databases keep. */
const TIME = String.raw`[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6}0*)?)?`;
const DATE = '[0-9]{4}-[0-9]{2}-[0-9]{2}';
const INSTANT = `${DATE}[T ]${TIME}(Z|[+-](0[0-9]|1[0-5])(:?[0-5][0-9])?)`;
const DIGITS = String.raw`[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)`;
const NUMBER = `${DIGITS}([eE][+-]?[0-9]+)?`;
/** PostgreSQL's numeric ends at 16,383 decimals. */
const UNBOUNDED_NUMBER = `${DIGITS}([eE][+-]?[0-9]{1,4})?`;
const NUMERIC_TYPE = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL)/;
/** What DuckDB calls JSON and PostgreSQL does not: trailing commas, comments, NaN, Infinity, giant exponents. Searched outside of strings. */
const LOOSE_JSON = String.raw`(?i)nan|inf|,\s*[\]}]|/[/*]|e[+-]?[0-9]{5}`;
const JSON_STRING = String.raw`"(\\.|[^"\\])*"`;

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
      return numericForm(column);
    case 'timestamptz':
      return { pattern: INSTANT, called: 'an instant' };
    case 'timestamp':
      return { pattern: `${DATE}([T ]${TIME})?`, called: 'a date and time' };
    case 'date':
      return { pattern: DATE, called: 'a date' };
    case 'bool':
      return { pattern: null, called: 'true or false' };
    default:
      return { pattern: null, called: `of type ${column.pg}` };
  }
}

function numericForm({ precision, scale = 0 }: Column): { readonly pattern: string; readonly called: string } {
  if (precision === undefined) return { pattern: UNBOUNDED_NUMBER, called: 'a number' };
  return {
    pattern: String.raw`[+-]?[0-9]*(\.[0-9]{0,${scale}}0*)?`,
    called: `a number with at most ${precision - scale} digits before and ${scale} after the decimal point`,
  };
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
  if (column.pg === 'jsonb') return jsonCast(name, cell, from, shown);
  if (from !== 'VARCHAR') return typedCast(column, cell, from, reason);
  const filled = `nullif(trim(${cell}), '')`;
  if (to === 'VARCHAR' && column.pg !== 'numeric') {
    const value = `case when ${filled} is not null then ${cell} end`;
    const tooLong = column.length === undefined ? '' : ` or length(${cell}) > ${column.length}`;
    return {
      value,
      failed: `(contains(${cell}, chr(0))${tooLong})`,
      reason: `concat(${literal(`${name}: `)}, ${shown}, ${literal(column.length === undefined ? ' holds a NUL character' : ` holds a NUL character or is longer than ${column.length}`)})`,
    };
  }
  const shaped =
    pattern === null ? filled : `case when regexp_full_match(${filled}, ${literal(pattern)}) then ${filled} end`;
  // DuckDB wants the seconds.
  const whole =
    column.pg === 'timestamptz' ? `regexp_replace(${shaped}, '([T ][0-9]{2}:[0-9]{2})(Z|[+-])', '\\1:00\\2')` : shaped;
  const value = `try_cast(${whole} as ${to})`;
  return { value, failed: `(${filled} is not null and (${value} is null${inexact(to, value, filled)}))`, reason };
}

/** A number so large or so small that a float makes infinity or zero of it; a list with a character that PostgreSQL cannot hold. */
function inexact(to: string, value: string, text: string): string {
  if (to === 'VARCHAR[]') return ` or ${holdsNul(value)}`;
  if (to !== 'DOUBLE' && to !== 'FLOAT') return '';
  return ` or not isfinite(${value}) or (${value} = 0 and regexp_matches(${text}, '^[+-]?[0.]*[1-9]'))`;
}

function holdsNul(list: string): string {
  return `len(list_filter(${list}, lambda x: contains(x, chr(0)))) > 0`;
}

/** From a type that the SQL gave: what does not come back unchanged was rounded or cut. */
function typedCast(column: Column, cell: string, from: string, reason: string): Cast {
  const to = duckdbTypeOf(column);
  const value = from === to ? cell : `try_cast(${cell} as ${to})`;
  const faults = from === to ? [] : [`${value} is null`];
  if (to === 'DOUBLE' || to === 'FLOAT') faults.push(`not isfinite(${value})`);
  if (to === 'VARCHAR[]') faults.push(holdsNul(value));
  const isFloat = (type: string): boolean => type === 'DOUBLE' || type === 'FLOAT';
  const numbers =
    NUMERIC_TYPE.test(from) &&
    (NUMERIC_TYPE.test(to) || to === 'BOOLEAN') &&
    !(isFloat(to) && (isFloat(from) || from.startsWith('DECIMAL')));
  const times = from.startsWith('TIMESTAMP') && (to === 'DATE' || from === 'TIMESTAMP_NS');
  if (from !== to && (numbers || times)) faults.push(`try_cast(${value} as ${from}) is distinct from ${cell}`);
  return { value, failed: faults.length === 0 ? null : `(${cell} is not null and (${faults.join(' or ')}))`, reason };
}

function jsonCast(name: string, cell: string, from: string, shown: string): Cast {
  const text =
    from === 'VARCHAR'
      ? `nullif(trim(${cell}), '')`
      : from === 'JSON'
        ? `cast(${cell} as varchar)`
        : `case when ${cell} is not null then cast(to_json(${cell}) as varchar) end`;
  const outside = `regexp_replace(${text}, ${literal(JSON_STRING)}, '""', 'g')`;
  return {
    value: text,
    failed: `(${text} is not null and (not json_valid(${text}) or contains(${text}, '\\u0000') or regexp_matches(${outside}, ${literal(LOOSE_JSON)})))`,
    reason: `concat(${literal(`${name}: `)}, ${shown}, ' is not JSON')`,
  };
}
