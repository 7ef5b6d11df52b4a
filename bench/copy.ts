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
import { psqlCopy } from './psql.ts';
import { median, round, writeResults } from './results.ts';
import { psqlVersion, SETTINGS, startServer, type BenchServer } from './server.ts';

const run = promisify(execFile);

export interface CopyBenchOptions {
  readonly rows: number;
  readonly pairs: number;
  /** CSV is slow and steady; fewer rounds of it are enough. */
  readonly csvRounds: number;
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
  if (psql === null) throw new Error('psql is not installed, and it is what we compare with: apt-get install postgresql-client');
  const folder = await mkdtemp(join(tmpdir(), 'penstock-bench-'));
  await chmod(folder, 0o755);
  const server = await startServer(folder);
  try {
    const admin = await server.connect();
    const files: Files = {
      duckdb: join(folder, 'sorted.duckdb'),
      binary: join(folder, 'sorted.bin'),
      csv: join(folder, 'sorted.csv'),
    };
    const parquetBytes = await prepare(server, admin, folder, files, options.rows);

    const pairs: { psqlMs: number; oursMs: number; ratio: number }[] = [];
    const ours: CopyChildResult[] = [];
    for (let pair = 0; pair < options.pairs; pair++) {
      const measured = { psqlMs: 0, oursMs: 0 };
      const psqlTurn = async (): Promise<void> => {
        measured.psqlMs = await turn(admin, options.rows, () => copyBinary(server, files));
      };
      const ourTurn = async (): Promise<void> => {
        const result = await turn(admin, options.rows, () => runChild(server, files.duckdb));
        ours.push(result);
        measured.oursMs = result.ms;
      };
      // Who goes first alternates, so that a drift of the machine favours nobody.
      for (const next of pair % 2 === 0 ? [psqlTurn, ourTurn] : [ourTurn, psqlTurn]) await next();
      const ratio = measured.oursMs / measured.psqlMs;
      pairs.push({ psqlMs: round(measured.psqlMs, 0), oursMs: round(measured.oursMs, 0), ratio: round(ratio, 3) });
      console.log(`pair ${pair + 1}: psql binary ${seconds(measured.psqlMs)}, ours ${seconds(measured.oursMs)}, ratio ${ratio.toFixed(3)}`);
    }
    const csvMs: number[] = [];
    for (let i = 0; i < options.csvRounds; i++) {
      csvMs.push(await turn(admin, options.rows, () => copyCsv(server, files)));
      console.log(`psql CSV ${seconds(csvMs.at(-1) ?? Number.NaN)}`);
    }
    await admin.end();

    const summary = {
      ratioToBinary: round(median(pairs.map((pair) => pair.ratio)), 3),
      ratioToCsv: csvMs.length === 0 ? null : round(median(pairs.map((pair) => pair.oursMs)) / median(csvMs), 3),
      ourPeakRssMb: round(Math.max(...ours.map((result) => result.peakRssMb)), 0),
      ourCpuMs: round(median(ours.map((result) => result.cpuMs)), 0),
    };
    const file = await writeResults(options.name, {
      settings: { ...options, postgres: SETTINGS, duckdb: CHILD_SETTINGS, transport: 'unix socket' },
      versions: { postgres: server.version, psql, programs: server.programs },
      input: { rows: options.rows, parquetBytes, copyBytes: ours[0]?.bytes ?? null },
      summary,
      pairs,
      csvMs: csvMs.map((ms) => round(ms, 0)),
    });
    console.log(
      `median ratio to psql binary ${summary.ratioToBinary}, to psql CSV ${summary.ratioToCsv ?? 'not run'}; ` +
        `our peak memory ${summary.ourPeakRssMb} MB, CPU ${seconds(summary.ourCpuMs)}; written to ${file}`,
    );
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Parquet by months → a sorted table in a DuckDB file, and psql's two files from a table loaded once. */
async function prepare(server: BenchServer, admin: Client, folder: string, files: Files, rows: number): Promise<number> {
  const instance = await DuckDBInstance.create(files.duckdb);
  const duckdb = await instance.connect();
  await duckdb.run(`set timezone = 'UTC'`);
  const months = await writeMonths(duckdb, join(folder, 'months'), rows);
  const list = months.map((month) => `'${month.file}'`).join(', ');
  await duckdb.run(`create table sorted as select * from read_parquet([${list}]) order by ${DATASET_KEY}`);
  duckdb.closeSync();
  instance.closeSync();

  await admin.query(createTable('series', { loadId: true }));
  await turn(admin, rows, () => runChild(server, files.duckdb));
  await psqlCopy(server, `\\copy (select * from series order by ${DATASET_KEY}) to '${files.binary}' (format binary)`);
  await psqlCopy(server, `\\copy (select * from series order by ${DATASET_KEY}) to '${files.csv}' (format csv)`);
  return bytesOf(months);
}

/** Empties the table, settles the server, runs, and counts what arrived. */
async function turn<T>(admin: Client, rows: number, contestant: () => Promise<T>): Promise<T> {
  await admin.query('truncate series');
  await admin.query('checkpoint');
  const result = await contestant();
  const counted = await admin.query<{ count: string }>('select count(*) from series');
  if (Number(counted.rows[0]?.count) !== rows) throw new Error(`expected ${rows} rows, found ${counted.rows[0]?.count}`);
  return result;
}

function copyBinary(server: BenchServer, files: Files): Promise<number> {
  return psqlCopy(server, `\\copy series from '${files.binary}' (format binary)`);
}

function copyCsv(server: BenchServer, files: Files): Promise<number> {
  return psqlCopy(server, `\\copy series from '${files.csv}' (format csv)`);
}

async function runChild(server: BenchServer, duckdbFile: string): Promise<CopyChildResult> {
  const main = join(import.meta.dirname, 'main.ts');
  const args = [...process.execArgv, main, 'copy-child', duckdbFile, server.socket, String(server.port), server.user];
  const { stdout } = await run(process.execPath, args);
  return JSON.parse(stdout) as CopyChildResult;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
