/** The bare COPY: our encoder against `psql \copy` of a ready-made binary file and of a CSV file, same table, same run. */
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Client } from 'pg';
import { CHILD_SETTINGS, type CopyChildResult } from './copy-child.ts';
import { bytesOf, createTable, DATASET_KEY, writeMonths } from './dataset.ts';
import { measure, waitForQuiet, type Effort, type Turn } from './measure.ts';
import { psqlCopy } from './psql.ts';
import { median, round, writeResults } from './results.ts';
import { psqlVersion, SETTINGS, startServer, type BenchServer } from './server.ts';

const run = promisify(execFile);

export interface CopyBenchOptions {
  readonly rows: number;
  readonly pairs: number;
  /** CSV is slow and steady; fewer rounds of it are enough. */
  readonly csvRounds: number;
  /** Most seconds to wait for a quiet machine before each turn. */
  readonly waitSeconds: number;
  /** How often a turn that something else disturbed is run again; the last one counts, and is marked in the results. */
  readonly repeats: number;
  readonly name: string;
}

interface Files {
  readonly duckdb: string;
  readonly binary: string;
  readonly csv: string;
}

/** Runs A (psql binary) and B (ours) in pairs, in turns first, then C (psql CSV); prints and writes the figures. */
export async function benchCopy(options: CopyBenchOptions): Promise<void> {
  const psql = await psqlVersion();
  if (psql === null)
    throw new Error('psql is not installed, and it is what we compare with: apt-get install postgresql-client');
  const folder = await mkdtemp(join(tmpdir(), 'penstock-bench-'));
  await chmod(folder, 0o755);
  try {
    const server = await startServer(folder);
    try {
      await compare(options, server, psql, folder);
    } finally {
      await server.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compare(options: CopyBenchOptions, server: BenchServer, psql: string, folder: string): Promise<void> {
  const admin = await server.connect();
  const files: Files = {
    duckdb: join(folder, 'sorted.duckdb'),
    binary: join(folder, 'sorted.bin'),
    csv: join(folder, 'sorted.csv'),
  };
  const parquetBytes = await prepare(server, admin, folder, files, options.rows);

  const psqlTurn = (): Promise<Turn> => turn(server, admin, options, () => copyBinary(server, files));
  const ourTurn = (): Promise<Turn> =>
    turn(server, admin, options, async () => {
      const result = await runChild(server, files.duckdb);
      ours.push(result);
      return { ms: result.ms, clientCpuMs: result.cpuMs };
    });
  const pairs: { psql: Turn; ours: Turn; ratio: number; serverCpuRatio: number | null }[] = [];
  const ours: CopyChildResult[] = [];
  for (let pair = 0; pair < options.pairs; pair++) {
    // Who goes first alternates, so that a drift of the machine favours nobody.
    const early = pair % 2 === 0 ? null : await ourTurn();
    const theirs = await psqlTurn();
    const own = early ?? (await ourTurn());
    pairs.push({
      psql: theirs,
      ours: own,
      ratio: round(own.ms / theirs.ms, 3),
      serverCpuRatio:
        own.serverCpuMs === null || theirs.serverCpuMs === null ? null : round(own.serverCpuMs / theirs.serverCpuMs, 3),
    });
    const { ratio, serverCpuRatio } = pairs.at(-1) ?? {};
    console.log(
      `pair ${pair + 1}: psql binary ${told(theirs)}, ours ${told(own)}, ratio ${ratio}, of the server's CPU ${serverCpuRatio}`,
    );
  }
  const csv: Turn[] = [];
  for (let i = 0; i < options.csvRounds; i++) {
    const next = await turn(server, admin, options, () => copyCsv(server, files));
    csv.push(next);
    console.log(`psql CSV ${told(next)}`);
  }
  await admin.end();

  const summary = {
    ratioToBinary: round(median(pairs.map((pair) => pair.ratio)), 3),
    ratioOfServerCpu: round(median(pairs.map((pair) => pair.serverCpuRatio ?? Number.NaN)), 3),
    ratioToCsv:
      csv.length === 0 ? null : round(median(pairs.map((pair) => pair.ours.ms)) / median(csv.map(({ ms }) => ms)), 3),
    ourPeakRssMb: round(Math.max(...ours.map((result) => result.peakRssMb)), 0),
    ourCpuMs: round(median(ours.map((result) => result.cpuMs)), 0),
  };
  const file = await writeResults(options.name, {
    settings: { ...options, postgres: SETTINGS, duckdb: CHILD_SETTINGS, transport: 'unix socket' },
    versions: { postgres: server.version, psql, programs: server.programs },
    input: { rows: options.rows, parquetBytes, copyBytes: ours[0]?.bytes ?? null },
    summary,
    pairs,
    csv,
  });
  console.log(
    `median ratio to psql binary ${summary.ratioToBinary} (of the server's CPU ${summary.ratioOfServerCpu}), to psql CSV ${summary.ratioToCsv ?? 'not run'}; ` +
      `our peak memory ${summary.ourPeakRssMb} MB, CPU ${seconds(summary.ourCpuMs)}; written to ${file}`,
  );
}

/** Parquet by months → a sorted table in a DuckDB file, and psql's two files from a table loaded once. */
async function prepare(
  server: BenchServer,
  admin: Client,
  folder: string,
  files: Files,
  rows: number,
): Promise<number> {
  const instance = await DuckDBInstance.create(files.duckdb);
  const duckdb = await instance.connect();
  await duckdb.run(`set timezone = 'UTC'`);
  const months = await writeMonths(duckdb, join(folder, 'months'), rows);
  const list = months.map((month) => `'${month.file}'`).join(', ');
  await duckdb.run(`create table sorted as select * from read_parquet([${list}]) order by ${DATASET_KEY}`);
  duckdb.closeSync();
  instance.closeSync();

  await admin.query(createTable('series', { loadId: true }));
  await runChild(server, files.duckdb);
  await psqlCopy(server, `\\copy (select * from series order by ${DATASET_KEY}) to '${files.binary}' (format binary)`);
  await psqlCopy(server, `\\copy (select * from series order by ${DATASET_KEY}) to '${files.csv}' (format csv)`);
  return bytesOf(months);
}

/** Empties the table, settles the server, waits for a quiet machine, runs, and counts what arrived; once more if it was disturbed. */
async function turn(
  server: BenchServer,
  admin: Client,
  options: Pick<CopyBenchOptions, 'rows' | 'waitSeconds' | 'repeats'>,
  contestant: () => Promise<Effort>,
): Promise<Turn> {
  for (let attempt = 0; ; attempt++) {
    await admin.query('truncate series');
    await admin.query('checkpoint');
    await waitForQuiet(options.waitSeconds);
    const result = await measure(server.pid, contestant);
    const counted = await admin.query<{ count: string }>('select count(*) from series');
    if (Number(counted.rows[0]?.count) !== options.rows) {
      throw new Error(`expected ${options.rows} rows, found ${counted.rows[0]?.count}`);
    }
    if (!result.disturbed || attempt >= options.repeats) return result;
    console.log(`  disturbed, once more: ${told(result)}`);
  }
}

function copyBinary(server: BenchServer, files: Files): Promise<Effort> {
  return timedPsql(server, `\\copy series from '${files.binary}' (format binary)`);
}

function copyCsv(server: BenchServer, files: Files): Promise<Effort> {
  return timedPsql(server, `\\copy series from '${files.csv}' (format csv)`);
}

/** psql's own CPU is small and not known. */
async function timedPsql(server: BenchServer, command: string): Promise<Effort> {
  return { ms: await psqlCopy(server, command), clientCpuMs: 0 };
}

async function runChild(server: BenchServer, duckdbFile: string): Promise<CopyChildResult> {
  const main = join(import.meta.dirname, 'main.ts');
  const args = [...process.execArgv, main, 'copy-child', duckdbFile, server.socket, String(server.port), server.user];
  const { stdout } = await run(process.execPath, args);
  return JSON.parse(stdout) as CopyChildResult;
}

function told({ ms, serverCpuMs, machineCpuMs }: Turn): string {
  return `${seconds(ms)} (CPU: server ${seconds(serverCpuMs ?? Number.NaN)}, machine ${seconds(machineCpuMs)})`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
