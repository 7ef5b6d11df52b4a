/** `/health`: the process answers. Whether the data are well is another question, which `penstock health` answers. */
import { Hono } from 'hono';

export function healthRoutes(): Hono {
  return new Hono().get('/health', (c) => c.json({ status: 'ok' }));
}
