import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../../engine/engine.ts';
import { inspect } from '../../engine/inspect.ts';
import { DEMAND_URL, demandFile, temporaryFolder, testEngine, testRun, writeRecordings } from '../support/engine.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';

let database: FreshDatabase;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let engine: Engine;
beforeAll(async () => {
  [database, folder] = await Promise.all([freshDatabase(), temporaryFolder()]);
  const body = demandFile(2016, [
    ['2016-01-01', 1, 15_000, 13_000],
    ['2016-01-01', 2, 10_000, 13_500],
  ]);
  const recordings = await writeRecordings(join(folder.path, 'recordings'), [{ url: DEMAND_URL(2016), body }]);
  engine = await testEngine({ pool: database.pool, recordings, dataDir: join(folder.path, 'data') });
  await testRun(engine, { ids: ['ieso-demand'], from: '2016-01-01', to: '2017-01-01' });
});
afterAll(async () => {
  await database.drop();
  await folder[Symbol.asyncDispose]();
});

const inspected = (what: Parameters<typeof inspect>[1]['what']): Promise<Record<string, unknown>[]> =>
  inspect(engine, { id: 'ieso-demand', label: '2016', what });

test('SQL runs on the rows of an interval, rebuilt from landing', async () => {
  expect(await inspected({ sql: 'select count(*)::int as n, min(ontario_demand_mw) as least from typed' })).toEqual([
    { n: 2, least: 13_000 },
  ]);
});

test('a check of the file shows its failing rows', async () => {
  expect(await inspected({ check: 'notBelow(market_demand_mw, ontario_demand_mw)' })).toEqual([
    expect.objectContaining({ key: '2016-01-01T06:00:00Z', value: '10000.0' }),
  ]);
});

test('the check of the schema shows the columns of the file and how many cells are filled', async () => {
  const columns = await inspected({ check: 'schema' });
  expect(columns.map(({ column_name: name }) => name)).toContain('Ontario Demand');
});

test('a check that looks at tables says where its SQL runs, and an unknown one names the nearest', async () => {
  await expect(inspected({ check: 'ramp(ontario_demand_mw, 8)' })).rejects.toMatchObject({ code: 'CHECK_OF_TABLES' });
  await expect(inspected({ check: 'notBelow(market_demand_mw, ontario_demand)' })).rejects.toMatchObject({
    code: 'UNKNOWN_CHECK',
    what: expect.stringContaining('notBelow(market_demand_mw, ontario_demand_mw)'),
  });
  await expect(inspect(engine, { id: 'ieso-demand', label: '2015', what: { sql: 'select 1' } })).rejects.toMatchObject({
    code: 'NOTHING_LANDED',
  });
});
