/** Rows that refer to other tables: the order of datasets, and what becomes of a row whose other row is not there. */
import { describe, expect, test } from 'vitest';
import { table, text } from '../../core/contract.ts';
import { csv } from '../../core/decode.ts';
import type { Pipeline } from '../../core/pipeline.ts';
import { inOrder } from '../../engine/in-order.ts';
import type { DatasetPlan } from '../../engine/make-plan.ts';
import { temporaryFolder, testRun } from '../support/engine.ts';
import { localEngine, localPipeline, putReference } from '../support/local-dataset.ts';
import { freshDatabase, testServers } from '../support/postgres.ts';

const KINDS = localPipeline();
/** Comes before `local-kinds` in the order of ids. */
const ITEMS = localPipeline({
  id: 'local-items',
  after: ['local-kinds'],
  extract: { url: 'local://reference/items.csv', decode: csv({ header: ['item', 'kind'] }) },
  transform: 'transforms/local/items.sql',
  table: table('public.items', {
    item: text({ key: true, doc: 'Item.' }),
    kind: text({ references: 'public.kinds(id)', doc: 'Kind.' }),
  }),
});
const kinds = (...ids: string[]): string => ['id,name,score', ...ids.map((id) => `${id},Name,1`), ''].join('\n');
const items = (...rows: string[]): string => ['item,kind', ...rows, ''].join('\n');

describe.each(testServers())('on $name', (server) => {
  test('a dataset is loaded after those that it names, whatever the order of ids', async () => {
    const { pool } = await freshDatabase(server);
    await using folder = await temporaryFolder();
    // The tables are made in the order of the references.
    const engine = await localEngine(pool, folder.path, [KINDS, ITEMS]);
    await putReference(folder.path, 'kinds.csv', kinds('a', 'b'));
    await putReference(folder.path, 'items.csv', items('1,a', '2,b', '3,'));
    const { report } = await testRun(engine, { jobs: 4 });
    expect(report.exitCode).toBe(0);
    expect(await pool.query('select item, kind from public.items order by item')).toEqual([
      { item: '1', kind: 'a' },
      { item: '2', kind: 'b' },
      { item: '3', kind: null },
    ]);
  });

  test('a row that names what is not there is refused with its line and the table; the others are loaded', async () => {
    const { pool } = await freshDatabase(server);
    await using folder = await temporaryFolder();
    const engine = await localEngine(pool, folder.path, [KINDS, ITEMS]);
    await putReference(folder.path, 'kinds.csv', kinds('a'));
    await putReference(folder.path, 'items.csv', items('1,a', '2,b', "3,it's", '4,b'));
    const { report } = await testRun(engine, {});
    const dataset = report.datasets.find(({ id }) => id === 'local-items');
    expect(dataset?.rows).toMatchObject({ read: 4, rejected: 3, inserted: 1 });
    expect(dataset?.rejected.map(({ line, reason }) => [line, reason])).toEqual([
      [3, 'kind: b is no id of public.kinds'],
      [4, "kind: it's is no id of public.kinds"],
      [5, 'kind: b is no id of public.kinds'],
    ]);
    expect(dataset?.checks.find(({ name }) => name === 'references(kind)')).toMatchObject({
      sentence: 'kind names a row of public.kinds',
      failingRows: 3,
    });
    expect(dataset?.state).toBe('warning');
  });

  test('a file none of whose rows refers to anything that is there is not loaded', async () => {
    const { pool } = await freshDatabase(server);
    await using folder = await temporaryFolder();
    const engine = await localEngine(pool, folder.path, [KINDS, ITEMS]);
    await putReference(folder.path, 'items.csv', items('1,a'));
    const { report } = await testRun(engine, {});
    expect(report.exitCode).toBe(2);
    const errors = report.datasets.map(({ intervals }) => intervals[0]?.error);
    // kinds.csv is missing, which does not keep items.csv from being looked at.
    expect(errors.map((error) => error?.code)).toEqual(['LOCAL_FILE_MISSING', 'FORMAT_NO_USABLE_ROW']);
    expect(errors[1]?.what).toContain('kind: a is no id of public.kinds');
  });

  test('a row that others refer to cannot go: the fault names it and them; both go in one run', async () => {
    const { pool } = await freshDatabase(server);
    await using folder = await temporaryFolder();
    const engine = await localEngine(pool, folder.path, [KINDS, ITEMS]);
    await putReference(folder.path, 'kinds.csv', kinds('a', 'b'));
    await putReference(folder.path, 'items.csv', items('1,a', '2,b'));
    await testRun(engine, {});
    await putReference(folder.path, 'kinds.csv', kinds('a'));
    const { report } = await testRun(engine, {});
    expect(report.datasets.find(({ id }) => id === 'local-kinds')?.intervals[0]?.error).toMatchObject({
      code: 'DATABASE_REFERENCE',
      what: 'the row with id "b" cannot go: rows of items refer to it',
      next: expect.stringContaining('items'),
    });
    await putReference(folder.path, 'items.csv', items('1,a'));
    const both = await testRun(engine, {});
    expect(both.report.exitCode).toBe(0);
    expect(both.report.datasets.map(({ rows }) => rows.withdrawn)).toEqual([1, 1]);
    expect(await pool.query('select id from public.kinds')).toEqual([{ id: 'a' }]);
  });

  test('a revised row that others refer to is replaced without a fault', async () => {
    const { pool } = await freshDatabase(server);
    await using folder = await temporaryFolder();
    const engine = await localEngine(pool, folder.path, [KINDS, ITEMS]);
    await putReference(folder.path, 'kinds.csv', kinds('a'));
    await putReference(folder.path, 'items.csv', items('1,a'));
    await testRun(engine, {});
    await putReference(folder.path, 'kinds.csv', 'id,name,score\na,Other,2\n');
    const { report } = await testRun(engine, {});
    expect(report.exitCode).toBe(0);
    expect(report.datasets.find(({ id }) => id === 'local-kinds')?.rows).toMatchObject({ revised: 1 });
  });
});

describe('the order of datasets', () => {
  const plan = (id: string, after: readonly string[] = []): DatasetPlan =>
    ({ definition: { pipeline: { id, after } as unknown as Pipeline } }) as DatasetPlan;
  const ran = async (plans: readonly DatasetPlan[], concurrency: number, failing = ''): Promise<string[]> => {
    const ended: string[] = [];
    await inOrder(plans, concurrency, async ({ definition: { pipeline } }) => {
      await new Promise((resolve) => void setTimeout(resolve, 1));
      if (pipeline.id === failing) throw new Error('failed');
      ended.push(pipeline.id);
    }).catch(() => undefined);
    await new Promise((resolve) => void setTimeout(resolve, 50));
    return ended;
  };

  test.each([1, 2, 8])('follows "after" with %i at once', async (concurrency) => {
    const ended = await ran([plan('a', ['b', 'c']), plan('b', ['c']), plan('c'), plan('d', ['a'])], concurrency);
    expect(ended).toEqual(['c', 'b', 'a', 'd']);
  });

  test('does not wait for a dataset that is not part of the run, nor in a circle', async () => {
    expect((await ran([plan('a', ['nobody']), plan('b', ['c']), plan('c', ['b'])], 2)).sort()).toEqual(['a', 'b', 'c']);
  });

  test('goes on when one before it fails', async () => {
    expect(await ran([plan('a', ['b']), plan('b')], 1, 'b')).toEqual(['a']);
  });
});
