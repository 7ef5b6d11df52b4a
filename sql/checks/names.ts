/** Tables and keys as SQL of the checks; the tested table is `t`. */
import type { Table } from '../../core/contract.ts';
import { identifier, qualified } from '../identifier.ts';

/** One column of the key as text: `2025-05-01T05:00:00Z`. */
export function keyText(table: Table, name: string): string {
  return table.columns[name]?.pg === 'timestamptz'
    ? `to_char(t.${identifier(name)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`
    : `t.${identifier(name)}::text`;
}

export function tableName(name: string): string {
  const [schema = '', relation = ''] = name.split('.');
  return qualified(schema, relation);
}
