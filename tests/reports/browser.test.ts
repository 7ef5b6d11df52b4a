import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderHtml } from '../../reports/html/page.ts';
import { writeReport } from '../../reports/write.ts';
import { hasBrowser, openBrowser } from '../support/browser.ts';
import { FULL } from './full-example.ts';
import { withHostileTexts } from './hostile.ts';

let folder = '';
let browser: Browser | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penstock-page-'));
  await writeFile(join(folder, 'full.html'), renderHtml(FULL));
  await writeReport(FULL, folder);
  await writeFile(join(folder, 'hostile.html'), renderHtml(withHostileTexts(FULL, '<script>hit = 1</script>"><b>')));
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

interface Opened extends AsyncDisposable {
  readonly page: Page;
  /** Addresses that the page asked for, itself left out. */
  readonly requests: readonly string[];
  /** What the browser complained about. */
  readonly complaints: readonly string[];
}

async function open(options: BrowserContextOptions = {}, file = 'full.html'): Promise<Opened> {
  browser ??= await openBrowser();
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  const url = pathToFileURL(join(folder, file)).href;
  page.on('request', (request) => {
    if (request.url() !== url && request.url() !== 'data:,') requests.push(request.url());
  });
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(url);
  return { page, requests, complaints, [Symbol.asyncDispose]: () => context.close() };
}

/** Texts of the visible rows of a column. */
async function column(page: Page, table: string, place: number): Promise<string[]> {
  return page.locator(`${table} > tbody > tr:visible > :nth-child(${place})`).allInnerTexts();
}

describe.skipIf(!hasBrowser())('the page in a browser', () => {
  it('asks nobody for anything and makes the browser complain of nothing', async () => {
    await using opened = await open();
    expect([opened.requests, opened.complaints]).toEqual([[], []]);
  });

  it('runs nothing that a publisher writes', async () => {
    await using opened = await open({}, 'hostile.html');
    expect(await opened.page.evaluate('typeof hit')).toBe('undefined');
    expect(opened.complaints).toEqual([]);
  });

  it('sorts a table by keyboard, numbers as numbers, and says which way', async () => {
    await using opened = await open();
    const { page } = opened;
    const table = 'table.verdicts';
    const score = page.locator(`${table} thead th`, { hasText: 'Dataset' });
    await score.getByRole('button').focus();
    await page.keyboard.press('Enter');
    const names = await column(page, table, 2);
    expect(await score.getAttribute('aria-sort')).toBe('ascending');
    expect(names).toEqual(names.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })));
    await page.keyboard.press('Enter');
    expect(await score.getAttribute('aria-sort')).toBe('descending');
    expect(await column(page, table, 2)).toEqual(names.toReversed());
    const rows = page
      .locator('section.dataset', { hasText: 'ieso-hoep' })
      .locator('details', { hasText: 'Intervals:' });
    await rows.locator('summary').click();
    await rows.locator('th', { hasText: 'From' }).getByRole('button').click();
    expect((await rows.locator('tbody tr th').allInnerTexts())[0]).toBe('2002');
  });

  it('filters datasets by words and by state, in the table and below it', async () => {
    await using opened = await open();
    const { page } = opened;
    await page.getByRole('searchbox', { name: 'Datasets' }).fill('HOEP');
    expect(await page.locator('section.dataset:visible').count()).toBe(1);
    expect(await page.locator('table.verdicts tbody tr:visible').count()).toBe(1);
    expect(await page.locator('output').innerText()).toBe('1 of 5 datasets shown');
    await page.getByRole('combobox', { name: 'State' }).selectOption('failed');
    expect(await page.locator('section.dataset:visible').count()).toBe(0);
    await page.getByRole('searchbox', { name: 'Datasets' }).fill('');
    expect(await page.locator('section.dataset:visible h2').allInnerTexts()).toEqual([
      expect.stringContaining('generation by fuel'),
    ]);
  });

  it('filters findings by state', async () => {
    await using opened = await open();
    const { page } = opened;
    await page.getByRole('combobox', { name: 'Findings' }).selectOption('acknowledged');
    expect(await page.locator('details.found:visible').count()).toBe(1);
    await page.getByRole('combobox', { name: 'Findings' }).selectOption('all');
    expect(await page.locator('details.found:visible').count()).toBe(5);
  });

  it('unfolds a finding by keyboard, and everything by a button', async () => {
    await using opened = await open();
    const { page } = opened;
    const finding = page.locator('details.found').first();
    await finding.locator('summary').focus();
    expect(await page.getByText('review show 0000000000000000').isVisible()).toBe(false);
    await page.keyboard.press('Enter');
    expect(await page.getByText('review show 0000000000000000').isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Collapse all' }).click();
    expect(await page.locator('details[open]').count()).toBe(0);
    await page.getByRole('button', { name: 'Expand all' }).click();
    expect(await page.locator('details:not([open])').count()).toBe(0);
  });

  it.each([
    ['light', 'full.html'],
    ['dark', 'full.html'],
    ['light', 'index.html'],
    ['dark', 'index.html'],
  ] as const)('has nothing for axe in %s: %s', async (colorScheme, file) => {
    await using opened = await open({ colorScheme, bypassCSP: true }, file);
    const { page } = opened;
    if (file === 'full.html') await page.getByRole('button', { name: 'Expand all' }).click();
    await page.addScriptTag({ content: axe.source });
    const violations = await page.evaluate(
      `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
        violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.slice(0, 5).map(({ html }) => html.slice(0, 300)) })))`,
    );
    expect(violations).toEqual([]);
  });

  it.each([
    [390, 'full.html'],
    [320, 'full.html'],
    [768, 'full.html'],
    [1_000, 'full.html'],
    [1_280, 'full.html'],
    [390, 'index.html'],
  ])('does not scroll sideways at %i pixels: %s', async (width, file) => {
    await using opened = await open({ viewport: { width, height: 800 } }, file);
    const { page } = opened;
    if (file === 'full.html') await page.getByRole('button', { name: 'Expand all' }).click();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  });

  it('shows everything without scripts, and no control that does nothing', async () => {
    await using scripted = await open();
    await using opened = await open({ javaScriptEnabled: false });
    const texts = async (page: Page): Promise<string[]> =>
      page.locator('section.dataset, table.verdicts').allTextContents();
    expect(await texts(opened.page)).toEqual(await texts(scripted.page));
    expect(await opened.page.locator('button, input, select').count()).toBe(0);
    expect(await opened.page.locator('[hidden]').count()).toBe(0);
    const folded = opened.page.locator('details.found').first();
    await folded.locator('summary').click();
    expect(await folded.getByText('review show').isVisible()).toBe(true);
  });

  it('prints what is folded, without the controls', async () => {
    await using opened = await open();
    const { page } = opened;
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('#tools').isVisible()).toBe(false);
    const box = await page.getByText('review show 0000000000000003').boundingBox();
    expect(box?.height).toBeGreaterThan(5);
    expect((await page.pdf()).length).toBeGreaterThan(10_000);
  });
});
