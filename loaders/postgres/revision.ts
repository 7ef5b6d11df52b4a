/** What changed in a row, cell by cell, as text. */
import { keyColumns, type Table } from '../../core/contract.ts';
import { fromPg } from './instant.ts';

export interface Revision {
  readonly key: string;
  readonly column: string;
  readonly old: string | null;
  readonly new: string | null;
  readonly knownSince: string;
}

export interface RevisedRow {
  readonly old: Readonly<Record<string, unknown>>;
  readonly new: Readonly<Record<string, unknown>>;
  readonly known_at: string;
}

export function changedCells(table: Table, row: RevisedRow): Revision[] {
  const keys = keyColumns(table);
  const key = keys.map((name) => cellText(row.new[name])).join(', ');
  return Object.keys(table.columns)
    .filter((name) => !keys.includes(name) && cellText(row.old[name]) !== cellText(row.new[name]))
    .map((column) => ({
      key,
      column,
      old: cellText(row.old[column]),
      new: cellText(row.new[column]),
      knownSince: new Date(fromPg(row.known_at)).toISOString(),
    }));
}

export function cellText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value).replace(/\+00:00$/, 'Z');
}
