/** A year of 5-minute nodal prices (about 110 million rows): hour files made up on the fly, through the real dataset, into PostgreSQL. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { openPool } from '../loaders/postgres/database.ts';
import { migrate } from '../sql/migrate.ts';
import type { NodalChildResult } from './nodal-child.ts';
import { hourFile, INTERVALS, NODES } from './nodal-files.ts';
import { round, writeResults } from './results.ts';
import { SETTINGS, startServer } from './server.ts';

export interface NodalBenchOptions {
  readonly hours: number;
  readonly name: string;
}

/** 2025-05-01 00:00 on the publisher's clock, the first day of the dataset. */
const FIRST = Date.UTC(2025, 4, 1, 5);

export async function benchNodal(options: NodalBenchOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-bench-'));
  await chmod(folder, 0o755);
  const server = await startServer(folder);
  const url = `postgresql://${server.user}@localhost:${server.port}/postgres?host=${encodeURIComponent(server.socket)}`;
  const pool = openPool(url);
  try {
    await migrate(pool);
    const result = await runChild(url, folder, options.hours);
    const expected = options.hours * NODES * INTERVALS;
    const [found] = await pool.query<{ rows: number; bytes: number }>(
      `select count(*)::float8 as rows, pg_total_relation_size('public.ontario_nodal_prices')::float8 as bytes from public.ontario_nodal_prices`,
    );
    if (found?.rows !== expected) throw new Error(`expected ${expected} rows, found ${found?.rows}`);
    const summary = {
      rows: expected,
      rowsPerSecond: round((expected / result.ms) * 1000, 0),
      msPerHourFile: round(result.ms / options.hours, 1),
      peakRssMb: round(result.peakRssMb, 0),
      cpuShare: round(result.cpuMs / result.ms, 2),
      generateMsPerHourFile: round(result.generateMs / options.hours, 1),
      tableGb: round(found.bytes / 1e9, 2),
    };
    const file = await writeResults(options.name, {
      settings: { hours: options.hours, jobs: 1, postgres: SETTINGS, transport: 'unix socket' },
      versions: { postgres: server.version, programs: server.programs },
      input: { nodes: NODES, intervals: INTERVALS, bytesPerHourFile: hourFile('2025/05/01', 8).length },
      summary,
      rssMb: result.rssMb,
      tenthSeconds: result.tenthSeconds,
      stagesMsPerHourFile: Object.fromEntries(
        Object.entries(result.stagesMs).map(([stage, ms]) => [stage, round(ms / options.hours, 1)]),
      ),
    });
    console.log(`${JSON.stringify(summary)}; written to ${file}`);
  } finally {
    await pool.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function runChild(url: string, folder: string, hours: number): Promise<NodalChildResult> {
  const main = join(import.meta.dirname, 'main.ts');
  const to = new Date(FIRST + hours * 3_600_000).toISOString();
  const child = spawn(
    process.execPath,
    [
      '--max-semi-space-size=4',
      ...process.execArgv,
      main,
      'nodal-child',
      url,
      join(folder, 'work'),
      new Date(FIRST).toISOString(),
      to,
      String(hours),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit') as Promise<[number | null]>]);
  if (code !== 0) throw new Error(`the child ended with ${code}`);
  return JSON.parse(output) as NodalChildResult;
}
