/** Rows as CSV (RFC 4180, with a header): a missing value is an empty cell, an empty text is "". */
import { stringify } from 'csv-stringify/sync';
import type { RowTable } from './endpoint.ts';

/** @param header false: more rows of a text that has begun */
export function csvOf({ columns, rows }: RowTable, header: boolean = true): string {
  return stringify(
    rows.map((row) => columns.map(({ name }) => cell(row[name]))),
    { header, columns: columns.map(({ name }) => name), record_delimiter: 'windows', quoted_match: /^$/ },
  );
}

function cell(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
