/** For the COPY tests: DuckDB sources, and tables made from the columns under test. */
import { DuckDBInstance, type DuckDBConnection, type DuckDBDataChunk } from '@duckdb/node-api';
import { pgTypeName } from '../../core/contract.ts';
import type { CopyColumn } from '../../loaders/postgres/copy/column.ts';
import type { CopySource } from '../../loaders/postgres/copy/encode.ts';

export async function openDuckdb(): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '512MB' });
  const duckdb = await instance.connect();
  await duckdb.run(`set timezone = 'UTC'`);
  return duckdb;
}

/** `create table` for PostgreSQL; the first column is the primary key. */
export function createTableSql(name: string, columns: readonly CopyColumn[], more = ''): string {
  const lines = columns.map((column, i) => {
    const type = pgTypeName({ ...column, key: false, required: false, unit: null, doc: '' });
    return `"${column.name}" ${type}${i === 0 ? ' primary key' : ''}`;
  });
  return `create table ${name} (${lines.join(', ')}${more})`;
}

/** The same source, with something that happens before chunk `chunk` (from 0) is handed over. */
export function interrupted(source: CopySource, chunk: number, happen: () => Promise<void> | void): CopySource {
  return {
    columnNames: () => source.columnNames(),
    columnTypes: () => source.columnTypes(),
    async *[Symbol.asyncIterator](): AsyncGenerator<DuckDBDataChunk, void, undefined> {
      let i = 0;
      for await (const next of source) {
        if (i++ === chunk) await happen();
        yield next;
      }
    },
  };
}
