/** Asks one server for a list of paths, with autocannon, for some seconds; times are kept finer than its own histogram does. */
import { text } from 'node:stream/consumers';
import autocannon from 'autocannon';
import { median } from './results.ts';

export interface LoadResult {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly requestsPerSecond: number;
  /** Answers that were not 200, and connections that broke. */
  readonly faults: number;
}

export async function serveLoadChild([url = '', connections = '1', seconds = '4']: readonly string[]): Promise<void> {
  const paths = (await text(process.stdin)).split('\n').filter((path) => path !== '');
  const times: number[] = [];
  let faults = 0;
  let next = 0;
  const { errors, timeouts } = await new Promise<autocannon.Result>((done, failed) => {
    const run = autocannon(
      {
        url,
        connections: Number(connections),
        duration: Number(seconds),
        requests: [
          {
            method: 'GET',
            setupRequest: (request) => ({ ...request, path: paths[(next += 1) % paths.length] ?? '/' }),
          },
        ],
      },
      (error: Error | null, result) => (error === null ? done(result) : failed(error)),
    );
    run.on('response', (_client, status, _bytes, ms) => {
      times.push(ms);
      if (status !== 200) faults += 1;
    });
  });
  const sorted = times.toSorted((a, b) => a - b);
  const result: LoadResult = {
    p50Ms: median(sorted),
    p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
    requestsPerSecond: times.length / Number(seconds),
    faults: faults + errors + timeouts,
  };
  console.log(JSON.stringify(result));
}
