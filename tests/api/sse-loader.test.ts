/** The loader itself, from a publisher's file to the client: new rows, and rows that the publisher has revised since. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN_KEY } from '../support/api.ts';
import { temporaryFolder, testEngine, testRun, writeRecordings } from '../support/engine.ts';
import { kindOf, listenTo, rowsOf, type StreamClient } from '../support/event-stream.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { startStreams, type StreamServer } from '../support/stream-server.ts';

const URL = 'https://reports-public.ieso.ca/public/Demand/PUB_Demand_2026.csv';
const LONG = { timeout: 120_000 };
let db: FreshDatabase;
let server: StreamServer;
beforeAll(async () => {
  db = await freshDatabase();
  server = await startStreams({ url: db.url });
});
afterAll(async () => server.stop());

/** Demand of the first hours of 2026 by the publisher's clock. */
async function publish(demands: readonly number[], now: string): Promise<void> {
  await using folder = await temporaryFolder();
  const lines = demands.map((mw, i) => `2026-01-01,${i + 1},${mw + 1_000},${mw}`);
  const body = ['\\\\Hourly Demand Report', 'Date,Hour,Market Demand,Ontario Demand', ...lines, ''].join('\n');
  const recordings = await writeRecordings(join(folder.path, 'recordings'), [{ url: URL, body }]);
  const engine = await testEngine({ pool: db.pool, recordings, dataDir: join(folder.path, 'data'), now });
  const { report } = await testRun(engine, { ids: ['ieso-demand'], from: '2026-01-01', to: '2027-01-01' });
  expect(report.exitCode).toBe(0);
}
const loadsOf = (client: StreamClient) => client.events.filter((event) => kindOf(event)['kind'] === 'load');

test('each run of the loader reaches the client as what has changed, and no more', LONG, async () => {
  const client = await listenTo(server.url, '/stream-ontario-demand?events=named', { apikey: ADMIN_KEY });
  await client.find(({ event }) => event === 'data');
  await publish([15_000, 15_100, 15_200], '2026-01-01T09:00:00Z');
  await client.find((event) => kindOf(event)['rows_total'] === 3);
  await publish([15_000, 15_111, 15_200, 15_300], '2026-01-01T10:00:00Z');
  await client.find((event) => kindOf(event)['rows_total'] === 2);
  expect(
    loadsOf(client).map((event) => rowsOf(event).map((row) => [row['hour_ending'], row['total_demand_mw']])),
  ).toEqual([
    [
      [1, 15_000],
      [2, 15_100],
      [3, 15_200],
    ],
    [
      [2, 15_111],
      [4, 15_300],
    ],
  ]);
  // The same file once more changes nothing, and nothing is told; what the publisher takes back is a number.
  await publish([15_000, 15_111, 15_200, 15_300], '2026-01-01T11:00:00Z');
  await publish([15_000, 15_111], '2026-01-01T12:00:00Z');
  await client.find((event) => kindOf(event)['rows_withdrawn'] === 2);
  expect(loadsOf(client).map((event) => rowsOf(event).length)).toEqual([3, 2, 0]);
  client.close();
});
