/** `/metrics`, as Prometheus reads it. */
import { Hono } from 'hono';
import type { Metrics } from '../observe/metrics.ts';

export function metricsRoutes(metrics: Pick<Metrics, 'scrape'>): Hono {
  return new Hono().get('/metrics', async (c) => {
    const { text, contentType } = await metrics.scrape();
    return c.body(text, 200, { 'Content-Type': contentType, 'Cache-Control': 'no-store' });
  });
}
