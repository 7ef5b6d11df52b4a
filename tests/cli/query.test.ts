/** `query` on the command line: an array of row objects, a table, SQL errors with a caret, an end when it is asked for. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { type Answer, builtProgram, runProgram, type Start, temporaryFolder } from './support.ts';

const program = builtProgram();
const folder = temporaryFolder();
let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  await database.pool.query(
    `insert into public.ontario_hourly_demand (hour, load_id) select hour, 1 from generate_series('2025-01-01'::timestamptz, '2025-01-02', '1 hour') hour`,
  );
});

const penstock = (words: readonly string[], start: Start = {}): Promise<Answer> =>
  runProgram(program, words, { cwd: folder, env: { DATABASE_URL: database.url }, ...start });

describe('query', () => {
  const rows = async (sql: string): Promise<unknown> => (await penstock(['query', sql, '--json'])).json();

  test('prints an array of row objects, numbers where that is exact', async () => {
    expect(await rows('select count(*) from ontario_hourly_demand')).toEqual([{ count: 25 }]);
    expect(
      await rows(`select 9007199254740993 as big, 12.50::numeric as price, 12345678901234567.1::numeric as long, true as yes, null as nothing, 'NaN'::float8 as nan,
        '{"a": [1]}'::jsonb as doc, array['x', null] as texts, array[1, 2]::bigint[] as numbers, '2025-05-01T05:00Z'::timestamptz as at, date '2025-05-01' as day, 1 as yes`),
    ).toEqual([
      {
        big: '9007199254740993',
        price: 12.5,
        long: '12345678901234567.1',
        yes: true,
        nothing: null,
        nan: 'NaN',
        doc: { a: [1] },
        texts: ['x', null],
        numbers: [1, 2],
        at: '2025-05-01T05:00:00Z',
        day: '2025-05-01',
        yes_2: 1,
      },
    ]);
    expect(await rows('select 1 where false')).toEqual([]);
  });

  test('shows a table of at most 1,000 rows, and --json all of them', async () => {
    const table = await penstock([
      'query',
      'select g as number, repeat(chr(65), 3) as word from generate_series(1, 2500) g',
    ]);
    expect(table.stdout.split('\n').slice(0, 3)).toEqual(['number  word', '------  ----', '     1  AAA']);
    expect(table.stdout).toMatch(/\n\nthe first 1,000 rows, there are more: use limit, or --json for all\n$/);
    expect(await rows('select * from generate_series(1, 4500) g')).toHaveLength(4_500);
  });

  test('an SQL error is shown with a caret below its place', async () => {
    const answer = await penstock(['query', 'select hour,\n  demand from ontario_hourly_demand']);
    expect(answer.code).toBe(1);
    expect(answer.stdout).toBe('');
    expect(answer.stderr).toContain(
      'QUERY_FAILED: column "demand" does not exist (SQLSTATE 42703)\nline 2:   demand from ontario_hourly_demand\n          ^\n',
    );
  });

  test('an error that only the last row has still gives one document', async () => {
    expect(await rows('select 1 / (g - 5000) from generate_series(1, 5000) g')).toMatchObject({
      error: { code: 'QUERY_FAILED', what: expect.stringContaining('division by zero') },
    });
  });

  test('ends a statement that takes too long', async () => {
    expect((await penstock(['query', 'select pg_sleep(60)', '--timeout', '1', '--json'])).json()).toMatchObject({
      error: { code: 'QUERY_TIMEOUT' },
    });
  });
});

test('Ctrl-C in the middle of a query cancels it on the server too: exit 130', async () => {
  const answer = await penstock(['query', 'select pg_sleep(120)'], {
    env: { DATABASE_URL: database.url, LOG_LEVEL: 'debug' },
    onStderr: (text, kill) => {
      if (text.includes('connected to') && !text.includes('stopping')) setTimeout(() => kill('SIGINT'), 700);
    },
  });
  expect(answer.code).toBe(130);
  expect(answer.stderr).toContain('STOPPED: ');
  expect(
    await database.pool.query(
      `select 1 from pg_stat_activity where query like '%pg_sleep(120)%' and state = 'active' and pid <> pg_backend_pid()`,
    ),
  ).toEqual([]);
});

test('a reader that goes away is no fault', async () => {
  const file = join(folder, 'head.sh');
  writeFileSync(file, `"$1" "$2" query "select g from generate_series(1, 200000) g" --json | head -c 20\n`);
  const answer = spawnSync('sh', [file, process.execPath, program], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', DATABASE_URL: database.url },
  });
  expect(answer.stdout).toBe('[{"g":1},\n{"g":2},\n{');
  expect(answer.stderr).toBe('');
});
