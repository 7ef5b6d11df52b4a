/** Runs that are killed, the state that a database is in afterwards, and the files that are left. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Point } from '../../engine/engine.ts';
import { removeStaleWork, type RunRequest } from '../../engine/run.ts';
import type { Pool } from '../../loaders/postgres/database.ts';
import type { RunReport } from '../../reports/model.ts';
import { DEMAND_URL, demandFile, type Recorded, testEngine, testRun } from './engine.ts';

export interface CrashOrder {
  readonly url: string;
  readonly recordings: string;
  readonly dataDir: string;
  readonly now: string;
  readonly request: Partial<Omit<RunRequest, 'signal'>>;
  /** `done`: everything is committed, the process has not ended. */
  readonly point: Point | 'done';
  /** The point of the n-th interval. */
  readonly nth: number;
  readonly does: 'die' | 'wait';
}

export interface ChildAnswer {
  readonly exitCode: number;
  readonly intervals: readonly { readonly name: string; readonly outcome: string; readonly code: string | null }[];
  readonly thrown?: string;
}

export interface CrashChild {
  readonly process: ChildProcess;
  /** When it is at its point. Rejects when it ends without. */
  readonly reached: Promise<void>;
  /** Its last line; null when it was killed. */
  readonly ended: Promise<ChildAnswer | null>;
  /** Lets it go on. */
  proceed(): void;
}

export const NOW = '2026-03-01T12:00:00Z';
export const REQUEST: CrashOrder['request'] = { ids: ['ieso-demand'], from: '2023-01-01', to: '2026-01-01', jobs: 2 };

export function startChild(order: CrashOrder): CrashChild {
  const script = join(import.meta.dirname, 'crash-child.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, JSON.stringify(order)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.on('error', () => undefined);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const reached = new Promise<void>((resolve, reject) => {
    child.stdout.on('data', () => output.includes('reached\n') && resolve());
    void closed.then(() =>
      output.includes('reached\n') ? resolve() : reject(new Error(`the child ended before its point: ${output}`)),
    );
  });
  reached.catch(() => undefined);
  const ended = closed.then((): ChildAnswer | null => {
    const last = output.trimEnd().split('\n').at(-1) ?? '';
    return last.startsWith('{') ? JSON.parse(last) : null;
  });
  return { process: child, reached, ended, proceed: () => void child.stdin.write('go on\n') };
}

/** Runs to the end in this process, as the next command would. */
export async function recover(
  pool: Pool,
  order: Pick<CrashOrder, 'recordings' | 'dataDir' | 'now' | 'request'>,
): Promise<RunReport> {
  await removeStaleWork(order.dataDir, (pid) => pid === process.pid);
  const engine = await testEngine({ pool, recordings: order.recordings, dataDir: order.dataDir, now: order.now });
  return (await testRun(engine, order.request)).report;
}

/** The server notices within moments that a client is gone. */
export async function untilGone(pool: Pool): Promise<void> {
  for (let i = 0; i < 400; i++) {
    const left = await pool.query(
      `select from pg_stat_activity where application_name = 'crash child' and datname = current_database()`,
    );
    if (left.length === 0) return;
    await sleep(25);
  }
  throw new Error('the connections of the child are still there');
}

/** Everything that two databases with the same past must agree on: no numbers of rows or loads, no times. */
export async function stateOf(pool: Pool): Promise<Record<string, unknown[]>> {
  const artifact = (id: string): string => `(select a.sha256 from etl.artifact a where a.artifact_id = ${id})`;
  const content = (load: string): string =>
    `(select ${artifact('l.artifact_id')} || ' ' || l.strategy from etl.load l where l.load_id = ${load})`;
  return {
    rows: await pool.query(
      `select to_jsonb(t) - 'load_id' - 'created_at' as row, ${content('t.load_id')} as load from ontario_hourly_demand t order by hour`,
    ),
    history: await pool.query(
      `select to_jsonb(t) - 'load_id' - 'created_at' - 'closed_by_load_id' as row, ${content('t.load_id')} as load, ${content('t.closed_by_load_id')} as closed
       from history.ontario_hourly_demand t order by hour, 2, 3`,
    ),
    loads: await pool.query(
      `select dataset, interval_start, strategy, definition_hash, rows_read, rows_rejected, rows_inserted, rows_revised, rows_withdrawn, rows_unchanged,
         ${artifact('x.artifact_id')} as sha256 from etl.load x order by 1, 2, load_id`,
    ),
    ledger: await pool.query(
      `select dataset, interval_start, interval_end, status, definition_hash, attempts, error, checked_at, ${artifact('x.artifact_id')} as sha256, ${content('x.load_id')} as load
       from etl.interval x order by 1, 2`,
    ),
    quarantine: await pool.query(
      `select dataset, interval_start, line, rule, reason, row_key, raw, resolved_at is null as open, ${artifact('x.artifact_id')} as sha256 from etl.quarantine x order by 1, 2, 3, 8`,
    ),
    checks: await pool.query(
      `select dataset, interval_start, check_name, severity, result, failing_rows, samples, sql, ${content('x.load_id')} as load from etl.check_result x order by 1, 2, 3, load_id`,
    ),
    // Whoever was killed after its commit loaded, and the next one finds nothing new: both have answered.
    health: await pool.query(
      `select source_name, status, case when status <> 'healthy' then regexp_replace(notes, '(loaded|nothing new);', 'answered;') end as notes,
         consecutive_failures, covered_until, score, open_findings, freshness from public.source_health order by 1`,
    ),
  };
}

/** No lease, no work folder, no lock; every stored answer is whole. */
export async function expectNoTraces(pool: Pool, dataDir: string): Promise<void> {
  expect(await pool.query('select * from etl.lease')).toEqual([]);
  expect(await readdir(join(dataDir, 'work'))).toEqual([]);
  const stored = await readdir(join(dataDir, 'landing'), { recursive: true, withFileTypes: true });
  for (const file of stored.filter((entry) => entry.isFile() && !entry.parentPath.endsWith('tmp'))) {
    expect(
      createHash('sha256')
        .update(await readFile(join(file.parentPath, file.name)))
        .digest('hex'),
    ).toBe(file.name);
  }
  const locks = await pool.query(
    `select from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
  );
  expect(locks).toEqual([]);
}

/** Three years of demand, more rows than one chunk, some of them bad; `issue` 2 revises, adds and withdraws. */
export function demandAnswers(issue: 1 | 2, rowsPerYear = 2_100): Recorded[] {
  return [2023, 2024, 2025].map((year) => {
    const rows: [string, number | string, number | string, number][] = [];
    for (let i = 0; i < rowsPerYear; i++) {
      if (issue === 2 && i % 700 === 3) continue;
      const date = new Date(Date.UTC(year, 0, 1 + Math.floor(i / 24))).toISOString().slice(0, 10);
      const market = i % 900 === 5 ? 'bad' : 16_000 + (i % 500) + (issue === 2 && i % 100 === 7 ? 1 : 0);
      rows.push([date, (i % 24) + 1, market, 14_000 + (i % 300)]);
    }
    if (issue === 2) rows.push([`${year}-12-31`, 24, 17_000, 15_000]);
    return { url: DEMAND_URL(year), body: demandFile(year, rows) };
  });
}
