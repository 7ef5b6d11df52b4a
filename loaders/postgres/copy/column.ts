/** Columns of a COPY. Each is read from the DuckDB type that `core/duckdb-type.ts` names. */
import type { Column, PgType, Table } from '../../../core/contract.ts';

/** A column that the source delivers, in the order of the source's columns. */
export interface CopyColumn {
  readonly name: string;
  readonly pg: PgType;
  /** Of a `numeric`; without it the number comes as text (`-12.50`, `1e-7`, `NaN`) or as any DECIMAL. */
  readonly precision?: number;
  readonly scale?: number;
}

/** A column that has the same `int8` in every row of a COPY, e.g. `load_id`; it follows the source's columns. */
export interface CopyConstant {
  readonly name: string;
  readonly value: bigint;
}

/** The columns of a contract, in its order. */
export function copyColumns(table: Table): CopyColumn[] {
  return Object.entries(table.columns).map(([name, column]) => ({ name, ...copyType(column) }));
}

function copyType(column: Column): Omit<CopyColumn, 'name'> {
  const { pg, precision, scale } = column;
  return { pg, ...(precision === undefined ? {} : { precision }), ...(scale === undefined ? {} : { scale }) };
}
