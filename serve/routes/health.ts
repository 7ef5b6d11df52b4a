/** `/health`: the process answers, and nobody else is asked. `/ready` says whether it can do its work, `penstock health` whether the data are well. */
import { Hono } from 'hono';

export function healthRoutes(): Hono {
  const routes = new Hono();
  for (const path of ['/health', '/functions/v1/health']) routes.get(path, (c) => c.json({ status: 'ok' }));
  return routes;
}
