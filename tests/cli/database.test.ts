/** The command line on a database: what runs, what it says, its exit codes; `--json` is one document for every command. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FaultJson } from '../../core/errors.ts';
import { writeRecordings } from '../support/engine.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { type Answer, builtProgram, runProgram, type Start, temporaryFolder } from './support.ts';

const program = builtProgram();
const folder = temporaryFolder();
const DEMAND = 'https://reports-public.ieso.ca/public/Demand/PUB_Demand_';

/** Every hour of the year, without the first of May's first, with a market demand that is no number on 2 January, hour 1. */
function demand(year: number): string {
  const lines = ['\\\\Hourly Demand Report', 'Date,Hour,Market Demand,Ontario Demand'];
  for (let day = Date.UTC(year, 0, 1); day < Date.UTC(year + 1, 0, 1); day += 86_400_000) {
    const date = new Date(day).toISOString().slice(0, 10);
    for (let hour = 1; hour <= 24; hour++) {
      if (date.endsWith('-05-01') && hour === 1) continue;
      lines.push(`${date},${hour},${date.endsWith('-01-02') && hour === 1 ? 'n/a' : 15_000 + hour},14000`);
    }
  }
  return `${lines.join('\n')}\n`;
}

let recordings: string;
let database: FreshDatabase;
let run: Answer;

const penstock = (words: readonly string[], start: Start = {}): Promise<Answer> =>
  runProgram(program, [...words, '--data-dir', join(folder, 'data')], {
    cwd: folder,
    env: { DATABASE_URL: database.url, ...start.env },
    ...start,
  });

beforeAll(async () => {
  database = await freshDatabase();
  recordings = await writeRecordings(join(folder, 'recordings'), [
    { url: `${DEMAND}2023.csv`, body: demand(2023) },
    { url: `${DEMAND}2024.csv`, body: 'Date,Hour,Market Demand\n2024-01-01,1,1\n' },
  ]);
  run = await penstock([
    'run',
    '--recordings',
    recordings,
    'ieso-demand',
    '--from',
    '2022-01-01',
    '--to',
    '2024-01-01',
  ]);
});

describe('run', () => {
  test('ends with a short summary and the path of the report; logs go to stderr', () => {
    expect(run).toMatchObject({ code: 0 });
    expect(run.stdout).toContain('ieso-demand: 8,758 rows inserted, 0 revised, 0 withdrawn, 1 rejected\n');
    expect(run.stdout).toContain(
      'ieso-demand: 1 interval not recorded, the first: https://reports-public.ieso.ca/public/Demand/PUB_Demand_2022.csv\n',
    );
    expect(run.stdout).toMatch(/^report: .*report\.html$/m);
    expect(run.stderr).toMatch(/^\d{2}:\d{2}:\d{2} info ieso-demand 2023 loaded: 8,758 rows$/m);
  });

  test('--json gives plan, datasets and report; the same bytes write nothing', async () => {
    const answer = await penstock([
      '--json',
      'run',
      '--recordings',
      recordings,
      'ieso-demand',
      '--from',
      '2023-01-01',
      '--to',
      '2024-01-01',
    ]);
    const document = answer.json<{ runId: string; report: { html: string } }>();
    expect(document).toMatchObject({
      exitCode: 0,
      source: 'recordings',
      plan: [{ dataset: 'ieso-demand', label: '2023', reason: 'asked for', action: 'fetch' }],
      datasets: [{ id: 'ieso-demand', outcomes: { unchanged: 1 }, rows: { inserted: 0, revised: 0 } }],
    });
    expect(Object.keys(document.report).sort()).toEqual(['html', 'index', 'json', 'markdown']);
    expect((await penstock(['report', '--json'])).json()).toMatchObject({
      runId: document.runId,
      html: document.report.html,
    });
    expect((await penstock(['report', 'list', '--json'])).json<object[]>().length).toBeGreaterThanOrEqual(2);
    const [row] = await database.pool.query<{ command: string }>('select command from etl.run where run_id = $1', [
      document.runId,
    ]);
    expect(row?.command).toContain('penstock --json run --recordings');
  });

  test('--quiet says nothing when nothing is wrong', async () => {
    const answer = await penstock([
      'run',
      '--quiet',
      '--recordings',
      recordings,
      'ieso-demand',
      '--from',
      '2022-06-01',
      '--to',
      '2024-01-01',
    ]);
    expect(answer).toMatchObject({ code: 0, stderr: '' });
  });

  test('a failed interval is said in full, and the exit code is 2', async () => {
    const answer = await penstock([
      'run',
      '--recordings',
      recordings,
      'ieso-demand',
      '--from',
      '2024-01-01',
      '--to',
      '2025-01-01',
    ]);
    expect(answer.code).toBe(2);
    expect(answer.stderr).toMatch(/^ieso-demand 2024\nFORMAT_\w+: .*Ontario Demand[\s\S]*\n {2}next: /m);
    expect(answer.stderr).not.toMatch(/^\s+at /m);
  });

  test('a dataset that was named and has nothing recorded is a failure', async () => {
    const answer = await penstock(['ieso-hoep', '--recordings', recordings]);
    expect(answer.code).toBe(2);
    expect(answer.stdout).toMatch(/ieso-hoep: 24 intervals not recorded/);
  });

  test('samples and real data are never mixed', async () => {
    expect((await penstock(['run', '--samples', '--json'])).json()).toMatchObject({
      error: { code: 'SAMPLES_AND_REAL_DATA' },
    });
  });

  test('backfill asks only for what is not loaded, replay asks nobody', async () => {
    const backfill = await penstock([
      'backfill',
      'ieso-demand',
      '--recordings',
      recordings,
      '--from',
      '2023-01-01',
      '--to',
      '2024-01-01',
    ]);
    expect(backfill).toMatchObject({
      code: 0,
      stdout: 'Nothing to fill: every interval of the range that is due is loaded.\n',
    });
    const replay = await penstock(['replay', 'ieso-demand', '--from', '2023-01-01', '--to', '2024-01-01', '--json']);
    expect(replay.json()).toMatchObject({
      plan: [{ action: 'replay' }],
      datasets: [{ outcomes: { loaded: 1 }, rows: { unchanged: 8_758, inserted: 0, revised: 0 } }],
    });
  });

  test('plan prints what a run would do, neighbours together', async () => {
    const people = await penstock(['plan', 'ieso-hoep']);
    expect(people.stdout).toMatch(/^ieso-hoep {2}2002 – 2025 +24 {2}missing +fetch +append +never loaded$/m);
    expect((await penstock(['plan', 'ieso-hoep', '--json'])).json<object[]>()).toHaveLength(24);
  });
});

describe('what is missing and what was refused', () => {
  const YEAR = ['ieso-demand', '--from', '2023-01-01', '--to', '2024-01-01'];

  test('gaps says where, how much, and exits 4; without gaps it exits 0', async () => {
    const answer = await penstock(['gaps', ...YEAR]);
    expect(answer.code).toBe(4);
    expect(answer.stdout).toContain('ieso-demand 2023-05-01T05:00Z – 2023-05-01T06:00Z 1 hour missing inside 2023\n');
    expect((await penstock(['gaps', ...YEAR, '--json'])).json()).toContainEqual(
      expect.objectContaining({
        dataset: 'ieso-demand',
        kind: 'steps',
        start: '2023-05-01T05:00Z',
        end: '2023-05-01T06:00Z',
        missing: 1,
      }),
    );
    expect(await penstock(['gaps', 'ieso-demand', '--from', '2023-06-01', '--to', '2023-07-01'])).toMatchObject({
      code: 0,
      stdout: 'No gaps.\n',
    });
  });

  test('quarantine lists, shows and retries', async () => {
    const rows = (await penstock(['quarantine', 'list', '--json'])).json<
      { quarantine_id: string; reason: string; raw: string }[]
    >();
    expect(rows).toMatchObject([{ dataset: 'ieso-demand', line: '27', raw: '2023-01-02,1,n/a,14000' }]);
    expect((await penstock(['quarantine', 'list'])).stdout).toMatch(/1 open row; next: penstock quarantine show \d+/);
    const shown = await penstock(['quarantine', 'show', rows[0]?.quarantine_id ?? '']);
    expect(shown.stdout).toContain('market_demand_mw');
    expect(shown.stdout).toMatch(/as published:\n2023-01-02,1,n\/a,14000\n$/);
    const retry = await penstock(['quarantine', 'retry', '--json']);
    expect(retry.json()).toMatchObject({
      plan: [{ label: '2023', action: 'replay' }],
      datasets: expect.arrayContaining([expect.objectContaining({ rows: expect.objectContaining({ rejected: 1 }) })]),
    });
    expect((await penstock(['quarantine', 'show', '999999', '--json'])).json()).toMatchObject({
      error: { code: 'QUARANTINE_ROW_UNKNOWN' },
    });
  });

  test('health lists every source, also the ones that were never asked, and exits 4 while something is wrong', async () => {
    await penstock([
      'run',
      '--recordings',
      recordings,
      'ieso-demand',
      '--from',
      '2024-01-01',
      '--to',
      '2025-01-01',
      '--quiet',
    ]);
    const answer = await penstock(['health', '--json']);
    const states = Object.fromEntries(
      answer.json<{ source: string; status: string }[]>().map(({ source, status }) => [source, status]),
    );
    expect(answer.code).toBe(4);
    expect(states).toMatchObject({
      ieso: 'degraded',
      'ieso/ieso-demand': 'degraded',
      'ieso/ieso-generation-by-fuel': 'unknown',
    });
  });
});

describe('the database', () => {
  test('one that is not migrated is left alone: exit 1, and db migrate is named', async () => {
    const url = new URL(database.url);
    const name = `${url.pathname.slice(1)}_bare`;
    await database.pool.query(`create database "${name}" template template0`);
    url.pathname = `/${name}`;
    try {
      const env = { DATABASE_URL: url.href };
      for (const words of [['run', '--recordings', recordings], ['gaps'], ['query', 'select 1']]) {
        const answer = await penstock([...words, '--json'], { env });
        expect(answer.code).toBe(1);
        expect(answer.json<{ error: FaultJson }>().error).toMatchObject({
          code: 'DATABASE_NOT_MIGRATED',
          next: expect.stringContaining('db migrate'),
        });
      }
      expect((await penstock(['db', 'status', '--json'], { env })).json()).toMatchObject({
        kind: 'external',
        running: true,
        content: null,
      });
      expect((await penstock(['doctor'], { env })).stdout).toMatch(/^fail {2}database .*not applied$/m);
      expect(
        (await penstock(['db', 'migrate', '--json'], { env })).json<{ applied: string[] }>().applied.length,
      ).toBeGreaterThan(0);
      expect((await penstock(['db', 'migrate'], { env })).stdout).toMatch(/^0 migrations applied, \d+ there before/);
      expect((await penstock(['plan', '--json'], { env })).code).toBe(0);
    } finally {
      await database.pool.query(`drop database "${name}" with (force)`);
    }
  });

  test('a wrong password: exit 2, and neither the right nor the wrong one is in the output', async () => {
    const url = new URL(database.url);
    const right = url.password;
    url.password = 'wr0ng-s3cret';
    const answer = await penstock(['run', '--json', '--database-url', url.href], { env: { LOG_LEVEL: 'debug' } });
    expect(answer).toMatchObject({ code: 2 });
    expect(answer.json()).toMatchObject({ error: { code: 'DATABASE_WRONG_PASSWORD' } });
    for (const secret of ['wr0ng-s3cret', right]) expect(answer.stdout + answer.stderr).not.toContain(secret);
  });

  test('show says when a dataset was last loaded', async () => {
    expect((await penstock(['show', 'ieso-demand'])).stdout).toMatch(
      /^last load: {3}\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z; 1 intervals with 8,758 rows$/m,
    );
  });
});

test('the scheduler catches up, waits, and ends with 0 on SIGTERM', async () => {
  const fresh = await freshDatabase();
  mkdirSync(join(folder, 'scheduled'), { recursive: true });
  let asked = false;
  const answer = await runProgram(
    program,
    ['schedule', 'ieso-demand', '--recordings', recordings, '--data-dir', join(folder, 'scheduled')],
    {
      env: { DATABASE_URL: fresh.url },
      onStderr: (text, kill) => {
        if (asked || !text.includes('Report: ')) return;
        asked = true;
        kill('SIGTERM');
      },
    },
  );
  expect(answer.code).toBe(0);
  expect(answer.stderr).toMatch(/ieso-demand: next at \d{4}-.*\(20 \* \* \* \*, Etc\/GMT\+5\)/);
  expect(answer.stderr).toMatch(/the scheduler has stopped after 1 runs/);
  const [row] = await fresh.pool.query<{ n: number }>('select count(*)::int as n from ontario_hourly_demand');
  expect(row?.n).toBe(8_758);
});
