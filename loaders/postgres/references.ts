/** Which values another table does not have. */
import { escapeIdentifier as id } from 'pg';
import { type Column, pgTypeName } from '../../core/contract.ts';
import type { Database } from '../../core/effects.ts';

/** @param table with its schema, from a contract */
export async function missingValues(
  db: Database,
  { table, target }: { readonly table: string; readonly target: string },
  column: Column,
  values: readonly string[],
): Promise<string[]> {
  const name = table.split('.').map(id).join('.');
  const rows = await db.query<{ value: string }>(
    `select v.value from unnest($1::text[]) as v(value)
     where not exists (select from ${name} t where t.${id(target)} = v.value::${pgTypeName(column)}) order by 1`,
    [values],
  );
  return rows.map(({ value }) => value);
}
