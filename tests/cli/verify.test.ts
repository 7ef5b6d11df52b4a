/** `verify` as a process: exit codes, what it prints, and rows only where the server proves to read. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FaultJson } from '../../core/errors.ts';
import { seed } from '../api/full-database.ts';
import { ADMIN_KEY, type RunningApi, startApi } from '../support/api.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { builtProgram, runProgram, temporaryFolder } from './support.ts';

const program = builtProgram();
const folder = temporaryFolder();
let db: FreshDatabase;
let server: RunningApi;
beforeAll(async () => {
  db = await freshDatabase();
  await seed(db);
  server = await startApi({ url: db.url });
}, 180_000);
afterAll(() => server.stop());

interface Said {
  readonly passed: boolean;
  readonly runId: string;
  readonly recorded: string[];
  readonly notRecorded: string | null;
  readonly capabilities: { readonly capability: string; readonly checks: number; readonly failed: number }[];
}

const rowsOf = (runId: string): Promise<{ capability: string; passed: boolean }[]> =>
  db.pool.query(`select capability, passed from etl.verification where run_id = $1`, [runId]);

test('without an address it starts a server over the configured database; what passes is kept and it exits with 0', async () => {
  const answer = await runProgram(program, ['verify', '--only', 'help', '--json'], {
    cwd: folder,
    env: { DATABASE_URL: db.url },
  });
  const said = answer.json<Said>();
  expect(said).toMatchObject({ passed: true, recorded: ['help'], notRecorded: null });
  expect(answer.code).toBe(0);
  expect(said.capabilities).toMatchObject([{ capability: 'help', failed: 0 }]);
  expect(await rowsOf(said.runId)).toEqual([{ capability: 'help', passed: true }]);
}, 120_000);

test('a stream without rows fails with 4, as a table and a paragraph with the next step', async () => {
  const answer = await runProgram(program, ['verify', '--only', 'stream.ontario-demand'], {
    cwd: folder,
    env: { DATABASE_URL: db.url },
  });
  expect(answer.code).toBe(4);
  expect(answer.stdout).toMatch(/^capability +checks +failed +worst +slowest ms$/m);
  expect(answer.stdout).toMatch(/^stream\.ontario-demand +\d+ +1 +failed/m);
  expect(answer.stdout).toMatch(/^FAILED stream\.ontario-demand freshness: GET \/stream-ontario-demand/m);
  expect(answer.stdout).toContain('next: load the dataset');
}, 120_000);

test('a server elsewhere is verified by its address; rows are written only into the database that it works on', async () => {
  const words = ['verify', '--base-url', server.url, '--only', 'help', '--key', ADMIN_KEY, '--json'];
  const same = await runProgram(program, words, { cwd: folder, env: { DATABASE_URL: db.url } });
  expect(same.code).toBe(0);
  expect(same.json<Said>().recorded).toEqual(['help']);
  expect(same.stdout + same.stderr).not.toContain(ADMIN_KEY);
  const other = await freshDatabase();
  const elsewhere = await runProgram(program, words, { cwd: folder, env: { DATABASE_URL: other.url } });
  expect(elsewhere.json<Said>()).toMatchObject({
    recorded: [],
    notRecorded: expect.stringContaining('another database') as string,
  });
  expect(await other.pool.query(`select from etl.verification`)).toEqual([]);
}, 180_000);

test('what cannot be asked is said with 1, before anything is', async () => {
  const run = async (...words: string[]): Promise<[number | null, string]> => {
    const answer = await runProgram(program, ['verify', ...words, '--json'], {
      cwd: folder,
      env: { DATABASE_URL: db.url },
    });
    return [answer.code, answer.json<{ error: FaultJson }>().error.code];
  };
  expect(await run('--only', 'nonsense')).toEqual([1, 'VERIFY_CAPABILITY_UNKNOWN']);
  expect(await run('--base-url', 'ftp://example.org')).toEqual([1, 'VERIFY_ADDRESS_INVALID']);
  expect(await run('--timeout', '0')).toEqual([1, 'USAGE']);
}, 60_000);

test('nobody listens there: 4, and the line says so', async () => {
  const answer = await runProgram(program, ['verify', '--base-url', 'http://127.0.0.1:9'], {
    cwd: folder,
    env: { DATABASE_URL: db.url },
  });
  expect(answer.code).toBe(4);
  expect(answer.stdout).toContain('the server cannot be reached');
  expect(answer.stdout).toContain('Nothing was kept');
}, 60_000);
