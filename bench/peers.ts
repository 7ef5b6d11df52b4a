/** Other loaders on the same Parquet files, server and keyed table. What is not installed is said, not skipped in silence. */
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import type { Client } from 'pg';
import { copyInto } from '../loaders/postgres/copy/copy-into.ts';
import { createTable, DATASET_COLUMNS, DATASET_KEY, writeMonths, type Month } from './dataset.ts';
import { median, round, writeResults } from './results.ts';
import { SETTINGS, startServer, type BenchServer } from './server.ts';

const run = promisify(execFile);
const TABLE = 'series';
const MEMORY_LIMIT = '256MB';

export interface PeersBenchOptions {
  readonly rows: number;
  readonly rounds: number;
  readonly name: string;
}

interface Input {
  readonly server: BenchServer;
  /** TCP, for those that know no unix socket. */
  readonly url: string;
  readonly folder: string;
  readonly months: readonly Month[];
  /** The months as one CSV file in key order, for those that read no Parquet; writing it is not timed. */
  readonly csv: string;
}

interface Peer {
  readonly name: string;
  /** Its version, or null when it is not installed. */
  version(): Promise<string | null>;
  load(input: Input): Promise<void>;
}

const PEERS: readonly Peer[] = [
  { name: 'penstock (Parquet, sort, COPY)', version: () => Promise.resolve('this tree'), load: ourselves },
  { name: 'psql CSV', version: () => printed('psql', ['--version']), load: psqlCsv },
  { name: 'DuckDB postgres extension', version: duckdbExtension, load: duckdbPostgres },
  { name: 'Sling', version: () => printed('sling', ['--version']), load: sling },
  { name: 'dlt', version: () => printed('python3', ['-c', 'import dlt, pyarrow; print(dlt.__version__)']), load: dlt },
  { name: 'pgloader', version: () => printed('pgloader', ['--version']), load: pgloader },
];

/** Every peer loads the empty keyed table `rounds` times; prints and writes the medians. */
export async function benchPeers(options: PeersBenchOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-bench-'));
  await chmod(folder, 0o755);
  try {
    const server = await startServer(folder);
    try {
      await comparePeers(options, server, folder);
    } finally {
      await server.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function comparePeers(options: PeersBenchOptions, server: BenchServer, folder: string): Promise<void> {
  const csv = join(folder, 'sorted.csv');
  const months = await withDuckdb(async (duckdb) => {
    const written = await writeMonths(duckdb, join(folder, 'months'), options.rows);
    await duckdb.run(`copy (${sortedSql(written)}) to '${csv}' (format csv, header false)`);
    return written;
  });
  const url = `postgresql://${server.user}@127.0.0.1:${server.port}/postgres?sslmode=disable`;
  const input: Input = { server, url, folder, months, csv };
  const admin = await server.connect();
  const results: { name: string; version: string | null; ms: number[]; fault: string | null }[] = [];
  for (const peer of PEERS) {
    const version = await peer.version();
    const result = { name: peer.name, version, ms: new Array<number>(), fault: null as string | null };
    results.push(result);
    if (version === null) {
      console.log(`${peer.name}: not installed`);
      continue;
    }
    try {
      for (let turn = 0; turn < options.rounds; turn++)
        result.ms.push(await timed(admin, options.rows, () => peer.load(input)));
      console.log(`${peer.name} (${version}): ${result.ms.map((ms) => `${(ms / 1000).toFixed(2)} s`).join(', ')}`);
    } catch (error) {
      result.fault = error instanceof Error ? error.message.slice(0, 500) : String(error);
      console.log(`${peer.name} (${version}): failed: ${result.fault}`);
    }
  }
  await admin.end();
  const file = await writeResults(options.name, {
    settings: { ...options, postgres: SETTINGS },
    versions: { postgres: server.version, programs: server.programs },
    results: results.map((result) => ({
      ...result,
      medianMs: result.ms.length === 0 ? null : round(median(result.ms), 0),
    })),
  });
  console.log(`written to ${file}`);
}

/** Whole processes are timed, starts included: that is how these tools are used. */
async function timed(admin: Client, rows: number, load: () => Promise<void>): Promise<number> {
  await admin.query(`drop table if exists ${TABLE}`);
  await admin.query(createTable(TABLE, { loadId: false }));
  await admin.query('checkpoint');
  const start = performance.now();
  await load();
  const ms = performance.now() - start;
  const counted = await admin.query<{ count: string }>(`select count(*) from ${TABLE}`);
  if (Number(counted.rows[0]?.count) !== rows)
    throw new Error(`expected ${rows} rows, found ${counted.rows[0]?.count}`);
  return ms;
}

async function ourselves({ server, months }: Input): Promise<void> {
  const client = await server.connect();
  await withDuckdb(async (duckdb) => {
    await copyInto(client, { table: TABLE, columns: DATASET_COLUMNS }, await duckdb.stream(sortedSql(months)));
  });
  await client.end();
}

async function psqlCsv({ server, csv }: Input): Promise<void> {
  const where = ['-h', server.socket, '-p', String(server.port), '-U', server.user, '-d', 'postgres'];
  await run('psql', [
    '-X',
    '-q',
    '-v',
    'ON_ERROR_STOP=1',
    ...where,
    '-c',
    `\\copy ${TABLE} from '${csv}' (format csv)`,
  ]);
}

async function duckdbExtension(): Promise<string | null> {
  return withDuckdb(async (duckdb) => {
    await duckdb.run('load postgres');
    const reader = await duckdb.runAndReadAll(
      `select extension_version from duckdb_extensions() where extension_name = 'postgres_scanner'`,
    );
    return String(reader.getRows()[0]?.[0] ?? 'unknown');
  }).catch(() => null);
}

async function duckdbPostgres({ server, months }: Input): Promise<void> {
  await withDuckdb(async (duckdb) => {
    await duckdb.run('load postgres');
    await duckdb.run(
      `attach 'host=${server.socket} port=${server.port} user=${server.user} dbname=postgres' as target (type postgres)`,
    );
    await duckdb.run(`insert into target.public.${TABLE} ${sortedSql(months)}`);
  });
}

async function sling({ url, folder }: Input): Promise<void> {
  const stream = `file://${join(folder, 'months')}/*.parquet`;
  await run(
    'sling',
    ['run', '--src-stream', stream, '--tgt-conn', url, '--tgt-object', `public.${TABLE}`, '--mode', 'truncate'],
    LOUD,
  );
}

async function dlt({ url, months }: Input): Promise<void> {
  const script = join(import.meta.dirname, 'peers/dlt_load.py');
  await run('python3', [script, url, ...months.map((month) => month.file)], LOUD);
}

async function pgloader({ url, folder, csv }: Input): Promise<void> {
  const names = DATASET_COLUMNS.map((column) =>
    column.pg === 'float8' ? `${column.name} [null if blanks]` : column.name,
  ).join(', ');
  const file = join(folder, 'pgloader.load');
  const target = url.replace('?sslmode=disable', '');
  await writeFile(
    file,
    `load csv from '${csv}' (${names}) into ${target} target table public.${TABLE} with fields terminated by ',';\n`,
  );
  await run('pgloader', [file], LOUD);
}

const LOUD = { maxBuffer: 64 * 2 ** 20 };

function sortedSql(months: readonly Month[]): string {
  return `select * from read_parquet([${months.map((month) => `'${month.file}'`).join(', ')}]) order by ${DATASET_KEY}`;
}

async function withDuckdb<T>(work: (duckdb: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: MEMORY_LIMIT });
  const duckdb = await instance.connect();
  try {
    await duckdb.run(`set timezone = 'UTC'`);
    return await work(duckdb);
  } finally {
    duckdb.closeSync();
    instance.closeSync();
  }
}

async function printed(program: string, args: readonly string[]): Promise<string | null> {
  try {
    const { stdout, stderr } = await run(program, args);
    return (stdout || stderr).trim().split('\n')[0] ?? '';
  } catch {
    return null;
  }
}
