/** Reads the bytes of DuckDB's strings: short ones lie in the vector, long ones behind a pointer. */
import { isPresent, memory, type RawVector } from './vector.ts';

/** Size of DuckDB's `string_t`: length, then 12 bytes of text, or 4 of its start and a pointer. */
export const STRING_WIDTH = 16;
const INLINE_BYTES = 12;
/** Longer strings are fetched one by one; a call into the binding costs 2 µs, too much for each short one. */
const GATHERED_BYTES = 4096;
/** No machine that we run on has smaller pages. */
const PAGE_BYTES = 4096;
/** Beyond this, one native call is faster than a loop over words. */
const LOOP_BYTES = 64;

/** Consecutive pages of DuckDB's memory, copied. */
interface Run {
  readonly start: number;
  readonly end: number;
  readonly view: DataView;
}

const NO_RUN: Run = { start: 0, end: 0, view: new DataView(new ArrayBuffer(0)) };

/** The strings of one vector. Lengths and texts of NULLs are meaningless. */
export class Strings {
  readonly #vector: RawVector;
  readonly #data: DataView;
  #runs: readonly Run[] | null = null;
  #recent = NO_RUN;
  /** Where {@link find} found the text. */
  #at = 0;

  constructor(vector: RawVector) {
    this.#vector = vector;
    this.#data = vector.data;
  }

  /** Bytes of UTF-8. */
  length(row: number): number {
    return this.#data.getUint32(row * STRING_WIDTH, true);
  }

  /** Writes the text at `at`; answers whether it holds a NUL byte. */
  copy(row: number, out: DataView, at: number): boolean {
    const length = this.#data.getUint32(row * STRING_WIDTH, true);
    if (length <= INLINE_BYTES) return copyShort(this.#data, row * STRING_WIDTH + 4, length, out, at);
    const source = this.#find(row, length);
    if (length <= LOOP_BYTES) return copyShort(source, this.#at, length, out, at);
    const bytes = Buffer.from(source.buffer, source.byteOffset + this.#at, length);
    new Uint8Array(out.buffer, out.byteOffset + at, length).set(bytes);
    return bytes.includes(0);
  }

  text(row: number): string {
    const length = this.length(row);
    const bytes = Buffer.allocUnsafe(length);
    this.copy(row, new DataView(bytes.buffer, bytes.byteOffset, length), 0);
    return bytes.toString('utf8');
  }

  #find(row: number, length: number): DataView {
    const low = this.#data.getUint32(row * STRING_WIDTH + 8, true);
    // User addresses have fewer than 53 bits in use, so a double holds them exactly.
    const address = this.#data.getUint32(row * STRING_WIDTH + 12, true) * 0x1_0000_0000 + low;
    if (length > GATHERED_BYTES) {
      this.#at = 0;
      return memory(address, length);
    }
    if (address < this.#recent.start || address >= this.#recent.end) {
      this.#runs ??= gather(this.#vector);
      this.#recent = search(this.#runs, address);
    }
    this.#at = address - this.#recent.start;
    return this.#recent.view;
  }
}

function copyShort(source: DataView, from: number, length: number, out: DataView, at: number): boolean {
  let zero = 0;
  const whole = length & ~3;
  for (let i = 0; i < whole; i += 4) {
    const word = source.getInt32(from + i, true);
    // Non-zero exactly when one of the four bytes is zero.
    zero |= (word - 0x0101_0101) & ~word & 0x8080_8080;
    out.setInt32(at + i, word, true);
  }
  for (let i = whole; i < length; i++) {
    const byte = source.getUint8(from + i);
    if (byte === 0) zero = 1;
    out.setUint8(at + i, byte);
  }
  return zero !== 0;
}

/**
 * Copies the pages that hold the vector's long strings. Whole pages, because strings lie close to each other in any order, and
 * a page that holds a string can be read from its first byte to its last.
 */
function gather({ data, rows, validity }: RawVector): readonly Run[] {
  const pages = new Set<number>();
  let recent = -1;
  for (let row = 0; row < rows; row++) {
    if (validity !== null && !isPresent(validity, row)) continue;
    const length = data.getUint32(row * STRING_WIDTH, true);
    if (length <= INLINE_BYTES || length > GATHERED_BYTES) continue;
    const low = data.getUint32(row * STRING_WIDTH + 8, true);
    const address = data.getUint32(row * STRING_WIDTH + 12, true) * 0x1_0000_0000 + low;
    const first = Math.floor(address / PAGE_BYTES);
    const last = Math.floor((address + length - 1) / PAGE_BYTES);
    if (first !== recent) pages.add(first);
    if (last !== first) pages.add(last);
    recent = last;
  }
  const runs: Run[] = [];
  const sorted = Float64Array.from(pages).sort();
  for (let i = 0; i < sorted.length;) {
    const first = sorted[i]!;
    let count = 1;
    while (sorted[i + count] === first + count) count++;
    const start = first * PAGE_BYTES;
    runs.push({ start, end: start + count * PAGE_BYTES, view: memory(start, count * PAGE_BYTES) });
    i += count;
  }
  return runs;
}

function search(runs: readonly Run[], address: number): Run {
  let low = 0;
  let high = runs.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (runs[middle]!.start <= address) low = middle;
    else high = middle - 1;
  }
  return runs[low]!;
}
