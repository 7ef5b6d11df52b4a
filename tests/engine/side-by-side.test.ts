/** Several engines on one database, several datasets in one run: each interval is loaded once, and the tables are the same as ever. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Catalog } from '../../pipelines/index.ts';
import type { Pool } from '../../loaders/postgres/database.ts';
import { openPool } from '../../loaders/postgres/database.ts';
import type { RunResult } from '../../engine/run.ts';
import { temporaryFolder, testEngine, testRun, writeRecordings } from '../support/engine.ts';
import { freshDatabase } from '../support/postgres.ts';
import { smallCatalog, smallFile, smallPipeline } from '../support/small-dataset.ts';
import { monthly } from '../../core/partitions.ts';
import { table } from '../../core/contract.ts';

const NOW = '2022-06-01T00:00Z';
const months = Array.from({ length: 6 }, (_, i) => String(i + 1).padStart(2, '0'));

function monthlyPipeline(name: string): ReturnType<typeof smallPipeline> {
  const base = smallPipeline();
  return {
    ...base,
    id: `grid-${name}`,
    partitions: monthly({ from: 2021, until: '2021-07-01', zone: 'UTC' }),
    extract: { ...base.extract, url: `https://grid.example.org/${name}_{yyyy}{mm}.csv` },
    transform: `transforms/grid/${name}.sql`,
    table: table(`public.grid_${name}`, base.table.columns),
  };
}
const recorded = (name: string): { url: string; body: string }[] =>
  months.map((month, i) => ({
    url: `https://grid.example.org/${name}_2021${month}.csv`,
    body: smallFile([
      [`2021-${month}-01T00:00Z`, 'GAS', i],
      [`2021-${month}-02T00:00Z`, 'WIND', i],
    ]),
  }));
const outcomesOf = (result: RunResult, dataset: string): string[] =>
  result.report.datasets.find(({ id }) => id === dataset)?.intervals.map(({ outcome }) => outcome) ?? [];
const rowsOf = (pool: Pool, name: string): Promise<Record<string, unknown>[]> =>
  pool.query(`select hour, fuel, value from public.grid_${name} order by hour, fuel`);

describe('two engines on one database', () => {
  async function world(
    work: (world: { pool: Pool; url: string; path: string; recordings: string; catalog: Catalog }) => Promise<void>,
  ): Promise<void> {
    const db = await freshDatabase();
    await using folder = await temporaryFolder();
    const catalog = await smallCatalog(db.pool, folder.path, [monthlyPipeline('a')]);
    const recordings = await writeRecordings(join(folder.path, 'recordings'), recorded('a'));
    await work({ pool: db.pool, url: db.url, path: folder.path, recordings, catalog });
  }

  test('that start together load each interval once', async () => {
    await world(async ({ pool, url, path, recordings, catalog }) => {
      const others = [openPool(url), openPool(url)];
      const results = await Promise.all(
        others.map(async (other, i) =>
          testRun(await testEngine({ pool: other, recordings, dataDir: join(path, `data-${i}`), catalog, now: NOW }), {
            jobs: 2,
            from: '2021-01-01',
            to: '2022-01-01',
          }),
        ),
      );
      await Promise.all(others.map((other) => other.close()));
      const [first = [], second = []] = results.map((result) => outcomesOf(result, 'grid-a'));
      expect(results.map(({ report }) => report.exitCode)).toEqual([0, 0]);
      for (const [i, outcome] of first.entries()) {
        const both = [outcome, second[i]];
        expect(
          both.filter((one) => one === 'loaded'),
          both.join(),
        ).toHaveLength(1);
        expect(
          both.every((one) => one === 'loaded' || one === 'busy' || one === 'unchanged'),
          both.join(),
        ).toBe(true);
      }
      expect(
        await pool.query(
          'select count(*)::int as loads, sum(rows_inserted)::int as rows from etl.load where load_id > 0',
        ),
      ).toEqual([{ loads: 6, rows: 12 }]);
      expect(await rowsOf(pool, 'a')).toHaveLength(12);
      expect(await pool.query('select from etl.lease')).toEqual([]);
    });
  });

  test('of which one finishes while the other is about to ask: the other finds it done', async () => {
    await world(async ({ pool, url, path, recordings, catalog }) => {
      const request = { jobs: 1, from: '2021-01-01', to: '2022-01-01' };
      const fast = openPool(url);
      const base = await testEngine({ pool, recordings, dataDir: join(path, 'slow'), catalog, now: NOW });
      let other: Promise<RunResult> | undefined;
      const slow = await testRun(
        {
          ...base,
          http: {
            async download(asked, sink) {
              // The plan is made and the first leases are taken; now the other run goes through from start to end.
              other ??= testEngine({ pool: fast, recordings, dataDir: join(path, 'fast'), catalog, now: NOW }).then(
                (engine) => testRun(engine, request),
              );
              await other;
              return base.http.download(asked, sink);
            },
          },
        },
        request,
      );
      const quick = outcomesOf((await other) as RunResult, 'grid-a');
      await fast.close();
      const late = outcomesOf(slow, 'grid-a');
      expect(quick).toEqual(late.map((outcome) => (outcome === 'loaded' ? 'busy' : 'loaded')));
      expect(new Set(late)).toEqual(new Set(['loaded', 'unchanged']));
      expect(
        await pool.query(
          'select count(*)::int as loads, sum(rows_inserted)::int as rows from etl.load where load_id > 0',
        ),
      ).toEqual([{ loads: 6, rows: 12 }]);
    });
  });
});

test('two datasets that feed one table load one after the other, though they come at the same time', async () => {
  const { pool } = await freshDatabase();
  await using folder = await temporaryFolder();
  const [a, b] = [monthlyPipeline('a'), { ...monthlyPipeline('b'), table: monthlyPipeline('a').table }];
  const catalog = await smallCatalog(pool, folder.path, [a, b]);
  // Both give January's rows, with other values.
  const recordings = await writeRecordings(
    join(folder.path, 'recordings'),
    ['a', 'b'].flatMap((name, i) =>
      recorded(name)
        .slice(0, 1)
        .map(({ url, body }) => ({ url, body: body.replaceAll(',0', `,${i}`) })),
    ),
  );
  const engine = await testEngine({
    pool,
    recordings,
    dataDir: folder.path,
    catalog,
    now: NOW,
    // Time for the other one to come in between, if it can.
    reached: async (point) =>
      void (point === 'before commit' && (await new Promise((resolve) => void setTimeout(resolve, 300)))),
  });
  const { report } = await testRun(engine, { jobs: 2, from: '2021-01-01', to: '2021-02-01' });
  const intervals = report.datasets.flatMap((dataset) => dataset.intervals);
  expect(intervals.map(({ outcome, error }) => error ?? outcome)).toEqual(['loaded', 'loaded']);
  expect(intervals.map(({ strategy }) => strategy).sort()).toEqual(['append', 'merge']);
  const [first, second] = await pool.query<{ rows_inserted: string; rows_revised: string }>(
    'select rows_inserted::text, rows_revised::text from etl.load where load_id > 0 order by load_id',
  );
  expect([first, second]).toEqual([
    { rows_inserted: '2', rows_revised: '0' },
    { rows_inserted: '0', rows_revised: '2' },
  ]);
  expect(await pool.query('select count(*)::int as n from history.grid_a')).toEqual([{ n: 2 }]);
});

test('one job or four, one dataset or three: the tables are the same', async () => {
  const names = ['a', 'b', 'c'];
  const tables: unknown[] = [];
  for (const jobs of [1, 4]) {
    const db = await freshDatabase();
    await using folder = await temporaryFolder();
    const catalog = await smallCatalog(db.pool, folder.path, names.map(monthlyPipeline));
    const recordings = await writeRecordings(join(folder.path, 'recordings'), names.flatMap(recorded));
    const { report } = await testRun(
      await testEngine({ pool: db.pool, recordings, dataDir: folder.path, catalog, now: NOW }),
      { jobs },
    );
    expect(report.exitCode).toBe(0);
    expect(report.datasets.map(({ outcomes }) => outcomes)).toEqual(names.map(() => ({ loaded: 6 })));
    // Intervals are loaded in their order, whatever is prepared ahead.
    expect(report.datasets.flatMap(({ intervals }) => intervals.map(({ label }) => label))).toEqual(
      names.flatMap(() => months.map((month) => `2021-${month}`)),
    );
    tables.push(await Promise.all(names.map((name) => rowsOf(db.pool, name))));
    const health = await db.pool.query<{ status: string }>(
      'select status from public.source_health where last_success is not null',
    );
    expect(new Set(health.map(({ status }) => status))).toEqual(new Set(['healthy']));
    expect(await db.pool.query('select from etl.lease')).toEqual([]);
  }
  expect(tables[1]).toEqual(tables[0]);
});
