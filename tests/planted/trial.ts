/** Tries planted faults: a database that holds the recorded years but one, then that year, untouched or with a fault in it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunResult } from '../../engine/run.ts';
import type { Finding, FindingSeverity } from '../../reports/model.ts';
import { testEngine, testRun, temporaryFolder, writeRecordings } from '../support/engine.ts';
import { freshDatabase, type FreshDatabase } from '../support/postgres.ts';
import { sharedFolder } from '../support/shared.ts';
import type { Planted } from './faults.ts';

/** Shortly after the newest recorded file was issued. */
export const NOW = '2026-08-18T12:00:00Z';

/** What is loaded before a fault is planted: all recorded years of these datasets, but those in which faults are planted. */
export const HISTORY = ['ieso-demand', 'ieso-demand-zonal', 'aeso-ets-pool-price'];

export interface RecordedFile {
  readonly dataset: string;
  readonly year: number;
  readonly url: string;
  readonly body: string;
}

const ADDRESSES: readonly (readonly [dataset: string, address: RegExp])[] = [
  ['ieso-demand', /\/PUB_Demand_(\d{4})\.csv$/],
  ['ieso-demand-zonal', /\/PUB_DemandZonal_(\d{4})\.csv$/],
  ['aeso-ets-pool-price', /HistoricalPoolPriceReportServlet\?.*beginDate=0101(\d{4})/],
  ['ieso-generation-by-fuel', /\/PUB_GenOutputbyFuelHourly_(\d{4})\.xml$/],
  ['ieso-intertie-year', /\/PUB_IntertieScheduleFlowYear_(\d{4})\.csv$/],
];

/** The recorded files of whole years. */
export async function recordedFiles(): Promise<RecordedFile[]> {
  const folder = sharedFolder('recordings');
  const { recordings }: { recordings: { url: string; file?: string }[] } = JSON.parse(
    await readFile(join(folder, 'index.json'), 'utf8'),
  );
  const files: RecordedFile[] = [];
  for (const { url, file } of recordings) {
    for (const [dataset, address] of ADDRESSES) {
      const year = address.exec(url)?.[1];
      if (year !== undefined && file !== undefined)
        files.push({ dataset, year: Number(year), url, body: await readFile(join(folder, file), 'utf8') });
    }
  }
  return files;
}

/** A database in which these files are loaded; its pool is closed, so that it can be copied. */
export async function loadedDatabase(files: readonly RecordedFile[], copyOf?: FreshDatabase): Promise<FreshDatabase> {
  const database = await freshDatabase(undefined, copyOf);
  await runFiles(database, files);
  await database.pool.close();
  return database;
}

export async function runFiles(database: FreshDatabase, files: readonly RecordedFile[]): Promise<RunResult> {
  await using data = await temporaryFolder();
  await using recordings = await temporaryFolder();
  await writeRecordings(recordings.path, files);
  const engine = await testEngine({ pool: database.pool, recordings: recordings.path, dataDir: data.path, now: NOW });
  const years = files.map(({ year }) => year);
  // A closed year is asked for again only where somebody says so.
  const range = { from: `${Math.min(...years)}-01-01`, to: `${Math.max(...years) + 1}-01-01` };
  return await testRun(engine, { ids: [...new Set(files.map(({ dataset }) => dataset))], ...range });
}

/** Findings of a year that a person would be told of. */
export async function findingsOf(base: FreshDatabase, file: RecordedFile): Promise<Finding[]> {
  const database = await freshDatabase(undefined, base);
  try {
    const { report } = await runFiles(database, [file]);
    const alarming: readonly FindingSeverity[] = ['failure', 'block', 'reject', 'warn'];
    return report.datasets.flatMap(({ findings }) =>
      findings.filter(({ severity, state }) => state === 'open' && alarming.includes(severity)),
    );
  } finally {
    await database.drop();
  }
}

/** The file of a planted fault. */
export function plantedFile({ dataset, year, plant }: Planted, files: readonly RecordedFile[]): RecordedFile {
  const of = (wanted: number): RecordedFile => {
    const file = files.find((one) => one.dataset === dataset && one.year === wanted);
    if (file === undefined) throw new Error(`${dataset} ${wanted} is not recorded`);
    return file;
  };
  const file = of(year);
  const body = plant(file.body, (other) => of(other).body);
  if (body === file.body) throw new Error('the fault changed nothing');
  return { ...file, body };
}
