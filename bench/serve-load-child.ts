/**
 * Asks servers in turns, with autocannon, for a second each: on a machine where others work, too, only what is measured side by side can be
 * compared. Times are kept finer than autocannon's own histogram does.
 */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import autocannon from 'autocannon';
import { median } from './results.ts';

export interface LoadPlan {
  readonly connections: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly contestants: readonly Contestant[];
}

export interface Contestant {
  readonly what: string;
  readonly url: string;
  /** `{i}` is another number in each request, `{hour}` another hour of the last `hours`. */
  readonly path: string;
  readonly hours: number;
  /** Of the server: its CPU is looked at. */
  readonly pid: number;
}

export interface LoadResult {
  readonly what: string;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** User and system time of the server's process, without PostgreSQL's. */
  readonly cpuMs: number;
  /** Answers that were not 200, and connections that broke. */
  readonly faults: number;
}

/** Rounds that are left out: a server that has just started is still being compiled while it answers. */
const WARM_UP = 6;

/** Prints one list of results per round, without those that warm up. */
export async function serveLoadChild(): Promise<void> {
  const plan = JSON.parse(await text(process.stdin)) as LoadPlan;
  const rounds: LoadResult[][] = [];
  let asked = 0;
  const pathOf = ({ path, hours }: Contestant): string => {
    asked += 1;
    const at = Math.floor(Date.now() / 3_600_000 - ((asked * 6_151) % hours)) * 3_600_000;
    return path.replace('{hour}', new Date(at).toISOString()).replace('{i}', String(asked));
  };
  for (let round = 0; round < WARM_UP + plan.rounds; round += 1) {
    const results: LoadResult[] = [];
    for (const one of round % 2 === 0 ? plan.contestants : plan.contestants.toReversed())
      results.push(await turn(one, plan, () => pathOf(one)));
    if (round >= WARM_UP) rounds.push(results);
  }
  console.log(JSON.stringify(rounds));
}

async function turn(
  { what, url, pid }: Contestant,
  { connections, seconds }: LoadPlan,
  next: () => string,
): Promise<LoadResult> {
  const cpu = await cpuOf(pid);
  const times: number[] = [];
  let faults = 0;
  const { errors, timeouts } = await new Promise<autocannon.Result>((done, failed) => {
    const run = autocannon(
      {
        url,
        connections,
        duration: seconds,
        requests: [{ method: 'GET', setupRequest: (request) => ({ ...request, path: next() }) }],
      },
      (error: Error | null, result) => (error === null ? done(result) : failed(error)),
    );
    run.on('response', (_client, status, _bytes, ms) => {
      times.push(ms);
      if (status !== 200) faults += 1;
    });
  });
  const sorted = times.toSorted((a, b) => a - b);
  return {
    what,
    p50Ms: median(sorted),
    p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
    requests: times.length,
    requestsPerSecond: times.length / seconds,
    cpuMs: (await cpuOf(pid)) - cpu,
    faults: faults + errors + timeouts,
  };
}

/** `utime` and `stime` of proc(5), in milliseconds; kernel ticks are 10 ms on every Linux that Node runs on. */
async function cpuOf(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
