/** A real browser for tests of pages: Chromium of the system, with a profile of its own and no request of its own. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core';

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

export interface OpenBrowser {
  readonly context: BrowserContext;
  close(): Promise<void>;
}

/** Starts a browser with an empty profile; one context, to be closed by whoever opened it. */
export async function openBrowser(options: BrowserContextOptions = {}): Promise<OpenBrowser> {
  const executablePath = program();
  if (executablePath === null) throw new Error(`no browser: ${HOW}`);
  const profile = await mkdtemp(join(tmpdir(), 'penstock-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
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
    ...options,
  });
  return {
    context,
    close: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
