/** A real browser for tests of pages: Chromium of the system, with a profile of its own and no request of its own. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const HOW = 'install Chromium, or name its program in PENSTOCK_CHROMIUM';

/** Path of the browser's program, or null. */
function program(): string | null {
  const named = process.env['PENSTOCK_CHROMIUM'];
  return (named === undefined || named === '' ? PLACES : [named]).find((path) => existsSync(path)) ?? null;
}

/**
 * Whether there is a browser: `describe.skipIf(!hasBrowser())(…)`. That there is none is said in one line, and is an error under CI,
 * where a test that never runs would look green.
 */
export function hasBrowser(): boolean {
  if (program() !== null) return true;
  if (process.env['CI'] !== undefined && process.env['CI'] !== '') throw new Error(`no browser: ${HOW}`);
  console.warn(`skipped: no browser; ${HOW}`);
  return false;
}

/** Starts a browser with an empty profile of its own, which goes when it is closed; `browser.newContext(…)` for each test. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = program();
  if (executablePath === null) throw new Error(`no browser: ${HOW}`);
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
