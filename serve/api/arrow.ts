/** Rows as Arrow IPC: the type of each column follows from PostgreSQL's, and the schema's metadata holds the provenance. */
import {
  AsyncByteQueue,
  Bool,
  Data,
  DataType,
  DateDay,
  Field,
  Float64,
  Int32,
  Int64,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  TimeUnit,
  Timestamp,
  Utf8,
} from 'apache-arrow';
import { bigintOf, booleanOf, dayOf, microsOf, numberOf, textOf } from '../rows/values.ts';
import type { RowColumn, RowTable } from './endpoint.ts';

type Rows = RowTable['rows'];

export function arrowOf(table: RowTable, provenance: unknown): Uint8Array<ArrayBuffer> {
  const writer = arrowWriter(table.columns, provenance);
  return joined([...writer.write(table.rows), ...writer.end()]);
}

export interface ArrowWriter {
  /** Bytes of a record batch; before the first one, of the schema too. */
  write(rows: Rows): readonly Uint8Array[];
  end(): readonly Uint8Array[];
}

export function arrowWriter(columns: readonly RowColumn[], provenance: unknown): ArrowWriter {
  const schema = new Schema(
    columns.map(({ name, type }) => new Field(name, arrowType(type), true)),
    new Map([['provenance', JSON.stringify(provenance)]]),
  );
  const sink = new Collected();
  const writer = new RecordBatchStreamWriter({ autoDestroy: false });
  writer.reset(sink, schema);
  return {
    write: (rows) => {
      if (rows.length > 0 || columns.length === 0) writer.write(batchOf(schema, columns, rows));
      return sink.take();
    },
    end: () => {
      writer.finish();
      return sink.take();
    },
  };
}

/** The writer writes at once; what it wrote is taken away before the next batch. */
class Collected extends AsyncByteQueue {
  #chunks: Uint8Array[] = [];
  override write(chunk: Uint8Array): void {
    if (chunk.byteLength > 0) this.#chunks.push(chunk);
  }
  take(): readonly Uint8Array[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    return chunks;
  }
}

function arrowType(type: string): DataType {
  switch (type) {
    case 'timestamptz':
      return new Timestamp(TimeUnit.MICROSECOND, 'UTC');
    case 'timestamp':
      return new Timestamp(TimeUnit.MICROSECOND);
    case 'date':
      return new DateDay();
    case 'float4':
    case 'float8':
    case 'numeric':
      return new Float64();
    case 'int2':
    case 'int4':
      return new Int32();
    case 'int8':
      return new Int64();
    case 'bool':
      return new Bool();
    default:
      return new Utf8();
  }
}

function batchOf(schema: Schema, columns: readonly RowColumn[], rows: Rows): RecordBatch {
  const children = columns.map(({ name }, i) => {
    const field = schema.fields[i];
    if (field === undefined) throw new Error(`the schema has no column ${i + 1}`);
    return columnData(field.type, (row) => rows[row]?.[name], rows.length);
  });
  return new RecordBatch(
    schema,
    makeData({ type: new Struct(schema.fields), length: rows.length, nullCount: 0, children }),
  );
}

function columnData(type: DataType, at: (row: number) => unknown, length: number): Data {
  if (DataType.isTimestamp(type)) return fixed(type, new BigInt64Array(length), at, microsOf, length);
  if (DataType.isDate(type)) return fixed(type, new Int32Array(length), at, dayOf, length);
  if (DataType.isFloat(type)) return fixed(type, new Float64Array(length), at, numberOf, length);
  if (DataType.isInt(type) && type.bitWidth === 64) return fixed(type, new BigInt64Array(length), at, bigintOf, length);
  if (DataType.isInt(type)) return fixed(type, new Int32Array(length), at, numberOf, length);
  if (DataType.isBool(type)) return bits(type, at, length);
  return texts(at, length);
}

/** One bit for each value that is there. */
class Validity {
  readonly bytes: Uint8Array;
  missing: number;
  constructor(length: number) {
    this.bytes = new Uint8Array(Math.ceil(length / 8));
    this.missing = length;
  }
  mark(row: number): void {
    this.bytes[row >> 3] = (this.bytes[row >> 3] ?? 0) | (1 << (row & 7));
    this.missing -= 1;
  }
}

function fixed<T extends number | bigint>(
  type: DataType,
  data: { [row: number]: T; readonly length: number },
  at: (row: number) => unknown,
  read: (value: unknown) => T | null,
  length: number,
): Data {
  const validity = new Validity(length);
  for (let row = 0; row < length; row += 1) {
    const value = read(at(row));
    if (value === null) continue;
    data[row] = value;
    validity.mark(row);
  }
  return new Data(type, 0, length, validity.missing, [undefined, data, validity.bytes]);
}

function bits(type: Bool, at: (row: number) => unknown, length: number): Data {
  const validity = new Validity(length);
  const data = new Uint8Array(Math.ceil(length / 8));
  for (let row = 0; row < length; row += 1) {
    const value = booleanOf(at(row));
    if (value === null) continue;
    validity.mark(row);
    if (value) data[row >> 3] = (data[row >> 3] ?? 0) | (1 << (row & 7));
  }
  return makeData({ type, length, nullCount: validity.missing, nullBitmap: validity.bytes, data });
}

function texts(at: (row: number) => unknown, length: number): Data {
  const validity = new Validity(length);
  const valueOffsets = new Int32Array(length + 1);
  const parts: Buffer[] = [];
  let end = 0;
  for (let row = 0; row < length; row += 1) {
    const value = textOf(at(row));
    if (value !== null) {
      const bytes = Buffer.from(value);
      parts.push(bytes);
      end += bytes.length;
      validity.mark(row);
    }
    valueOffsets[row + 1] = end;
  }
  return makeData({
    type: new Utf8(),
    length,
    nullCount: validity.missing,
    nullBitmap: validity.bytes,
    valueOffsets,
    data: joined(parts),
  });
}

function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    all.set(chunk, offset);
    offset += chunk.length;
  }
  return all;
}
