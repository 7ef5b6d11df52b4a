/** Exact decimals: PostgreSQL's numeric is a row of base-10000 digits around the decimal point. */
import { wordCells, writeNull, LENGTH_WORD, type Cells } from './cells.ts';
import { cellFault } from './faults.ts';
import { Strings } from './strings.ts';
import { isPresent, type RawVector } from './vector.ts';

const BASE = 10_000;
const NEGATIVE = 0x4000;
const NAN = 0xc000;
const INFINITE = 0xd000;
const MINUS_INFINITE = 0xf000;
/** Digits before and after the point that PostgreSQL's numeric can have. */
const MAX_WHOLE_DIGITS = 131_072;
const MAX_FRACTION_DIGITS = 16_383;
const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/;

/** Bytes of DuckDB's DECIMAL of this precision. */
export function decimalWidth(precision: number): number {
  if (precision <= 4) return 2;
  if (precision <= 9) return 4;
  return precision <= 18 ? 8 : 16;
}

/**
 * DECIMAL(precision, scale). Every row gets as many digits as the type can need, so that all rows are equally long;
 * the server drops leading and trailing zeros.
 */
export function decimalCells(vector: RawVector, precision: number, scale: number): Cells {
  const { rows, data, validity } = vector;
  const width = decimalWidth(precision);
  const fraction = Math.ceil(scale / 4);
  const whole = Math.ceil((precision - scale) / 4);
  // An even number of digits fills whole words; the one too many is a leading zero.
  const digits = whole + fraction + ((whole + fraction) & 1);
  const words = 2 + digits / 2;
  const align = 10 ** (fraction * 4 - scale);
  const out = new DataView(new ArrayBuffer(rows * words * 4));
  for (let row = 0; row < rows; row++) {
    const value = readDecimal(data, row * width, width);
    const negative = value < 0;
    const start = row * words * 4;
    // The word cells go out last word first, so digits are filled in from the start of the row.
    out.setInt32(start + (words - 1) * 4, (digits << 16) | ((digits - fraction - 1) & 0xffff), true);
    out.setInt32(start + (words - 2) * 4, ((negative ? NEGATIVE : 0) << 16) | scale, true);
    if (
      typeof value === 'number' &&
      value <= Number.MAX_SAFE_INTEGER / BASE &&
      value >= -Number.MAX_SAFE_INTEGER / BASE
    ) {
      let rest = (negative ? -value : value) * align;
      for (let word = 0; rest > 0; word++) {
        const next = Math.floor(rest / BASE);
        const high = Math.floor(next / BASE);
        out.setInt32(start + word * 4, ((next - high * BASE) << 16) | (rest - next * BASE), true);
        rest = high;
      }
    } else {
      const wide = BigInt(value);
      let rest = (negative ? -wide : wide) * BigInt(align);
      for (let word = 0; rest > 0n; word++) {
        const pair = Number(rest % 100_000_000n);
        out.setInt32(start + word * 4, (Math.floor(pair / BASE) << 16) | (pair % BASE), true);
        rest /= 100_000_000n;
      }
    }
  }
  return wordCells(out, words, validity, rows);
}

/** Decimal numbers as text. What is not one is a fault. */
export function textNumericCells(vector: RawVector, column: string, firstRow: number): Cells {
  const { rows, validity } = vector;
  const strings = new Strings(vector);
  const values: (Uint8Array | null)[] = [];
  for (let row = 0; row < rows; row++) {
    if (validity !== null && !isPresent(validity, row)) {
      values.push(null);
      continue;
    }
    const text = strings.text(row);
    const value = parseNumeric(text);
    if (value === null)
      throw cellFault(column, firstRow + row, `${JSON.stringify(text.slice(0, 60))}, which is no number`);
    values.push(value);
  }
  return {
    width: LENGTH_WORD,
    addWidths(sizes) {
      for (let row = 0; row < rows; row++) sizes[row]! += values[row]?.length ?? 0;
    },
    write(out, positions, from, to) {
      for (let row = from; row < to; row++) {
        const value = values[row] ?? null;
        if (value === null) {
          writeNull(out, positions, row);
          continue;
        }
        const at = positions[row]!;
        out.setInt32(at, value.length);
        new Uint8Array(out.buffer, out.byteOffset + at + LENGTH_WORD, value.length).set(value);
        positions[row] = at + LENGTH_WORD + value.length;
      }
    },
  };
}

/** PostgreSQL's binary form of a decimal number; null when the text is none or too long. */
function parseNumeric(text: string): Uint8Array | null {
  const special = { nan: NAN, infinity: INFINITE, '-infinity': MINUS_INFINITE, inf: INFINITE, '-inf': MINUS_INFINITE }[
    text.toLowerCase()
  ];
  if (special !== undefined) return binaryNumeric([], 0, special, 0);
  const [match, sign, wholePart = '', fractionPart = '', exponentPart = '0'] = NUMBER.exec(text) ?? [];
  if (match === undefined || wholePart + fractionPart === '') return null;
  const exponent = Number(exponentPart);
  const point = wholePart.length + exponent;
  const digits = wholePart + fractionPart;
  if (point > MAX_WHOLE_DIGITS || digits.length - point > MAX_FRACTION_DIGITS) return null;
  const whole = (point > 0 ? digits.slice(0, point).padEnd(point, '0') : '').replace(/^0+/, '');
  const fraction = point >= 0 ? digits.slice(point) : '0'.repeat(-point) + digits;
  const aligned =
    whole.padStart(Math.ceil(whole.length / 4) * 4, '0') + fraction.padEnd(Math.ceil(fraction.length / 4) * 4, '0');
  const groups = Array.from({ length: aligned.length / 4 }, (_, i) => Number(aligned.slice(i * 4, i * 4 + 4)));
  return binaryNumeric(groups, Math.ceil(whole.length / 4) - 1, sign === '-' ? NEGATIVE : 0, fraction.length);
}

function binaryNumeric(digits: readonly number[], weight: number, sign: number, scale: number): Uint8Array {
  const bytes = Buffer.alloc(8 + digits.length * 2);
  bytes.writeUInt16BE(digits.length, 0);
  bytes.writeInt16BE(weight, 2);
  bytes.writeUInt16BE(sign, 4);
  bytes.writeUInt16BE(scale, 6);
  digits.forEach((digit, i) => bytes.writeUInt16BE(digit, 8 + i * 2));
  return bytes;
}

/** The unscaled integer; a bigint only where a double would lose digits. */
function readDecimal(data: DataView, offset: number, width: number): number | bigint {
  if (width === 2) return data.getInt16(offset, true);
  if (width === 4) return data.getInt32(offset, true);
  const low = data.getUint32(offset, true);
  const high = data.getInt32(offset + 4, true);
  if (width === 8) {
    if (high >= -0x10_0000 && high < 0x10_0000) return high * 0x1_0000_0000 + low;
    return data.getBigInt64(offset, true);
  }
  return (data.getBigInt64(offset + 8, true) << 64n) + data.getBigUint64(offset, true);
}
