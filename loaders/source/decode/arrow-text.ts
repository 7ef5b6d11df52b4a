/** Arrow cells as text, without losing a digit. */
import { DataType, TimeUnit, type Vector } from 'apache-arrow';

const FRACTION_DIGITS: Readonly<Record<TimeUnit, number>> = {
  [TimeUnit.SECOND]: 0,
  [TimeUnit.MILLISECOND]: 3,
  [TimeUnit.MICROSECOND]: 6,
  [TimeUnit.NANOSECOND]: 9,
};

/** Types whose cells have a text form: numbers, texts, flags, decimals, dates, instants. */
export function isPlainType(type: DataType): boolean {
  return (
    DataType.isNull(type) ||
    DataType.isInt(type) ||
    DataType.isFloat(type) ||
    DataType.isUtf8(type) ||
    DataType.isLargeUtf8(type) ||
    DataType.isBool(type) ||
    DataType.isDecimal(type) ||
    DataType.isDate(type) ||
    DataType.isTimestamp(type)
  );
}

/** @throws Error for an instant that ISO 8601 cannot write */
export function arrowCellText(vector: Vector, row: number): string | null {
  const value: unknown = vector.get(row);
  if (value === null || value === undefined) return null;
  const type: DataType = vector.type;
  if (DataType.isTimestamp(type))
    return instantText(storedInteger(vector, row), type.unit, (type.timezone ?? '') !== '');
  if (DataType.isDate(type)) return new Date(Number(value)).toISOString().slice(0, 10);
  if (DataType.isDecimal(type) && value instanceof Uint32Array) return decimalText(value, type.scale);
  return String(value);
}

/** The library gives instants as milliseconds in a float, which is too coarse for micro- and nanoseconds. */
function storedInteger(vector: Vector, row: number): bigint {
  const data = vector.data[0];
  const stored: unknown = data?.values[row];
  if (typeof stored !== 'bigint') throw new Error('an instant is not stored as a 64-bit integer');
  return stored;
}

function instantText(ticks: bigint, unit: TimeUnit, inUtc: boolean): string {
  const digits = FRACTION_DIGITS[unit];
  const perSecond = 10n ** BigInt(digits);
  const fraction = ((ticks % perSecond) + perSecond) % perSecond;
  const second = new Date(Number((ticks - fraction) / perSecond) * 1_000).toISOString().slice(0, -5);
  const shown = fraction === 0n ? '' : `.${String(fraction).padStart(digits, '0').replace(/0+$/, '')}`;
  return `${second}${shown}${inUtc ? 'Z' : ''}`;
}

/** Little-endian two's complement words. */
function decimalText(words: Uint32Array, scale: number): string {
  const unsigned = [...words].reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n);
  const signed = BigInt.asIntN(words.length * 32, unsigned);
  const digits = String(signed < 0n ? -signed : signed).padStart(scale + 1, '0');
  const text = scale > 0 ? `${digits.slice(0, -scale)}.${digits.slice(-scale)}` : digits + '0'.repeat(-scale);
  return signed < 0n ? `-${text}` : text;
}
