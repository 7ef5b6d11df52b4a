/** Reads and streams of the server on loopback, beside a bare `pg` handler that runs the same statement, in the same run. */
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPool, type Pool } from '../loaders/postgres/database.ts';
import { migrate } from '../sql/migrate.ts';
import { FIRST_HOUR, putDemand, putEmptyLoad } from '../tests/support/stream-loads.ts';
import { median, round, writeResults } from './results.ts';
import { type Child, startChild } from './serve-child.ts';
import type { LoadResult } from './serve-load-child.ts';
import type { ListenResult } from './serve-listen-child.ts';
import { SETTINGS, startServer } from './server.ts';

export interface ServeBenchOptions {
  readonly rows: number;
  readonly rounds: number;
  readonly clients: number;
  readonly name: string;
}

const PAGE = 100;
const SECONDS = 4;
const KEY = 'a-key-of-this-bench-and-nothing-else';
const STREAM = '/stream-ontario-demand';

interface Turn {
  readonly what: string;
  readonly url: string;
  readonly paths: readonly string[];
}

export async function benchServe(options: ServeBenchOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-bench-'));
  await chmod(folder, 0o755);
  const postgres = await startServer(folder);
  const url = `postgresql://${postgres.user}@localhost:${postgres.port}/postgres?host=${encodeURIComponent(postgres.socket)}`;
  const pool = openPool(url);
  const children: Child[] = [];
  try {
    await migrate(pool);
    await fill(pool, options.rows);
    const ours = await startChild(
      ['cli/main.ts', 'serve', '--port', '0', '--database-url', url, '--data-dir', folder],
      {
        PENSTOCK_ADMIN_KEY: KEY,
        PENSTOCK_READS_PER_MINUTE: '0',
        PENSTOCK_STREAMS_PER_MINUTE: '0',
      },
    );
    children.push(ours);
    const bare = await startChild(['bench/main.ts', 'serve-bare-child', url, String(PAGE)], {});
    children.push(bare);
    const rssIdleMb = await rssMb(ours.pid);
    const reads = await compareReads(options, ours, bare);
    const rssLoadedMb = await rssMb(ours.pid);
    const listeners = await listen(options, pool, ours, rssLoadedMb);
    const file = await writeResults(options.name, {
      settings: {
        rows: options.rows,
        pageRows: PAGE,
        secondsPerTurn: SECONDS,
        rounds: options.rounds,
        postgres: SETTINGS,
      },
      versions: { postgres: postgres.version, programs: postgres.programs },
      reads,
      rssMb: { idle: rssIdleMb, afterReads: rssLoadedMb },
      listeners,
    });
    console.log(`written to ${file}`);
  } finally {
    for (const child of children) await child.stop();
    await pool.close();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Hours up to now, as one load of a publisher; the statistics that a server in use has. */
async function fill(pool: Pool, rows: number): Promise<void> {
  const loadId = await putEmptyLoad(pool, 'public.ontario_hourly_demand', 'ieso-demand');
  await pool.query(
    `insert into public.ontario_hourly_demand (hour, market_demand_mw, ontario_demand_mw, load_id)
     select date_trunc('hour', now()) - make_interval(hours => i), 15000 + (i * 7919) % 6000, 14000 + (i * 104729) % 6000, $1
     from generate_series(0, $2::int - 1) i`,
    [loadId, rows],
  );
  await pool.query('vacuum analyze');
}

/** Every turn of a round asks for other pages, so that what is called uncached is. */
function turnsOf(round_: number, ours: Child, bare: Child, rows: number): readonly Turn[] {
  const newest = Math.floor(Date.now() / 3_600_000) * 3_600_000;
  // Spread over all rows, each instant once in the run.
  const from = (i: number): string => new Date(newest - ((i * 6_151) % (rows - PAGE)) * 3_600_000).toISOString();
  const different = Array.from(
    { length: 20_000 },
    (_, i) => `${STREAM}?limit=${PAGE}&from=${from(i)}&turn=${round_}.${i}`,
  );
  return [
    { what: 'uncached', url: ours.url, paths: different },
    { what: 'cached', url: ours.url, paths: [`${STREAM}?limit=${PAGE}`] },
    { what: 'bare', url: bare.url, paths: different },
  ];
}

async function compareReads(
  { rounds, rows }: ServeBenchOptions,
  ours: Child,
  bare: Child,
): Promise<Readonly<Record<string, unknown>>> {
  const figures: Record<string, unknown> = {};
  for (const connections of [1, 8]) {
    const results = new Map<string, LoadResult[]>();
    const ratios: number[] = [];
    for (let round_ = 0; round_ <= rounds; round_ += 1) {
      const turns = turnsOf(connections * 1_000 + round_, ours, bare, rows);
      const now = new Map<string, LoadResult>();
      for (const turn of round_ % 2 === 0 ? turns : turns.toReversed())
        now.set(turn.what, await load(turn, connections));
      // The first round warms both up.
      if (round_ === 0) continue;
      for (const [what, result] of now) results.set(what, [...(results.get(what) ?? []), result]);
      ratios.push(round((now.get('uncached')?.p50Ms ?? Number.NaN) / (now.get('bare')?.p50Ms ?? Number.NaN), 3));
    }
    const of = (what: string): Record<string, number> => {
      const all = results.get(what) ?? [];
      return {
        p50Ms: round(median(all.map(({ p50Ms }) => p50Ms)), 3),
        p99Ms: round(median(all.map(({ p99Ms }) => p99Ms)), 3),
        requestsPerSecond: round(median(all.map(({ requestsPerSecond }) => requestsPerSecond)), 0),
        faults: all.reduce((sum, { faults }) => sum + faults, 0),
      };
    };
    figures[`${connections} connection${connections === 1 ? '' : 's'}`] = {
      uncached: of('uncached'),
      cached: of('cached'),
      bare: of('bare'),
      ratios,
      ratioOfP50: round(median(ratios), 2),
    };
    console.log(
      `${connections} connections: ${JSON.stringify(figures[`${connections} connection${connections === 1 ? '' : 's'}`])}`,
    );
  }
  return figures;
}

async function load({ url, paths }: Turn, connections: number): Promise<LoadResult> {
  const child = await startChild(
    ['bench/main.ts', 'serve-load-child', url, String(connections), String(SECONDS)],
    {},
    paths.join('\n'),
  );
  return child.result<LoadResult>();
}

/** Many who listen and hear nothing, then one load that all of them hear. */
async function listen(
  { clients }: ServeBenchOptions,
  pool: Pool,
  ours: Child,
  beforeMb: number,
): Promise<Readonly<Record<string, unknown>>> {
  const child = await startChild(
    ['bench/main.ts', 'serve-listen-child', `${ours.url}${STREAM}`, String(clients), KEY],
    {},
  );
  await child.line('all listen');
  const idleMb = await rssMb(ours.pid);
  const hour = Math.floor((Date.now() - FIRST_HOUR) / 3_600_000);
  const sentAt = Date.now();
  await putDemand(pool, { hours: [[hour, 15_555]] });
  const committedAt = Date.now();
  const { firstAt, medianAt, lastAt, heard } = await child.result<ListenResult>();
  const figures = {
    clients,
    heard,
    kilobytesPerClient: round(((idleMb - beforeMb) * 1_024) / clients, 1),
    serverMb: idleMb,
    msFromCommit: { first: firstAt - committedAt, median: medianAt - committedAt, last: lastAt - committedAt },
    loadTookMs: committedAt - sentAt,
  };
  console.log(`listeners: ${JSON.stringify(figures)}`);
  return figures;
}

async function rssMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return round(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1_024, 1);
}
