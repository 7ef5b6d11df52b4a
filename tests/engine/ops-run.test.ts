/** Each run of the engine is a row of ops_runs: what it did, whether it failed, and never a success that was none. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { NOW, demandAnswers, recover, REQUEST, startChild, untilGone } from '../support/crash.ts';
import { temporaryFolder, testEngine, testRun, writeRecordings } from '../support/engine.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';

const rows = ({ pool }: FreshDatabase) =>
  pool.query(
    `select run_type, status, job_name, completed_at is not null as ended, duration_ms >= 0 as timed, error_message, metadata
     from public.ops_runs order by created_at`,
  );

describe('a run', () => {
  test('that is clean is a success with its rows; one that finds nothing new is one without; both are marked by their source', async () => {
    await using folder = await temporaryFolder();
    const recordings = await writeRecordings(join(folder.path, 'recordings'), demandAnswers(1));
    const db = await freshDatabase();
    const engine = await testEngine({ pool: db.pool, recordings, dataDir: join(folder.path, 'data'), now: NOW });
    const { report } = await testRun(
      { ...engine, source: 'samples' },
      { ...REQUEST, command: 'penstock --samples backfill' },
    );
    await testRun({ ...engine, source: 'samples' }, { ...REQUEST, command: 'penstock run ieso-demand' });
    const [first, second] = await rows(db);
    expect(first).toEqual({
      run_type: 'ingestion',
      status: 'success',
      job_name: 'backfill',
      ended: true,
      timed: true,
      error_message: null,
      metadata: {
        run_id: report.runId,
        source: 'samples',
        datasets: ['ieso-demand'],
        failed_datasets: [],
        rows: {
          inserted: report.datasets[0]?.rows.inserted,
          revised: 0,
          withdrawn: 0,
          rejected: report.datasets[0]?.rows.rejected,
        },
      },
    });
    expect(report.datasets[0]?.rows.inserted).toBeGreaterThan(0);
    expect(second).toMatchObject({ status: 'success', job_name: 'run', metadata: { rows: { inserted: 0 } } });
  });

  test('whose interval fails is a failure that says which', async () => {
    await using folder = await temporaryFolder();
    const recordings = await writeRecordings(
      join(folder.path, 'recordings'),
      demandAnswers(1).map((answer, i) => (i === 1 ? { ...answer, status: 500, body: 'no' } : answer)),
    );
    const db = await freshDatabase();
    const engine = await testEngine({ pool: db.pool, recordings, dataDir: join(folder.path, 'data'), now: NOW });
    const { report } = await testRun(engine, REQUEST);
    expect(report.exitCode).toBe(2);
    expect(await rows(db)).toMatchObject([
      {
        status: 'failure',
        ended: true,
        error_message: expect.stringContaining('ieso-demand') as string,
        metadata: { source: 'recordings', failed_datasets: ['ieso-demand'] },
      },
    ]);
  });

  test('that a signal stops before its work is done is no success', async () => {
    await using folder = await temporaryFolder();
    const recordings = await writeRecordings(join(folder.path, 'recordings'), demandAnswers(1));
    const db = await freshDatabase();
    const stopping = new AbortController();
    const engine = await testEngine({
      pool: db.pool,
      recordings,
      dataDir: join(folder.path, 'data'),
      now: NOW,
      reached: async (point) => {
        if (point === 'committed') stopping.abort();
        return Promise.resolve();
      },
    });
    await testRun(engine, { ...REQUEST, jobs: 1, signal: stopping.signal });
    expect(await rows(db)).toMatchObject([
      { status: 'failure', ended: true, error_message: expect.stringContaining('interrupted') as string },
    ]);
  });

  test('that breaks off with an error of its own is a failure of all that it was to do', async () => {
    await using folder = await temporaryFolder();
    const recordings = await writeRecordings(join(folder.path, 'recordings'), demandAnswers(1));
    const db = await freshDatabase();
    const engine = await testEngine({ pool: db.pool, recordings, dataDir: join(folder.path, 'data'), now: NOW });
    const broken = {
      ...engine,
      progress: {
        ...engine.progress,
        started: () => {
          throw new Error('the disk is gone');
        },
      },
    };
    await expect(testRun(broken, REQUEST)).rejects.toThrow('the disk is gone');
    expect(await rows(db)).toMatchObject([
      {
        status: 'failure',
        ended: true,
        error_message: expect.stringContaining('the disk is gone') as string,
        metadata: { failed_datasets: ['ieso-demand'], rows: null },
      },
    ]);
  });

  test('that was killed is running until the next one, which calls it a failure; one that still runs stays as it is', async () => {
    await using folder = await temporaryFolder();
    const recordings = await writeRecordings(join(folder.path, 'recordings'), demandAnswers(1));
    const db = await freshDatabase();
    const order = {
      url: db.url,
      recordings,
      dataDir: join(folder.path, 'data'),
      now: NOW,
      request: REQUEST,
      point: 'committed',
      nth: 1,
      does: 'die',
    } as const;
    const child = startChild(order);
    await child.reached;
    await child.ended;
    await untilGone(db.pool);
    expect(await rows(db)).toMatchObject([{ status: 'running', ended: false, error_message: null }]);
    const alive = await db.pool.connect();
    try {
      await alive.query(
        `insert into public.ops_runs (run_type, status, job_name, started_at, metadata)
         select 'ingestion', 'running', 'elsewhere', now(), jsonb_build_object('backend', jsonb_build_object('pid', pid, 'start', backend_start))
         from pg_stat_activity where pid = pg_backend_pid()`,
      );
      await recover(db.pool, order);
    } finally {
      alive.release();
    }
    expect(await rows(db)).toMatchObject([
      {
        status: 'failure',
        ended: false,
        error_message: 'its process ended before the run did',
        metadata: { datasets: ['ieso-demand'] },
      },
      { status: 'running', job_name: 'elsewhere' },
      { status: 'success', ended: true },
    ]);
  });
});
