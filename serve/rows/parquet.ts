/** Rows as a Parquet file that is written piece by piece: one row group for each piece, types as PostgreSQL has them, provenance in the footer. */
import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import type { TextRow } from './page.ts';
import type { SourceColumn } from './select.ts';
import { bigintOf, booleanOf, dayOf, decimalOf, microsOf, numberOf, textOf } from './values.ts';

export interface FileWriter {
  /** Bytes that are ready; rows of one call are one row group, batch or piece of text. */
  write(rows: readonly TextRow[]): Uint8Array<ArrayBuffer>;
  end(): Uint8Array<ArrayBuffer>;
}

/** More digits do not fit into 64 bits. */
const DECIMAL_DIGITS_MAX = 18;

interface ParquetColumn {
  readonly name: string;
  readonly element: SchemaElement;
  readonly read: (value: unknown) => unknown;
}

export function parquetWriter(columns: readonly SourceColumn[], provenance: unknown): FileWriter {
  const bytes = new ByteWriter(1 << 20);
  const shaped = columns.map(parquetColumn);
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [{ name: 'root', num_children: shaped.length }, ...shaped.map(({ element }) => element)],
    kvMetadata: [{ key: 'provenance', value: JSON.stringify(provenance) }],
    createdBy: 'penstock',
  });
  // Its offset counts on, so places in the file stay right when what was written is taken away.
  const take = (): Uint8Array<ArrayBuffer> => {
    const taken = bytes.getBytes().slice();
    bytes.index = 0;
    return taken;
  };
  return {
    write: (rows) => {
      if (rows.length > 0)
        void writer.write({
          columnData: shaped.map(({ name, read }) => ({ name, data: rows.map((row) => read(row[name])) })),
          rowGroupSize: rows.length,
        });
      return take();
    },
    end: () => {
      void writer.finish();
      return take();
    },
  };
}

function parquetColumn({ name, type, precision = 0, scale = 0 }: SourceColumn): ParquetColumn {
  const optional = { name, repetition_type: 'OPTIONAL' } as const;
  switch (type) {
    case 'timestamptz':
    case 'timestamp':
      return {
        name,
        element: {
          ...optional,
          type: 'INT64',
          // The older mark says UTC, so a local time has only the newer one.
          ...(type === 'timestamptz' && { converted_type: 'TIMESTAMP_MICROS' }),
          logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: type === 'timestamptz', unit: 'MICROS' },
        },
        read: microsOf,
      };
    case 'date':
      return {
        name,
        element: { ...optional, type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } },
        read: dayOf,
      };
    case 'numeric':
      if (precision === 0 || precision > DECIMAL_DIGITS_MAX)
        return { name, element: { ...optional, type: 'DOUBLE' }, read: numberOf };
      return {
        name,
        element: {
          ...optional,
          type: 'INT64',
          converted_type: 'DECIMAL',
          precision,
          scale,
          logical_type: { type: 'DECIMAL', precision, scale },
        },
        read: (value) => decimalOf(value, scale),
      };
    case 'float4':
    case 'float8':
      return { name, element: { ...optional, type: 'DOUBLE' }, read: numberOf };
    case 'int2':
    case 'int4':
      return { name, element: { ...optional, type: 'INT32' }, read: numberOf };
    case 'int8':
      return { name, element: { ...optional, type: 'INT64' }, read: bigintOf };
    case 'bool':
      return { name, element: { ...optional, type: 'BOOLEAN' }, read: booleanOf };
    case 'uuid':
      return {
        name,
        element: { ...optional, type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, logical_type: { type: 'UUID' } },
        read: textOf,
      };
    default:
      return {
        name,
        element: { ...optional, type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
        read: textOf,
      };
  }
}
