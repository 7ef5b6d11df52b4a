/** DuckDB's vectors as raw bytes: no object per cell. Layout: https://duckdb.org/docs/stable/clients/c/vector */
import duckdb from '@duckdb/node-bindings';
import type { DuckDBDataChunk } from '@duckdb/node-api';

/** One column of one chunk. */
export interface RawVector {
  readonly rows: number;
  /** Little-endian cells, `rows * width` bytes. */
  readonly data: DataView;
  /** One bit per row, 1 = present; null when no cell is NULL. */
  readonly validity: Uint8Array | null;
  readonly handle: duckdb.Vector;
}

/** Column `index` of a chunk whose cells are `width` bytes wide. */
export function columnVector(chunk: DuckDBDataChunk, index: number, rows: number, width: number): RawVector {
  return read(duckdb.data_chunk_get_vector(chunk.chunk, index), rows, width);
}

/** All elements of a list column, one list after the other. */
export function listElements(list: RawVector, width: number): RawVector {
  return read(duckdb.list_vector_get_child(list.handle), duckdb.list_vector_get_size(list.handle), width);
}

const pointer = new DataView(new ArrayBuffer(8));

/** Copies `length` bytes of the process's memory; the caller knows that they can be read. */
export function memory(address: number, length: number): DataView {
  pointer.setBigUint64(0, BigInt(address), true);
  const bytes = duckdb.get_data_from_pointer(pointer.buffer, 0, length);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function isPresent(validity: Uint8Array, row: number): boolean {
  return ((validity[row >> 3]! >> (row & 7)) & 1) === 1;
}

function read(handle: duckdb.Vector, rows: number, width: number): RawVector {
  const data = duckdb.vector_get_data(handle, rows * width);
  // The binding returns nothing, against its declared type, when no cell is NULL.
  const mask: Uint8Array | null = duckdb.vector_get_validity(handle, Math.ceil(rows / 64) * 8) ?? null;
  return {
    rows,
    data: new DataView(data.buffer, data.byteOffset, data.byteLength),
    validity: mask !== null && hasAbsent(mask, rows) ? mask : null,
    handle,
  };
}

/** DuckDB keeps a mask after the last NULL is gone; without NULLs the fixed-width path applies. */
function hasAbsent(mask: Uint8Array, rows: number): boolean {
  const whole = rows >> 3;
  for (let i = 0; i < whole; i++) if (mask[i] !== 0xff) return true;
  const rest = (1 << (rows & 7)) - 1;
  return (mask[whole]! & rest) !== rest;
}
