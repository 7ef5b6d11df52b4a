/** Which DuckDB type carries a contract column: the transform casts to it, the COPY encoder reads it. */
import type { Column } from './contract.ts';

/** DuckDB's widest DECIMAL. */
const MAX_DECIMAL_PRECISION = 38;

/** DuckDB's type for a contract column. A `numeric` that no DECIMAL holds exactly comes as VARCHAR with the number as text. */
export function duckdbTypeOf(column: Pick<Column, 'pg' | 'precision' | 'scale'>): string {
  switch (column.pg) {
    case 'bool':
      return 'BOOLEAN';
    case 'int2':
      return 'SMALLINT';
    case 'int4':
      return 'INTEGER';
    case 'int8':
      return 'BIGINT';
    case 'float4':
      return 'FLOAT';
    case 'float8':
      return 'DOUBLE';
    case 'numeric':
      return column.precision === undefined || column.precision > MAX_DECIMAL_PRECISION
        ? 'VARCHAR'
        : `DECIMAL(${column.precision},${column.scale ?? 0})`;
    case 'timestamptz':
      return 'TIMESTAMP WITH TIME ZONE';
    case 'timestamp':
      return 'TIMESTAMP';
    case 'date':
      return 'DATE';
    case 'uuid':
      return 'UUID';
    case 'text[]':
      return 'VARCHAR[]';
    default:
      return 'VARCHAR';
  }
}
