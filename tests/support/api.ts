/** The whole server on a free port over a test's database: sessions with the rights that it has in earnest. */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { getConnInfo } from '@hono/node-server/conninfo';
import { vi } from 'vitest';
import type { Clock, Log } from '../../core/effects.ts';
import { openPool } from '../../loaders/postgres/database.ts';
import { openNotices } from '../../loaders/postgres/notices.ts';
import { reviewStore } from '../../loaders/postgres/review-store.ts';
import { createApp } from '../../serve/app.ts';
import type { ApiDependencies, ApiSettings } from '../../serve/dependencies.ts';
import { listen } from '../../serve/listen.ts';
import { silentLog } from './log.ts';

export interface ApiOptions {
  /** Of the database: the owner's. */
  readonly url: string;
  readonly adminKey?: string | null;
  readonly settings?: Partial<ApiSettings>;
  readonly clock?: Clock;
  readonly log?: Log;
  readonly reportsDir?: string;
  /** Any that is free, unless a test comes back to one. */
  readonly port?: number;
  /** What a test replaces. */
  readonly api?: Partial<ApiDependencies>;
}

export interface RunningApi {
  readonly url: string;
  readonly api: ApiDependencies;
  /** Ends the server and its connections. Safe to call twice. */
  stop(): Promise<void>;
}

/** No limits, pages of this machine, no keys but the service's. */
export const OPEN: ApiSettings = {
  anonKeys: [],
  jwtSecret: null,
  origins: 'local',
  limits: { read: null, write: null, stream: null },
  addressHeader: null,
  cursorKey: 'a-key-for-tests',
};
export const ADMIN_KEY = 'a-long-random-text-for-tests';

const machine: Clock = {
  now: () => Date.now(),
  sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
};

export async function startApi(options: ApiOptions): Promise<RunningApi> {
  const { url: database, adminKey = ADMIN_KEY, clock = machine, log = silentLog } = options;
  const timeout = { statementTimeoutMs: 10_000 };
  const reads = openPool(database, {
    applicationName: 'test reads',
    session: { role: 'anon', readOnly: true, ...timeout },
  });
  const service = openPool(database, {
    applicationName: 'test service',
    session: { role: 'service_role', ...timeout },
  });
  const notices = openNotices(database, log);
  await vi.waitUntil(() => notices.connected);
  const api: ApiDependencies = {
    version: '0.0.0-test',
    clock,
    reads,
    service,
    notices,
    settings: { ...OPEN, ...options.settings },
    llm: null,
    connectionAddress: (c) => getConnInfo(c).remote.address ?? null,
    ...options.api,
  };
  const app = createApp(
    {
      review: reviewStore(service, clock),
      reportsDir: options.reportsDir ?? '/nowhere',
      datasets: [],
      adminKey,
      log,
      swaggerDir: dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json')),
    },
    api,
  );
  const ending = new AbortController();
  let ended: Promise<number> | undefined;
  const url = await new Promise<string>((listening, failed) => {
    ended = listen(app, { host: '127.0.0.1', port: options.port ?? 0, signal: ending.signal, listening });
    ended.catch(failed);
  });
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    ending.abort();
    await ended;
    await Promise.all([reads.close(), service.close(), notices.close()]);
  };
  return { url, api, stop: () => (stopped ??= stop()) };
}
