/** The benches' input: hourly values of many nodes, made by DuckDB from the row number alone, one Parquet file per month. */
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { CopyColumn } from '../loaders/postgres/copy/column.ts';

/** 2010-01-01T00:00Z. */
const FIRST_MONTH = Date.UTC(2010, 0, 1);
const HOUR_MS = 3_600_000;
/** 8,760 hours × 571 nodes is 5 million rows a year. */
const NODES = 571;

export const DATASET_COLUMNS: readonly CopyColumn[] = [
  { name: 'hour', pg: 'timestamptz' },
  { name: 'node', pg: 'text' },
  { name: 'energy_mw', pg: 'float8' },
  { name: 'price_cad_per_mwh', pg: 'float8' },
  { name: 'loss_cad_per_mwh', pg: 'float8' },
  { name: 'congestion_cad_per_mwh', pg: 'float8' },
];

export const DATASET_KEY = 'hour, node';

export interface Month {
  /** `2010-01` */
  readonly label: string;
  readonly file: string;
  readonly rows: number;
}

/** DDL of the table that every contestant loads; the same with and without `load_id`. */
export function createTable(name: string, options: { readonly loadId: boolean }): string {
  return `create table ${name} (
    hour timestamptz not null,
    node text not null,
    energy_mw float8,
    price_cad_per_mwh float8,
    loss_cad_per_mwh float8,
    congestion_cad_per_mwh float8,
    ${options.loadId ? 'load_id bigint not null,' : ''}
    primary key (${DATASET_KEY})
  )`;
}

/** Writes `rows` rows as months of Parquet, in an order that is not the key's, and lists the files. */
export async function writeMonths(connection: DuckDBConnection, folder: string, rows: number): Promise<Month[]> {
  await mkdir(folder, { recursive: true });
  const months: Month[] = [];
  for (let month = 0, written = 0; written < rows; month++) {
    const start = Date.UTC(2010, month, 1);
    const hours = (Date.UTC(2010, month + 1, 1) - start) / HOUR_MS;
    const count = Math.min(hours * NODES, rows - written);
    const label = new Date(start).toISOString().slice(0, 7);
    const file = join(folder, `${label}.parquet`);
    await connection.run(
      `copy (${monthSql((start - FIRST_MONTH) / HOUR_MS, hours, count)}) to '${file}' (format parquet)`,
    );
    months.push({ label, file, rows: count });
    written += count;
  }
  return months;
}

export async function bytesOf(months: readonly Month[]): Promise<number> {
  const sizes = await Promise.all(months.map(async ({ file }) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Names of 6 to 17 bytes, some inside DuckDB's 12 inline bytes and some outside; one value in 97 is NULL. */
function monthSql(firstHour: number, hours: number, count: number): string {
  const value = (seed: number): string =>
    `case when hash(i, ${seed}) % 97 <> 0 then (hash(i, ${seed}) % 1000000) / 1000.0 end`;
  return `with numbered as (
      select range as n, ${firstHour} * ${NODES} + range as i from range(${count})
    )
    select
      make_timestamptz(${FIRST_MONTH * 1000} + (${firstHour} + n % ${hours}) * ${HOUR_MS * 1000}) as hour,
      upper(substr(md5((n // ${hours})::varchar), 1, 2 + (n // ${hours} % 12)::int)) || '-' || lpad((n // ${hours})::varchar, 3, '0') as node,
      (${value(1)})::double as energy_mw,
      (${value(2)})::double as price_cad_per_mwh,
      (${value(3)})::double as loss_cad_per_mwh,
      (${value(4)})::double as congestion_cad_per_mwh
    from numbered`;
}
