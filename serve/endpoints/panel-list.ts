/** Lists of panels: rows of one table with their provenance in one statement, as JSON for the body and as a table for CSV. */
import type { Database } from '../../core/effects.ts';
import type { RowColumn, RowTable } from '../api/endpoint.ts';
import { type Provenance, unknownProvenance } from '../api/provenance.ts';

export interface PanelList {
  /** Base of a file name. */
  readonly name: string;
  readonly columns: readonly RowColumn[];
  readonly statement: string;
}

export interface PanelListParts {
  readonly name: string;
  /** Names and types; where the name is not the expression, `as` says which is. */
  readonly columns: readonly (RowColumn & { readonly as?: string })[];
  /** With its schema; it has `load_id`. */
  readonly table: string;
  readonly where: string;
  /** Ends with the key, so that equal instants keep their order. */
  readonly order: string;
  /** The instant of a row. */
  readonly instant: string;
  /** Parameter that holds the most rows: `$2`. */
  readonly limit: string;
}

/** The statement is made of these constants alone; what a client gives are its parameters. */
export function panelList({ name, columns, table, where, order, instant, limit }: PanelListParts): PanelList {
  const selected = columns.map((column) => `${column.as ?? `t.${column.name}`} as ${column.name}`).join(', ');
  return {
    name,
    columns: columns.map((column) => ({ name: column.name, type: column.type })),
    statement: `
      with newest as materialized (
        select * from ${table} where ${where} order by ${order} limit ${limit}
      )
      select coalesce((select json_agg(r) from (select ${selected} from newest t order by ${order}) r), '[]') as records,
        public.provenance_of_loads((select array_agg(distinct load_id) from newest), (select max(${instant}) from newest)) as provenance`,
  };
}

export interface PanelRows<Row extends object> {
  readonly records: Row[];
  readonly provenance: Provenance;
  readonly rows: RowTable;
}

export async function readPanel<Row extends object>(
  db: Database,
  { name, columns, statement }: PanelList,
  params: readonly unknown[],
): Promise<PanelRows<Row>> {
  const [row] = await db.query<{ records: Row[]; provenance: Provenance }>(statement, params);
  const { records, provenance } = row ?? { records: [], provenance: unknownProvenance(null) };
  return {
    records,
    provenance,
    rows: { name, columns, rows: records as readonly (Row & Readonly<Record<string, unknown>>)[] },
  };
}
