/** Our COPY in a process of its own, so that its peak memory is ours alone. Prints one line of JSON. */
import { DuckDBInstance } from '@duckdb/node-api';
import { Client } from 'pg';
import { copyInto } from '../loaders/postgres/copy/copy-into.ts';
import { DATASET_COLUMNS } from './dataset.ts';

export interface CopyChildResult {
  readonly ms: number;
  readonly rows: number;
  readonly bytes: number;
  readonly cpuMs: number;
  readonly peakRssMb: number;
}

/** DuckDB's limit in the child; the table is read from its file. */
export const CHILD_SETTINGS = { memory_limit: '128MB', threads: '2', access_mode: 'READ_ONLY' };

/** `args`: DuckDB file with the sorted table `sorted`, socket folder, port, user. */
export async function copyChild(args: readonly string[]): Promise<void> {
  const [file = '', host = '', port = '', user = ''] = args;
  const instance = await DuckDBInstance.create(file, CHILD_SETTINGS);
  const duckdb = await instance.connect();
  const client = new Client({ host, port: Number(port), user, database: 'postgres' });
  await client.connect();

  const before = process.cpuUsage();
  const start = performance.now();
  const source = await duckdb.stream('select * from sorted');
  const target = { table: 'public.series', columns: DATASET_COLUMNS, constants: [{ name: 'load_id', value: 7n }] };
  const { rows, bytes } = await copyInto(client, target, source);
  const ms = performance.now() - start;
  const cpu = process.cpuUsage(before);

  await client.end();
  const result: CopyChildResult = {
    ms,
    rows,
    bytes,
    cpuMs: (cpu.user + cpu.system) / 1000,
    peakRssMb: process.resourceUsage().maxRSS / 1024,
  };
  console.log(JSON.stringify(result));
}
