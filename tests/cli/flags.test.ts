/** `flags` from the command line: what may be turned on, what the database refuses, and what is recorded. */
import { beforeEach, expect, test } from 'vitest';
import type { FaultJson } from '../../core/errors.ts';
import { FLAGS } from '../../core/flags.ts';
import type { FlagState } from '../../serve/flag-states.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { openDemandPush, putDemand, putVerification } from '../support/stream-loads.ts';
import { type Answer, builtProgram, runProgram, temporaryFolder } from './support.ts';

const program = builtProgram();
const folder = temporaryFolder();
/** Several processes, one after the other. */
const LONG = { timeout: 120_000 };
const DEMAND = 'stream.ontario-demand';
let db: FreshDatabase;
beforeEach(async () => {
  db = await freshDatabase();
});

const penstock = (words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  runProgram(program, ['flags', ...words], { cwd: folder, env: { DATABASE_URL: db.url, ...env } });
async function flagsOf(words: readonly string[]): Promise<FlagState[]> {
  const answer = await penstock([...words, '--json']);
  expect([answer.code, answer.stderr]).toEqual([0, '']);
  return answer.json<{ flags: FlagState[] }>().flags;
}
async function refused(words: readonly string[]): Promise<FaultJson> {
  const answer = await penstock([...words, '--json']);
  expect(answer.code).toBe(1);
  return answer.json<{ error: FaultJson }>().error;
}
const changes = () =>
  db.pool.query<{ key: string; change: string; actor: string; reason: string | null; run_id: string | null }>(
    `select c.key, c.change, c.actor, c.reason, v.run_id from etl.feature_flag_change c left join etl.verification v using (verification_id)
     where c.change <> 'created' order by c.feature_flag_change_id`,
  );

test('all flags are there and off, each with why', LONG, async () => {
  const flags = await flagsOf(['list']);
  expect(flags.map(({ key }) => key)).toEqual(FLAGS.map(({ key }) => key));
  for (const flag of flags)
    expect(flag).toMatchObject({
      enabled: false,
      effective: false,
      verification: null,
      reason: 'never enabled; no verification in this database',
    });
  await putVerification(db.pool, 'help', { failed: 1, run: 'run-1', hoursAgo: 30 });
  const { stdout } = await penstock(['list']);
  expect(stdout).toMatch(/^flag +on +effective +verified +by\n-+ /);
  expect(stdout).toMatch(
    /\nhelp +off +no +failed 30 h ago\n {2}never enabled; the last verification \(run-1\) did not pass\n/,
  );
  expect(stdout).toMatch(/\n0 of 10 effective\n$/);
});

test(
  'what was never verified is refused, with what to type next; so is one that failed, and one of the day before',
  LONG,
  async () => {
    const fault = await refused(['enable', 'help', '--by', 'ada']);
    expect(fault).toMatchObject({
      code: 'FLAG_REFUSED',
      what: 'flag help cannot be enabled: capability help was never verified in this database',
      consequence: 'no flag was changed',
      next: 'npm run pipeline -- verify --only help, and when it has passed: npm run pipeline -- flags enable help --by "ada"',
    });
    await putVerification(db.pool, 'help', { hoursAgo: 25, run: 'old' });
    expect((await refused(['enable', 'help', '--by', 'ada'])).what).toContain('(old) is older than 24 hours');
    await putVerification(db.pool, 'help', { run: 'good', hoursAgo: 2 });
    await putVerification(db.pool, 'help', { run: 'bad', failed: 1 });
    expect((await refused(['enable', 'help', '--by', 'ada'])).what).toContain('(bad) did not pass');
    expect(await changes()).toEqual([]);
  },
);

test(
  'what was verified is enabled; who, and by which run, is recorded; several are enabled together or not at all',
  LONG,
  async () => {
    const run = await putVerification(db.pool, 'help');
    const together = await refused(['enable', 'help', 'analytics', '--by', 'ada']);
    expect(together.what).toBe(
      'flag analytics cannot be enabled: capability analytics was never verified in this database',
    );
    expect(await changes()).toEqual([]);
    const second = await putVerification(db.pool, 'analytics');
    expect(await flagsOf(['enable', 'help', 'analytics', '--by', ' Ada L '])).toMatchObject([
      { key: 'help', enabled: true, effective: true, reason: null, enabled_by: 'Ada L', changed: true },
      { key: 'analytics', enabled: true, changed: true },
    ]);
    expect(await changes()).toEqual([
      { key: 'analytics', change: 'enabled', actor: 'Ada L', reason: null, run_id: second },
      { key: 'help', change: 'enabled', actor: 'Ada L', reason: null, run_id: run },
    ]);
    const again = await penstock(['enable', 'help', '--by', 'bob']);
    expect([again.code, again.stdout]).toEqual([0, 'help was already enabled by Ada L\n']);
  },
);

test('it is always possible to disable, and why is kept', LONG, async () => {
  await openDemandPush(db.pool);
  await putDemand(db.pool, { hours: [[0, 15_000]] });
  expect((await flagsOf(['list'])).find(({ key }) => key === DEMAND)?.effective).toBe(true);
  await putVerification(db.pool, DEMAND, { failed: 2 });
  const { stdout, code } = await penstock(['disable', DEMAND, 'help', '--by', 'bob', '--why', 'the file has changed']);
  expect([code, stdout]).toEqual([0, `${DEMAND} is disabled\nhelp was already disabled\n`]);
  expect((await changes()).at(-1)).toMatchObject({
    key: DEMAND,
    change: 'disabled',
    actor: 'bob',
    reason: 'the file has changed',
  });
  expect((await flagsOf(['list'])).find(({ key }) => key === DEMAND)).toMatchObject({
    enabled: false,
    effective: false,
    reason: expect.stringMatching(/^disabled at .*Z; the last verification \(.*\) did not pass$/) as string,
  });
});

test('two who enable at once both succeed, and the flag is turned on once', LONG, async () => {
  await putVerification(db.pool, 'help');
  const answers = await Promise.all(['ada', 'bob'].map((name) => penstock(['enable', 'help', '--by', name])));
  expect(answers.map(({ code }) => code)).toEqual([0, 0]);
  expect((await changes()).map(({ change }) => change)).toEqual(['enabled']);
});

test('a name that is misspelt names its neighbour, and nobody is not somebody', LONG, async () => {
  expect(await refused(['enable', 'ontario-demand', 'hlep', '--by', 'ada'])).toMatchObject({
    code: 'FLAG_UNKNOWN',
    what: 'there is no flag "ontario-demand"; did you mean stream.ontario-demand? there is no flag "hlep"; did you mean help?',
    next: 'penstock flags list',
  });
  expect((await refused(['disable', 'help'])).code).toBe('FLAG_BY_WHOM');
  expect((await refused(['disable', 'help', '--by', 'x'.repeat(101)])).code).toBe('FLAG_WORDS_TOO_LONG');
  const help = await penstock(['enable', '--help']);
  expect([help.code, help.stdout.includes('--by <name>')]).toEqual([0, true]);
});
