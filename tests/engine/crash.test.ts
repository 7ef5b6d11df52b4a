/** A run that is cut off in the middle, and the run after it. The campaign over all points and servers is in tests/long. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  demandAnswers,
  expectNoTraces,
  NOW,
  recover,
  REQUEST,
  startChild,
  stateOf,
  untilGone,
} from '../support/crash.ts';
import { temporaryFolder, testEngine, testRun, writeRecordings } from '../support/engine.ts';
import { freshDatabase } from '../support/postgres.ts';

describe('a run', () => {
  test.each(['mid copy', 'committed'] as const)(
    'killed at "%s", the next run ends where an undisturbed one does',
    async (point) => {
      await using folder = await temporaryFolder();
      const recordings = await writeRecordings(join(folder.path, 'recordings'), demandAnswers(1));
      const calm = await freshDatabase();
      await recover(calm.pool, { recordings, dataDir: join(folder.path, 'calm'), now: NOW, request: REQUEST });
      const { pool, url } = await freshDatabase();
      const order = {
        url,
        recordings,
        dataDir: join(folder.path, 'data'),
        now: NOW,
        request: REQUEST,
        point,
        nth: 2,
        does: 'die',
      } as const;
      const child = startChild(order);
      await child.reached;
      expect(await child.ended).toBeNull();
      await untilGone(pool);
      const loaded = await pool.query('select count(*)::int as n from etl.load where load_id > 0');
      expect(loaded).toEqual([{ n: point === 'mid copy' ? 1 : 2 }]);
      const report = await recover(pool, order);
      expect(report.exitCode).toBe(0);
      expect(await stateOf(pool)).toEqual(await stateOf(calm.pool));
      await expectNoTraces(pool, order.dataDir);
    },
  );

  test('a backend that is terminated in the middle of a COPY fails its interval, and only that', async () => {
    await using folder = await temporaryFolder();
    const recordings = await writeRecordings(join(folder.path, 'recordings'), demandAnswers(1));
    const { pool } = await freshDatabase();
    const order = { recordings, dataDir: join(folder.path, 'data'), now: NOW, request: REQUEST };
    let visible: unknown;
    const reached = async (point: string, _: string, label: string): Promise<void> => {
      if (point !== 'mid copy' || label !== '2024') return;
      const ended = await pool.query(
        `select pg_terminate_backend(pid, 5000) from pg_stat_activity where query like 'copy %' and datname = current_database() and pid <> pg_backend_pid()`,
      );
      expect(ended).toHaveLength(1);
      visible = await pool.query(
        `select count(*)::int as n from ontario_hourly_demand where hour >= '2024-01-01T05:00Z'`,
      );
    };
    const { report } = await testRun(await testEngine({ pool, ...order, reached }), REQUEST);
    expect(visible).toEqual([{ n: 0 }]);
    const intervals = report.datasets[0]?.intervals ?? [];
    expect(intervals.map(({ outcome }) => outcome)).toEqual(['loaded', 'failed', 'loaded']);
    expect(intervals[1]?.error).toMatchObject({
      code: 'COPY_CONNECTION_LOST',
      next: expect.stringContaining('run again'),
    });
    expect(report.exitCode).toBe(2);
    expect(
      await pool.query(`select status, attempts, error ->> 'code' as code from etl.interval order by interval_start`),
    ).toEqual([
      { status: 'loaded', attempts: 0, code: null },
      { status: 'failed', attempts: 1, code: 'COPY_CONNECTION_LOST' },
      { status: 'loaded', attempts: 0, code: null },
    ]);
    expect(await pool.query(`select status from source_health where source_name = 'ieso/ieso-demand'`)).toEqual([
      { status: 'degraded' },
    ]);
    const calm = await freshDatabase();
    await recover(calm.pool, { ...order, dataDir: join(folder.path, 'calm') });
    expect((await recover(pool, order)).exitCode).toBe(0);
    const [after, undisturbed] = [await stateOf(pool), await stateOf(calm.pool)];
    for (const part of ['rows', 'history', 'ledger', 'quarantine'])
      expect(after[part], part).toEqual(undisturbed[part]);
    await expectNoTraces(pool, order.dataDir);
  });
});
