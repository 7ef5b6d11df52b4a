/** A server to verify, and a proxy in front of it that plants one fault. */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { REQUIRED_ALIASES, REQUIRED_IDS } from '../../data/help/required-ids.ts';
import { openProbe } from '../../loaders/verify/probe.ts';
import type { Check } from '../../serve/verify/check.ts';
import { ownDocument } from '../../serve/verify/own-document.ts';
import { type RunOptions, verify } from '../../serve/verify/run.ts';
import { ADMIN_KEY } from '../support/api.ts';
import { FIRST_HOUR, putDemand } from '../support/stream-loads.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { seed } from './full-database.ts';

export const ORIGIN = 'http://localhost:5173';

/** Help and reference data, and two days of Ontario's demand that end with the hour that runs. */
export async function liveDatabase(): Promise<FreshDatabase> {
  const db = await freshDatabase();
  await seed(db);
  const now = Math.floor((Date.now() - FIRST_HOUR) / 3_600_000);
  await putDemand(db.pool, { hours: Array.from({ length: 48 }, (_, i) => [now - i, 15_000 + i] as const) });
  return db;
}

export async function verified(
  baseUrl: string,
  only: readonly string[],
  options: Partial<RunOptions> & { readonly timeoutMs?: number } = {},
): Promise<readonly Check[]> {
  const probe = openProbe({ baseUrl, timeoutMs: options.timeoutMs ?? 15_000, userAgent: 'test' });
  try {
    return await verify({
      probe,
      clock: { now: () => Date.now(), sleep: (ms) => new Promise((done) => void setTimeout(done, ms)) },
      key: ADMIN_KEY,
      anonKey: null,
      origin: ORIGIN,
      allowStale: false,
      allowSamples: false,
      helpIds: [...REQUIRED_IDS, ...Object.keys(REQUIRED_ALIASES)],
      only,
      ownDocument: ownDocument('0.0.0-test'),
      ...options,
    });
  } finally {
    await probe.close();
  }
}

/** Everything that is not as it should be, one line each. */
export function failures(checks: readonly Check[]): string[] {
  return checks
    .filter(({ outcome }) => outcome === 'failed')
    .map(({ capability, name, where, why }) => `${capability} ${name} ${where}: ${why?.what ?? ''}; ${why?.got ?? ''}`);
}

export interface Planted {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the real answer. */
  readonly body?: (real: string) => string;
  /** No answer at all. */
  readonly hangs?: boolean;
  /** Headers, and then nothing. */
  readonly silent?: boolean;
}

/** @param plant what becomes of a request; null: what the server answers */
export async function plantedProxy(
  target: string,
  plant: (asked: IncomingMessage) => Planted | null,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = createServer((asked, answer) => {
    const planted = plant(asked);
    if (planted?.hangs === true) return;
    if (planted?.silent === true) {
      answer.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-cache',
        'x-content-type-options': 'nosniff',
      });
      answer.flushHeaders();
      return;
    }
    forward(target, asked, answer, planted);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

function forward(target: string, asked: IncomingMessage, answer: ServerResponse, planted: Planted | null): void {
  const url = new URL(target);
  const out = request(
    {
      host: url.hostname,
      port: url.port,
      path: asked.url,
      method: asked.method,
      headers: { ...asked.headers, host: url.host },
    },
    (real) => {
      const headers = { ...real.headers, ...planted?.headers };
      for (const [name, value] of Object.entries(planted?.headers ?? {})) if (value === '') delete headers[name];
      if (planted?.body === undefined) {
        answer.writeHead(planted?.status ?? real.statusCode ?? 502, headers);
        real.pipe(answer);
        real.on('error', () => answer.destroy());
        answer.on('close', () => real.destroy());
        return;
      }
      let text = '';
      real.setEncoding('utf8').on('data', (part: string) => (text += part));
      real.on('end', () => {
        delete headers['content-length'];
        answer.writeHead(planted.status ?? real.statusCode ?? 502, headers);
        answer.end(planted.body?.(text));
      });
    },
  );
  out.on('error', () => answer.destroy());
  asked.pipe(out);
}
