/** The streams alone on a free port, with their hub, so that a test can count what it did. */
import { getConnInfo } from '@hono/node-server/conninfo';
import { Hono } from 'hono';
import { vi } from 'vitest';
import { z } from 'zod';
import type { Clock, Database } from '../../core/effects.ts';
import { STREAM_KEYS } from '../../core/flags.ts';
import { openPool } from '../../loaders/postgres/database.ts';
import { openNotices } from '../../loaders/postgres/notices.ts';
import { originHeaders } from '../../serve/api/cors.ts';
import { endpoint, type Endpoint, everyPath } from '../../serve/api/endpoint.ts';
import { createLimiter } from '../../serve/api/limits.ts';
import { mount } from '../../serve/api/mount.ts';
import { createStore } from '../../serve/api/store.ts';
import type { ApiDependencies } from '../../serve/dependencies.ts';
import { flagEndpoints } from '../../serve/endpoints/flags.ts';
import { listen, type Patience } from '../../serve/listen.ts';
import { createHub, type StreamHub } from '../../serve/sse/hub.ts';
import { ADMIN_KEY, OPEN } from './api.ts';
import { quickClock } from './event-stream.ts';
import { recordingLog } from './log.ts';

export interface StreamServer {
  readonly url: string;
  readonly hub: StreamHub;
  /** Statements that the server has asked, by their beginnings. */
  readonly asked: string[];
  readonly log: ReturnType<typeof recordingLog>;
  stop(): Promise<void>;
}

export interface StreamServerOptions {
  readonly url: string;
  /** Heartbeats come so many times faster. */
  readonly quicker?: number;
  readonly port?: number;
  readonly reads?: (reads: Database) => Database;
  readonly patience?: Patience;
  /** Endpoints beside the streams. */
  readonly more?: readonly Endpoint[];
}

/** Clients are told apart by the header x-real-ip. */
export async function startStreams({
  url: database,
  quicker = 1,
  port = 0,
  reads: changed = (reads) => reads,
  patience,
  more = [],
}: StreamServerOptions): Promise<StreamServer> {
  const log = recordingLog();
  const asked: string[] = [];
  const pool = openPool(database, { max: 8, session: { role: 'anon', readOnly: true } });
  const service = openPool(database, { session: { role: 'service_role' } });
  const notices = openNotices(database, log);
  await vi.waitUntil(() => notices.connected);
  const clock: Clock = quickClock(quicker);
  const counted: Database = {
    ...pool,
    query: (text, params) => {
      asked.push(text.trim());
      return pool.query(text, params);
    },
  };
  const api: ApiDependencies = {
    version: 'test',
    clock,
    reads: changed(counted),
    service,
    notices,
    settings: OPEN,
    connectionAddress: (c) => getConnInfo(c).remote.address ?? null,
  };
  const hub = createHub(api);
  const app = new Hono();
  const streams = STREAM_KEYS.map((stream) =>
    endpoint({
      name: `stream-${stream}`,
      method: 'get',
      paths: everyPath(`stream-${stream}`),
      tag: 'Streams',
      summary: 'test',
      limit: 'stream',
      media: ['text/event-stream'],
      answer: z.object({}),
      handle: (given) => hub.respond(stream, given),
    }),
  );
  mount(app, [...streams, ...flagEndpoints(api), ...more], {
    requireName: () => undefined,
    frame: (c) => originHeaders('local', c.req.header('Origin')),
    keys: { adminKey: ADMIN_KEY, anonKeys: ['public-key'], jwtSecret: null },
    limiter: createLimiter(service, OPEN.limits, clock),
    store: createStore(notices),
    addressHeader: 'x-real-ip',
    connectionAddress: api.connectionAddress,
    observers: [],
    clock,
    log,
  });
  const ending = new AbortController();
  let ended: Promise<number> | undefined;
  const url = await new Promise<string>((listening, failed) => {
    ended = listen(
      { app, endStreams: () => hub.close(), close: async () => undefined },
      { host: '127.0.0.1', port, signal: ending.signal, listening, ...(patience !== undefined && { patience }) },
    );
    ended.catch(failed);
  });
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    ending.abort();
    await ended;
    await Promise.all([pool.close(), service.close(), notices.close()]);
  };
  return { url, hub, asked, log, stop: () => (stopped ??= stop()) };
}
