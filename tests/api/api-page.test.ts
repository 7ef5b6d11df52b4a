/** The page that browses the API, in a browser: it says what there is, asks nobody else, and fits a telephone. */
import { mkdirSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../serve/support.ts';
import { type RunningApi, startApi } from '../support/api.ts';
import { hasBrowser, openBrowser } from '../support/browser.ts';
import { freshDatabase } from '../support/postgres.ts';

let server: RunningApi;
beforeAll(async () => {
  server = await startApi({ url: (await freshDatabase()).url });
});
afterAll(() => server.stop());

test('nothing inline may run on the page, and nobody may frame it', async () => {
  const page = await ask(server.url, '/docs', { headers: { Accept: 'text/html' } });
  expect(page.status).toBe(200);
  const policy = String(page.headers['content-security-policy']);
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(page.body).not.toMatch(/<script(?![^>]*\bsrc=)/);
});

test('its files come from here, zipped where that is understood, and are not sent twice', async () => {
  for (const [path, type] of [
    ['/docs/swagger-ui.css', 'text/css'],
    ['/docs/swagger-ui-bundle.js', 'text/javascript'],
    ['/docs/page.css', 'text/css'],
    ['/docs/page.js', 'text/javascript'],
  ] as const) {
    const first = await ask(server.url, path, { headers: { 'Accept-Encoding': 'gzip' } });
    expect(first.headers).toMatchObject({ 'content-encoding': 'gzip' });
    expect(first.headers['content-type']).toContain(type);
    const again = await ask(server.url, path, { headers: { 'If-None-Match': String(first.headers.etag) } });
    expect(again.status).toBe(304);
  }
  expect((await ask(server.url, '/docs/..%2fpackage.json')).status).toBe(404);
});

describe.skipIf(!hasBrowser())('in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  test.each([1280, 390])(
    'at %i pixels it lists every tag, without an error and without asking anybody else',
    async (width) => {
      const described = (await ask(server.url, '/openapi.json')).json<{
        paths: Record<string, Record<string, { tags: string[] }>>;
      }>();
      const tags = new Set(
        Object.values(described.paths).flatMap((item) => Object.values(item).flatMap((operation) => operation.tags)),
      );
      const context = await browser.newContext({ viewport: { width, height: 900 } });
      const page = await context.newPage();
      const faults: string[] = [];
      page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
      page.on('pageerror', (error) => faults.push(error.message));
      page.on('request', (request) => {
        const url = new URL(request.url());
        if (url.protocol !== 'data:' && url.origin !== server.url) faults.push(`asked ${request.url()}`);
      });
      await page.goto(`${server.url}/docs`);
      await page.waitForSelector('.opblock-tag');
      const shown = await page.$$eval('.opblock-tag', (all) => all.map((one) => one.getAttribute('data-tag')));
      expect(new Set(shown)).toEqual(tags);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      await page.click('.opblock-summary-control');
      await page.waitForSelector('.opblock-body');
      const looks = process.env['PENSTOCK_SCREENSHOTS'];
      if (looks !== undefined) {
        mkdirSync(looks, { recursive: true });
        await page.screenshot({ path: `${looks}/docs-${width}.png` });
      }
      expect(faults).toEqual([]);
      await context.close();
    },
  );
});
