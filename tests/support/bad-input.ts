/** A database with good data in it, runs on bad input, and what every failure owes to its reader. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { FaultJson } from '../../core/errors.ts';
import type { Engine } from '../../engine/engine.ts';
import type { RunRequest } from '../../engine/run.ts';
import type { Pool } from '../../loaders/postgres/database.ts';
import type { Catalog } from '../../pipelines/index.ts';
import type { IntervalReport, Outcome, RunReport } from '../../reports/model.ts';
import { type Recorded, testEngine, testRun, writeRecordings } from './engine.ts';

export const NOW = '2026-03-01T12:00:00Z';

export interface Answered {
  readonly report: RunReport;
  /** `ieso-demand 2024` → its interval. */
  readonly intervals: Readonly<Record<string, IntervalReport>>;
  readonly outcomes: Readonly<Record<string, Outcome>>;
  /** report.json, report.html and report.md in one text. */
  readonly written: string;
  readonly html: string;
}

export interface World extends AsyncDisposable {
  readonly pool: Pool;
  readonly dataDir: string;
  readonly catalog: Catalog | undefined;
  /** Runs on these answers; `change` replaces parts of the engine. */
  run(recorded: readonly Recorded[], request: Partial<RunRequest>, change?: Partial<Engine>): Promise<Answered>;
}

export async function openWorld(pool: Pool, catalog?: Catalog, now: string = NOW): Promise<World> {
  const dataDir = await mkdtemp(join(tmpdir(), 'penstock-bad-'));
  let runs = 0;
  return {
    pool,
    dataDir,
    catalog,
    async run(recorded, request, change = {}) {
      const recordings = await writeRecordings(join(dataDir, `recordings-${++runs}`), recorded);
      const engine = await testEngine({
        pool,
        recordings,
        dataDir,
        now,
        ...(catalog === undefined ? {} : { catalog }),
      });
      const { report, written } = await testRun({ ...engine, ...change }, request);
      const texts = await Promise.all(
        [written.json, written.html, written.markdown].map((path) => readFile(path, 'utf8')),
      );
      const intervals = Object.fromEntries(
        report.datasets.flatMap(({ id, intervals: all }) =>
          all.map((interval) => [`${id} ${interval.label}`, interval]),
        ),
      );
      return {
        report,
        intervals,
        outcomes: Object.fromEntries(Object.entries(intervals).map(([name, { outcome }]) => [name, outcome])),
        written: texts.join('\n'),
        html: texts[1] ?? '',
      };
    },
    [Symbol.asyncDispose]: () => rm(dataDir, { recursive: true, force: true }),
  };
}

/** A stable code, what, where, consequence and next step; no stack trace; not blamed on penstock. */
export function expectHelpful(error: FaultJson | null | undefined): void {
  expect(error).toBeTruthy();
  expect(error?.code).toMatch(/^[A-Z][A-Z0-9]+(_[A-Z0-9]+)+$/);
  for (const part of ['what', 'where', 'consequence', 'next'] as const) expect(error?.[part], part).toMatch(/\S{2}/);
  expect(JSON.stringify(error)).not.toMatch(
    /\\n\s+at |node_modules|\.ts:\d|\[object |undefined(?! entity)|fault of penstock itself/,
  );
  // One screen at most, whatever the file holds.
  expect(JSON.stringify(error).length).toBeLessThan(2_000);
}

/** Rows of a table and of its history, without the numbers of loads and times. */
export async function contentOf(pool: Pool, table: string): Promise<unknown[]> {
  return pool.query(
    `select 'now' as at, to_jsonb(t) - 'load_id' - 'created_at' as row from public.${table} t
     union all select 'before', to_jsonb(t) - 'load_id' - 'created_at' - 'closed_by_load_id' from history.${table} t order by 1, 2`,
  );
}

export async function healthOf(pool: Pool, name: string): Promise<{ status: string; notes: string } | undefined> {
  const [row] = await pool.query<{ status: string; notes: string }>(
    'select status, notes from public.source_health where source_name = $1',
    [name],
  );
  return row;
}

export async function ledgerOf(
  pool: Pool,
  dataset: string,
  label: string,
): Promise<{ status: string; code: string | null } | undefined> {
  const [row] = await pool.query<{ status: string; code: string | null }>(
    `select status, error ->> 'code' as code from etl.interval where dataset = $1 and extract(year from interval_start at time zone 'Etc/GMT+5')::text = $2`,
    [dataset, label],
  );
  return row;
}

export interface Quarantined {
  readonly line: number;
  readonly rule: string;
  readonly reason: string;
  readonly raw: string;
}

/** Open rows, by line. */
export async function quarantineOf(pool: Pool, dataset: string, label: string): Promise<Quarantined[]> {
  return pool.query<Quarantined>(
    `select line::int, rule, reason, raw from etl.quarantine where resolved_at is null and dataset = $1
      and extract(year from interval_start at time zone 'Etc/GMT+5')::text = $2 order by line, quarantine_id`,
    [dataset, label],
  );
}

/** Nothing that should only live during a run. */
export async function expectNothingLeft(pool: Pool): Promise<void> {
  expect(await pool.query('select * from etl.lease')).toEqual([]);
  expect(await pool.query(`select relname from pg_class where relname = 'penstock_stage'`)).toEqual([]);
}
