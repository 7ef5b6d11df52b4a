/** Listens until a signal comes; then lets what is under way end, for a while. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Fault } from '../core/errors.ts';
import type { ServedApp } from './app.ts';

export interface ListenOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly signal: AbortSignal;
  /** Called once with the address, e.g. `http://127.0.0.1:8080`. */
  readonly listening: (url: string) => void;
  readonly patience?: Patience;
}

/**
 * How long a client may take to say what it wants; who takes longer gets 408 and is cut off. An answer may take as long as it likes: a stream of
 * events ends only when one of the two goes.
 */
export interface Patience {
  readonly requestMs: number;
  readonly headersMs: number;
  /** How often it is looked. */
  readonly lookEveryMs: number;
}

const PATIENCE: Patience = { requestMs: 30_000, headersMs: 10_000, lookEveryMs: 5_000 };

/** Most of them are streams that say little. */
const CONNECTIONS_MAX = 5_000;
/** What is still under way so long after the signal is cut off. */
const GRACE_MS = 10_000;

/** @returns the number of requests; @throws Fault `SERVE_CANNOT_LISTEN` */
export async function listen(
  { app, endStreams, close }: ServedApp,
  { host, port, signal, listening, patience = PATIENCE }: ListenOptions,
): Promise<number> {
  let requests = 0;
  const answer = getRequestListener(app.fetch);
  const server = createServer(
    {
      requestTimeout: patience.requestMs,
      headersTimeout: patience.headersMs,
      connectionsCheckingInterval: patience.lookEveryMs,
    },
    (request, response) => {
      requests += 1;
      void answer(request, response);
    },
  );
  server.maxConnections = CONNECTIONS_MAX;
  await new Promise<void>((done, refuse) => {
    server.once('error', (error) => refuse(cannotListen(error, host, port)));
    server.listen(port, host, done);
  });
  listening(urlOf(server.address()));
  if (!signal.aborted)
    await new Promise<void>((done) => signal.addEventListener('abort', () => done(), { once: true }));
  const closed = new Promise<void>((done) => server.close(() => done()));
  endStreams();
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closed;
  clearTimeout(cut);
  await close();
  return requests;
}

function urlOf(address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') return String(address);
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}

function cannotListen(error: Error, host: string, port: number): Fault {
  const code = 'code' in error ? String(error.code) : '';
  const why =
    {
      EADDRINUSE: 'another program listens there',
      EACCES: 'this user may not',
      EADDRNOTAVAIL: 'this machine has no such address',
    }[code] ?? error.message;
  return new Fault({
    code: 'SERVE_CANNOT_LISTEN',
    kind: 'configuration',
    what: `it cannot be listened on ${host}, port ${port}: ${why}`,
    consequence: 'nothing was served',
    next: 'give another --port or --host',
    cause: error,
  });
}
