/** The API as one list of endpoints, and the routes, the document and the watchers made from it. */
import type { Hono } from 'hono';
import { analyticsEndpoints } from '../endpoints/analytics.ts';
import { databaseProofEndpoints } from '../endpoints/database-proof.ts';
import { flagEndpoints } from '../endpoints/flags.ts';
import { gridEndpoints } from '../endpoints/grid.ts';
import { helpAdminEndpoints } from '../endpoints/help-admin.ts';
import { helpEndpoints } from '../endpoints/help.ts';
import { historyEndpoints } from '../endpoints/history.ts';
import { indigenousEndpoints } from '../endpoints/indigenous.ts';
import { llmEndpoints } from '../endpoints/llm.ts';
import { manifestEndpoints } from '../endpoints/manifest.ts';
import { opsEndpoints } from '../endpoints/ops.ts';
import { readinessEndpoints } from '../endpoints/readiness.ts';
import { resilienceEndpoints } from '../endpoints/resilience.ts';
import { securityEndpoints } from '../endpoints/security.ts';
import { streamEndpoints } from '../endpoints/streams.ts';
import type { ApiDependencies, ServeDependencies } from '../dependencies.ts';
import { requireLocalName, SECURITY_HEADERS } from '../security.ts';
import { originHeaders } from './cors.ts';
import { openApiDocument } from './document.ts';
import { startObservers } from '../observe/observers.ts';
import { metricsRoutes } from '../routes/metrics.ts';
import { createHub, type StreamHub } from '../sse/hub.ts';
import type { Endpoint } from './endpoint.ts';
import { createLimiter } from './limits.ts';
import { mount } from './mount.ts';
import { createStore } from './store.ts';

/** Everything that answers data. */
export function endpointsOf(api: ApiDependencies, hub: StreamHub): Endpoint[] {
  return [
    ...manifestEndpoints(api),
    ...streamEndpoints(api, hub),
    ...historyEndpoints(api),
    ...gridEndpoints(api),
    ...securityEndpoints(api),
    ...resilienceEndpoints(api),
    ...indigenousEndpoints(api),
    ...analyticsEndpoints(api),
    ...opsEndpoints(api),
    ...readinessEndpoints(api, hub),
    ...databaseProofEndpoints(api),
    ...helpEndpoints(api),
    ...helpAdminEndpoints(api),
    ...flagEndpoints(api),
    ...llmEndpoints(api),
  ];
}

/** What outlives single calls. */
export interface ApiLife {
  /** Tells those who listen that the server ends; calls under way go on. */
  endStreams(): void;
  /** After the last answer: what is still to be written is written. Safe to call twice. */
  close(): Promise<void>;
}

/** Endpoints are routes of `app`; the document and the figures are pages like others. */
export function addApi(
  app: Hono,
  pages: Hono,
  { adminKey, log }: Pick<ServeDependencies, 'adminKey' | 'log'>,
  api: ApiDependencies,
): ApiLife {
  const { clock, settings, service, notices, connectionAddress, version } = api;
  const { origins, anonKeys, jwtSecret, limits, addressHeader } = settings;
  const hub = createHub(api);
  const store = createStore(notices);
  const observers = startObservers(api, hub, log);
  const endpoints = endpointsOf(api, hub);
  const document = JSON.stringify(openApiDocument(endpoints, version));
  pages.get('/openapi.json', (c) =>
    c.body(document, 200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache' }),
  );
  pages.route('/', metricsRoutes(observers.metrics));
  mount(app, endpoints, {
    requireName: adminKey === null ? requireLocalName : () => undefined,
    frame: (c) => ({ ...SECURITY_HEADERS, ...originHeaders(origins, c.req.header('Origin')) }),
    keys: { adminKey, anonKeys, jwtSecret },
    limiter: createLimiter(service, limits, clock),
    store,
    addressHeader,
    connectionAddress,
    observers: observers.all,
    clock,
    log,
  });
  return {
    endStreams: () => hub.close(),
    close: async () => {
      hub.close();
      store.close();
      await observers.close();
    },
  };
}
