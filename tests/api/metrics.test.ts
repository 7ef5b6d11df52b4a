/** Metrics as Prometheus reads them: what was asked is counted, what nobody measured has no figure. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../serve/support.ts';
import { type RunningApi, startApi } from '../support/api.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';

let db: FreshDatabase;
let api: RunningApi;
beforeAll(async () => {
  db = await freshDatabase();
  api = await startApi({ url: db.url, settings: { limits: { read: 6, write: null, stream: null } } });
});
afterAll(() => api.stop());

/** Name and labels → value. */
async function scrape(): Promise<Map<string, number>> {
  const answer = await ask(api.url, '/metrics');
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toContain('text/plain; version=0.0.4');
  return new Map(
    answer.body
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

test('calls are counted by endpoint, method and status, with their time, refusals and answers that were kept', async () => {
  await ask(api.url, '/api-v2-grid-status');
  await ask(api.url, '/functions/v1/api-v2-grid-status');
  await ask(api.url, '/api-v2-grid-status');
  await ask(api.url, '/api-v2-grid-status?limit=0');
  const figures = await scrape();
  const labels = 'endpoint="api-v2-grid-status",method="GET"';
  expect(figures.get(`penstock_http_requests_total{${labels},status="200"}`)).toBe(3);
  expect(figures.get(`penstock_http_requests_total{${labels},status="400"}`)).toBe(1);
  expect(figures.get(`penstock_http_request_duration_seconds_count{${labels}}`)).toBe(4);
  expect(figures.get('penstock_cache_hits_total{endpoint="api-v2-grid-status"}')).toBe(1);
  expect(figures.get('penstock_limiter_refusals_total{endpoint="api-v2-grid-status"}')).toBeUndefined();
  const statuses = [];
  for (let call = 0; call < 14; call += 1) statuses.push((await ask(api.url, '/api-v2-grid-status')).status);
  expect((await scrape()).get('penstock_limiter_refusals_total{endpoint="api-v2-grid-status"}')).toBe(
    statuses.filter((status) => status === 429).length,
  );
  expect(statuses).toContain(429);
});

test('sources have their age and findings; one that has no row has no age, and one that is gone has nothing', async () => {
  await db.pool.query(
    `insert into public.source_health (source_name, covered_until, freshness, open_findings, updated_at)
     values ('ieso/ieso-demand', now() - interval '2 hours', 'stale', 4, now()), ('aeso/aeso-x', null, 'unknown', 0, now())`,
  );
  const figures = await scrape();
  const age = figures.get('penstock_source_age_seconds{source="ieso/ieso-demand"}') ?? 0;
  expect(Math.floor(age / 60)).toBe(120);
  expect(figures.get('penstock_source_stale{source="ieso/ieso-demand"}')).toBe(1);
  expect(figures.get('penstock_source_open_findings{source="ieso/ieso-demand"}')).toBe(4);
  expect(figures.get('penstock_source_age_seconds{source="aeso/aeso-x"}')).toBeUndefined();
  expect(figures.get('penstock_source_stale{source="aeso/aeso-x"}')).toBeUndefined();
  expect(figures.get('penstock_source_open_findings{source="aeso/aeso-x"}')).toBe(0);
  await db.pool.query(`delete from public.source_health where source_name = 'ieso/ieso-demand'`);
  expect([...(await scrape()).keys()].filter((name) => name.includes('ieso-demand'))).toEqual([]);
});

test('streams, the journal, the database and the process are measured, and every name says its unit', async () => {
  const figures = await scrape();
  expect(figures.get('penstock_sse_clients{stream="ontario-demand"}')).toBe(0);
  expect(figures.get('penstock_sse_events_sent_total')).toBe(0);
  expect(figures.get('penstock_journal_rows_dropped_total')).toBe(0);
  expect(figures.get('penstock_database_up')).toBe(1);
  expect(figures.get('penstock_notices_connected')).toBe(1);
  expect(figures.get('process_resident_memory_bytes')).toBeGreaterThan(0);
  const own = [...figures.keys()]
    .filter((name) => name.startsWith('penstock_'))
    .map((name) => name.replace(/[{].*/, ''));
  for (const name of new Set(own))
    expect(name).toMatch(
      /_(total|seconds|seconds_(bucket|sum|count)|clients|waiting|connected|up|stale|open_findings)$/,
    );
});

test('two scrapes do not count what others counted twice', async () => {
  await expect.poll(async () => (await scrape()).get('penstock_journal_rows_written_total')).toBeGreaterThan(0);
  await expect.poll(async () => (await scrape()).get('penstock_journal_rows_waiting')).toBe(0);
  const [row] = await db.pool.query<{ n: number }>('select count(*)::int as n from public.edge_invocation_log');
  expect((await scrape()).get('penstock_journal_rows_written_total')).toBe(row?.n);
});
