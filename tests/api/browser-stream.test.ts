/** A page of another site in a real browser: it listens to a stream, hears what was missed when the server comes back, and walks all pages. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type RunningApi, startApi } from '../support/api.ts';
import { hasBrowser, openBrowser } from '../support/browser.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { openDemandPush, putDemand } from '../support/stream-loads.ts';

const LONG = { timeout: 120_000 };
const SOON = { timeout: 60_000, interval: 100 };
const HTML = '<!doctype html><meta charset="utf-8"><title>another site</title>';
/** Rows that there are before anybody listens. */
const ROWS = 1_234;

interface Heard {
  readonly named: number[];
  readonly unnamed: number[];
  readonly opened: number;
}

describe.skipIf(!hasBrowser())('a page of another site', () => {
  let db: FreshDatabase;
  let api: RunningApi;
  let site: Server;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    db = await freshDatabase();
    await openDemandPush(db.pool);
    await putDemand(db.pool, { hours: Array.from({ length: ROWS }, (_, hour) => [hour, 15_000]) });
    api = await startApi({ url: db.url });
    site = createServer((_request, response) => response.setHeader('Content-Type', 'text/html').end(HTML));
    await new Promise<void>((done) => site.listen(0, '127.0.0.1', done));
    browser = await openBrowser();
    page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
    expect(new URL(page.url()).origin).not.toBe(new URL(api.url).origin);
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await api.stop();
    await new Promise((done) => site.close(done));
  });

  const heard = (): Promise<Heard> => page.evaluate('window.heard');
  const hears = (loads: readonly number[]): Promise<void> =>
    vi.waitFor(async () => expect(await heard()).toMatchObject({ named: loads, unnamed: loads }), SOON);

  test(
    'receives the frames of two loads, named and unnamed, and after a restart of the server what it missed, once',
    LONG,
    async () => {
      await page.evaluate(`
      window.heard = { named: [], unnamed: [], opened: 0 };
      const note = (list) => ({ data }) => {
        const { metadata } = JSON.parse(data);
        if (metadata.kind === 'load') list.push(Number(metadata.load_id));
      };
      const source = (window.source = new EventSource(${JSON.stringify(`${api.url}/stream-ontario-demand`)}));
      source.addEventListener('open', () => (window.heard.opened += 1));
      source.addEventListener('data', note(window.heard.named));
      source.addEventListener('message', note(window.heard.unnamed));`);
      await vi.waitUntil(async () => (await heard()).opened === 1, SOON);
      const loads = [await putDemand(db.pool, { hours: [[2_000, 15_001]] })];
      await hears(loads);
      loads.push(await putDemand(db.pool, { hours: [[2_001, 15_002]] }));
      await hears(loads);

      await api.stop();
      loads.push(await putDemand(db.pool, { hours: [[2_002, 15_003]] }));
      api = await startApi({ url: db.url, port: Number(new URL(api.url).port) });
      await hears(loads);
      loads.push(await putDemand(db.pool, { hours: [[2_003, 15_004]] }));
      await hears(loads);
      expect((await heard()).opened).toBe(2);
      await page.evaluate('window.source.close()');
    },
  );

  test('walks all pages to the end by the header that names the next one, and has each row once', LONG, async () => {
    const walked = await page.evaluate<{ pages: number; keys: string[] }>(`(async () => {
      const keys = [];
      let cursor = null;
      let pages = 0;
      do {
        const address = new URL(${JSON.stringify(`${api.url}/stream-ontario-demand?limit=200`)});
        if (cursor !== null) address.searchParams.set('cursor', cursor);
        const answer = await fetch(address, { headers: { apikey: '', 'Content-Type': 'application/json' } });
        if (!answer.ok) throw new Error(await answer.text());
        keys.push(...(await answer.json()).rows.map((row) => row.datetime));
        cursor = answer.headers.get('x-next-cursor');
        pages += 1;
      } while (cursor !== null && pages < 100);
      return { pages, keys };
    })()`);
    const [there] = await db.pool.query<{ n: number }>('select count(*)::int as n from public.ontario_hourly_demand');
    expect(walked.pages).toBe(Math.ceil((there?.n ?? 0) / 200));
    expect(walked.keys).toHaveLength(there?.n ?? 0);
    expect(new Set(walked.keys).size).toBe(there?.n);
    expect(there?.n).toBeGreaterThan(ROWS);
  });
});
