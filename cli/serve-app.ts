/** The server with everything it needs, over the configured database: for `serve`, for `verify`, for the benchmark. */
import { join } from 'node:path';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context as HonoContext } from 'hono';
import { Fault } from '../core/errors.ts';
import type { Database, Log } from '../core/effects.ts';
import type { Connected } from '../loaders/postgres/connect.ts';
import type { SessionOptions } from '../loaders/postgres/database.ts';
import type { Catalog } from '../pipelines/index.ts';
import { readCursorKey } from '../serve/api/cursor-key.ts';
import { createApp, type ServedApp } from '../serve/app.ts';
import type { ApiDependencies } from '../serve/dependencies.ts';
import { keepRetention } from '../serve/llm/retention.ts';
import { machineClock } from './clock.ts';
import type { Environment } from './environment.ts';
import { openLlm } from './llm-open.ts';
import { openReviewStore } from './review-store.ts';
import { apiSettings } from './serve-settings.ts';
import { packageVersion, swaggerFolder } from './shipped.ts';

/** The front end waits 15 s for an answer. */
const STATEMENT_TIMEOUT_MS = 10_000;

export interface ServeAppOptions {
  readonly connected: Connected;
  readonly catalog: Catalog;
  readonly dataDir: string;
  readonly adminKey: string | null;
  readonly env: Environment;
  readonly log: Log;
}

/** @throws Fault `SETTINGS_INVALID`, `SERVE_ROLE_MISSING` */
export async function openServeApp({
  connected,
  catalog,
  dataDir,
  adminKey,
  env,
  log,
}: ServeAppOptions): Promise<ServedApp> {
  const settings = apiSettings(env);
  const session = (role: 'anon' | 'service_role', readOnly: boolean): SessionOptions => ({
    role,
    readOnly,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  });
  await requireRoles(connected.pool);
  const service = connected.open({
    max: 4,
    applicationName: 'penstock serve',
    session: session('service_role', false),
  });
  const api: ApiDependencies = {
    version: packageVersion(),
    clock: machineClock,
    reads: connected.open({
      max: 8,
      applicationName: 'penstock serve reads',
      session: session('anon', true),
      prepare: true,
    }),
    service,
    notices: connected.notices(),
    settings: { ...settings, cursorKey: await readCursorKey(service) },
    llm: await openLlm(env, packageVersion()),
    connectionAddress,
  };
  const stopRetention = keepRetention(service, log);
  const served = createApp(
    {
      review: openReviewStore(connected.pool, catalog),
      reportsDir: join(dataDir, 'reports'),
      datasets: catalog.pipelines.map(({ id }) => id),
      adminKey,
      log,
      swaggerDir: swaggerFolder(),
    },
    api,
  );
  return {
    ...served,
    close: async () => {
      await stopRetention();
      await served.close();
    },
  };
}

function connectionAddress(c: HonoContext): string | null {
  return getConnInfo(c).remote.address ?? null;
}

/** A hosted user may be no member of the roles that PostgREST takes on. */
async function requireRoles(db: Database): Promise<void> {
  const missing = await db.query<{ role: string; me: string }>(
    `select r.role, current_user::text as me from unnest(array['anon', 'service_role']) r (role)
     where not pg_has_role(current_user, r.role, 'member')`,
  );
  const [first] = missing;
  if (first === undefined) return;
  const roles = missing.map(({ role }) => role).join(', ');
  throw new Fault({
    code: 'SERVE_ROLE_MISSING',
    kind: 'configuration',
    what: `the database user ${first.me} may not act as ${roles}`,
    consequence: 'nothing was served: reads use the rights of anon, writes those of service_role',
    next: `as an administrator of the server: grant ${roles} to ${JSON.stringify(first.me)}`,
  });
}
