/** The campaign: killed at every point, paused, doubled, and with the server gone; the next run always ends where an undisturbed one does. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openPool, type Pool } from '../../loaders/postgres/database.ts';
import { migrate } from '../../sql/migrate.ts';
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
import { dataFolder, postmaster } from '../support/embedded.ts';
import { freshDatabase, testServers } from '../support/postgres.ts';
import { acquire } from '../../loaders/postgres/embedded/index.ts';
import { silentLog } from '../support/log.ts';

const POINTS = ['landed', 'decoded', 'mid copy', 'copied', 'before commit', 'committed', 'done'] as const;
/** Everything on the embedded server; on others what they have a part in. */
function killsOn(server: string): { readonly point: (typeof POINTS)[number]; readonly nth: number }[] {
  if (server !== 'embedded')
    return (['mid copy', 'before commit', 'committed'] as const).map((point) => ({ point, nth: 2 }));
  return POINTS.flatMap((point) => (point === 'done' ? [1] : [1, 3]).map((nth) => ({ point, nth })));
}

type Folder = { readonly path: string };

async function issues(folder: Folder): Promise<{ first: string; second: string }> {
  return {
    first: await writeRecordings(join(folder.path, 'first'), demandAnswers(1)),
    second: await writeRecordings(join(folder.path, 'second'), demandAnswers(2)),
  };
}

describe.each(testServers())('on $name', (server) => {
  describe.each(['append', 'merge'] as const)('%s', (strategy) => {
    let undisturbed: Record<string, unknown[]>;
    beforeAll(async () => {
      await using folder = await temporaryFolder();
      const { first, second } = await issues(folder);
      const { pool } = await freshDatabase(server);
      const common = { dataDir: join(folder.path, 'data'), now: NOW, request: REQUEST };
      await recover(pool, { ...common, recordings: first });
      if (strategy === 'merge') await recover(pool, { ...common, recordings: second });
      undisturbed = await stateOf(pool);
      expect(undisturbed['history']).toHaveLength(strategy === 'merge' ? 72 : 0);
    });

    test.each(killsOn(server.name))('killed at "$point" of interval $nth', async ({ point, nth }) => {
      await using folder = await temporaryFolder();
      const { first, second } = await issues(folder);
      const database = await freshDatabase(server);
      const { pool, url } = database;
      const order = {
        url,
        recordings: strategy === 'merge' ? second : first,
        dataDir: join(folder.path, 'data'),
        now: NOW,
        request: REQUEST,
        point,
        nth,
        does: 'die',
      } as const;
      if (strategy === 'merge') await recover(pool, { ...order, recordings: first });
      const child = startChild(order);
      await child.reached;
      expect(await child.ended).toBeNull();
      await untilGone(pool);
      expect((await recover(pool, order)).exitCode).toBe(0);
      expect(await stateOf(pool)).toEqual(undisturbed);
      await expectNoTraces(pool, order.dataDir);
      await database.drop();
    });
  });

  test('a process that slept through the takeover of its lease does not load, and leaves the ledger alone', async () => {
    await using folder = await temporaryFolder();
    const { first } = await issues(folder);
    const { pool, url } = await freshDatabase(server);
    const order = {
      url,
      recordings: first,
      dataDir: join(folder.path, 'data'),
      now: NOW,
      request: { ...REQUEST, jobs: 1 },
      nth: 1,
      does: 'wait',
    } as const;
    for (const point of ['decoded', 'mid copy'] as const) {
      const child = startChild({ ...order, point });
      await child.reached;
      child.process.kill('SIGSTOP');
      child.proceed();
      await pool.query(
        `select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'crash child' and datname = current_database()`,
      );
      const engine = await testEngine({ pool, recordings: first, dataDir: order.dataDir, now: NOW });
      expect((await testRun(engine, order.request)).report.exitCode).toBe(0);
      const before = await stateOf(pool);
      child.process.kill('SIGCONT');
      const answer = await child.ended;
      expect(answer?.thrown).toBeUndefined();
      expect(answer?.intervals[0]).toMatchObject({
        outcome: 'failed',
        code: expect.stringMatching(/^(LEASE_LOST|COPY_CONNECTION_LOST|DATABASE_LOST)$/),
      });
      const after = await stateOf(pool);
      for (const part of ['rows', 'history', 'loads']) expect(after[part], part).toEqual(before[part]);
      expect((after['ledger'] ?? []).map((entry) => (entry as { status: string }).status)[0]).toBe('loaded');
      await recover(pool, order);
      await expectNoTraces(pool, order.dataDir);
      await pool.query(
        'truncate ontario_hourly_demand, history.ontario_hourly_demand, etl.interval, etl.load, etl.quarantine, etl.check_result',
      );
    }
  });

  test('two processes on one database and one data folder load each interval once', async () => {
    await using folder = await temporaryFolder();
    const { first } = await issues(folder);
    const calm = await freshDatabase(server);
    await recover(calm.pool, { recordings: first, dataDir: join(folder.path, 'calm'), now: NOW, request: REQUEST });
    const { pool, url } = await freshDatabase(server);
    const order = {
      url,
      recordings: first,
      dataDir: join(folder.path, 'data'),
      now: NOW,
      request: REQUEST,
      point: 'done',
      nth: 99,
      does: 'die',
    } as const;
    const [one, two] = await Promise.all([startChild(order).ended, startChild(order).ended]);
    for (const answer of [one, two]) {
      expect(answer?.exitCode, JSON.stringify(answer)).toBe(0);
      for (const { outcome } of answer?.intervals ?? []) expect(['loaded', 'unchanged', 'busy']).toContain(outcome);
    }
    const [state, wanted] = [await stateOf(pool), await stateOf(calm.pool)];
    for (const part of ['rows', 'history']) expect(state[part], part).toEqual(wanted[part]);
    // A check against history is made or not by what the other process had loaded when it looked, and the score is a share of the checks that were made.
    const [health, expected] = [state, wanted].map((one) => (one['health'] ?? []) as { score: string | null }[]);
    const unscored = (rows: readonly object[] = []): object[] => rows.map((row) => ({ ...row, score: null }));
    expect(unscored(health)).toEqual(unscored(expected));
    for (const [i, row] of (health ?? []).entries())
      expect(Math.abs(Number(row.score) - Number(expected?.[i]?.score))).toBeLessThan(1);
    const inserted = await pool.query(
      'select sum(rows_inserted)::int as n, sum(rows_revised + rows_withdrawn)::int as changed from etl.load where load_id > 0',
    );
    expect(inserted).toEqual([{ n: wanted['rows']?.length, changed: 0 }]);
    await expectNoTraces(pool, order.dataDir);
  });

  test('a lease is renewed while its interval loads', async () => {
    await using folder = await temporaryFolder();
    const { first } = await issues(folder);
    const { pool } = await freshDatabase(server);
    let renewed: unknown;
    const reached = async (point: string): Promise<void> => {
      if (point !== 'before commit') return;
      renewed = await pool.transaction(async (tx) => {
        await tx.query(`set local lock_timeout = '2s'`);
        return tx.query(`update etl.lease set expires_at = now() + interval '2 minutes' returning 1 as ok`);
      });
    };
    const engine = await testEngine({ pool, recordings: first, dataDir: join(folder.path, 'data'), now: NOW, reached });
    await testRun(engine, { ids: ['ieso-demand'], from: '2023-01-01', to: '2024-01-01' });
    expect(renewed).toEqual([{ ok: 1 }]);
  });
});

test('a server that is killed in the middle of a COPY and started again', async () => {
  await using folder = await temporaryFolder();
  const { first } = await issues(folder);
  const calm = await freshDatabase();
  const common = { recordings: first, now: NOW, request: { ...REQUEST, jobs: 1 } };
  await recover(calm.pool, { ...common, dataDir: join(folder.path, 'calm') });

  const dataDir = dataFolder();
  const use = await acquire(dataDir, { log: silentLog });
  let pool: Pool = openPool(use.url);
  await migrate(pool);
  const reached = async (point: string, _: string, label: string): Promise<void> => {
    if (point === 'mid copy' && label === '2024') process.kill(postmaster(dataDir), 'SIGKILL');
  };
  const engine = await testEngine({ pool, ...common, dataDir, reached });
  const { report, written } = await testRun(engine, common.request);
  expect(report.exitCode).toBe(2);
  const [loaded, cut, last] = report.datasets[0]?.intervals ?? [];
  expect(loaded?.outcome).toBe('loaded');
  for (const interval of [cut, last]) {
    expect(interval?.outcome).toBe('failed');
    expect(interval?.error).toMatchObject({
      code: expect.stringMatching(/^(COPY_CONNECTION|DATABASE)_(LOST|UNREACHABLE)$/),
      next: expect.stringMatching(/run|server/),
    });
  }
  expect(written.html).toContain(report.runId);
  await pool.close();
  await use.release();

  const again = await acquire(dataDir, { log: silentLog });
  pool = openPool(again.url);
  try {
    expect(await pool.query('select count(*)::int as n from etl.load where load_id > 0')).toEqual([{ n: 1 }]);
    expect((await recover(pool, { ...common, dataDir })).exitCode).toBe(0);
    const [state, wanted] = [await stateOf(pool), await stateOf(calm.pool)];
    for (const part of ['rows', 'history', 'loads', 'ledger', 'quarantine', 'health'])
      expect(state[part], part).toEqual(wanted[part]);
    await expectNoTraces(pool, dataDir);
  } finally {
    await pool.close();
    await again.release();
  }
});

const canMount = ((): boolean => {
  const place = `/tmp/penstock-mount-${process.pid}`;
  mkdirSync(place, { recursive: true });
  chmodSync(place, 0o700);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', place]).status === 0;
  if (mounted) spawnSync('umount', [place]);
  spawnSync('rmdir', [place]);
  return mounted;
})();

/** Where nothing can be mounted, tests/source/landing.test.ts limits the size of files instead. */
test.skipIf(!canMount)('a disk that fills up while an answer is landing', async () => {
  await using folder = await temporaryFolder();
  const { first } = await issues(folder);
  const { pool } = await freshDatabase();
  const dataDir = join(folder.path, 'data');
  const landing = join(dataDir, 'landing');
  await mkdir(landing, { recursive: true });
  // Room for one year of 60 kB, not for two.
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=100k', 'tmpfs', landing]);
  try {
    const engine = await testEngine({ pool, recordings: first, dataDir, now: NOW });
    const { report } = await testRun(engine, REQUEST);
    expect(report.exitCode).toBe(2);
    const intervals = report.datasets[0]?.intervals ?? [];
    const failed = intervals.filter(({ outcome }) => outcome === 'failed');
    expect(failed.length).toBeGreaterThanOrEqual(2);
    for (const { error } of failed)
      expect(error).toMatchObject({
        code: 'LANDING_DISK_FULL',
        kind: 'file',
        where: landing,
        next: expect.stringContaining('make room'),
      });
    expect(await pool.query('select count(*)::int as n from etl.load where load_id > 0')).toEqual([
      { n: 3 - failed.length },
    ]);
    expect(await readdir(join(landing, 'tmp'))).toEqual([]);
    execFileSync('mount', ['-o', 'remount,size=10m', landing]);
    expect((await recover(pool, { recordings: first, dataDir, now: NOW, request: REQUEST })).exitCode).toBe(0);
    await expectNoTraces(pool, dataDir);
  } finally {
    execFileSync('umount', [landing]);
  }
});
