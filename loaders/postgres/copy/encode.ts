/** DuckDB's chunks to PostgreSQL's binary COPY format: https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.4 */
import type { DuckDBDataChunk, DuckDBType } from '@duckdb/node-api';
import type { CopyColumn, CopyConstant } from './column.ts';
import type { Cells } from './cells.ts';
import { constantCells, encoderFor, type Encoder } from './encoders.ts';
import { shapeFault } from './faults.ts';
import { columnVector } from './vector.ts';

/** What a COPY reads: a DuckDB result, e.g. of `connection.stream(sql)`. */
export interface CopySource extends AsyncIterable<DuckDBDataChunk> {
  columnNames(): readonly string[];
  columnTypes(): readonly DuckDBType[];
}

/** A source that was compared with the columns of the table. */
export interface CopyPlan {
  readonly source: CopySource;
  readonly encoders: readonly Encoder[];
  readonly constants: readonly Cells[];
}

/** Rows encoded so far; filled in while the generator runs. */
export interface CopyProgress {
  rows: number;
  bytes: number;
}

/** Where buffers come from; each has {@link BUFFER_BYTES}. */
export type TakeBuffer = () => Buffer;

/**
 * Size of the buffers; a row that is longer gets a buffer of its own. Small ones, so that the socket is fed again before the server has
 * emptied it: with 1 MiB the server waited while we encoded (ratio to psql 1.10 on two idle cores), with 32 KiB it does not.
 */
export const BUFFER_BYTES = 1 << 15;

/** Rows that all columns write before the next ones, so that they are still in the processor's first cache. */
const BLOCK_ROWS = 256;

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
/** Signature, flags, length of the header's extension. */
const HEADER_BYTES = SIGNATURE.length + 8;
/** Number of fields, in front of every row; -1 ends the data. */
const COUNT_BYTES = 2;

/**
 * Compares names, order and types of the source with the columns.
 *
 * @throws Fault `COPY_TYPE_MISMATCH` that names every difference.
 */
export function planCopy(
  source: CopySource,
  columns: readonly CopyColumn[],
  constants: readonly CopyConstant[] = [],
): CopyPlan {
  const names = source.columnNames();
  const types = source.columnTypes();
  const differences: string[] = [];
  const encoders: Encoder[] = [];
  if (names.length !== columns.length) {
    differences.push(`it has ${names.length} columns (${names.join(', ')}), the table ${columns.length}`);
  }
  columns.forEach((column, i) => {
    const type = types[i];
    if (type === undefined) return;
    if (names[i] !== column.name) {
      differences.push(`column ${i + 1} is ${names[i]}, expected ${column.name}`);
      return;
    }
    const encoder = encoderFor(column, type);
    if (typeof encoder === 'string') differences.push(encoder);
    else encoders.push(encoder);
  });
  if (differences.length > 0) throw shapeFault(differences);
  return { source, encoders, constants: constants.map((constant) => constantCells(constant.value)) };
}

/**
 * The bytes of a binary COPY, header to trailer, in buffers of about {@link BUFFER_BYTES}. Each belongs to the consumer, who may hand it
 * out again by `takeBuffer`. The next chunk is fetched while this one is encoded.
 *
 * @throws Fault `COPY_CELL_NOT_STORABLE` with column and row, when a value has no place in PostgreSQL.
 */
export async function* encodeCopy(
  plan: CopyPlan,
  progress: CopyProgress,
  takeBuffer: TakeBuffer = newBuffer,
): AsyncGenerator<Buffer, void, undefined> {
  const fields = plan.encoders.length + plan.constants.length;
  let buffer = takeBuffer();
  let view = viewOf(buffer);
  let used = SIGNATURE.copy(buffer);
  buffer.fill(0, used, HEADER_BYTES);
  used = HEADER_BYTES;
  let sizes = new Float64Array(0);
  let positions = new Int32Array(0);

  const take = (): Buffer => {
    const full = buffer.subarray(0, used);
    progress.bytes += used;
    buffer = takeBuffer();
    view = viewOf(buffer);
    used = 0;
    return full;
  };

  for await (const chunk of readAhead(plan.source)) {
    const rows = chunk.rowCount;
    if (rows > sizes.length) {
      sizes = new Float64Array(rows);
      positions = new Int32Array(rows);
    }
    const cells = plan.encoders.map((encoder, i) =>
      encoder.encode(columnVector(chunk, i, rows, encoder.vectorWidth), progress.rows),
    );
    cells.push(...plan.constants);
    sizes.fill(cells.reduce((sum, column) => sum + column.width, COUNT_BYTES));
    for (const column of cells) column.addWidths?.(sizes);

    let from = 0;
    while (from < rows) {
      const to = placeRows(sizes, positions, from, rows, used, buffer.length);
      if (to === from) {
        if (used > 0) yield take();
        if (sizes[from]! > buffer.length) {
          buffer = Buffer.allocUnsafeSlow(sizes[from]!);
          view = viewOf(buffer);
        }
        continue;
      }
      used = positions[to - 1]! + sizes[to - 1]!;
      for (let block = from; block < to; block += BLOCK_ROWS) {
        const end = Math.min(block + BLOCK_ROWS, to);
        writeCounts(fields, view, positions, block, end);
        for (const column of cells) column.write(view, positions, block, end);
      }
      from = to;
    }
    progress.rows += rows;
  }

  if (used + COUNT_BYTES > buffer.length) yield take();
  view.setInt16(used, -1);
  used += COUNT_BYTES;
  progress.bytes += used;
  yield buffer.subarray(0, used);
}

/** Not from Node's shared pool, which small buffers come from. */
export function newBuffer(): Buffer {
  return Buffer.allocUnsafeSlow(BUFFER_BYTES);
}

/** Places rows one after the other from `at` on; answers the first row that has no room. */
function placeRows(
  sizes: Float64Array,
  positions: Int32Array,
  from: number,
  rows: number,
  at: number,
  capacity: number,
): number {
  let to = from;
  let next = at;
  while (to < rows) {
    const end = next + sizes[to]!;
    if (end > capacity) break;
    positions[to] = next;
    next = end;
    to++;
  }
  return to;
}

function writeCounts(fields: number, view: DataView, positions: Int32Array, from: number, to: number): void {
  for (let row = from; row < to; row++) {
    const at = positions[row]!;
    view.setInt16(at, fields);
    positions[row] = at + COUNT_BYTES;
  }
}

/** Asks for the next chunk before the current one is used, so that DuckDB works while we encode. */
async function* readAhead(source: CopySource): AsyncGenerator<DuckDBDataChunk, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  let next = ask(iterator);
  try {
    for (;;) {
      const current = await next;
      if (current.failed) throw current.error;
      if (current.result.done === true) return;
      next = ask(iterator);
      yield current.result.value;
    }
  } finally {
    await next;
    await iterator.return?.();
  }
}

type Asked<T> =
  | { readonly failed: false; readonly result: IteratorResult<T, unknown> }
  | { readonly failed: true; readonly error: unknown };

/** Never rejects: a failure that nobody waits for yet must not end the process. */
async function ask<T>(iterator: AsyncIterator<T, unknown>): Promise<Asked<T>> {
  try {
    return { failed: false, result: await iterator.next() };
  } catch (error) {
    return { failed: true, error };
  }
}

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
