/** What every column encoder makes of one column of one chunk: widths first, then bytes in place. */
import { isPresent, type RawVector } from './vector.ts';

/** PostgreSQL's length word of a NULL. */
export const NULL_LENGTH = -1;
/** Bytes of a field's length word. */
export const LENGTH_WORD = 4;

/** One column of one chunk, ready to be written row by row into a COPY buffer. */
export interface Cells {
  /** Bytes that a row takes, length word included, unless {@link addWidths} says otherwise. */
  readonly width: number;
  /** Adds to each row's size what it differs from `width`; absent when no row does. */
  readonly addWidths?: (sizes: Float64Array) => void;
  /** Writes rows `from` to `to` at their positions and moves the positions behind what was written. */
  readonly write: (out: DataView, positions: Int32Array, from: number, to: number) => void;
}

/** Cells of `bytes` bytes each, NULLs aside. */
export function fixedCells(bytes: number, validity: Uint8Array | null, rows: number, write: Cells['write']): Cells {
  const width = LENGTH_WORD + bytes;
  return validity === null
    ? { width, write }
    : { width, write, addWidths: (sizes) => shortenNulls(sizes, bytes, validity, rows) };
}

/** Cells of one or more 32-bit words, read little-endian at `row * words * 4` and written in network order. */
export function wordCells(words: DataView, perRow: number, validity: Uint8Array | null, rows: number): Cells {
  return fixedCells(perRow * 4, validity, rows, (out, positions, from, to) => {
    if (perRow === 2) writeWordPairs(words, validity, out, positions, from, to);
    else writeWords(words, perRow, validity, out, positions, from, to);
  });
}

/** `float8`: one store of a double is twice as fast as two of words. */
export function doubleCells(vector: RawVector): Cells {
  const { data, validity, rows } = vector;
  const values = new Float64Array(data.buffer, data.byteOffset, rows);
  return fixedCells(8, validity, rows, (out, positions, from, to) => {
    writeDoubles(values, validity, out, positions, from, to);
  });
}

export function writeNull(out: DataView, positions: Int32Array, row: number): void {
  const at = positions[row]!;
  out.setInt32(at, NULL_LENGTH);
  positions[row] = at + LENGTH_WORD;
}

/** A NULL has no bytes. Looks at eight rows at a time, as most have none. */
function shortenNulls(sizes: Float64Array, bytes: number, validity: Uint8Array, rows: number): void {
  for (let first = 0; first < rows; first += 8) {
    if (validity[first >> 3] === 0xff) continue;
    const end = Math.min(first + 8, rows);
    for (let row = first; row < end; row++) if (!isPresent(validity, row)) sizes[row]! -= bytes;
  }
}

/** `int8` and timestamps; not as doubles, for a number that looks like a NaN would change. */
function writeWordPairs(
  words: DataView,
  validity: Uint8Array | null,
  out: DataView,
  positions: Int32Array,
  from: number,
  to: number,
): void {
  for (let row = from; row < to; row++) {
    const at = positions[row]!;
    if (validity !== null && !isPresent(validity, row)) {
      out.setInt32(at, NULL_LENGTH);
      positions[row] = at + LENGTH_WORD;
      continue;
    }
    const start = row << 3;
    out.setInt32(at, 8);
    out.setInt32(at + 4, words.getInt32(start + 4, true));
    out.setInt32(at + 8, words.getInt32(start, true));
    positions[row] = at + 12;
  }
}

function writeDoubles(
  values: Float64Array,
  validity: Uint8Array | null,
  out: DataView,
  positions: Int32Array,
  from: number,
  to: number,
): void {
  for (let row = from; row < to; row++) {
    const at = positions[row]!;
    if (validity !== null && !isPresent(validity, row)) {
      out.setInt32(at, NULL_LENGTH);
      positions[row] = at + LENGTH_WORD;
      continue;
    }
    out.setInt32(at, 8);
    out.setFloat64(at + 4, values[row]!);
    positions[row] = at + 12;
  }
}

function writeWords(
  words: DataView,
  perRow: number,
  validity: Uint8Array | null,
  out: DataView,
  positions: Int32Array,
  from: number,
  to: number,
): void {
  const bytes = perRow * 4;
  for (let row = from; row < to; row++) {
    if (validity !== null && !isPresent(validity, row)) {
      writeNull(out, positions, row);
      continue;
    }
    const at = positions[row]!;
    out.setInt32(at, bytes);
    const start = row * bytes;
    const end = at + bytes;
    // The most significant word is the last one in memory and the first one on the wire.
    for (let word = 0; word < bytes; word += 4) out.setInt32(end - word, words.getInt32(start + word, true));
    positions[row] = end + LENGTH_WORD;
  }
}
