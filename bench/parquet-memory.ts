/**
 * How much memory a large Parquet file of the Hub takes on its way through decode and transform: `npx tsx bench/parquet-memory.ts [meters]`. A
 * meter is 17,520 made-up readings. The file is written by a process of its own, so that the figure is that of reading it.
 */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, execArgv, execPath, resourceUsage } from 'node:process';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Artifact } from '../engine/artifact.ts';
import { importFiles } from '../engine/import-files.ts';
import pipeline from '../pipelines/huggingface/electricity-demand.ts';
import { openSession } from '../transforms/session.ts';
import { transform } from '../transforms/transform.ts';

const PLACES = 40;

async function write(folder: string, meters: number): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const files = {
    demand: `select 'meter-' || m as unique_id, timestamp '2012-01-01' + to_minutes(30 * t) as "timestamp", ((m * 37 + t * 101) % 3000) / 1000.0::double as y
      from range(${meters}) a(m), range(17520) b(t)`,
    metadata: `select 'meter-' || m as unique_id, 'place' || (m % ${PLACES}) as location_id, 'City ' || (m % ${PLACES}) as location,
      (['Europe/London', 'Europe/Berlin', 'America/New_York', 'Europe/Lisbon'])[m % 4 + 1] as timezone from range(${meters}) a(m)`,
    weather: `select 'place' || p as location_id, timestamp '2012-01-01' + to_hours(t) as "timestamp", 10.5::float as temperature_2m,
      80::float as relative_humidity_2m, 12.5::float as wind_speed_10m, 100::float as shortwave_radiation from range(${PLACES}) a(p), range(8784) b(t)`,
  };
  for (const [name, select] of Object.entries(files))
    await connection.run(`copy (${select}) to '${join(folder, `${name}.parquet`)}' (format parquet)`);
}

async function read(folder: string): Promise<void> {
  const before = resourceUsage().maxRSS;
  const work = join(folder, 'work');
  await mkdir(work);
  const session = await openSession({ folder: work });
  const file = (table: string, name: string): Artifact['files'][number] => ({
    table,
    url: name,
    sha256: '',
    bytes: 0,
    path: join(folder, `${name}.parquet`),
  });
  const files = [file('raw', 'demand'), file('raw_metadata', 'metadata'), file('raw_weather', 'weather')];
  const artifact: Artifact = { id: '0', url: '', sha256: '', bytes: 0, fetchedAt: '', fetchedAtMs: 0, path: '', files };
  const started = performance.now();
  await importFiles(session, pipeline, artifact, work);
  const sql = await readFile(join(import.meta.dirname, '..', pipeline.transform), 'utf8');
  const interval = { start: -Infinity, end: Infinity };
  const { rows, refused } = await transform(session, { pipeline, interval, sql, checkSql: new Map() });
  for await (const chunk of session.stream('select * from typed')) chunk.reset();
  await session.close();
  const seconds = (performance.now() - started) / 1_000;
  const { size } = await stat(join(folder, 'demand.parquet'));
  const mb = (kb: number): string => `${Math.round(kb / 1_024)} MB`;
  console.log(
    `${rows} rows (${refused} refused) of ${mb(size / 1_024)} in ${seconds.toFixed(1)} s; memory ${mb(resourceUsage().maxRSS)}, of which ${mb(before)} before it began`,
  );
}

const [, script = '', first = '50', folder] = argv;
if (first === 'write') await write(folder ?? '', Number(argv[4]));
else {
  const made = await mkdtemp(join(tmpdir(), 'penstock-bench-'));
  try {
    spawnSync(execPath, [...execArgv, script, 'write', made, first], { stdio: 'inherit' });
    await read(made);
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}
