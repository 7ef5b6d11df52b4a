/** The server over real HTTP: every route, what it refuses, and what a browser may do with its answers. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ReviewDetail, ReviewList } from '../../core/review.ts';
import { openPool, type Pool } from '../../loaders/postgres/database.ts';
import { reviewStore } from '../../loaders/postgres/review-store.ts';
import { clockAt, temporaryFolder } from '../support/engine.ts';
import { GAP, putFinding, putResult } from '../support/findings.ts';
import { recordingLog } from '../support/log.ts';
import { freePort } from '../support/server.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { ask, form, putReports, type Reply, RUN, type RunningApp, startApp, tokenOf } from './support.ts';

const KEY = 'a-long-random-text-for-tests';
const PAGE = `/reports/review/${GAP.fingerprint}`;
const API = `/api/review/${GAP.fingerprint}`;
const log = recordingLog();
let db: FreshDatabase;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let reportsDir: string;
let app: RunningApp;

beforeAll(async () => {
  db = await freshDatabase();
  // The log refuses that; each test begins without one.
  await db.pool.query('alter table etl.review_change disable trigger review_change_kept');
  folder = await temporaryFolder();
  reportsDir = await putReports(folder.path);
  app = await startApp({ review: reviewStore(db.pool, clockAt()), reportsDir, log });
});
afterAll(async () => {
  await app.stop();
  await folder[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await db.pool.query('delete from etl.review');
  await db.pool.query('delete from etl.review_change');
  await db.pool.query('delete from etl.check_result');
  await putFinding(db.pool, GAP);
  await putFinding(db.pool, {
    fingerprint: 'bbbb000000000000',
    dataset: 'ieso-hoep',
    sentence: '<script>alert(1)</script> & more',
    owner: 'bob',
    subject: '2024',
  });
  await putResult(db.pool, [{ key: '2025-05-01T05:00:00Z', value: null, expectation: 'a row for every hour' }], {
    sql: "select '<b>'",
  });
});

const own = (): Record<string, string> => ({ Origin: app.url, 'Sec-Fetch-Site': 'same-origin' });
const stateOf = async (fingerprint = GAP.fingerprint): Promise<string> =>
  (await db.pool.query<{ state: string }>('select state from etl.review where fingerprint = $1', [fingerprint]))[0]
    ?.state ?? '';
function secured({ headers, body }: Reply): void {
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy': expect.stringContaining("frame-ancestors 'none'") as string,
  });
  expect(body).not.toMatch(/^\s+at |node_modules|postgresql:\/\//m);
}

describe('reports', () => {
  test('the root leads to the runs, which lead to each report and to the review', async () => {
    expect(await ask(app.url, '/')).toMatchObject({ status: 302, headers: { location: '/reports' } });
    const page = await ask(app.url, '/reports');
    expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.body).toContain(`href="/reports/${RUN}/report.html"`);
    expect(page.body).toContain('href="/reports/review"');
    expect(page.body).toContain('penstock run &lt;b&gt;');
    for (const path of ['/reports/', '/reports/index.html'])
      expect((await ask(app.url, path)).headers.location).toBe('/reports');
    secured(page);
  });

  test.each([
    ['report.html', 'text/html; charset=utf-8', '<title>the report'],
    ['report.json', 'application/json; charset=utf-8', '{"version":2}'],
    ['report.md', 'text/markdown; charset=utf-8', '# the report'],
  ])('%s comes as it lies there, with its own policy', async (name, type, part) => {
    const file = await ask(app.url, `/reports/${RUN}/${name}`);
    expect(file).toMatchObject({
      status: 200,
      headers: { 'content-type': type, 'content-security-policy': "frame-ancestors 'none'" },
    });
    expect(file.body).toContain(part);
    secured(file);
    expect(await ask(app.url, `/reports/${RUN}/${name}`, { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  });

  test.each([
    `/reports/${RUN}/secret.txt`,
    `/reports/${RUN}/../../outside.html`,
    `/reports/${RUN}/..%2f..%2foutside.html`,
    '/reports/..%2f/outside.html',
    '/reports/../outside.html',
    '/reports/%2e%2e/report.html',
    '/reports/..%5c..%5c/report.html',
    '/reports/%00/report.html',
    '/reports/20990101T000000Z-00000000/report.html',
    `/reports/${RUN}/report.html/x`,
    '/reports/index.jsonl',
    '//etc/passwd',
    '/etc/passwd',
    '/reports/%zz/report.html',
  ])('%s is nothing', async (path) => {
    const reply = await ask(app.url, path);
    expect(reply.status).toBe(404);
    expect(reply.body).not.toContain('only-for-the-folder');
    secured(reply);
  });
});

describe('the pages of the review', () => {
  test('list what is open, and can be narrowed by links and fields', async () => {
    const page = await ask(app.url, '/reports/review');
    expect(page.status).toBe(200);
    expect(page.body).toContain('<h1>2 open findings</h1>');
    expect(page.body).toContain(`href="${PAGE}"`);
    expect(page.body).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &amp; more');
    expect(page.body).not.toMatch(/<script/);
    secured(page);
    const narrowed = async (query: string): Promise<string> =>
      /<h1>(.*)<\/h1>/.exec((await ask(app.url, `/reports/review?${query}`)).body)?.[1] ?? '';
    expect(await narrowed('owner=bob')).toBe('1 open finding');
    expect(await narrowed('dataset=ieso-hoep&state=all')).toBe('1 finding');
    expect(await narrowed('state=fixed')).toBe('0 fixed findings');
    expect(await narrowed('dataset=%00x%27%20or%20true')).toBe('0 open findings');
    expect((await ask(app.url, '/reports/review?limit=1')).body).toContain('The first 1 of 2.');
    for (const query of ['state=closed', 'limit=0', 'limit=x'])
      expect((await ask(app.url, `/reports/review?${query}`)).status, query).toBe(400);
  });

  test('show one finding with its rows, its SQL and what was decided', async () => {
    const { body, status } = await ask(app.url, PAGE);
    expect(status).toBe(200);
    for (const part of [
      '1 row missing at 2025-05-01T05:00Z',
      'a row for every hour',
      'select &#39;&lt;b&gt;&#39;',
      'inspect ieso-demand &quot;2025&quot;',
      'new → open',
      '/reports/r1/report.html',
    ])
      expect(body).toContain(part);
  });

  test('a decision is a form that leads back, and is kept with who and when', async () => {
    const token = tokenOf((await ask(app.url, PAGE)).body);
    const decide = (words: Readonly<Record<string, string>>): Promise<Reply> => {
      const sent = form({ token, by: 'Ada', owner: 'bob', note: 'never published', seen: '1', ...words });
      return ask(app.url, PAGE, { ...sent, headers: { ...sent.headers, ...own() } });
    };
    const accepted = await decide({ action: 'accept' });
    expect(accepted).toMatchObject({ status: 303, headers: { location: PAGE } });
    expect(accepted.headers['set-cookie']?.[0]).toMatch(/^penstock_name=Ada; .*HttpOnly; SameSite=Strict/);
    expect(await stateOf()).toBe('accepted');
    expect((await decide({ action: 'acknowledge', until: '2099-12-01' })).status).toBe(303);
    expect(await stateOf()).toBe('acknowledged');
    expect((await decide({ action: 'reject', note: 'ask' })).status).toBe(303);
    expect((await decide({ action: 'note', note: 'asked', owner: '' })).status).toBe(303);
    const page = await ask(app.url, PAGE, { headers: { Cookie: 'penstock_name=Ada' } });
    expect(page.body).toMatch(/name="by" value="Ada"/);
    const detail = (await ask(app.url, API)).json<ReviewDetail & Record<string, unknown>>();
    expect(detail).toMatchObject({ state: 'open', owner: null, note: 'asked', changedBy: 'Ada' });
    expect(detail.changes.map(({ actor, to }) => `${actor} ${to}`)).toEqual([
      'Ada open',
      'Ada open',
      'Ada acknowledged',
      'Ada accepted',
      expect.stringContaining('open') as string,
    ]);
  });

  test.each([
    ['no name', { by: ' ', action: 'accept' }, 422, 'name yourself'],
    ['a date that has passed', { by: 'Ada', action: 'acknowledge', until: '2020-01-01' }, 422, 'has passed'],
    ['no date', { by: 'Ada', action: 'acknowledge', until: '' }, 422, 'is no date'],
    ['sent back without a word', { by: 'Ada', action: 'reject', note: '' }, 422, 'without a word'],
    ['a finding that has grown meanwhile', { by: 'Ada', action: 'accept', seen: '7' }, 409, 'has 1 rows by now, not 7'],
    ['a note that is too long', { by: 'Ada', action: 'note', note: 'x'.repeat(5_000) }, 422, 'at most 4000'],
  ])('%s is said on the page, which keeps what was typed', async (_name, words, status, says) => {
    const token = tokenOf((await ask(app.url, PAGE)).body);
    const sent = form({ token, owner: 'somebody', seen: '1', ...words });
    const reply = await ask(app.url, PAGE, { ...sent, headers: { ...sent.headers, ...own() } });
    expect(reply.status).toBe(status);
    expect(reply.body).toMatch(/role="alert"/);
    expect(reply.body).toContain(says);
    expect(reply.body).toContain('value="somebody"');
    expect(await stateOf()).toBe('open');
  });

  test('a button that there is not, a finding that there is not, and an ambiguous beginning', async () => {
    const token = tokenOf((await ask(app.url, PAGE)).body);
    const sent = form({ token, by: 'Ada', action: 'drop table' });
    expect((await ask(app.url, PAGE, { ...sent, headers: { ...sent.headers, ...own() } })).status).toBe(400);
    expect((await ask(app.url, '/reports/review/cccc0000')).status).toBe(404);
    await putFinding(db.pool, { fingerprint: 'aaaa00001111ffff' });
    expect((await ask(app.url, '/reports/review/aaaa0000')).status).toBe(409);
    expect((await ask(app.url, "/reports/review/x'%20or%201=1")).status).toBe(404);
  });
});

describe('a page of another site', () => {
  const foreign: readonly (readonly [string, Record<string, string>])[] = [
    ['another origin', { Origin: 'https://evil.example.org' }],
    [
      'another origin that a browser vouches for',
      { Origin: 'https://evil.example.org', 'Sec-Fetch-Site': 'cross-site' },
    ],
    ['a sister site', { Origin: 'null', 'Sec-Fetch-Site': 'same-site' }],
    ['no origin at all', {}],
    ['a hidden origin', { Origin: 'null' }],
    ['another port', { Origin: 'http://127.0.0.1:1' }],
  ];

  test.each(foreign)('cannot decide by a form: %s', async (_name, headers) => {
    const sent = form({ by: 'Eve', action: 'accept' });
    const reply = await ask(app.url, PAGE, { ...sent, headers: { ...sent.headers, ...headers } });
    expect(reply.status).toBe(403);
    expect(reply.body).toContain('HTTP_FOREIGN_ORIGIN');
    expect(await stateOf()).toBe('open');
    secured(reply);
  });

  test.each(foreign.filter(([, headers]) => Object.keys(headers).length > 0))(
    'cannot decide by a script: %s',
    async (_name, headers) => {
      const body = JSON.stringify({ by: 'Eve', action: 'approve' });
      for (const type of ['text/plain', 'application/json']) {
        const reply = await ask(app.url, API, { method: 'POST', body, headers: { 'Content-Type': type, ...headers } });
        // A hidden origin with JSON passed the browser's question before, which we never answer with yes.
        if (type === 'text/plain' || headers['Origin'] !== 'null' || 'Sec-Fetch-Site' in headers) {
          expect(reply.status).toBe(403);
          expect(await stateOf()).toBe('open');
        }
      }
    },
  );

  test('even with a stolen token, when the browser says where it comes from', async () => {
    const token = tokenOf((await ask(app.url, PAGE)).body);
    const sent = form({ token, by: 'Eve', action: 'accept' });
    for (const headers of [{ Origin: 'https://evil.example.org' }, { 'Sec-Fetch-Site': 'cross-site' }])
      expect((await ask(app.url, PAGE, { ...sent, headers: { ...sent.headers, ...headers } })).status).toBe(403);
    // A browser over plain HTTP says nothing; then the token speaks.
    expect((await ask(app.url, PAGE, { ...sent, headers: { ...sent.headers, Origin: 'null' } })).status).toBe(303);
  });

  test('that gives our address a name of its own is not answered', async () => {
    for (const Host of ['evil.example.org', 'evil.example.org:80', '127.0.0.1.evil.example.org'])
      expect((await ask(app.url, '/reports/review', { headers: { Host } })).status, Host).toBe(421);
    for (const Host of ['localhost', `localhost:${new URL(app.url).port}`, '[::1]:8080', '127.0.0.1'])
      expect((await ask(app.url, '/health', { headers: { Host } })).status, Host).toBe(200);
  });
});

describe('with a key', () => {
  let locked: RunningApp;
  beforeAll(async () => {
    locked = await startApp({ review: reviewStore(db.pool, clockAt()), reportsDir, adminKey: KEY });
  });
  afterAll(() => locked.stop());

  const basic = (key: string): string => `Basic ${Buffer.from(`anybody:${key}`).toString('base64')}`;
  test.each([
    ['none', undefined, 401],
    ['a wrong one', `Bearer ${KEY}x`, 401],
    ['the beginning of it', `Bearer ${KEY.slice(0, -1)}`, 401],
    ['an empty one', 'Bearer ', 401],
    ['something that is no key', 'Basic %%%', 401],
    ['a wrong password', basic('x'), 401],
    ['the key as a token', `Bearer ${KEY}`, 303],
    ['the key as a password', basic(KEY), 303],
  ])('a form with %s', async (_name, authorization, status) => {
    const token = tokenOf((await ask(locked.url, PAGE)).body);
    const sent = form({ token, by: 'Ada', action: 'accept', seen: '1' });
    const reply = await ask(locked.url, PAGE, {
      ...sent,
      headers: {
        ...sent.headers,
        'Sec-Fetch-Site': 'same-origin',
        ...(authorization !== undefined && { Authorization: authorization }),
      },
    });
    expect(reply.status).toBe(status);
    expect(await stateOf()).toBe(status === 303 ? 'accepted' : 'open');
    if (status === 401) expect(reply.headers['www-authenticate']).toContain('Basic realm="penstock"');
    expect(reply.body).not.toContain(KEY);
  });

  test('the REST answer needs it to write, not to read; and the server answers to any name', async () => {
    const body = JSON.stringify({ by: 'Ada', action: 'approve' });
    const headers = { 'Content-Type': 'application/json' };
    expect(await ask(locked.url, API, { method: 'POST', body, headers })).toMatchObject({
      status: 401,
      headers: { 'content-type': 'application/problem+json' },
    });
    expect(
      (await ask(locked.url, API, { method: 'POST', body, headers: { ...headers, Authorization: `Bearer ${KEY}` } }))
        .status,
    ).toBe(200);
    expect((await ask(locked.url, API, { headers: { Host: 'penstock.example.org' } })).status).toBe(200);
  });
});

describe('the REST answers', () => {
  const send = (value: unknown, headers: Record<string, string> = {}): Promise<Reply> =>
    ask(app.url, API, {
      method: 'POST',
      body: typeof value === 'string' ? value : JSON.stringify(value),
      headers: { 'Content-Type': 'application/json', ...headers },
    });

  test('list, show and decide', async () => {
    const list = (await ask(app.url, '/api/review?state=all&dataset=ieso-demand')).json<
      ReviewList & Record<string, unknown>
    >();
    expect(list).toMatchObject({ total: 1, findings: [{ fingerprint: GAP.fingerprint, state: 'open', rows: 1 }] });
    expect((await ask(app.url, API)).json()).toMatchObject({
      evidence: { engine: 'duckdb' },
      changes: [{ to: 'open' }],
    });
    expect(
      (await send({ action: 'approve', by: 'Ada', until: '2099-12-01', note: 'n', owner: 'o' })).json(),
    ).toMatchObject({ state: 'acknowledged', owner: 'o' });
    expect((await send({ action: 'reject', by: 'Ada', note: 'back' })).json()).toMatchObject({ state: 'open' });
  });

  test.each([
    ['no JSON', '{', 400, 'HTTP_BODY_UNREADABLE'],
    ['an action that there is not', { action: 'delete', by: 'a' }, 400, 'HTTP_BODY_UNREADABLE'],
    ['a word that there is not', { action: 'approve', by: 'a', state: 'fixed' }, 400, 'HTTP_BODY_UNREADABLE'],
    ['another kind of value', { action: 'approve', by: 7 }, 400, 'HTTP_BODY_UNREADABLE'],
    ['nobody', { action: 'approve', by: '' }, 422, 'REVIEW_REFUSED'],
    ['a date that is none', { action: 'approve', by: 'a', until: 'soon' }, 422, 'REVIEW_REFUSED'],
    ['NUL', { action: 'note', by: 'a', note: 'a\u0000b' }, 422, 'REVIEW_REFUSED'],
    ['rows that are not so any more', { action: 'approve', by: 'a', seenRows: 9 }, 409, 'REVIEW_CHANGED'],
  ])('refuse %s as a problem with its code', async (_name, value, status, code) => {
    const reply = await send(value);
    expect(reply).toMatchObject({ status, headers: { 'content-type': 'application/problem+json' } });
    expect(reply.json()).toMatchObject({
      type: 'about:blank',
      status,
      code,
      instance: API,
      detail: expect.any(String) as string,
      next: expect.any(String) as string,
    });
    expect(await stateOf()).toBe('open');
    secured(reply);
  });

  test('say what is not there, not possible, not readable', async () => {
    expect((await ask(app.url, '/api/review/cccc0000')).json()).toMatchObject({ status: 404, code: 'REVIEW_UNKNOWN' });
    expect((await ask(app.url, '/api/nothing')).json()).toMatchObject({ status: 404, code: 'HTTP_PATH_UNKNOWN' });
    expect((await ask(app.url, '/api/review?state=x')).json()).toMatchObject({
      status: 400,
      code: 'HTTP_QUERY_INVALID',
    });
    const put = await ask(app.url, API, { method: 'PUT', body: '{}' });
    expect(put).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, POST' } });
    expect(put.json()).toMatchObject({ code: 'HTTP_METHOD_REFUSED' });
    const text = await ask(app.url, API, {
      method: 'POST',
      body: '{}',
      headers: { 'Content-Type': 'text/plain', ...own() },
    });
    expect(text.json()).toMatchObject({ status: 415, code: 'HTTP_BODY_KIND' });
    expect((await ask(app.url, '/reports', { method: 'DELETE' })).status).toBe(405);
  });
});

describe('what is too much', () => {
  test.each(['/reports/review/aaaa000011112222', '/api/review/aaaa000011112222'])('10 MB to %s', async (path) => {
    const body = Buffer.alloc(10 * 1024 * 1024, 'x');
    for (const headers of [{ 'Content-Length': String(body.length) }, { 'Transfer-Encoding': 'chunked' }]) {
      const reply = await ask(app.url, path, {
        method: 'POST',
        body,
        headers: { ...own(), ...headers, 'Content-Type': 'application/x-www-form-urlencoded' },
      });
      expect(reply.status).toBe(413);
      expect(reply.body).toContain('HTTP_BODY_TOO_LARGE');
    }
    expect((await ask(app.url, '/health')).status).toBe(200);
  });
});

describe('health', () => {
  test('says that the process answers, also without a database', async () => {
    expect((await ask(app.url, '/health')).json()).toEqual({ status: 'ok' });
  });
});

describe('when the database is gone', () => {
  let pool: Pool;
  let without: RunningApp;
  const gone = recordingLog();
  beforeAll(async () => {
    const port = await freePort();
    pool = openPool(`postgresql://penstock:s3cret@127.0.0.1:${port}/penstock`);
    without = await startApp({ review: reviewStore(pool, clockAt()), reportsDir, log: gone });
  });
  afterAll(async () => {
    await without.stop();
    await pool.close();
  });

  test('pages and REST answers say so, with when to come back, and reports are still there', async () => {
    for (const path of ['/reports/review', PAGE, '/api/review', API]) {
      const reply = await ask(without.url, path);
      expect(reply).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
      expect(reply.body).toContain('DATABASE_UNAVAILABLE');
      expect(reply.body).not.toMatch(/s3cret|127\.0\.0\.1:/);
      secured(reply);
    }
    expect((await ask(without.url, `/reports/${RUN}/report.html`)).status).toBe(200);
    expect((await ask(without.url, '/health')).status).toBe(200);
    expect(gone.lines.join('\n')).toContain('GET /reports/review: DATABASE_UNREACHABLE');
    expect(gone.lines.join('\n')).not.toContain('s3cret');
  });

  test('it recovers by itself: connections that were cut are opened again', async () => {
    expect((await ask(app.url, '/api/review')).status).toBe(200);
    await db.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
    const statuses = [];
    for (let i = 0; i < 5; i++) statuses.push((await ask(app.url, '/api/review')).status);
    expect(statuses.at(-1)).toBe(200);
    expect(statuses.every((status) => status === 200 || status === 503)).toBe(true);
  });
});

test('an error that nobody foresaw says nothing of itself outside', async () => {
  const broken = recordingLog();
  const fail = (): Promise<never> => Promise.reject(new TypeError('secret internals at /srv/penstock'));
  const other = await startApp({ review: { list: fail, show: fail, decide: fail }, reportsDir, log: broken });
  try {
    for (const path of ['/reports/review', '/api/review']) {
      const reply = await ask(other.url, path);
      expect(reply.status).toBe(500);
      expect(reply.body).toContain('UNEXPECTED');
      expect(reply.body).not.toContain('internals');
    }
    expect(broken.lines[0]).toContain('secret internals');
  } finally {
    await other.stop();
  }
});
