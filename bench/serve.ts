/** Reads and streams of the server on loopback, beside a bare `pg` handler that runs the same statement, in the same run. */
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPool, type Pool } from '../loaders/postgres/database.ts';
import { migrate } from '../sql/migrate.ts';
import { FIRST_HOUR, putDemand, putEmptyLoad } from '../tests/support/stream-loads.ts';
import { median, round, writeResults } from './results.ts';
import { type Child, startChild } from './serve-child.ts';
import type { LoadPlan, LoadResult } from './serve-load-child.ts';
import type { ListenResult } from './serve-listen-child.ts';
import { SETTINGS, startServer } from './server.ts';

export interface ServeBenchOptions {
  readonly rows: number;
  readonly rounds: number;
  readonly clients: number;
  readonly name: string;
}

const PAGE = 100;
const SECONDS = 1;
const KEY = 'a-key-of-this-bench-and-nothing-else';
const STREAM = '/stream-ontario-demand';

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
        // Each listener is a client of its own: one may not have many streams.
        PENSTOCK_CLIENT_ADDRESS_HEADER: 'x-real-ip',
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
     select date_trunc('hour', now()) - make_interval(hours => i), 15000 + (i::bigint * 7919) % 6000, 14000 + (i::bigint * 104729) % 6000, $1
     from generate_series(0, $2::int - 1) i`,
    [loadId, rows],
  );
  await pool.query('vacuum analyze');
}

async function compareReads(
  { rounds, rows }: ServeBenchOptions,
  ours: Child,
  bare: Child,
): Promise<Readonly<Record<string, unknown>>> {
  const figures: Record<string, unknown> = {};
  // Another address in each request is another answer: nothing of it was kept.
  const different = `${STREAM}?limit=${PAGE}&from={hour}&turn={i}`;
  const hours = rows - PAGE;
  for (const connections of [1, 8]) {
    const plan: LoadPlan = {
      connections,
      seconds: SECONDS,
      rounds,
      contestants: [
        { what: 'uncached', url: ours.url, pid: ours.pid, path: different, hours },
        { what: 'bare', url: bare.url, pid: bare.pid, path: different, hours },
        { what: 'cached', url: ours.url, pid: ours.pid, path: `${STREAM}?limit=${PAGE}`, hours },
      ],
    };
    const child = await startChild(['bench/main.ts', 'serve-load-child'], {}, JSON.stringify(plan));
    const results = await child.result<LoadResult[][]>();
    const of = (what: string): LoadResult[] =>
      results.map((round_) => round_.find((one) => one.what === what) ?? NOTHING);
    const summary = (what: string): Record<string, number> => ({
      p50Ms: round(median(of(what).map(({ p50Ms }) => p50Ms)), 3),
      p99Ms: round(median(of(what).map(({ p99Ms }) => p99Ms)), 3),
      requestsPerSecond: round(median(of(what).map(({ requestsPerSecond }) => requestsPerSecond)), 0),
      cpuMsPerRequest: round(
        sum(of(what).map(({ cpuMs }) => cpuMs)) / sum(of(what).map(({ requests }) => requests)),
        3,
      ),
      faults: of(what).reduce((sum, { faults }) => sum + faults, 0),
    });
    const bareTurns = of('bare');
    const ratios = of('uncached').map(({ p50Ms }, i) => round(p50Ms / (bareTurns[i]?.p50Ms ?? Number.NaN), 3));
    const name = `${connections} connection${connections === 1 ? '' : 's'}`;
    figures[name] = {
      uncached: summary('uncached'),
      cached: summary('cached'),
      bare: summary('bare'),
      ratios,
      ratioOfP50: round(median(ratios), 2),
    };
    console.log(`${name}: ${JSON.stringify(figures[name])}`);
  }
  return figures;
}

const NOTHING: LoadResult = {
  what: '',
  p50Ms: Number.NaN,
  p99Ms: Number.NaN,
  requests: 0,
  requestsPerSecond: 0,
  cpuMs: 0,
  faults: 1,
};

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);

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
