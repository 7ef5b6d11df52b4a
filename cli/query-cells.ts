/** Cells of a query's result, from PostgreSQL's text to JSON values and to text for people. */
import { arrayElements, type ResultColumn, type TextRow } from '../loaders/postgres/read-only-query.ts';

const BOOL = 16;
const FLOATS: ReadonlySet<number> = new Set([700, 701]);
/** int8, int2, int4, oid, numeric. */
const EXACT: ReadonlySet<number> = new Set([20, 21, 23, 26, 1700]);
const JSONS: ReadonlySet<number> = new Set([114, 3802]);
const TIMESTAMPTZ = 1184;
/** Array type → type of its elements: the ones that a contract or a catalog query can give. */
const ARRAYS: ReadonlyMap<number, number> = new Map([
  [1000, 16],
  [1005, 21],
  [1007, 23],
  [1016, 20],
  [1021, 700],
  [1022, 701],
  [1231, 1700],
  [1009, 25],
  [1015, 1043],
  [1003, 19],
  [1182, 1082],
  [1115, 1114],
  [1185, 1184],
  [2951, 2950],
]);

export function isNumeric({ oid }: ResultColumn): boolean {
  return FLOATS.has(oid) || EXACT.has(oid);
}

/** Names that are there twice get a number, since an object can hold each name once. */
export function uniqueNames(columns: readonly ResultColumn[]): string[] {
  const seen = new Map<string, number>();
  return columns.map(({ name }) => {
    const n = (seen.get(name) ?? 0) + 1;
    seen.set(name, n);
    return n === 1 ? name : `${name}_${n}`;
  });
}

/** One row as the text of a JSON object. */
export function rowJson(names: readonly string[], columns: readonly ResultColumn[], row: TextRow): string {
  return `{${row.map((cell, i) => `${JSON.stringify(names[i])}:${cellJson(cell, columns[i]?.oid ?? 0)}`).join(',')}}`;
}

/** Numbers where that is exact, else strings; JSON as it is; instants in ISO 8601; everything else as PostgreSQL writes it. */
export function cellJson(cell: string | null, oid: number): string {
  if (cell === null) return 'null';
  if (oid === BOOL) return cell === 't' ? 'true' : 'false';
  if (FLOATS.has(oid) && Number.isFinite(Number(cell))) return JSON.stringify(Number(cell));
  if (EXACT.has(oid) && isExact(cell)) return JSON.stringify(Number(cell));
  if (JSONS.has(oid)) return cell;
  const element = ARRAYS.get(oid);
  if (element !== undefined) return arrayJson(arrayElements(cell), element);
  return JSON.stringify(cellText(cell, oid));
}

function arrayJson(elements: readonly unknown[], oid: number): string {
  return `[${elements.map((item) => (Array.isArray(item) ? arrayJson(item, oid) : cellJson(item === null ? null : String(item), oid))).join(',')}]`;
}

export function cellText(cell: string | null, oid: number): string {
  if (cell === null) return 'null';
  // `2025-05-01 05:00:00+00` of a session in UTC; dates beyond the calendar (infinity, BC) stay as they are.
  if (oid === TIMESTAMPTZ) return cell.replace(/^(\d{4,}-\d{2}-\d{2}) (\S+)\+00$/, '$1T$2Z');
  if (oid === BOOL) return cell === 't' ? 'true' : 'false';
  return cell;
}

/** Whether a decimal text survives as a JavaScript number: 45.10 does, 12345678901234567.1 does not. */
function isExact(text: string): boolean {
  const value = Number(text);
  return Number.isFinite(value) && canonical(text) === canonical(String(value));
}

function canonical(text: string): string {
  const plain = text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text;
  return plain === '-0' ? '0' : plain;
}
