/** `serve` as a process: starts, answers, ends when it is told to; and what it refuses to start with. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FaultJson } from '../../core/errors.ts';
import { GAP, putFinding } from '../support/findings.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { type Answer, builtProgram, runProgram, temporaryFolder } from './support.ts';

const program = builtProgram();
const folder = temporaryFolder();
let db: FreshDatabase;
beforeAll(async () => {
  db = await freshDatabase();
  await putFinding(db.pool, GAP);
});

/** Starts it, does the work when it listens, sends the signal. */
async function whileServing(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  work: (url: string) => Promise<void>,
): Promise<Answer> {
  let working: Promise<void> | undefined;
  let failure: unknown;
  const answer = await runProgram(program, ['serve', '--port', '0', ...words], {
    cwd: folder,
    env: { DATABASE_URL: db.url, ...env },
    onStderr: (text, kill) => {
      const url = /listening on (http:[^\s,]+)/.exec(text)?.[1];
      if (url === undefined || working !== undefined) return;
      working = work(url)
        .catch((error: unknown) => (failure = error))
        .then(() => void kill('SIGTERM'));
    },
  });
  if (failure !== undefined) throw failure;
  return answer;
}

test('it listens on this machine, answers, and SIGTERM is its normal end', async () => {
  const statuses: number[] = [];
  const answer = await whileServing(['--json'], {}, async (url) => {
    expect(new URL(url).hostname).toBe('127.0.0.1');
    for (const path of ['/', '/reports', '/reports/review', `/api/review/${GAP.fingerprint}`, '/health'])
      statuses.push((await fetch(`${url}${path}`)).status);
    const decided = await fetch(`${url}/api/review/${GAP.fingerprint}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ action: 'approve', by: 'ada' }),
    });
    statuses.push(decided.status);
  });
  expect(statuses).toEqual([200, 200, 200, 200, 200, 200]);
  expect(answer.code).toBe(0);
  expect(answer.json()).toMatchObject({
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
    requests: 7,
  });
  expect(await db.pool.query('select state, changed_by from etl.review')).toEqual([
    { state: 'accepted', changed_by: 'ada' },
  ]);
});

test('for other machines it needs a key, and says how to make one; with a key, decisions need it', async () => {
  const refused = await runProgram(program, ['serve', '--host', '0.0.0.0', '--port', '0', '--json'], {
    cwd: folder,
    env: { DATABASE_URL: db.url },
  });
  expect(refused.code).toBe(1);
  const { error } = refused.json<{ error: FaultJson }>();
  expect(error).toMatchObject({
    code: 'ADMIN_KEY_MISSING',
    next: expect.stringContaining('PENSTOCK_ADMIN_KEY') as string,
  });
  const key = 'only-for-this-test';
  const answer = await whileServing(
    ['--host', '0.0.0.0'],
    { PENSTOCK_ADMIN_KEY: key, LOG_LEVEL: 'debug' },
    async (url) => {
      const post = (authorization: Record<string, string>): Promise<Response> =>
        fetch(`http://127.0.0.1:${new URL(url).port}/api/review/${GAP.fingerprint}`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', ...authorization },
          body: JSON.stringify({ action: 'note', by: 'ada', note: 'seen' }),
        });
      expect((await post({})).status).toBe(401);
      expect((await post({ Authorization: `Bearer ${key}` })).status).toBe(200);
    },
  );
  expect(answer.code).toBe(0);
  expect(answer.stdout + answer.stderr).not.toContain(key);
});

test('a port that is taken is a fault with what to do', async () => {
  const other = createServer();
  afterAll(() => other.close());
  await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
  const { port } = other.address() as AddressInfo;
  const answer = await runProgram(program, ['serve', '--port', String(port), '--json'], {
    cwd: folder,
    env: { DATABASE_URL: db.url },
  });
  expect(answer.code).toBe(1);
  expect(answer.json<{ error: FaultJson }>().error).toMatchObject({
    code: 'SERVE_CANNOT_LISTEN',
    what: expect.stringContaining('another program listens there') as string,
  });
});
