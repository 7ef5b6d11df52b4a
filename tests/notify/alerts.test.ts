/** Alerts from a change of state to a receiver: once per change, at least once, never in the way of a load. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { alertSettings } from '../../engine/alert-settings.ts';
import { MOST_MESSAGES, planAlerts } from '../../engine/alert-plan.ts';
import { deliverAlerts } from '../../engine/alerts.ts';
import type { RunResult } from '../../engine/run.ts';
import { createPoster } from '../../loaders/notify/poster.ts';
import { type NewAlert, queueAlerts } from '../../loaders/postgres/alerts.ts';
import type { WaitingAlert } from '../../loaders/postgres/alert-queue.ts';
import type { SourceKind } from '../../reports/model.ts';
import { clockAt, type Recorded, temporaryFolder, testEngine, testRun, writeRecordings } from '../support/engine.ts';
import { recordingLog } from '../support/log.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { SMALL_URL, smallCatalog, smallFile, smallPipeline } from '../support/small-dataset.ts';
import { receiver, status } from './receiver.ts';

let db: FreshDatabase;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let log = recordingLog();
let issue = 0;
beforeEach(async () => {
  await db?.drop();
  await folder?.[Symbol.asyncDispose]();
  db = await freshDatabase();
  folder = await temporaryFolder();
  log = recordingLog();
});
afterAll(() => folder?.[Symbol.asyncDispose]());

const clock = { now: () => Date.now(), sleep: async () => undefined };
const poster = createPoster({ clock, random: () => 0, userAgent: 'penstock/test' });
const good: Recorded = { url: SMALL_URL(2020), body: smallFile([['2020-06-01T00:00Z', 'GAS', 1]]) };
const dead: Recorded = { url: SMALL_URL(2020), status: 500 };

async function runWith(
  recorded: Recorded,
  now: string,
  env: Record<string, string>,
  options: { readonly source?: SourceKind; readonly signal?: AbortSignal } = {},
): Promise<RunResult> {
  const recordings = await writeRecordings(join(folder.path, `issue-${issue++}`), [recorded]);
  const catalog = await smallCatalog(db.pool, folder.path, [smallPipeline()]);
  const engine = await testEngine({ pool: db.pool, recordings, dataDir: folder.path, catalog, now });
  const { source = 'live', signal } = options;
  return testRun({ ...engine, source, env, poster, log }, signal === undefined ? {} : { signal });
}
const outcomes = async (): Promise<Record<string, number>> =>
  Object.fromEntries(
    (
      await db.pool.query<{ outcome: string; n: number }>(
        `select coalesce(outcome, 'waiting') as outcome, count(*)::int as n from etl.alert group by 1 order by 1`,
      )
    ).map(({ outcome, n }) => [outcome, n]),
  );
const bodies = <T>(messages: readonly { readonly body: string }[]): T[] =>
  messages.map(({ body }) => JSON.parse(body) as T);

function change(subject: string, to: string, more: Partial<NewAlert['payload']> = {}): NewAlert {
  const payload = {
    text: `${subject} is ${to}`,
    dataset: subject,
    severity: 'warn',
    from: 'healthy',
    to,
    next: null,
  } as const;
  return { subject, kind: 'source changed', payload: { ...payload, ...more }, runId: null };
}
const settings = (url: string): NonNullable<ReturnType<typeof alertSettings>> => ({
  url,
  format: 'json',
  minSeverity: 'info',
});
const deliver = (url: string): ReturnType<typeof deliverAlerts> =>
  deliverAlerts({ pool: db.pool, poster, clock: clockAt() }, settings(url), new AbortController().signal);

describe('a run', () => {
  test('tells one message per change, none while the state stays, and one when it is over', async () => {
    await using to = await receiver(status(200));
    const env = { PENSTOCK_ALERT_WEBHOOK: to.url };
    await runWith(good, '2020-06-01T12:00Z', env);
    expect(to.messages).toHaveLength(0);
    await runWith(dead, '2020-06-02T12:00Z', env);
    await runWith(dead, '2020-06-03T12:00Z', env);
    await runWith(dead, '2020-06-04T12:00Z', env);
    await runWith(good, '2020-06-05T12:00Z', env);
    const told = bodies<{ version: number; subject: string; from: string; to: string; text: string; next: string }>(
      to.messages,
    );
    expect(told.map(({ subject, from, to: now }) => `${subject}: ${from} -> ${now}`)).toEqual([
      'grid/grid-small: healthy -> degraded',
      'grid/grid-small: degraded -> failing',
      'grid/grid-small: failing -> healthy',
    ]);
    expect(told[0]).toMatchObject({ version: 1, kind: 'source changed', dataset: 'grid-small', severity: 'warn' });
    expect(told[0]?.text).toMatch(/^grid\/grid-small is degraded \(was healthy\): 2020: HTTP_SERVER_ERROR/);
    expect(new Set(to.messages.map(({ headers }) => headers['idempotency-key'])).size).toBe(3);
    expect(to.messages.every(({ headers, body }) => body.includes(String(headers['idempotency-key'])))).toBe(true);
    expect(await outcomes()).toMatchObject({ sent: 3 });
    expect(await outcomes()).not.toHaveProperty('waiting');
  });

  test('writes its alerts as Markdown beside its report, also where nobody is told', async () => {
    const quiet = await runWith(good, '2020-06-01T12:00Z', {});
    expect(existsSync(join(dirname(quiet.written.html), 'alerts.md'))).toBe(false);
    const loud = await runWith(dead, '2020-06-02T12:00Z', {});
    const page = await readFile(join(dirname(loud.written.html), 'alerts.md'), 'utf8');
    expect(page).toContain(`# 1 change of state in run \`${loud.report.runId}\``);
    expect(page).toContain(
      '- [ ] **warn**, source changed: grid/grid-small is degraded (was healthy): 2020: HTTP_SERVER_ERROR',
    );
    expect(page).toMatch(/ {2}- Next: `npm run pipeline -- run grid-small`/);
    expect(page).toContain('Seen by `test`. [Report](report.html)');
    expect(await outcomes()).toHaveProperty('waiting');
  });

  test.each(['samples', 'recordings'] as const)(
    'over %s tells nobody, and its file says what they are',
    async (source) => {
      await using to = await receiver(status(200));
      const done = await runWith(dead, '2020-06-02T12:00Z', { PENSTOCK_ALERT_WEBHOOK: to.url }, { source });
      expect(to.messages).toHaveLength(0);
      const page = await readFile(join(dirname(done.written.html), 'alerts.md'), 'utf8');
      expect(page).toContain(source === 'samples' ? '> **Generated samples' : '> **Recorded responses');
    },
  );

  test.each([
    ['answers 500', status(500), /the receiver answered 500/],
    ['is not there', null, /could not be reached/],
    ['redirects', status(301, { location: 'http://127.0.0.1:9/' }), /redirects are not followed/],
  ])(
    'is as it was when the receiver %s: one warning without the address, and the next run tells',
    async (_, answer, says) => {
      await using to = await receiver(answer ?? status(200));
      const url = answer === null ? 'http://127.0.0.1:9/T0KEN/s3cret-p4th' : to.url;
      const done = await runWith(dead, '2020-06-02T12:00Z', { PENSTOCK_ALERT_WEBHOOK: url });
      expect(done.report.exitCode).toBe(2);
      const warned = log.lines.filter((line) => line.startsWith('warn: ') && line.includes('alert'));
      expect(warned).toHaveLength(1);
      expect(warned[0]).toMatch(says);
      expect(warned[0]).not.toMatch(/s3cret|T0KEN/);
      const stored = await db.pool.query<{ last_error: string }>(
        'select last_error from etl.alert where last_error is not null',
      );
      expect(stored).toHaveLength(1);
      expect(stored[0]?.last_error).not.toMatch(/s3cret|T0KEN/);
      await using later = await receiver(status(200));
      await runWith(dead, '2020-06-02T13:00Z', { PENSTOCK_ALERT_WEBHOOK: later.url });
      expect(bodies<{ subject: string }>(later.messages).map(({ subject }) => subject)).toEqual(['grid/grid-small']);
    },
  );

  test('with settings that are wrong warns and says which', async () => {
    await runWith(dead, '2020-06-02T12:00Z', { PENSTOCK_ALERT_WEBHOOK: 'nonsense-s3cret' });
    expect(
      log.lines.filter((line) => line.includes('PENSTOCK_ALERT_WEBHOOK is not an http or https address')),
    ).toHaveLength(1);
    expect(log.lines.join('\n')).not.toContain('s3cret');
  });

  test('that is being stopped leaves its alerts to the next', async () => {
    await using to = await receiver(status(200));
    const stop = new AbortController();
    await runWith(dead, '2020-06-02T12:00Z', { PENSTOCK_ALERT_WEBHOOK: to.url });
    stop.abort();
    await queueAlerts(db.pool, [change('x/y', 'failing')]);
    await runWith(dead, '2020-06-02T13:00Z', { PENSTOCK_ALERT_WEBHOOK: to.url }, { signal: stop.signal });
    expect(bodies<{ subject: string }>(to.messages).map(({ subject }) => subject)).toEqual(['grid/grid-small']);
  });
});

describe('a delivery', () => {
  test('tells of a source that flapped only the last state', async () => {
    await using to = await receiver(status(200));
    await queueAlerts(db.pool, [
      change('x/y', 'degraded'),
      change('x/y', 'healthy'),
      change('x/y', 'failing'),
      change('x/z', 'degraded'),
    ]);
    expect(await deliver(to.url)).toEqual({ sent: 2, waiting: 0, error: null });
    expect(bodies<{ subject: string; to: string }>(to.messages).map((one) => `${one.subject} ${one.to}`)).toEqual([
      'x/y failing',
      'x/z degraded',
    ]);
    expect(await outcomes()).toEqual({ sent: 2, superseded: 2 });
    expect(await deliver(to.url)).toEqual({ sent: 0, waiting: 0, error: null });
  });

  test('of very many ends in one summary', async () => {
    await using to = await receiver(status(200));
    await queueAlerts(
      db.pool,
      Array.from({ length: 45 }, (_, i) => change(`x/${i}`, 'degraded', { severity: i === 44 ? 'failure' : 'warn' })),
    );
    expect(await deliver(to.url)).toEqual({ sent: MOST_MESSAGES + 1, waiting: 0, error: null });
    const told = bodies<{ subject?: string; kind: string; text: string; alerts?: unknown[] }>(to.messages);
    // The worst first.
    expect(told[0]?.subject).toBe('x/44');
    expect(told.at(-1)).toMatchObject({
      kind: 'summary',
      text: expect.stringMatching(/^35 more changes of state\nx\/9: [^]*and 15 more$/),
    });
    expect(told.at(-1)?.alerts).toHaveLength(35);
    expect(await outcomes()).toEqual({ sent: MOST_MESSAGES, summarised: 35 });
  });

  test('stops where one is not taken, keeps the order, and uses the same key when it tries again', async () => {
    await using to = await receiver(status(200), status(400), status(200));
    await queueAlerts(db.pool, [change('x/1', 'degraded'), change('x/2', 'degraded'), change('x/3', 'degraded')]);
    expect(await deliver(to.url)).toMatchObject({
      sent: 1,
      waiting: 2,
      error: expect.stringContaining('POST_REFUSED'),
    });
    expect(await deliver(to.url)).toEqual({ sent: 2, waiting: 0, error: null });
    expect(bodies<{ subject: string }>(to.messages).map(({ subject }) => subject)).toEqual([
      'x/1',
      'x/2',
      'x/2',
      'x/3',
    ]);
    expect(to.messages[1]?.headers['idempotency-key']).toBe(to.messages[2]?.headers['idempotency-key']);
  });

  test('by two processes at once tells each alert once', async () => {
    await using to = await receiver((response) => void setTimeout(() => response.writeHead(200).end(), 20));
    await queueAlerts(
      db.pool,
      Array.from({ length: 8 }, (_, i) => change(`x/${i}`, 'degraded')),
    );
    await Promise.all([deliver(to.url), deliver(to.url), deliver(to.url)]);
    await deliver(to.url);
    const told = bodies<{ subject: string }>(to.messages).map(({ subject }) => subject);
    expect(told.toSorted()).toEqual(Array.from({ length: 8 }, (_, i) => `x/${i}`));
  });

  test('of what is older than three days is no news', async () => {
    await using to = await receiver(status(200));
    await queueAlerts(db.pool, [change('x/old', 'degraded'), change('x/new', 'degraded')]);
    await db.pool.query(`update etl.alert set created_at = now() - interval '73 hours' where subject = 'x/old'`);
    await deliver(to.url);
    expect(bodies<{ subject: string }>(to.messages)).toMatchObject([{ subject: 'x/new' }]);
    expect(await outcomes()).toEqual({ expired: 1, sent: 1 });
  });

  test('in the words of Slack holds no markup of a publisher', async () => {
    await using to = await receiver(status(200));
    await queueAlerts(db.pool, [
      change('x/y', 'failing', { text: 'x <!channel> & <https://evil|here>', next: 'run <x>' }),
    ]);
    const slack = { ...settings(to.url), format: 'slack' as const };
    await deliverAlerts({ pool: db.pool, poster, clock: clockAt() }, slack, new AbortController().signal);
    expect(bodies<{ text: string; blocks: unknown[] }>(to.messages)).toEqual([
      {
        text: 'x &lt;!channel&gt; &amp; &lt;https://evil|here&gt;',
        blocks: [
          {
            type: 'section',
            text: { type: 'mrkdwn', text: '*[warn]* x &lt;!channel&gt; &amp; &lt;https://evil|here&gt;' },
          },
          { type: 'context', elements: [{ type: 'mrkdwn', text: 'Next: run &lt;x&gt;' }] },
        ],
      },
    ]);
  });
});

describe('what is told', () => {
  const waiting = (alerts: readonly NewAlert[]): WaitingAlert[] =>
    alerts.map((alert, i) => ({ ...alert, id: String(i + 1), createdAt: 0, attempts: 0, lastError: null }));
  const plan = (alerts: readonly NewAlert[], minSeverity: 'info' | 'warn' | 'failure' = 'info'): unknown => {
    const { send, leave } = planAlerts(waiting(alerts), { now: 0, minSeverity });
    return {
      send: send.map(({ subject }) => subject),
      leave: Object.fromEntries(leave.map(({ outcome, ids }) => [outcome, ids])),
    };
  };

  test('of a publisher is left out where its dataset says the same, and stands where it does not', () => {
    expect(plan([change('x/y', 'degraded'), change('x', 'degraded')])).toEqual({
      send: ['x/y'],
      leave: { superseded: ['2'] },
    });
    expect(plan([change('x/y', 'healthy'), change('x', 'degraded')])).toEqual({ send: ['x/y', 'x'], leave: {} });
  });

  test('of an interval that failed is left out where its dataset became degraded for it', () => {
    const opened: NewAlert = {
      ...change('f00d', 'open', { dataset: 'y', severity: 'failure' }),
      kind: 'finding opened',
    };
    const fixed: NewAlert = {
      ...change('beef', 'fixed', { dataset: 'y', severity: 'failure' }),
      kind: 'finding fixed',
    };
    expect(plan([change('x/y', 'degraded'), opened])).toEqual({ send: ['x/y'], leave: { superseded: ['2'] } });
    expect(plan([opened])).toEqual({ send: ['f00d'], leave: {} });
    expect(plan([change('x/y', 'degraded'), fixed])).toMatchObject({ send: ['beef', 'x/y'] });
    expect(plan([change('x/y', 'healthy'), fixed])).toMatchObject({ send: ['x/y'] });
  });

  test('is at least as severe as one wants to hear', () => {
    const alerts = [
      change('x/y', 'degraded'),
      change('x/z', 'failing', { severity: 'failure' }),
      change('x/w', 'a', { severity: 'info' }),
    ];
    expect(plan(alerts, 'warn')).toEqual({ send: ['x/z', 'x/y'], leave: { 'below severity': ['3'] } });
    expect(plan(alerts, 'failure')).toEqual({ send: ['x/z'], leave: { 'below severity': ['1', '3'] } });
  });
});

describe('the settings', () => {
  const hook = 'https://hooks.slack.com/services/x';
  test('know Slack by its host, and take what is said', () => {
    expect(alertSettings({})).toBeNull();
    expect(alertSettings({ PENSTOCK_ALERT_WEBHOOK: hook })).toEqual({
      url: hook,
      format: 'slack',
      minSeverity: 'info',
    });
    expect(alertSettings({ PENSTOCK_ALERT_WEBHOOK: 'https://example.org/' })).toMatchObject({ format: 'json' });
    expect(
      alertSettings({
        PENSTOCK_ALERT_WEBHOOK: hook,
        PENSTOCK_ALERT_FORMAT: 'json',
        PENSTOCK_ALERT_MIN_SEVERITY: 'block',
      }),
    ).toMatchObject({ format: 'json', minSeverity: 'block' });
  });
  test.each([
    [{ PENSTOCK_ALERT_WEBHOOK: 'x' }],
    [{ PENSTOCK_ALERT_WEBHOOK: hook, PENSTOCK_ALERT_FORMAT: 'teams' }],
    [{ PENSTOCK_ALERT_WEBHOOK: hook, PENSTOCK_ALERT_MIN_SEVERITY: 'loud' }],
  ])('that are wrong are refused: %o', (env) => {
    expect(() => alertSettings(env)).toThrow(expect.objectContaining({ code: 'ALERT_SETTINGS' }));
  });
});
