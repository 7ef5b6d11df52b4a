/** Puts decoded rows, as text, into the table that a transform reads. */
import { BIGINT, DuckDBDataChunk, type DuckDBType, VARCHAR } from '@duckdb/node-api';
import type { Decoded, RawBatch, UndecodableRow } from '../core/decode.ts';
import { identifier } from './quote.ts';
import { dropRelation, type Session } from './session.ts';

export { importParquet } from './raw-parquet.ts';

/** Rows of one DuckDB chunk. */
const CHUNK_ROWS = 2_048;
/** Undecodable rows that are kept; beyond it they are counted only. */
export const UNDECODABLE_LIMIT = 10_000;

export interface RawImport {
  /** Rows in the table. */
  readonly rows: number;
  /** At most {@link UNDECODABLE_LIMIT} of them. */
  readonly undecodable: UndecodableRow[];
  /** All of them. */
  readonly undecodableCount: number;
}

/**
 * Makes the table `_line bigint, _raw varchar, <columns> varchar` from decoded rows; a relation of that name is replaced.
 * Absent cells are NULL, blank ones the empty text. The table holds nothing when the decoder throws.
 */
export async function importRaw(
  session: Session,
  table: string,
  columns: readonly string[],
  decoded: AsyncIterable<Decoded>,
): Promise<RawImport> {
  await dropRelation(session, table);
  const definitions = ['_line bigint', '_raw varchar', ...columns.map((name) => `${identifier(name)} varchar`)];
  await session.run(`create table ${identifier(table)} (${definitions.join(', ')})`);
  const types: DuckDBType[] = [BIGINT, VARCHAR, ...columns.map(() => VARCHAR)];
  const undecodable: UndecodableRow[] = [];
  let undecodableCount = 0;
  let rows = 0;
  async function* chunks(): AsyncGenerator<DuckDBDataChunk> {
    for await (const part of decoded) {
      if (part.kind === 'rows') {
        rows += part.batch.lines.length;
        yield* chunksOf(part.batch, types);
      } else {
        undecodableCount += part.rows.length;
        undecodable.push(...part.rows.slice(0, UNDECODABLE_LIMIT - undecodable.length));
      }
    }
  }
  try {
    await session.append(table, chunks());
  } catch (error) {
    await session.run(`delete from ${identifier(table)}`);
    throw error;
  }
  return { rows, undecodable, undecodableCount };
}

function* chunksOf(batch: RawBatch, types: readonly DuckDBType[]): Generator<DuckDBDataChunk> {
  for (let from = 0; from < batch.lines.length; from += CHUNK_ROWS) {
    const to = Math.min(from + CHUNK_ROWS, batch.lines.length);
    const chunk = DuckDBDataChunk.create(types, to - from);
    chunk.setColumnValues(0, batch.lines.slice(from, to).map(BigInt));
    chunk.setColumnValues(1, batch.raw.slice(from, to));
    batch.cells.forEach((cells, c) => chunk.setColumnValues(c + 2, cells.slice(from, to)));
    yield chunk;
  }
}
