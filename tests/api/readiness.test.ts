/** Liveness and readiness over HTTP: each part is named, and a database that is gone is noticed and comes back by itself. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPool } from '../../loaders/postgres/database.ts';
import { ask } from '../serve/support.ts';
import { type RunningApi, startApi } from '../support/api.ts';
import { type FreshDatabase, freshDatabase, testServers } from '../support/postgres.ts';

let db: FreshDatabase;
let api: RunningApi;
beforeAll(async () => {
  db = await freshDatabase();
  api = await startApi({ url: db.url });
});
afterAll(() => api.stop());

test('health is that the process answers', async () => {
  for (const path of ['/health', '/functions/v1/health'])
    expect((await ask(api.url, path)).json()).toEqual({ status: 'ok' });
});

describe('ready', () => {
  test('is a server whose parts are all there; how fresh each publisher is stands beside it', async () => {
    await db.pool.query(
      `insert into public.source_health (source_name, freshness, stale_since, open_findings) values ('ieso', 'stale', '2026-01-01T00:00Z', 3), ('ieso/ieso-demand', 'stale', null, 3)
       on conflict (source_name) do update set freshness = excluded.freshness, stale_since = excluded.stale_since, open_findings = excluded.open_findings`,
    );
    for (const path of ['/ready', '/functions/v1/ready', '/api/ready']) {
      const answer = await ask(api.url, path);
      expect([answer.status, answer.json()]).toMatchObject([
        200,
        {
          status: 'ready',
          parts: {
            database: { ok: true, code: null },
            migrations: { ok: true, newest: expect.stringMatching(/^\d{14}$/) as string, missing: [] },
            notices: { ok: true },
            freshness: expect.arrayContaining([
              {
                source_name: 'ieso',
                freshness: 'stale',
                stale_since: '2026-01-01T00:00:00+00:00',
                covered_until: null,
                open_findings: 3,
                judged_at: expect.any(String) as string,
              },
            ]) as unknown[],
          },
        },
      ]);
      expect(answer.body).not.toContain('ieso/ieso-demand');
    }
  });

  test('is not one whose database lacks a migration, which is named', async () => {
    const [newest] = await db.pool.query<{ version: string }>(
      'delete from supabase_migrations.schema_migrations where version = (select max(version) from supabase_migrations.schema_migrations) returning version, name, statements',
    );
    const answer = await ask(api.url, '/ready');
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toMatch(/^\d+$/);
    expect(answer.json()).toMatchObject({
      code: 'SERVER_NOT_READY',
      next: expect.stringContaining('db migrate') as string,
      parts: { database: { ok: true }, migrations: { ok: false, missing: [newest?.version] } },
    });
    await db.pool.query('insert into supabase_migrations.schema_migrations (version) values ($1)', [newest?.version]);
    expect((await ask(api.url, '/ready')).status).toBe(200);
  });

  test('is not one that does not hear of loads', async () => {
    const deaf = await startApi({
      url: db.url,
      api: { notices: { listen: () => () => undefined, restored: () => () => undefined, connected: false } },
    });
    expect((await ask(deaf.url, '/ready')).json()).toMatchObject({
      status: 503,
      parts: { database: { ok: true }, migrations: { ok: true }, notices: { ok: false } },
    });
    await deaf.stop();
  });
});

describe('a summary for a client that asks often', () => {
  test('is unknown before the first load, then the worst of its streams', async () => {
    expect((await ask(api.url, '/api/health')).json()).toMatchObject({
      status: 'unknown',
      version: '0.0.0-test',
      stream_summary: { unknown: 5, total: 5 },
    });
    await db.pool.query(
      `insert into public.stream_health (stream_key, status) values ('ontario-demand', 'healthy'), ('aeso-grid-data', 'degraded')`,
    );
    const other = await startApi({ url: db.url });
    expect((await ask(other.url, '/api/health')).json()).toMatchObject({
      status: 'degraded',
      stream_summary: { healthy: 1, degraded: 1, unknown: 3 },
    });
    await other.stop();
  });
});

describe('a database that is gone', () => {
  test('in the middle of a request is 503 with when to come again, and the next request is well', async () => {
    const lock = await db.pool.connect();
    await lock.query('begin; lock table public.security_incidents in access exclusive mode');
    const asked = ask(api.url, '/api-v2-security-incidents');
    await expect
      .poll(() =>
        db.pool.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'test reads' and datname = current_database() and wait_event_type = 'Lock'`,
        ),
      )
      .toHaveLength(1);
    const answer = await asked;
    await lock.query('rollback');
    lock.release();
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toMatch(/^\d+$/);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.json()).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect((await ask(api.url, '/api-v2-security-incidents')).status).toBe(200);
  });

  test('is 503 everywhere but in health and metrics, and the server is ready again when it is back', async () => {
    const [server] = testServers();
    const admin = openPool(server?.url ?? '', { max: 1 });
    const name = new URL(db.url).pathname.slice(1);
    try {
      await admin.query(`alter database "${name}" with allow_connections false`);
      await admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}' and application_name <> 'test readiness'`,
      );
      const answer = await ask(api.url, '/ready');
      expect(answer.status).toBe(503);
      expect(answer.headers['retry-after']).toMatch(/^\d+$/);
      expect(answer.json()).toMatchObject({
        code: 'SERVER_NOT_READY',
        parts: { database: { ok: false }, migrations: { ok: false, missing: null }, freshness: null },
      });
      expect(answer.body).not.toMatch(/127\.0\.0\.1|postgres:\/\//);
      for (const path of ['/api-v2-grid-status', '/stream-ontario-demand/health', '/ops-health', '/manifest'])
        expect((await ask(api.url, path)).status).toBe(503);
      expect((await ask(api.url, '/health')).json()).toEqual({ status: 'ok' });
      const metrics = await ask(api.url, '/metrics');
      expect([metrics.status, /^penstock_database_up (\d)$/m.exec(metrics.body)?.[1]]).toEqual([200, '0']);
    } finally {
      await admin.query(`alter database "${name}" with allow_connections true`);
      await admin.close();
    }
    await expect.poll(async () => (await ask(api.url, '/ready')).status, { timeout: 30_000 }).toBe(200);
    expect((await ask(api.url, '/api-v2-grid-status')).status).toBe(200);
    expect((await ask(api.url, '/metrics')).body).toMatch(/^penstock_database_up 1$/m);
  });
});
