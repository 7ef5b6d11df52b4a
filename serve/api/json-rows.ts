/** Rows as JSON text. Numbers of PostgreSQL go through as they were written, without a detour over a JavaScript number. */
import type { RowColumn, RowTable } from './endpoint.ts';

type Write = (value: unknown) => string;

const writePlain: Write = (value) => (value === null || value === undefined ? 'null' : JSON.stringify(value));
/** JSON has no NaN and no infinity. */
const writeNumber: Write = (value) => {
  if (typeof value === 'string') return /^-?\d/.test(value) ? value : 'null';
  return writePlain(value);
};
/** Text of PostgreSQL that is JSON already. */
const writeAsIs: Write = (value) => (typeof value === 'string' ? value : writePlain(value));

function writerOf({ type }: RowColumn): Write {
  if (/^(int|float|numeric)/.test(type)) return writeNumber;
  return type === 'bool' || type.startsWith('json') || type.endsWith('[]') ? writeAsIs : writePlain;
}

/** One text for each row. */
export function jsonRows({ columns, rows }: RowTable): string[] {
  const parts = columns.map((column, i) => ({
    name: column.name,
    write: writerOf(column),
    head: `${i === 0 ? '{' : ','}${JSON.stringify(column.name)}:`,
  }));
  if (parts.length === 0) return rows.map(() => '{}');
  return rows.map((row) => {
    let text = '';
    for (const { name, write, head } of parts) text += head + write(row[name]);
    return `${text}}`;
  });
}

/** Newline-delimited: each line is a row. */
export function ndjsonOf(table: RowTable): string {
  return jsonRows(table)
    .map((row) => `${row}\n`)
    .join('');
}
