/** The whole path through the engine in a process of its own: read, transform, check, sort, COPY, ledger. Prints one line of JSON. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../core/effects.ts';
import { run } from '../engine/run.ts';
import { openPool } from '../loaders/postgres/database.ts';
import { openLanding } from '../loaders/source/landing.ts';
import { recordingsHttp } from '../loaders/source/recordings.ts';
import { loadCatalog } from '../pipelines/index.ts';

export interface PathChildResult {
  readonly ms: number;
  readonly rows: number;
  readonly cpuMs: number;
  readonly peakRssMb: number;
  /** Milliseconds per stage, summed over intervals; stages of different intervals overlap. */
  readonly stagesMs: Readonly<Record<string, number>>;
}

/** `args`: connection string, folder of recordings, data folder. */
export async function pathChild(args: readonly string[]): Promise<void> {
  const [url = '', recordings = '', dataDir = ''] = args;
  const clock = { now: () => Date.now(), sleep: (ms: number) => sleep(ms) };
  const quiet: Log = { debug: () => undefined, info: () => undefined, warn: console.error, error: console.error };
  const pool = openPool(url, { log: quiet });
  const catalog = await loadCatalog(join(import.meta.dirname, 'pipelines'));
  const http = await recordingsHttp(recordings, clock);
  const landing = await openLanding(join(dataDir, 'landing'), clock);
  await pool.query('select 1');

  const before = process.cpuUsage();
  const start = performance.now();
  const { report } = await run(
    {
      catalog,
      pool,
      http,
      landing,
      clock,
      log: quiet,
      dataDir,
      source: 'recordings',
      env: {},
      host: 'bench',
      version: 'bench',
      progress: { started: () => undefined, finished: () => undefined, done: () => undefined },
      processId: process.pid,
      nodeVersion: process.version,
    },
    { ids: [], command: 'bench', jobs: 1, signal: new AbortController().signal, from: '2010-01-01', to: '2026-01-01' },
  );
  const ms = performance.now() - start;
  const cpu = process.cpuUsage(before);
  await pool.close();

  const [dataset] = report.datasets;
  const failed = dataset?.intervals.find(({ error }) => error !== null);
  if (failed?.error) throw new Error(`${failed.label}: ${failed.error.code}: ${failed.error.what}`);
  const stagesMs: Record<string, number> = {};
  for (const { timingsMs } of dataset?.intervals ?? []) {
    for (const [stage, lap] of Object.entries(timingsMs)) stagesMs[stage] = (stagesMs[stage] ?? 0) + lap;
  }
  const result: PathChildResult = {
    ms,
    rows: dataset?.rows.inserted ?? 0,
    cpuMs: (cpu.user + cpu.system) / 1000,
    peakRssMb: process.resourceUsage().maxRSS / 1024,
    stagesMs,
  };
  console.log(JSON.stringify(result));
}
