/**
 * A process of its own that runs the engine and does something drastic at a point: `crash-child.ts <json of CrashOrder>`. It says
 * `reached` there, and ends with one line of JSON: what became of the intervals.
 */
import { once } from 'node:events';
import type { Point } from '../../engine/engine.ts';
import { removeStaleWork } from '../../engine/run.ts';
import { openPool } from '../../loaders/postgres/database.ts';
import { testEngine, testRun } from './engine.ts';
import type { CrashOrder } from './crash.ts';

const order: CrashOrder = JSON.parse(process.argv[2] ?? '');
let seen = 0;

async function reached(point: Point | 'done'): Promise<void> {
  if (point !== order.point || ++seen !== order.nth) return;
  process.stdout.write('reached\n');
  if (order.does === 'die') {
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => undefined);
  }
  // Until the test says something.
  process.stdin.ref();
  await once(process.stdin, 'data');
  process.stdin.unref();
}

process.stdin.unref();
const pool = openPool(order.url, { applicationName: 'crash child' });
try {
  await removeStaleWork(order.dataDir, isAlive);
  const engine = await testEngine({
    pool,
    recordings: order.recordings,
    dataDir: order.dataDir,
    now: order.now,
    reached,
  });
  const { report } = await testRun(engine, order.request);
  await reached('done');
  const intervals = report.datasets.flatMap(({ id, intervals: all }) =>
    all.map(({ label, outcome, error }) => ({ name: `${id} ${label}`, outcome, code: error?.code ?? null })),
  );
  process.stdout.write(`${JSON.stringify({ exitCode: report.exitCode, intervals })}\n`);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ exitCode: 70, intervals: [], thrown: String(error) })}\n`);
} finally {
  await pool.close();
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
