/** The review as people use it: in a browser, with the keyboard, on a telephone, without scripts. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { reviewStore } from '../../loaders/postgres/review-store.ts';
import { hasBrowser, openBrowser } from '../support/browser.ts';
import { clockAt, temporaryFolder } from '../support/engine.ts';
import { GAP, putFinding, putResult } from '../support/findings.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { putReports, type RunningApp, startApp } from './support.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const DETAIL = `/reports/review/${GAP.fingerprint}`;
const OTHER = 'bbbb000011112222';
let db: FreshDatabase;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let app: RunningApp;
let browser: Browser | undefined;

beforeAll(async () => {
  db = await freshDatabase();
  folder = await temporaryFolder();
  app = await startApp({ review: reviewStore(db.pool, clockAt()), reportsDir: await putReports(folder.path) });
});
afterAll(async () => {
  await browser?.close();
  await app.stop();
  await folder[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await db.pool.query('delete from etl.review');
  await putFinding(db.pool, GAP);
  await putFinding(db.pool, {
    fingerprint: OTHER,
    dataset: 'ieso-generation-by-fuel',
    check: 'hourOfWeekAnomaly(output_mw, by fuel)',
    severity: 'block',
    subject: '2025-11: 2025-11-02T06:00:00Z, GAS',
    sentence: `"output_mw lies within the expected band of its hour of the week" does not hold for 14 rows from 2025-11-02T06:00:00Z, GAS to 2025-11-02T19:00:00Z, GAS: 168930 (between 2000 and 9000)`,
    rows: 14,
    keys: ['2025-11-02T06:00:00Z, GAS', '2025-11-02T19:00:00Z, GAS'],
    owner: 'Grace Hopper',
  });
  await putFinding(db.pool, {
    fingerprint: 'cccc000011112222',
    severity: 'info',
    sentence: 'rows that people edited, added or deleted by hand are as the file has them',
    subject: 'all',
    rows: 3,
  });
  await putResult(db.pool, [{ key: '2025-05-01T05:00:00Z', value: null, expectation: 'a row for every hour' }], {
    sql: `select concat_ws(', ', strftime(e.step, '%Y-%m-%dT%H:%M:%SZ')) as key, cast(null as varchar) as value, 'a row for every hour' as expectation\nfrom (select * from (select make_timestamptz(s * 1000) as step from range(1735707600000, 1767243600000, 3600000) as g(s))) e\nanti join typed t on t.hour = e.step\norder by e.step`,
  });
});

async function open(
  path: string,
  options: BrowserContextOptions = {},
): Promise<{ readonly page: Page } & AsyncDisposable> {
  browser ??= await openBrowser();
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  await page.goto(`${app.url}${path}`);
  return { page, [Symbol.asyncDispose]: () => context.close() };
}

/** Violations that axe calls serious or critical. */
async function violations(page: Page): Promise<string[]> {
  // The policy of the pages forbids scripts, also ours: a frame of the debugger is not bound by it.
  await page.evaluate(AXE);
  return page.evaluate(
    `axe.run().then(({ violations }) => violations.filter(({ impact }) => ['serious', 'critical'].includes(impact)).map(({ id, nodes }) => id + ': ' + nodes[0].html))`,
  );
}

describe.skipIf(!hasBrowser())('the review in a browser', () => {
  test.each([true, false])(
    'a finding is approved and is gone from the open list (scripts: %s)',
    async (javaScriptEnabled) => {
      await using opened = await open('/reports', { javaScriptEnabled });
      const { page } = opened;
      await page.getByRole('navigation').getByRole('link', { name: 'Review' }).click();
      await page.getByRole('heading', { name: '3 open findings' }).waitFor();
      await page.getByRole('link', { name: /1 row missing/ }).click();
      await page.getByLabel('Your name').fill('Ada');
      await page.getByLabel('Owner').fill('Grace');
      await page.getByLabel('Note').fill('never published: the night the renewed market started');
      await page.getByRole('button', { name: 'Approve' }).click();
      await page.getByRole('heading', { name: /accepted/ }).waitFor();
      expect(new URL(page.url()).pathname).toBe(DETAIL);
      expect(await page.locator('section', { hasText: 'What was decided' }).innerText()).toMatch(
        /Ada\s+open → accepted\s+Grace\s+never published/,
      );
      // The name is not asked for twice.
      expect(await page.getByLabel('Your name').inputValue()).toBe('Ada');
      await page.getByRole('navigation').getByRole('link', { name: 'Review' }).click();
      await page.getByRole('heading', { name: '2 open findings' }).waitFor();
      expect(await page.getByRole('link', { name: /1 row missing/ }).count()).toBe(0);
      await page.getByLabel('State').selectOption('accepted');
      await page.getByRole('button', { name: 'Show' }).click();
      await page.getByRole('link', { name: /1 row missing/ }).waitFor();
    },
  );

  test('the Enter key decides nothing, and a date puts off', async () => {
    await using opened = await open(DETAIL);
    const { page } = opened;
    await page.getByLabel('Your name').fill('Ada');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').innerText()).toContain('write a note');
    expect(await db.pool.query('select from etl.review where state <> $1', ['open'])).toEqual([]);
    expect(await page.getByLabel('Your name').inputValue()).toBe('Ada');
    await page.getByLabel('Silent until').fill('2099-12-01');
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByRole('heading', { name: /acknowledged/ }).waitFor();
    expect(await page.getByText('2099-12-01T00:00Z').count()).toBeGreaterThan(0);
  });

  const PAGES = [
    '/reports',
    '/reports/review',
    '/reports/review?state=fixed',
    DETAIL,
    `/reports/review/${OTHER}`,
    '/reports/nothing/there',
  ];

  test.each(PAGES)('axe finds nothing serious on %s, in light and dark', async (path) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await using opened = await open(path, { colorScheme, bypassCSP: true });
      expect(await violations(opened.page), colorScheme).toEqual([]);
    }
  });

  test.each(PAGES)('%s fits a telephone without scrolling sideways, and asks nobody else', async (path) => {
    await using opened = await open(path, { viewport: { width: 390, height: 800 } });
    const { page } = opened;
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => complaints.push(message.text()));
    await page.reload();
    expect(requests.filter((url) => !url.startsWith(app.url) && !url.startsWith('data:'))).toEqual([]);
    expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
  });
});
