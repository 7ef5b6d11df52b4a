/** The scheduler: catches up, ticks once at a time per dataset, shares the work with another one, stops in good order. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Engine } from '../../engine/engine.ts';
import { type CronFactory, schedule, type Scheduled } from '../../engine/schedule.ts';
import { type Recorded, testEngine, writeRecordings } from '../support/engine.ts';
import { recordingLog } from '../support/log.ts';
import { freshDatabase } from '../support/postgres.ts';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

const RECORDED: readonly Recorded[] = [2025, 2026].map((year) => ({
  url: `https://reports-public.ieso.ca/public/Demand/PUB_Demand_${year}.csv`,
  body: `Date,Hour,Market Demand,Ontario Demand\n${year}-01-01,1,15000,14000\n`,
}));

interface Daemon {
  readonly engine: Engine;
  readonly lines: readonly string[];
  readonly tasks: Map<
    string,
    { tick: () => void; stopped: boolean; readonly expression: string; readonly zone: string }
  >;
  stop(): Promise<Scheduled>;
}

async function daemon(
  share: { readonly pool: Engine['pool']; readonly folder: string },
  change: Partial<Engine> = {},
): Promise<Daemon> {
  const log = recordingLog();
  const recordings = await writeRecordings(join(share.folder, 'recordings'), RECORDED);
  const engine = {
    ...(await testEngine({ pool: share.pool, dataDir: join(share.folder, 'data'), recordings })),
    log,
    ...change,
  };
  const tasks: Daemon['tasks'] = new Map();
  const cron: CronFactory = ({ name, expression, zone, tick }) => {
    const task = { tick, stopped: false, expression, zone };
    tasks.set(name, task);
    return { next: () => new Date('2030-01-01T00:00:00Z'), stop: () => void (task.stopped = true) };
  };
  const controller = new AbortController();
  const running = schedule(engine, {
    ids: ['ieso-demand'],
    command: 'penstock schedule',
    jobs: 1,
    signal: controller.signal,
    cron,
  });
  return {
    engine,
    lines: log.lines,
    tasks,
    stop() {
      controller.abort();
      return running;
    },
  };
}

async function share(): Promise<{ readonly pool: Engine['pool']; readonly folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-schedule-'));
  folders.push(folder);
  return { pool: (await freshDatabase()).pool, folder };
}

async function until(true_: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await true_())) await new Promise((resolve) => void setTimeout(resolve, 20));
}

async function loads(pool: Engine['pool']): Promise<number> {
  const [row] = await pool.query<{ n: number }>('select count(*)::int as n from etl.load where load_id > 0');
  return row?.n ?? 0;
}

const finishedRuns = (lines: readonly string[]): number => lines.filter((line) => line.includes('Report: ')).length;

test('what is due is caught up at the start, and each dataset gets a task in its zone', async () => {
  const shared = await share();
  const { tasks, lines, stop } = await daemon(shared);
  await until(() => finishedRuns(lines) === 1);
  expect(await loads(shared.pool)).toBe(2);
  expect(tasks.get('ieso-demand')).toMatchObject({ expression: '20 * * * *', zone: 'Etc/GMT+5', stopped: false });
  expect(lines).toContain('info: ieso-demand: next at 2030-01-01T00:00Z (20 * * * *, Etc/GMT+5)');
  await stop();
  expect(tasks.get('ieso-demand')?.stopped).toBe(true);
});

test('a tick while the last one still runs is left out', async () => {
  const shared = await share();
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const { tasks, lines, stop } = await daemon(shared, {
    reached: async (point) => (point === 'before commit' ? held : undefined),
  });
  await until(() => tasks.size === 1);
  tasks.get('ieso-demand')?.tick();
  expect(lines).toContain('info: ieso-demand: the tick is left out, the last one still runs');
  release();
  await until(() => finishedRuns(lines) === 1);
  await stop();
});

test('stopping waits for the load that is under way, and begins no other', async () => {
  const shared = await share();
  let release = (): void => undefined;
  let reached = false;
  const held = new Promise<void>((resolve) => (release = resolve));
  const { tasks, stop } = await daemon(shared, {
    reached: async (point) => {
      if (point !== 'before commit') return;
      reached = true;
      await held;
    },
  });
  await until(() => reached);
  let stopped = false;
  const stopping = stop().then((result) => {
    stopped = true;
    return result;
  });
  tasks.get('ieso-demand')?.tick();
  await new Promise((resolve) => void setTimeout(resolve, 50));
  expect(stopped).toBe(false);
  release();
  await stopping;
  expect(await loads(shared.pool)).toBeGreaterThan(0);
  const leases = await shared.pool.query('select 1 from etl.lease');
  expect(leases).toEqual([]);
});

test('two schedulers on one database load each interval once', async () => {
  const shared = await share();
  const [one, two] = await Promise.all([daemon(shared), daemon(shared)]);
  await until(() => finishedRuns([...one.lines, ...two.lines]) >= 1);
  for (const { tasks } of [one, two]) tasks.get('ieso-demand')?.tick();
  await Promise.all([one.stop(), two.stop()]);
  expect(await loads(shared.pool)).toBe(2);
});

test('a tick that fails is logged, and the next one works', async () => {
  const shared = await share();
  let broken = true;
  const { tasks, lines, engine, stop } = await daemon(shared, {
    landing: {
      receive: () => Promise.reject(new Error('not used')),
      path: () => '',
      verify: () => Promise.resolve(),
      bodyOf: () => {
        throw new Error('not used');
      },
      has: () => (broken ? Promise.reject(new Error('the disk is gone')) : Promise.resolve(true)),
    },
  });
  await until(() => finishedRuns(lines) === 1);
  const [failed] = await engine.pool.query<{ n: number }>(
    `select count(*)::int as n from etl.interval where status = 'failed'`,
  );
  expect(failed?.n).toBeGreaterThan(0);
  broken = false;
  tasks.get('ieso-demand')?.tick();
  await until(() => finishedRuns(lines) === 2);
  expect((await stop()).runs).toBe(2);
});
