/** History against a model: whatever files come in whatever order, the table is the model's, and as_of is its past. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { date, integer, table } from '../../core/contract.ts';
import { csv } from '../../core/decode.ts';
import { temporaryFolder, testEngine, testRun, writeRecordings } from '../support/engine.ts';
import { checkHistory } from '../support/history-model.ts';
import { freshDatabase, testServers } from '../support/postgres.ts';
import { SMALL_URL, smallCatalog, smallPipeline } from '../support/small-dataset.ts';

describe.each(testServers())('on $name', (server) => {
  test("random files, one after the other, leave the model's table and the model's past", async () => {
    const { pool } = await freshDatabase(server);
    await checkHistory(pool, 10);
  });
});

test('without an instant in the key, a file withdraws only rows of its own interval', async () => {
  const { pool } = await freshDatabase();
  await using folder = await temporaryFolder();
  const pipeline = smallPipeline({
    extract: { url: 'https://grid.example.org/small_{yyyy}.csv', decode: csv({ header: ['day', 'value'] }) },
    table: table('public.grid_days', { day: date({ key: true, doc: 'Day.' }), value: integer({ doc: 'Value.' }) }),
  });
  const catalog = await smallCatalog(pool, folder.path, [pipeline], 'select _line, day, value from raw');
  const load = async (name: string, bodies: Readonly<Record<number, string>>): Promise<unknown> => {
    const recordings = await writeRecordings(
      join(folder.path, name),
      Object.entries(bodies).map(([year, body]) => ({ url: SMALL_URL(Number(year)), body })),
    );
    const engine = await testEngine({ pool, recordings, dataDir: folder.path, catalog, now: '2022-06-01T00:00Z' });
    await testRun(engine, { from: '2020-01-01', to: '2022-01-01' });
    return pool.query('select day::text, value from public.grid_days order by day');
  };
  expect(
    await load('a', { 2020: 'day,value\n2020-01-01,1\n2020-01-02,2\n', 2021: 'day,value\n2021-01-01,3\n' }),
  ).toEqual([
    { day: '2020-01-01', value: 1 },
    { day: '2020-01-02', value: 2 },
    { day: '2021-01-01', value: 3 },
  ]);
  expect(
    await load('b', { 2020: 'day,value\n2020-01-02,2\n', 2021: 'day,value\n2021-01-01,3\n2021-01-02,4\n' }),
  ).toEqual([
    { day: '2020-01-02', value: 2 },
    { day: '2021-01-01', value: 3 },
    { day: '2021-01-02', value: 4 },
  ]);
});
