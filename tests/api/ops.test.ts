/** Figures of operations over HTTP: null where nobody measured, computed and never clamped where somebody did; and the heartbeat that writes them. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { opsHealthSchema } from '../../serve/endpoints/ops-health.ts';
import { ask, type Reply } from '../serve/support.ts';
import { ADMIN_KEY, type RunningApi, startApi } from '../support/api.ts';
import { loadOf } from '../support/lineage.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';

let db: FreshDatabase;
let api: RunningApi;
beforeAll(async () => {
  db = await freshDatabase();
});
// What was answered before is kept for a while: each test has a server of its own.
beforeEach(async () => {
  // A server writes down its last calls when it ends.
  await api?.stop();
  await db.pool.query('truncate public.ops_runs, public.edge_invocation_log');
  api = await startApi({ url: db.url });
});
afterAll(() => api.stop());

const health = async () => opsHealthSchema.parse((await ask(api.url, '/ops-health')).json());
const run = (type: string, status: string, durationMs: number | null, hoursAgo = 1) =>
  db.pool.query(
    `insert into public.ops_runs (run_type, status, started_at, completed_at, created_at, duration_ms)
     values ($1, $2, now(), case when $2 <> 'running' then now() - make_interval(hours => $4) end, now() - make_interval(hours => $4), $3)`,
    [type, status, durationMs, hoursAgo],
  );
const call = (status: string, times: number, rate: number | null) =>
  db.pool.query(
    `insert into public.edge_invocation_log (function_name, status, started_at, metadata)
     select 'x', $1, now(), jsonb_strip_nulls(jsonb_build_object('sample_rate', $3::float8)) from generate_series(1, $2)`,
    [status, times, rate],
  );

describe('ops-health', () => {
  test('knows nothing where nothing was written, under every path', async () => {
    for (const path of ['/ops-health', '/functions/v1/ops-health', '/api/ops-health'])
      expect(opsHealthSchema.parse((await ask(api.url, path)).json())).toMatchObject({
        ingestion_uptime_percent: null,
        forecast_job_success_rate: null,
        avg_job_latency_ms: null,
        data_freshness_minutes: null,
        error_rate_percent: null,
        last_heartbeat_at: null,
        last_purge_run: null,
        last_24h_jobs: 0,
        slo_status: { ingestion: 'unknown', forecast: 'unknown', latency: 'unknown', freshness: 'unknown' },
        stream_summary: { healthy: 0, degraded: 0, error: 0, unknown: 5, total: 5 },
        provenance: { source: null, freshness_status: 'unknown', is_fallback: false },
      });
  });

  test('computes what was written in the last day; a run under way has not ended', async () => {
    await run('ingestion', 'success', 400);
    await run('ingestion', 'failure', 800);
    await run('ingestion', 'running', null);
    await run('ingestion', 'failure', 1, 25);
    await run('forecast', 'success', 300);
    await run('purge', 'success', 300, 2);
    const figures = await health();
    expect(figures).toMatchObject({
      ingestion_uptime_percent: 50,
      forecast_job_success_rate: 100,
      avg_job_latency_ms: 450,
      last_24h_jobs: 4,
      slo_status: { ingestion: 'missed', forecast: 'met', latency: 'met', freshness: 'unknown' },
    });
    expect(Date.parse(figures.last_heartbeat_at ?? '')).toBeGreaterThan(Date.parse(figures.last_purge_run ?? ''));
  });

  test('has no end stop: 0 % and 100 % are what they are', async () => {
    await run('ingestion', 'failure', 60_000);
    await call('error', 3, null);
    expect(await health()).toMatchObject({
      ingestion_uptime_percent: 0,
      avg_job_latency_ms: 60_000,
      error_rate_percent: 100,
      slo_status: { ingestion: 'missed', latency: 'missed' },
    });
  });

  test('counts a sampled call as often as it stands for others', async () => {
    await call('success', 4, 0.02);
    await call('success', 100, 1);
    await call('error', 75, null);
    expect((await health()).error_rate_percent).toBe(20);
  });

  test('measures freshness from the end of the newest hour, and summarises the streams', async () => {
    const load = await loadOf(db.pool, 'ontario_hourly_demand');
    await db.pool.query(
      `insert into public.ontario_hourly_demand (hour, ontario_demand_mw, market_demand_mw, load_id)
       values (now() - interval '3 hours', 1, 1, $1), (now() - interval '1 hour', null, 1, $1)`,
      [load],
    );
    await db.pool.query(
      `insert into public.stream_health (stream_key, status) values ('ontario-demand', 'healthy'), ('ontario-nodal-prices', 'error')`,
    );
    const figures = await health();
    expect(Math.floor(figures.data_freshness_minutes ?? 0)).toBe(120);
    expect(figures.slo_status.freshness).toBe('missed');
    expect(figures.stream_summary).toEqual({ healthy: 1, degraded: 0, error: 1, unknown: 3, total: 5 });
    await db.pool.query('truncate public.stream_health, public.ontario_hourly_demand');
  });

  test('of a database of samples says so', async () => {
    await run('ingestion', 'success', 1);
    await db.pool.query(`insert into etl.setting (name, value) values ('content', 'samples')`);
    expect((await health()).provenance).toMatchObject({
      source: 'sample:penstock operations',
      freshness_status: 'demo',
      is_fallback: true,
    });
    await db.pool.query(`delete from etl.setting where name = 'content'`);
  });
});

describe('ops-heartbeat', () => {
  const beat = (body: unknown, key: string | null = ADMIN_KEY): Promise<Reply> =>
    ask(api.url, '/functions/v1/ops-heartbeat', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(key !== null && { Authorization: `Bearer ${key}` }) },
      body: JSON.stringify(body),
    });
  const rows = () =>
    db.pool.query(
      `select run_type, status, job_name, completed_at is not null as ended, completed_at >= started_at as in_order, metadata from public.ops_runs order by created_at`,
    );

  test('writes a row that the figures count', async () => {
    const answer = await beat({ run_type: 'forecast', status: 'success', job_name: 'nightly', metadata: { rows: 3 } });
    expect([answer.status, answer.json()]).toEqual([
      200,
      { ok: true, id: expect.any(String) as string, provenance: expect.any(Object) as object },
    ]);
    await beat({ run_type: 'ingestion', status: 'running' });
    await beat({ run_type: 'ingestion', status: 'failure', completed_at: '2026-01-01T00:00:00Z', error_message: 'no' });
    await beat({ run_type: 'other', status: 'success', started_at: '2190-01-01T00:00:00Z' });
    expect(await rows()).toEqual([
      {
        run_type: 'forecast',
        status: 'success',
        job_name: 'nightly',
        ended: true,
        in_order: true,
        metadata: { rows: 3, via: 'ops-heartbeat' },
      },
      {
        run_type: 'ingestion',
        status: 'running',
        job_name: null,
        ended: false,
        in_order: null,
        metadata: { via: 'ops-heartbeat' },
      },
      {
        run_type: 'ingestion',
        status: 'failure',
        job_name: null,
        ended: true,
        in_order: true,
        metadata: { via: 'ops-heartbeat' },
      },
      {
        run_type: 'other',
        status: 'success',
        job_name: null,
        ended: true,
        in_order: true,
        metadata: { via: 'ops-heartbeat' },
      },
    ]);
    expect(await health()).toMatchObject({ forecast_job_success_rate: 100, ingestion_uptime_percent: 0 });
  });

  test('is the service’s alone', async () => {
    expect((await beat({ run_type: 'other', status: 'success' }, null)).json()).toMatchObject({
      status: 403,
      code: 'KEY_NEEDED',
    });
    expect((await beat({ run_type: 'other', status: 'success' }, 'guess')).status).toBe(401);
    expect(await rows()).toEqual([]);
  });

  test.each([
    [{ run_type: 'ieso_ingestion', status: 'success' }, 'run_type'],
    [{ run_type: 'other' }, 'status'],
    [{ run_type: 'other', status: 'success', rows: 3 }, 'rows'],
    [{ run_type: 'other', status: 'running', completed_at: '2026-01-01T00:00:00Z' }, 'completed_at'],
    [
      {
        run_type: 'other',
        status: 'success',
        started_at: '2026-01-02T00:00:00Z',
        completed_at: '2026-01-01T00:00:00Z',
      },
      'completed_at',
    ],
    [{ run_type: 'other', status: 'success', started_at: 'yesterday' }, 'started_at'],
    [{ run_type: 'other', status: 'success', duration_ms: -1 }, 'duration_ms'],
    [{ run_type: 'other', status: 'success', duration_ms: 1e12 }, 'duration_ms'],
    [{ run_type: 'other', status: 'success', job_name: 'a\0b' }, 'job_name'],
    [{ run_type: 'other', status: 'success', metadata: { a: '\0' } }, 'metadata'],
    [{ run_type: 'other', status: 'success', metadata: { backend: 1 } }, 'metadata'],
    ['text', 'it'],
  ])('refuses %j and names %s', async (body, named) => {
    const answer = await beat(body);
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({
      code: 'HTTP_BODY_UNREADABLE',
      detail: expect.stringContaining(named) as string,
    });
    expect(await rows()).toEqual([]);
  });
});

describe('the manifest of all streams', () => {
  test('of an empty database is an empty list, and names the streams that nobody described', async () => {
    for (const path of ['/manifest', '/functions/v1/manifest', '/api/manifest'])
      expect((await ask(api.url, path)).json()).toMatchObject({
        streams: [],
        provenance: { freshness_status: 'unknown' },
      });
    expect((await ask(api.url, '/manifest?health=true&format=full')).json()).toMatchObject({
      system: { content: null, stream_summary: { unknown: 5, total: 5 } },
      datasets: {},
      metadata: { count: 0, not_described: expect.arrayContaining(['ontario-demand']) as string[] },
    });
  });

  test('in full has the health of each stream under its key', async () => {
    const load = await loadOf(db.pool, 'stream_manifest');
    await db.pool.query(
      `set session_replication_role = replica;
       insert into public.stream_manifest (stream_key, health_key, dataset, version, fields, page_size_default, max_page_size, title, provider, license,
         source_url, update_frequency, enabled, provenance_type, load_id)
       values ('ontario-demand', 'ontario-demand', 'ontario-demand', '1.0', '{datetime,source}', 100, 1000, 'Demand', 'ieso', 'terms', 'https://x', 'hourly', false, 'x', ${load});
       set session_replication_role = default`,
    );
    expect((await ask(api.url, '/manifest')).json()).toMatchObject({
      streams: [{ stream_key: 'ontario-demand', fields: ['datetime', 'source'], region: null }],
      provenance: { source: 'ieso' },
    });
    for (const words of ['health=true&format=full', 'format=full', 'health=true'])
      expect((await ask(api.url, `/api/manifest?${words}`)).json()).toMatchObject({
        datasets: { 'ontario-demand': { dataset: 'ontario-demand', health: { status: 'unknown', errorCount: null } } },
        metadata: { count: 1 },
      });
    expect((await ask(api.url, '/manifest?format=xml')).status).toBe(400);
  });
});
