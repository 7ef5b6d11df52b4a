/** The HTTP server as one function from request to answer. Each route is a file of its own that gets what it needs. */
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { Fault } from '../core/errors.ts';
import { addApi, type ApiLife } from './api/app.ts';
import { BODY_MAX, bodyTooLarge } from './api/body.ts';
import { corsOf } from './api/cors.ts';
import { errorAnswer } from './answers.ts';
import type { ApiDependencies, ServeDependencies } from './dependencies.ts';
import { pathUnknown } from './faults.ts';
import { apiPageRoutes } from './routes/api-page.ts';
import { healthRoutes } from './routes/health.ts';
import { reportRoutes } from './routes/reports.ts';
import { reviewApiRoutes } from './routes/review-api.ts';
import { reviewPageRoutes } from './routes/review-pages.ts';
import { formToken, requireLocalName, securityHeaders } from './security.ts';

export interface ServedApp extends ApiLife {
  readonly app: Hono;
}

/**
 * Endpoints come first and have nothing around them: whatever reads or writes headers on the way makes the standard's Request and Response of a
 * call, which cost more than the read. What is no endpoint goes on to the pages.
 * @param api null: pages only
 */
export function createApp(dependencies: ServeDependencies, api: ApiDependencies | null = null): ServedApp {
  const { adminKey, log } = dependencies;
  const app = new Hono();
  const pages = new Hono();
  const all = new Hono();
  pages.use(securityHeaders());
  pages.use(
    methodNotAllowed({
      app: all,
      onMethodNotAllowed: (c, methods) => {
        const answer = errorAnswer(c, methodRefused(c.req.method, methods), log);
        answer.headers.set('Allow', methods.join(', '));
        return answer;
      },
    }),
  );
  if (adminKey === null)
    pages.use((c, next) => {
      requireLocalName(c);
      return next();
    });
  if (api !== null) pages.use(corsOf(api.settings.origins));
  pages.use(bodyLimit({ maxSize: BODY_MAX, onError: () => Promise.reject(bodyTooLarge()) }));
  pages.get('/', (c) => c.redirect('/reports'));
  pages.route('/', healthRoutes());
  const life: ApiLife =
    api === null
      ? { endStreams: () => undefined, close: () => Promise.resolve() }
      : addApi(app, pages, dependencies, api);
  if (api !== null && dependencies.swaggerDir !== undefined) pages.route('/', apiPageRoutes(dependencies.swaggerDir));
  pages.route('/', reviewPageRoutes(dependencies, formToken()));
  pages.route('/', reviewApiRoutes(dependencies));
  pages.route('/', reportRoutes(dependencies));
  pages.notFound((c) => errorAnswer(c, pathUnknown(c.req.path), log));
  pages.onError((error, c) => errorAnswer(c, error, log));
  all.route('/', app).route('/', pages);
  app.notFound((c) => pages.fetch(c.req.raw, c.env));
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
