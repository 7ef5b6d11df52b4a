/** The HTTP server as one function from request to answer. Each route is a file of its own that gets what it needs. */
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { Fault } from '../core/errors.ts';
import { addApi, type ApiLife } from './api/app.ts';
import { corsOf } from './api/cors.ts';
import { errorAnswer } from './answers.ts';
import type { ApiDependencies, ServeDependencies } from './dependencies.ts';
import { pathUnknown } from './faults.ts';
import { apiPageRoutes } from './routes/api-page.ts';
import { healthRoutes } from './routes/health.ts';
import { reportRoutes } from './routes/reports.ts';
import { reviewApiRoutes } from './routes/review-api.ts';
import { reviewPageRoutes } from './routes/review-pages.ts';
import { formToken, localNamesOnly, securityHeaders } from './security.ts';

const BODY_MAX = 64 * 1024;

export interface ServedApp extends ApiLife {
  readonly app: Hono;
}

/** @param api null: pages only */
export function createApp(dependencies: ServeDependencies, api: ApiDependencies | null = null): ServedApp {
  const app = new Hono();
  const token = formToken();
  app.use(securityHeaders());
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) => {
        const answer = errorAnswer(c, methodRefused(c.req.method, methods), dependencies.log);
        answer.headers.set('Allow', methods.join(', '));
        return answer;
      },
    }),
  );
  if (dependencies.adminKey === null) app.use(localNamesOnly());
  if (api !== null) app.use(corsOf(api.settings.origins));
  const limited = bodyLimit({ maxSize: BODY_MAX, onError: () => Promise.reject(bodyTooLarge()) });
  // Looking for a body makes a whole Request of the standard, which costs more than all the rest of a kept answer. A read has none.
  app.use((c, next) => (c.req.method === 'GET' || c.req.method === 'HEAD' ? next() : limited(c, next)));
  app.get('/', (c) => c.redirect('/reports'));
  app.route('/', healthRoutes());
  const life: ApiLife =
    api === null ? { endStreams: () => undefined, close: () => Promise.resolve() } : addApi(app, dependencies, api);
  if (api !== null && dependencies.swaggerDir !== undefined) app.route('/', apiPageRoutes(dependencies.swaggerDir));
  app.route('/', reviewPageRoutes(dependencies, token));
  app.route('/', reviewApiRoutes(dependencies));
  app.route('/', reportRoutes(dependencies));
  app.notFound((c) => errorAnswer(c, pathUnknown(c.req.path), dependencies.log));
  app.onError((error, c) => errorAnswer(c, error, dependencies.log));
  return { app, ...life };
}

function methodRefused(method: string, allowed: readonly string[]): Fault {
  return new Fault({
    code: 'HTTP_METHOD_REFUSED',
    kind: 'usage',
    what: `${method.slice(0, 20)} is not possible here`,
    consequence: 'nothing was changed',
    next: `use ${allowed.join(' or ')}`,
  });
}

function bodyTooLarge(): Fault {
  return new Fault({
    code: 'HTTP_BODY_TOO_LARGE',
    kind: 'usage',
    what: `a body may have ${BODY_MAX} bytes at most`,
    consequence: 'nothing was changed',
    next: 'say it in fewer words',
  });
}
