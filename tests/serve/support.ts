/** The real server on a free port, and requests exactly as they are written. */
import { mkdir, writeFile } from 'node:fs/promises';
import { request, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import type { Log } from '../../core/effects.ts';
import type { ReviewStore } from '../../core/review.ts';
import type { IndexLine } from '../../reports/index-lines.ts';
import { createApp } from '../../serve/app.ts';
import { listen } from '../../serve/listen.ts';
import { silentLog } from '../support/log.ts';

export interface RunningApp {
  readonly url: string;
  readonly host: string;
  stop(): Promise<number>;
}

export interface AppOptions {
  readonly review: ReviewStore;
  readonly reportsDir: string;
  readonly adminKey?: string;
  readonly log?: Log;
}

export async function startApp({ review, reportsDir, adminKey, log = silentLog }: AppOptions): Promise<RunningApp> {
  const app = createApp({
    review,
    reportsDir,
    datasets: ['ieso-demand', 'ieso-hoep'],
    adminKey: adminKey ?? null,
    log,
  });
  const ending = new AbortController();
  let ended: Promise<number> | undefined;
  const url = await new Promise<string>((listening, failed) => {
    ended = listen(app, { host: '127.0.0.1', port: 0, signal: ending.signal, listening });
    ended.catch(failed);
  });
  return {
    url,
    host: new URL(url).host,
    stop: async () => {
      ending.abort();
      return (await ended) ?? 0;
    },
  };
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  json<T = Record<string, unknown>>(): T;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** One request on a connection of its own; the path is not tidied up. */
export async function ask(
  base: string,
  path: string,
  { method = 'GET', headers = {}, body }: Asked = {},
): Promise<Reply> {
  const { hostname, port } = new URL(base);
  return new Promise((done, failed) => {
    let answered = false;
    const asking = request({ hostname, port, path, method, headers, agent: false }, (reply) => {
      answered = true;
      let text = '';
      reply.setEncoding('utf8').on('data', (part: string) => (text += part));
      reply.on('end', () => {
        done({
          status: reply.statusCode ?? 0,
          headers: reply.headers,
          body: text,
          json: <T>() => JSON.parse(text) as T,
        });
      });
      reply.on('error', failed);
    });
    // A server that has answered may close while the body is still being sent.
    asking.on('error', (error) => {
      if (!answered) failed(error);
    });
    asking.end(body);
  });
}

/** The token of the form, as a reader of the page sees it. */
export function tokenOf(page: string): string {
  return /name="token" value="([^"]+)"/.exec(page)?.[1] ?? '';
}

export function form(
  words: Readonly<Record<string, string>>,
): Pick<Asked, 'method' | 'body'> & { readonly headers: Record<string, string> } {
  return {
    method: 'POST',
    body: new URLSearchParams(words).toString(),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  };
}

export const RUN = '20260302T122003Z-7f3a0000';

/** A folder of reports with one run. */
export async function putReports(folder: string): Promise<string> {
  const reports = join(folder, 'reports');
  await mkdir(join(reports, RUN), { recursive: true });
  await writeFile(join(reports, RUN, 'report.html'), '<!doctype html><title>the report</title>');
  await writeFile(join(reports, RUN, 'report.json'), '{"version":2}');
  await writeFile(join(reports, RUN, 'report.md'), '# the report');
  await writeFile(join(reports, RUN, 'secret.txt'), 'only-for-the-folder');
  await writeFile(join(folder, 'outside.html'), 'only-for-the-folder');
  const line: IndexLine = {
    runId: RUN,
    startedAt: '2026-03-02T12:20:03.000Z',
    durationMs: 1_000,
    command: 'penstock run <b>',
    source: 'live',
    exitCode: 0,
    verdict: '1 dataset: all good; 24 rows new, 0 revised.',
    states: { good: 1 },
    rows: { read: 24, inserted: 24, revised: 0, withdrawn: 0, rejected: 0 },
  };
  await writeFile(join(reports, 'index.jsonl'), `\n${JSON.stringify(line)}\n`);
  return reports;
}
