/** An engine on a fresh database and a temporary data folder, answering from recordings that the test wrote or named. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Clock } from '../../core/effects.ts';
import type { Engine, Point } from '../../engine/engine.ts';
import { run, type RunRequest, type RunResult } from '../../engine/run.ts';
import type { Pool } from '../../loaders/postgres/database.ts';
import { openLanding } from '../../loaders/source/landing.ts';
import { localFilesHttp } from '../../loaders/source/local-files.ts';
import { recordingsHttp } from '../../loaders/source/recordings.ts';
import { type Catalog, loadCatalog } from '../../pipelines/index.ts';
import { parseReport } from '../../reports/schema.ts';
import { silentLog } from './log.ts';

export interface EngineOptions {
  readonly pool: Pool;
  /** Folder with index.json. */
  readonly recordings: string;
  readonly dataDir: string;
  readonly catalog?: Catalog;
  /** ISO instant that the clock shows; real time by default. */
  readonly now?: string;
  readonly reached?: (point: Point, dataset: string, label: string) => Promise<void>;
}

export function clockAt(now?: string): Clock {
  return {
    now: () => (now === undefined ? Date.now() : Date.parse(now)),
    sleep: (ms) => new Promise((resolve) => void setTimeout(resolve, ms)),
  };
}

export async function testEngine(options: EngineOptions): Promise<Engine> {
  const clock = clockAt(options.now);
  const catalog = options.catalog ?? (await loadCatalog());
  return {
    catalog,
    pool: options.pool,
    http: localFilesHttp(await recordingsHttp(options.recordings, clock), catalog.root, clock),
    landing: await openLanding(join(options.dataDir, 'landing'), clock),
    clock,
    log: silentLog,
    progress: { started: () => undefined, finished: () => undefined, done: () => undefined },
    source: 'recordings',
    env: {},
    dataDir: options.dataDir,
    host: 'test',
    processId: process.pid,
    version: 'test',
    nodeVersion: process.versions.node,
    ...(options.reached === undefined ? {} : { reached: options.reached }),
  };
}

/**
 * Runs with defaults: `await testRun(engine, { ids: ['ieso-demand'], from: '2025-01-01', to: '2026-01-01' })`. Every report of a test is held against the
 * published schema.
 */
export async function testRun(engine: Engine, request: Partial<RunRequest>): Promise<RunResult> {
  const result = await run(engine, {
    ids: [],
    command: 'test',
    jobs: 1,
    signal: new AbortController().signal,
    ...request,
  });
  parseReport(result.report);
  return result;
}

export interface Recorded {
  readonly url: string;
  /** Absent for a redirect. */
  readonly body?: string | Uint8Array;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly recordedAt?: string;
}

/** Writes a folder of recordings. @returns its path */
export async function writeRecordings(folder: string, recorded: readonly Recorded[]): Promise<string> {
  const recordings = [];
  for (const [i, { url, body, status = 200, headers = {}, recordedAt }] of recorded.entries()) {
    const file = `body-${i}`;
    if (body !== undefined) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), body);
    }
    recordings.push({
      url,
      status,
      headers,
      ...(body === undefined ? {} : { file }),
      ...(recordedAt === undefined ? {} : { recordedAt }),
    });
  }
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'index.json'), JSON.stringify({ recordings }));
  return folder;
}

/** A temporary folder that goes when the test is done: `await using folder = await temporaryFolder()`. */
export async function temporaryFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'penstock-test-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

export const DEMAND_URL = (year: number): string =>
  `https://reports-public.ieso.ca/public/Demand/PUB_Demand_${year}.csv`;

/** A demand file in the publisher's format: rows of [date, hour, market demand, Ontario demand]. */
export function demandFile(
  year: number,
  rows: readonly (readonly [string, number | string, number | string, number | string])[],
  createdAt = `${year + 1}-01-31 07:30:13`,
): string {
  const lines = [
    '\\\\Hourly Demand Report,,,',
    `\\\\Created at ${createdAt},,,`,
    `\\\\For ${year},,,`,
    'Date,Hour,Market Demand,Ontario Demand',
  ];
  return [...lines, ...rows.map((row) => row.join(',')), ''].join('\r\n');
}
