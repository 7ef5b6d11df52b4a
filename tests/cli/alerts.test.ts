/** Health for monitors, alerts and lineage on the command line: what is printed, what is posted, and the exit codes. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { receiver, status } from '../notify/receiver.ts';
import { writeRecordings } from '../support/engine.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { type Answer, builtProgram, runProgram, temporaryFolder } from './support.ts';

const program = builtProgram();
const folder = temporaryFolder();
const URL_2023 = 'https://reports-public.ieso.ca/public/Demand/PUB_Demand_2023.csv';
const lineage = join(folder, 'lineage.jsonl');
let database: FreshDatabase;
let run: Answer;

const penstock = (words: readonly string[], env: Record<string, string> = {}): Promise<Answer> =>
  runProgram(program, [...words, '--data-dir', join(folder, 'data')], {
    cwd: folder,
    env: { DATABASE_URL: database.url, ...env },
  });

beforeAll(async () => {
  database = await freshDatabase();
  const recordings = await writeRecordings(join(folder, 'recordings'), [{ url: URL_2023, status: 500 }]);
  const words = [
    'run',
    'ieso-demand',
    '--from',
    '2023-06-01',
    '--to',
    '2023-07-01',
    '--recordings',
    recordings,
    '--json',
  ];
  // The webhook is never asked: what is recorded wakes nobody.
  const env = { PENSTOCK_OPENLINEAGE_FILE: lineage, PENSTOCK_ALERT_WEBHOOK: 'http://127.0.0.1:9/s3cret' };
  run = await penstock(words, env);
});

test('a run whose publisher is dead exits 2, writes alerts.md and lineage, and posts nothing of recordings', async () => {
  expect(run.code).toBe(2);
  const { report } = run.json<{ report: { html: string } }>();
  expect(readFileSync(join(dirname(report.html), 'alerts.md'), 'utf8')).toContain('ieso/ieso-demand is degraded');
  const events = readFileSync(lineage, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { eventType: string });
  expect(events.map(({ eventType }) => eventType)).toEqual(['START', 'START', 'FAIL', 'FAIL']);
  expect(run.stderr).not.toMatch(/alert|s3cret/);
});

describe('health', () => {
  test('exits 4 for what is wrong, for a publisher as for a dataset, and says it in one document', async () => {
    const answer = await penstock(['health', 'ieso-demand', '--json']);
    expect(answer.code).toBe(4);
    expect(answer.json()).toEqual([
      expect.objectContaining({
        source: 'ieso/ieso-demand',
        status: 'degraded',
        score: 0,
        freshness: 'unknown',
        consecutiveFailures: 1,
        next: 'npm run pipeline -- run ieso-demand',
        notes: expect.stringMatching(/^2023: HTTP_SERVER_ERROR.*; next: npm run pipeline -- run ieso-demand$/),
      }),
    ]);
    expect((await penstock(['health', 'ieso'])).stdout).toMatch(/^ {2}ieso-demand +degraded +0\.0 +unknown/m);
  });

  test('exits 0 where nothing is wrong, and 1 for a source that there is not', async () => {
    await database.pool.query(
      `insert into public.source_health (source_name, status, last_success, covered_until, last_answer)
       values ('statcan/statcan-provincial-generation', 'healthy', now(), now(), 'loaded')`,
    );
    expect((await penstock(['health', 'statcan-provincial-generation'])).code).toBe(0);
    const misspelt = await penstock(['health', 'statcam', '--json']);
    expect([misspelt.code, misspelt.json<{ error: { code: string } }>().error.code]).toEqual([1, 'UNKNOWN_SOURCE']);
  });
});

describe('alerts', () => {
  test('list says what waits, and send what became of it: 1 without a receiver, 2 when it refuses, 0 when it takes it', async () => {
    expect((await penstock(['alerts', 'list', '--json'])).json<unknown[]>().length).toBeGreaterThan(1);
    const nobody = await penstock(['alerts', 'send', '--json']);
    expect([nobody.code, nobody.json<{ error: { code: string } }>().error.code]).toEqual([1, 'ALERT_SETTINGS']);

    await using refusing = await receiver(status(404));
    const refused = await penstock(['alerts', 'send'], { PENSTOCK_ALERT_WEBHOOK: refusing.url });
    expect([refused.code, refusing.messages.length]).toEqual([2, 1]);
    expect(refused.stdout).toContain('the receiver answered 404');
    const listed = await penstock(['alerts', 'list']);
    expect(listed.stdout).toContain('ieso/ieso-demand is degraded: 2023: HTTP_SERVER_ERROR');
    expect(listed.stdout).toContain('not sent: POST_REFUSED');
    expect(refused.stdout + refused.stderr + listed.stdout).not.toMatch(/s3cret|T0KEN/);

    await using taking = await receiver(status(200));
    const sent = await penstock(['alerts', 'send', '--json'], { PENSTOCK_ALERT_WEBHOOK: taking.url });
    expect([sent.code, sent.json()]).toEqual([0, { sent: 1, waiting: 0, error: null }]);
    expect(JSON.parse(taking.messages[0]?.body ?? '')).toMatchObject({
      version: 1,
      subject: 'ieso/ieso-demand',
      to: 'degraded',
    });
    expect((await penstock(['alerts', 'list'])).stdout).toBe('No alert waits.\n');
  });

  test('about samples are never sent', async () => {
    await database.pool.query(`update etl.setting set value = 'samples' where name = 'content'`);
    await using to = await receiver(status(200));
    const refused = await penstock(['alerts', 'send', '--json'], { PENSTOCK_ALERT_WEBHOOK: to.url });
    expect([refused.code, refused.json<{ error: { code: string } }>().error.code]).toEqual([1, 'ALERTS_OF_SAMPLES']);
    expect(to.messages).toHaveLength(0);
  });

  test('doctor says where they go without the secret, and what is wrong with the settings', async () => {
    const right = await penstock(['doctor'], { PENSTOCK_ALERT_WEBHOOK: 'https://hooks.slack.com/services/s3cret' });
    expect(right.stdout).toMatch(/^ok +alerts +to hooks\.slack\.com as slack$/m);
    expect(right.stdout).not.toContain('s3cret');
    expect((await penstock(['doctor'], { PENSTOCK_ALERT_WEBHOOK: 's3cret' })).stdout).toMatch(
      /^fail +alerts +PENSTOCK_ALERT_WEBHOOK is not/m,
    );
  });
});
