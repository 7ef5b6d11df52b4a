/** Text, JSON, enumerations and arrays of text. */
import { writeNull, LENGTH_WORD, NULL_LENGTH, type Cells } from './cells.ts';
import { cellFault } from './faults.ts';
import { STRING_WIDTH, Strings } from './strings.ts';
import { isPresent, listElements, type RawVector } from './vector.ts';

/** Version of jsonb's binary form. */
const JSONB_VERSION = 1;
/** PostgreSQL's object id of the type text. */
const TEXT_OID = 25;
/** dimensions, has-null flag, element type; then per dimension length and lower bound. */
const ARRAY_HEADER = 12;
const ARRAY_DIMENSION = 8;
/** PostgreSQL stores less than 1 GiB in a field. */
const MAX_FIELD = 0x3fff_ffff;

const NUL = 'a NUL character, which PostgreSQL cannot hold in text';
const HUGE = 'a text of 1 GiB or more, which PostgreSQL cannot hold';

/** `text`, `varchar`, and with `json` the version byte of `jsonb` in front. */
export function textCells(vector: RawVector, column: string, firstRow: number, json: boolean): Cells {
  const { rows, validity } = vector;
  const strings = new Strings(vector);
  const prefix = json ? 1 : 0;
  return {
    width: LENGTH_WORD + prefix,
    addWidths(sizes) {
      const huge = addLengths(strings, prefix, validity, rows, sizes);
      if (huge >= 0) throw cellFault(column, firstRow + huge, HUGE);
    },
    write(out, positions, from, to) {
      const withNul = writeTexts(strings, prefix, validity, out, positions, from, to);
      if (withNul >= 0) throw cellFault(column, firstRow + withNul, NUL);
    },
  };
}

/** Answers the first row that is too long, or -1. */
function addLengths(
  strings: Strings,
  prefix: number,
  validity: Uint8Array | null,
  rows: number,
  sizes: Float64Array,
): number {
  for (let row = 0; row < rows; row++) {
    if (validity !== null && !isPresent(validity, row)) {
      sizes[row]! -= prefix;
      continue;
    }
    const length = strings.length(row);
    if (length + prefix > MAX_FIELD) return row;
    sizes[row]! += length;
  }
  return -1;
}

/** Answers the first row with a NUL character, or -1. */
function writeTexts(
  strings: Strings,
  prefix: number,
  validity: Uint8Array | null,
  out: DataView,
  positions: Int32Array,
  from: number,
  to: number,
): number {
  for (let row = from; row < to; row++) {
    if (validity !== null && !isPresent(validity, row)) {
      writeNull(out, positions, row);
      continue;
    }
    const at = positions[row]!;
    const length = strings.length(row);
    out.setInt32(at, length + prefix);
    if (prefix === 1) out.setUint8(at + LENGTH_WORD, JSONB_VERSION);
    const start = at + LENGTH_WORD + prefix;
    if (strings.copy(row, out, start)) return row;
    positions[row] = start + length;
  }
  return -1;
}

/** An ENUM: `values` holds each value's bytes, the vector numbers of 1, 2 or 4 bytes. */
export function enumCells(vector: RawVector, numberWidth: number, values: readonly Uint8Array[]): Cells {
  const { rows, data, validity } = vector;
  const valueOf = (row: number): Uint8Array => values[readNumber(data, row, numberWidth)]!;
  return {
    width: LENGTH_WORD,
    addWidths(sizes) {
      for (let row = 0; row < rows; row++) {
        if (validity === null || isPresent(validity, row)) sizes[row]! += valueOf(row).length;
      }
    },
    write(out, positions, from, to) {
      for (let row = from; row < to; row++) {
        if (validity !== null && !isPresent(validity, row)) {
          writeNull(out, positions, row);
          continue;
        }
        const at = positions[row]!;
        const value = valueOf(row);
        out.setInt32(at, value.length);
        for (let i = 0; i < value.length; i++) out.setUint8(at + LENGTH_WORD + i, value[i]!);
        positions[row] = at + LENGTH_WORD + value.length;
      }
    },
  };
}

/** `text[]`: one dimension, lower bound 1; an empty list has no dimension. */
export function textArrayCells(vector: RawVector, column: string, firstRow: number): Cells {
  const { rows, data, validity } = vector;
  const elements = listElements(vector, STRING_WIDTH);
  const strings = new Strings(elements);
  const isElement = (element: number): boolean => elements.validity === null || isPresent(elements.validity, element);
  // Each list is two 64-bit numbers, offset and length; no vector has 2^32 elements.
  const firstOf = (row: number): number => data.getUint32(row * 16, true);
  const countOf = (row: number): number => data.getUint32(row * 16 + 8, true);
  const sizeOf = (row: number): number => {
    const count = countOf(row);
    if (count === 0) return ARRAY_HEADER;
    const first = firstOf(row);
    let bytes = ARRAY_HEADER + ARRAY_DIMENSION;
    for (let i = first; i < first + count; i++) bytes += LENGTH_WORD + (isElement(i) ? strings.length(i) : 0);
    return bytes;
  };
  return {
    width: LENGTH_WORD,
    addWidths(sizes) {
      for (let row = 0; row < rows; row++) {
        const size = validity === null || isPresent(validity, row) ? sizeOf(row) : 0;
        if (size > MAX_FIELD) throw cellFault(column, firstRow + row, HUGE);
        sizes[row]! += size;
      }
    },
    write(out, positions, from, to) {
      for (let row = from; row < to; row++) {
        if (validity !== null && !isPresent(validity, row)) {
          writeNull(out, positions, row);
          continue;
        }
        const start = positions[row]!;
        const count = countOf(row);
        const first = firstOf(row);
        out.setInt32(start + 4, count === 0 ? 0 : 1);
        out.setInt32(start + 8, 0);
        out.setInt32(start + 12, TEXT_OID);
        let at = start + LENGTH_WORD + ARRAY_HEADER;
        if (count > 0) {
          out.setInt32(at, count);
          out.setInt32(at + 4, 1);
          at += ARRAY_DIMENSION;
        }
        for (let i = first; i < first + count; i++) {
          if (!isElement(i)) {
            out.setInt32(start + 8, 1);
            out.setInt32(at, NULL_LENGTH);
            at += LENGTH_WORD;
            continue;
          }
          const length = strings.length(i);
          out.setInt32(at, length);
          if (strings.copy(i, out, at + LENGTH_WORD)) throw cellFault(column, firstRow + row, NUL);
          at += LENGTH_WORD + length;
        }
        out.setInt32(start, at - start - LENGTH_WORD);
        positions[row] = at;
      }
    },
  };
}

function readNumber(data: DataView, row: number, width: number): number {
  if (width === 1) return data.getUint8(row);
  return width === 2 ? data.getUint16(row * 2, true) : data.getUint32(row * 4, true);
}
