/** Arrow IPC, file or stream, to raw rows: record batch by record batch, every cell as text without loss. */
import { open } from 'node:fs/promises';
import { DataType, type RecordBatch, RecordBatchReader, type Vector } from 'apache-arrow';
import type { ArrowDecode, Decoded } from '../../../core/decode.ts';
import { Fault } from '../../../core/errors.ts';
import { arrowCellText, isPlainType } from './arrow-text.ts';
import { Batches } from './batches.ts';
import { matchHeader } from './header.ts';
import { type DecodeLimits, formatFault } from './limits.ts';

/**
 * Lines are 1-based row numbers; the raw text is the row as a JSON array. Numbers are written shortest, instants as ISO 8601 with
 * `Z` where the column has a zone and without where it has none, decimals with all digits of their scale.
 * @throws Fault `FORMAT_HEADER_CHANGED`, `FORMAT_ARROW_NESTED`, `FORMAT_ARROW_BROKEN`
 */
export async function* decodeArrow(path: string, spec: ArrowDecode, limits: DecodeLimits): AsyncGenerator<Decoded> {
  const file = await open(path);
  const batches = new Batches(spec.columns.length, limits.batchRows);
  let line = 0;
  try {
    const reader = await RecordBatchReader.from(file);
    await reader.open();
    // The library takes a file without a single message for an empty stream.
    if (reader.schema === undefined) throw new Error('it holds no schema');
    const { fields } = reader.schema;
    const places = matchHeader(
      fields.map(({ name }) => name),
      [spec.columns],
      spec.columns,
      limits,
      null,
    );
    const nested = fields.find(({ type }) => !isPlainType(DataType.isDictionary(type) ? type.dictionary : type));
    if (nested !== undefined) throw nestedType(limits, nested.name, String(nested.type));
    for await (const batch of reader) {
      const vectors = places.map((place) => columnAt(batch, place));
      for (let row = 0; row < batch.numRows; row++) {
        line += 1;
        const cells = vectors.map((vector) => arrowCellText(vector, row));
        const raw = JSON.stringify(cells);
        if (cells.some((cell) => cell?.includes('\0') === true))
          batches.addUndecodable(line, raw, 'the row holds a NUL byte');
        else batches.add(line, raw, (c) => cells[c] ?? null);
        if (batches.isFull) yield* batches.take();
      }
    }
    yield* batches.take();
  } catch (error) {
    throw error instanceof Fault ? error : broken(limits, error);
  } finally {
    await file.close();
  }
}

function columnAt(batch: RecordBatch, place: number): Vector {
  const vector = batch.getChildAt(place);
  if (vector === null) throw new Error(`a record batch has no column ${place}`);
  return vector;
}

function nestedType(limits: DecodeLimits, column: string, type: string): Fault {
  return formatFault('FORMAT_ARROW_NESTED', limits, null, {
    what: `column ${column} has the type ${type.slice(0, 80)}, which has no text form here`,
    next: 'the definition needs another file, or the decoder another type',
  });
}

function broken(limits: DecodeLimits, error: unknown): Fault {
  return formatFault('FORMAT_ARROW_BROKEN', limits, null, {
    what: `the Arrow file cannot be read: ${(error instanceof Error ? error.message : String(error)).split('\n', 1)[0]?.slice(0, 200)}`,
    next: 'the file is cut off or damaged, so ask the publisher again later',
    cause: error,
  });
}
