/** A publisher on this machine that answers as a test says, with the clock, log and sink that the client's tests share. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BodySink, Clock, DownloadRequest, Log } from '../../core/effects.ts';
import { Fault } from '../../core/errors.ts';
import { createHttp, type HttpClient } from '../../loaders/source/http.ts';
import type { HttpLimits } from '../../loaders/source/http-limits.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse, nth: number) => void;

export interface PublisherServer {
  readonly host: string;
  readonly url: string;
  /** Every request so far, in order. */
  readonly requests: { readonly path: string; readonly headers: IncomingMessage['headers'] }[];
  close(): Promise<void>;
}

const open: { close(): Promise<void> }[] = [];

/** Starts a server on a free port; `nth` counts its requests from 1. */
export async function publisherServer(handler: Handler): Promise<PublisherServer> {
  const requests: PublisherServer['requests'] = [];
  const server = createServer((request, response) => {
    requests.push({ path: request.url ?? '', headers: request.headers });
    response.on('error', () => undefined);
    handler(request, response, requests.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  open.push({ close });
  return { host, url: `http://${host}/file.csv`, requests, close };
}

/** Answers the n-th request with the n-th handler, the last one from then on. */
export function inTurn(...handlers: Handler[]): Handler {
  return (request, response, nth) => handlers[Math.min(nth, handlers.length) - 1]?.(request, response, nth);
}

export function answer(status: number, headers: Record<string, string> = {}, body = ''): Handler {
  return (_, response) => {
    response.writeHead(status, { 'content-length': String(Buffer.byteLength(body)), ...headers });
    response.end(body);
  };
}

/** Sends the headers and a part of the body, then resets the connection. */
export function breakOff(headers: Record<string, string>, part: Uint8Array | string, status = 200): Handler {
  return (_, response) => {
    response.writeHead(status, headers);
    response.write(part, () => setImmediate(() => response.socket?.resetAndDestroy()));
  };
}

export interface FakeClock extends Clock {
  readonly sleeps: number[];
}

/** Time passes only by sleeping. */
export function fakeClock(start = Date.UTC(2026, 0, 1)): FakeClock {
  let now = start;
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => now,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      sleeps.push(ms);
      now += ms;
    },
  };
}

export interface KeptLog extends Log {
  readonly lines: string[];
}

export function keptLog(): KeptLog {
  const lines: string[] = [];
  const keep = (line: string): void => void lines.push(line);
  return { lines, debug: keep, info: keep, warn: keep, error: keep };
}

export interface MemorySink extends BodySink {
  text(): string;
  bytes(): Buffer;
  restarts: number;
}

export function memorySink(): MemorySink {
  let chunks: Uint8Array[] = [];
  return {
    restarts: 0,
    bytes: () => Buffer.concat(chunks),
    text: () => Buffer.concat(chunks).toString(),
    async write(chunk) {
      chunks.push(new Uint8Array(chunk));
    },
    async restart() {
      chunks = [];
      this.restarts++;
    },
  };
}

export interface TestClient {
  readonly http: HttpClient;
  readonly clock: FakeClock;
  readonly log: KeptLog;
}

/** A client whose clock is fake and whose time-outs fit a test. */
export function testClient(limits: Partial<HttpLimits> = {}): TestClient {
  const clock = fakeClock();
  const log = keptLog();
  const fitting = { connectMs: 10_000, idleMs: 10_000, totalMs: 30_000, ...limits };
  const http = createHttp({ clock, random: () => 0.5, log, userAgent: 'penstock-test', limits: fitting });
  open.push(http);
  return { http, clock, log };
}

export function requestTo(server: PublisherServer, more: Partial<DownloadRequest> = {}): DownloadRequest {
  return {
    url: server.url,
    hosts: [server.host],
    maxBytes: 1_000_000,
    pace: { perSecond: 1_000, concurrent: 8 },
    ...more,
  };
}

/** The fault that a promise rejects with; anything else fails the test. */
export async function faultOf(promise: Promise<unknown>): Promise<Fault> {
  const outcome = await promise.then(
    (value) => new Error(`expected a fault, got ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (outcome instanceof Fault) return outcome;
  throw outcome;
}

/** For `afterEach`: closes every server and client of the test. */
export async function closeAll(): Promise<void> {
  await Promise.all(open.splice(0).map((one) => one.close()));
}
