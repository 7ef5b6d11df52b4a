/** The whole path against `psql \copy` of a ready-made sorted binary file (the limit) and of a CSV file, same table, same run. */
import { execFile } from 'node:child_process';
import { chmod, link, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { openPool, type Pool } from '../loaders/postgres/database.ts';
import { loadCatalog } from '../pipelines/index.ts';
import { createTableSql } from '../sql/ddl.ts';
import { migrate } from '../sql/migrate.ts';
import { bytesOf, writeMonths } from './dataset.ts';
import type { PathChildResult } from './path-child.ts';
import { psqlCopy } from './psql.ts';
import { median, round, writeResults } from './results.ts';
import { psqlVersion, SETTINGS, startServer, type BenchServer } from './server.ts';

const run = promisify(execFile);

export interface PathBenchOptions {
  readonly rows: number;
  readonly pairs: number;
  readonly csvRounds: number;
  readonly name: string;
}

const COLUMNS = 'hour, node, energy_mw, price_cad_per_mwh, loss_cad_per_mwh, congestion_cad_per_mwh, load_id';

export async function benchPath(options: PathBenchOptions): Promise<void> {
  const psql = await psqlVersion();
  if (psql === null)
    throw new Error('psql is not installed, and it is what we compare with: apt-get install postgresql-client');
  const folder = await mkdtemp(join(tmpdir(), 'penstock-bench-'));
  await chmod(folder, 0o755);
  const server = await startServer(folder);
  const url = `postgresql://${server.user}@localhost:${server.port}/postgres?host=${encodeURIComponent(server.socket)}`;
  const pool = openPool(url);
  try {
    const parquetBytes = await writeInput(folder, options.rows);
    await migrate(pool);
    const catalog = await loadCatalog(join(import.meta.dirname, 'pipelines'));
    for (const { table, title } of catalog.pipelines) await pool.query(createTableSql(table, { title }));
    // The first load is not counted: it makes the files that psql loads.
    await turn(pool, options.rows, () => runChild(url, folder));
    const binary = join(folder, 'sorted.bin');
    const csv = join(folder, 'sorted.csv');
    const sorted = `select ${COLUMNS} from bench_grid order by hour, node`;
    await psqlCopy(server, `\\copy (${sorted}) to '${binary}' (format binary)`);
    if (options.csvRounds > 0) await psqlCopy(server, `\\copy (${sorted}) to '${csv}' (format csv)`);
    await compare(options, server, pool, { url, folder, binary, csv, psql, parquetBytes });
  } finally {
    await pool.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Input {
  readonly url: string;
  readonly folder: string;
  readonly binary: string;
  readonly csv: string;
  readonly psql: string;
  readonly parquetBytes: number;
}

async function compare(options: PathBenchOptions, server: BenchServer, pool: Pool, input: Input): Promise<void> {
  const pairs: { psqlMs: number; oursMs: number; ratio: number }[] = [];
  const ours: PathChildResult[] = [];
  for (let pair = 0; pair < options.pairs; pair++) {
    const measured = { psqlMs: 0, oursMs: 0 };
    const psqlTurn = async (): Promise<void> => {
      measured.psqlMs = await turn(pool, options.rows, () =>
        psqlCopy(server, `\\copy bench_grid (${COLUMNS}) from '${input.binary}' (format binary)`),
      );
    };
    const ourTurn = async (): Promise<void> => {
      const result = await turn(pool, options.rows, () => runChild(input.url, input.folder));
      ours.push(result);
      measured.oursMs = result.ms;
    };
    for (const next of pair % 2 === 0 ? [psqlTurn, ourTurn] : [ourTurn, psqlTurn]) await next();
    const ratio = measured.oursMs / measured.psqlMs;
    pairs.push({ psqlMs: round(measured.psqlMs, 0), oursMs: round(measured.oursMs, 0), ratio: round(ratio, 3) });
    console.log(
      `pair ${pair + 1}: psql binary ${seconds(measured.psqlMs)}, ours ${seconds(measured.oursMs)}, ratio ${ratio.toFixed(3)}`,
    );
    console.log(
      `  stages: ${JSON.stringify(ours.at(-1)?.stagesMs)}, CPU ${seconds(ours.at(-1)?.cpuMs ?? 0)}, peak ${round(ours.at(-1)?.peakRssMb ?? 0, 0)} MB`,
    );
  }
  const csvMs: number[] = [];
  for (let i = 0; i < options.csvRounds; i++) {
    csvMs.push(
      await turn(pool, options.rows, () =>
        psqlCopy(server, `\\copy bench_grid (${COLUMNS}) from '${input.csv}' (format csv)`),
      ),
    );
    console.log(`psql CSV ${seconds(csvMs.at(-1) ?? Number.NaN)}`);
  }
  const summary = {
    ratioToBinary: round(median(pairs.map((pair) => pair.ratio)), 3),
    ratioToCsv: csvMs.length === 0 ? null : round(median(pairs.map((pair) => pair.oursMs)) / median(csvMs), 3),
    ourPeakRssMb: round(Math.max(...ours.map((result) => result.peakRssMb)), 0),
    ourCpuMs: round(median(ours.map((result) => result.cpuMs)), 0),
    rowsPerSecond: round((options.rows / median(ours.map(({ ms }) => ms))) * 1000, 0),
  };
  const file = await writeResults(options.name, {
    settings: { ...options, postgres: SETTINGS, transport: 'unix socket' },
    versions: { postgres: server.version, psql: input.psql, programs: server.programs },
    input: { rows: options.rows, parquetBytes: input.parquetBytes },
    summary,
    pairs,
    stagesMs: ours.at(-1)?.stagesMs,
    csvMs: csvMs.map((ms) => round(ms, 0)),
  });
  console.log(
    `median ratio to psql binary ${summary.ratioToBinary}, to psql CSV ${summary.ratioToCsv ?? 'not run'}; ` +
      `our peak memory ${summary.ourPeakRssMb} MB; ${summary.rowsPerSecond.toLocaleString('en')} rows/s; written to ${file}`,
  );
}

/** Months of Parquet as a folder of recordings. */
async function writeInput(folder: string, rows: number): Promise<number> {
  const instance = await DuckDBInstance.create(':memory:');
  const duckdb = await instance.connect();
  await duckdb.run(`set timezone = 'UTC'`);
  const months = await writeMonths(duckdb, join(folder, 'months'), rows);
  duckdb.closeSync();
  instance.closeSync();
  const recordings = join(folder, 'recordings');
  await mkdir(recordings);
  for (const { label, file } of months) await link(file, join(recordings, `${label}.parquet`));
  const index = months.map(({ label }) => ({
    url: `https://bench.invalid/${label}.parquet`,
    file: `${label}.parquet`,
    status: 200,
    headers: {},
  }));
  await writeFile(join(recordings, 'index.json'), JSON.stringify({ recordings: index }));
  return bytesOf(months);
}

/** Empties table and ledger, settles the server, runs, and counts what arrived. */
async function turn<T>(pool: Pool, rows: number, contestant: () => Promise<T>): Promise<T> {
  await pool.query(
    'truncate bench_grid; truncate etl.interval, etl.load, etl.artifact, etl.quarantine, etl.check_result, etl.run cascade',
  );
  await pool.query('checkpoint');
  const result = await contestant();
  const [counted] = await pool.query<{ n: number }>('select count(*)::int as n from bench_grid');
  if (counted?.n !== rows) throw new Error(`expected ${rows} rows, found ${counted?.n}`);
  return result;
}

async function runChild(url: string, folder: string): Promise<PathChildResult> {
  const dataDir = join(folder, 'work');
  await rm(dataDir, { recursive: true, force: true });
  const main = join(import.meta.dirname, 'main.ts');
  const { stdout } = await run(process.execPath, [
    '--max-semi-space-size=4',
    ...process.execArgv,
    main,
    'path-child',
    url,
    join(folder, 'recordings'),
    dataDir,
  ]);
  return JSON.parse(stdout) as PathChildResult;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
