/** Backfills real-time nodal prices through the engine in a process of its own. Prints one line of JSON. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../core/effects.ts';
import { run } from '../engine/run.ts';
import { openPool } from '../loaders/postgres/database.ts';
import { openLanding } from '../loaders/source/landing.ts';
import { loadCatalog } from '../pipelines/index.ts';
import { nodalHttp } from './nodal-files.ts';

export interface NodalChildResult {
  readonly ms: number;
  readonly rows: number;
  readonly cpuMs: number;
  /** Part of `cpuMs`: making up the files. */
  readonly generateMs: number;
  readonly peakRssMb: number;
  /** Resident memory when each tenth of the hours was loaded. */
  readonly rssMb: readonly number[];
  /** Seconds that each tenth took. */
  readonly tenthSeconds: readonly number[];
  /** Milliseconds per stage, summed over intervals; stages of different intervals overlap. */
  readonly stagesMs: Readonly<Record<string, number>>;
}

/** `args`: connection string, data folder, from, to, hours. */
export async function nodalChild(args: readonly string[]): Promise<void> {
  const [url = '', dataDir = '', from = '', to = '', hours = ''] = args;
  const clock = { now: () => Date.now(), sleep: (ms: number) => sleep(ms) };
  const quiet: Log = { debug: () => undefined, info: () => undefined, warn: console.error, error: console.error };
  const pool = openPool(url, { log: quiet });
  const catalog = await loadCatalog();
  const landing = await openLanding(join(dataDir, 'landing'), clock);
  await pool.query('select 1');

  const spent = { generateMs: 0 };
  const rssMb: number[] = [];
  const tenthSeconds: number[] = [];
  let done = 0;
  const before = process.cpuUsage();
  const start = performance.now();
  let last = start;
  const finished = (): void => {
    done += 1;
    if (Math.floor((done * 10) / Number(hours)) === Math.floor(((done - 1) * 10) / Number(hours))) return;
    const now = performance.now();
    rssMb.push(Math.round(process.memoryUsage.rss() / 1024 / 1024));
    tenthSeconds.push(Math.round((now - last) / 100) / 10);
    console.error(`${done} of ${hours} hours, ${rssMb.at(-1)} MB, ${tenthSeconds.at(-1)} s`);
    last = now;
  };
  const { report } = await run(
    {
      catalog,
      pool,
      http: nodalHttp(spent),
      landing,
      clock,
      log: quiet,
      dataDir,
      source: 'recordings',
      env: {},
      host: 'bench',
      version: 'bench',
      progress: { started: () => undefined, finished, done: () => undefined },
      processId: process.pid,
      nodeVersion: process.version,
    },
    { ids: ['ieso-realtime-nodal-price'], command: 'bench', jobs: 1, signal: new AbortController().signal, from, to },
  );
  const ms = performance.now() - start;
  const cpu = process.cpuUsage(before);
  await pool.close();

  const [dataset] = report.datasets;
  const failed = dataset?.intervals.find(({ error }) => error !== null);
  if (failed?.error) throw new Error(`${failed.label}: ${failed.error.code}: ${failed.error.what}`);
  const stagesMs: Record<string, number> = {};
  for (const { timingsMs } of dataset?.intervals ?? [])
    for (const [stage, lap] of Object.entries(timingsMs)) stagesMs[stage] = (stagesMs[stage] ?? 0) + lap;
  const result: NodalChildResult = {
    ms,
    rows: dataset?.rows.inserted ?? 0,
    cpuMs: (cpu.user + cpu.system) / 1000,
    generateMs: spent.generateMs,
    peakRssMb: process.resourceUsage().maxRSS / 1024,
    rssMb,
    tenthSeconds,
    stagesMs,
  };
  console.log(JSON.stringify(result));
}
