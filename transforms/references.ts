/** Columns that refer to another table: which values a file names, and the rows whose value that table does not have. */
import type { Table } from '../core/contract.ts';
import type { Pipeline } from '../core/pipeline.ts';
import { identifier as id, literal } from './quote.ts';
import { keyText } from './rules.ts';
import type { Session } from './session.ts';
import { createTypedView, summarise, type TransformResult } from './transform.ts';

export interface Reference {
  readonly column: string;
  /** `public.threat_models` */
  readonly table: string;
  readonly target: string;
}

export function referencesOf(table: Table): Reference[] {
  return Object.entries(table.columns).flatMap(([column, { references }]) => {
    const [, name, target] = /^([a-z0-9_.]+)\(([a-z0-9_]+)\)$/.exec(references ?? '') ?? [];
    return name === undefined || target === undefined ? [] : [{ column, table: name, target }];
  });
}

export function referenceRule({ column }: Reference): string {
  return `references(${column})`;
}

/** What the rows name, each once; what the file itself brings is there when it is loaded. */
export async function namedValues(session: Session, own: Table, reference: Reference): Promise<string[]> {
  const brought =
    own.name === reference.table
      ? ` and ${id(reference.column)} not in (select ${id(reference.target)} from typed where ${id(reference.target)} is not null)`
      : '';
  const rows = await session.rows<{ value: string }>(
    `select distinct cast(${id(reference.column)} as varchar) as value from typed where ${id(reference.column)} is not null${brought} order by 1`,
  );
  return rows.map(({ value }) => value);
}

/** Refuses the rows that name one of these values. @returns the counts of the transform as they are then */
export async function refuseUnresolved(
  session: Session,
  { table }: Pipeline,
  reference: Reference,
  missing: readonly string[],
): Promise<TransformResult> {
  const { column, target } = reference;
  const keys = Object.entries(table.columns)
    .filter(([, { key }]) => key)
    .map(([name]) => id(name))
    .join(', ');
  await session.run(`insert into refused
    with standing as (select rowid as _row, * from staged where _ok and rowid not in (select row_id from refused where row_id is not null))
    select _row, _line, ${literal(referenceRule(reference))},
      concat(${literal(`${column}: `)}, cast(${id(column)} as varchar), ${literal(` is no ${target} of ${reference.table}`)}), ${keyText(table)}, ${keys}
    from standing where cast(${id(column)} as varchar) in (${missing.map(literal).join(', ')})`);
  await createTypedView(session, table);
  return summarise(session, table);
}
