/** Timestamps and dates: DuckDB counts from 1970, PostgreSQL from 2000; ranges and infinities differ too. */
import { cellFault } from './faults.ts';
import { isPresent, type RawVector } from './vector.ts';

const EPOCH_DAYS = 10_957;
const EPOCH_MICROS = BigInt(EPOCH_DAYS) * 86_400_000_000n;
const EPOCH_HIGH = Number(EPOCH_MICROS >> 32n);
const EPOCH_LOW = Number(EPOCH_MICROS & 0xffff_ffffn);

/** 4714-11-24 BC, PostgreSQL's first timestamp, counted from 2000. DuckDB's last timestamp is before PostgreSQL's. */
const MIN_MICROS = -211_813_488_000_000_000n;
const MIN_HIGH = Number(MIN_MICROS >> 32n);
const MIN_LOW = Number(MIN_MICROS & 0xffff_ffffn);

/** DuckDB's infinities, as signed high and unsigned low words: 2^63 - 1 and -(2^63 - 1). PostgreSQL's minus infinity is -2^63. */
const INFINITE_HIGH = 0x7fff_ffff;
const INFINITE_LOW = 0xffff_ffff;
const MINUS_INFINITE_HIGH = -0x8000_0000;
const MINUS_INFINITE_LOW = 1;

const MAX_DATE = 2_147_483_647;
const MIN_DATE = -2_147_483_648;
/** 4714-11-24 BC and 5874898-01-01, counted from 2000; the first is a date, the second is not any more. */
const FIRST_DATE = -2_451_545;
const END_DATE = 2_147_483_494 - 2_451_545;

/** Microseconds since 2000, two words per row; a value outside PostgreSQL's range is a fault. */
export function postgresMicros(vector: RawVector, column: string, firstRow: number): DataView {
  const { rows, data, validity } = vector;
  const out = new DataView(new ArrayBuffer(rows * 8));
  for (let row = 0; row < rows; row++) {
    const low = data.getUint32(row * 8, true);
    const high = data.getInt32(row * 8 + 4, true);
    let newLow = low - EPOCH_LOW;
    let newHigh = high - EPOCH_HIGH;
    if (newLow < 0) {
      newLow += 0x1_0000_0000;
      newHigh -= 1;
    }
    if (high === INFINITE_HIGH && low === INFINITE_LOW) {
      newHigh = high;
      newLow = low;
    } else if (newHigh < MIN_HIGH || (newHigh === MIN_HIGH && newLow < MIN_LOW)) {
      if (high === MINUS_INFINITE_HIGH && low === MINUS_INFINITE_LOW) {
        newHigh = high;
        newLow = 0;
      } else if (validity === null || isPresent(validity, row)) {
        throw cellFault(column, firstRow + row, 'a timestamp before 4714-11-24 BC, which PostgreSQL cannot hold');
      }
    }
    out.setUint32(row * 8, newLow, true);
    out.setInt32(row * 8 + 4, newHigh, true);
  }
  return out;
}

/** Days since 2000, one word per row; a value outside PostgreSQL's range is a fault. */
export function postgresDays(vector: RawVector, column: string, firstRow: number): DataView {
  const { rows, data, validity } = vector;
  const out = new DataView(new ArrayBuffer(rows * 4));
  for (let row = 0; row < rows; row++) {
    const days = data.getInt32(row * 4, true);
    let shifted = days - EPOCH_DAYS;
    if (days === MAX_DATE) shifted = MAX_DATE;
    else if (days === -MAX_DATE) shifted = MIN_DATE;
    else if ((shifted < FIRST_DATE || shifted >= END_DATE) && (validity === null || isPresent(validity, row))) {
      throw cellFault(
        column,
        firstRow + row,
        'a date outside 4714-11-24 BC to 5874897-12-31, which PostgreSQL cannot hold',
      );
    }
    out.setInt32(row * 4, shifted, true);
  }
  return out;
}
