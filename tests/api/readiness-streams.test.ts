/** Health of streams over HTTP: what loads have written, and null where nobody measured. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { STREAM_KEYS } from '../../core/flags.ts';
import { streamHealthSchema } from '../../serve/endpoints/stream-health.ts';
import { ask } from '../serve/support.ts';
import { type RunningApi, startApi } from '../support/api.ts';
import { loadOf } from '../support/lineage.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';

let db: FreshDatabase;
let api: RunningApi;
beforeAll(async () => {
  db = await freshDatabase();
  api = await startApi({ url: db.url });
});
afterAll(() => api.stop());

const health = async (stream: string) => (await ask(api.url, `/stream-${stream}/health`)).json();

/** A stream that `dataset` feeds; its row was written so many hours ago. */
async function fed(stream: string, dataset: string, status: string, hoursAgo = 0): Promise<void> {
  await db.pool.query(
    `insert into public.stream_health (stream_key, status, last_success, error_count, metadata, updated_at)
     values ($1, $2, '2026-11-01T00:00Z', 2, jsonb_build_object('dataset', $3::text), now() - make_interval(hours => $4))`,
    [stream, status, dataset, hoursAgo],
  );
}

async function ran(dataset: string, parts: { failed?: boolean; killed?: boolean; hoursAgo?: number }): Promise<void> {
  const { failed = false, killed = false, hoursAgo = 1 } = parts;
  await db.pool.query(
    `insert into public.ops_runs (run_type, status, started_at, completed_at, created_at, metadata)
     values ('ingestion', $1, now(), case when not $2 then now() end, now() - make_interval(hours => $3),
       jsonb_build_object('datasets', array[$4::text], 'failed_datasets', case when $5 then array[$4] else '{}' end))`,
    [failed || killed ? 'failure' : 'success', killed, hoursAgo, dataset, failed],
  );
}

test.each(STREAM_KEYS)('%s that nobody fed is unknown, and nothing of it is a number', async (stream) => {
  for (const path of [
    `/stream-${stream}/health`,
    `/functions/v1/stream-${stream}/health`,
    `/api/stream-${stream}/health`,
  ]) {
    const answer = await ask(api.url, path);
    expect(answer.status).toBe(200);
    expect(streamHealthSchema.parse(answer.json())).toMatchObject({
      service: `stream-${stream}`,
      status: 'unknown',
      lastSuccessfulFetch: null,
      errorCount: null,
      errorRatePercent: null,
      uptime: null,
      provenance: { source: null, last_updated: null, freshness_status: 'unknown', is_fallback: false },
    });
  }
});

describe('a stream that was fed', () => {
  test('says what its loads said; the rate counts the runs of its dataset in the last day', async () => {
    await fed('ontario-demand', 'ieso-demand', 'healthy');
    await ran('ieso-demand', {});
    await ran('ieso-demand', {});
    await ran('ieso-demand', { failed: true });
    await ran('ieso-demand', { killed: true });
    await ran('ieso-demand', { failed: true, hoursAgo: 25 });
    await ran('aeso-pool-price', { failed: true });
    await db.pool.query(
      `insert into public.ops_runs (run_type, status, started_at, metadata) values ('ingestion', 'running', now(), '{"datasets": ["ieso-demand"]}')`,
    );
    expect(await health('ontario-demand')).toMatchObject({
      status: 'healthy',
      lastSuccessfulFetch: '2026-11-01T00:00:00.000Z',
      errorCount: 2,
      errorRatePercent: 50,
      uptime: 50,
    });
  });

  test('is unwell where its loads fail, without a lower or an upper end of the figures', async () => {
    await fed('aeso-grid-data', 'aeso-ets-grid-status', 'error');
    await ran('aeso-ets-grid-status', { failed: true });
    expect(await health('aeso-grid-data')).toMatchObject({ status: 'error', errorRatePercent: 100, uptime: 0 });
  });

  test('goes by another name in stream_health', async () => {
    await fed('ontario-nodal-prices', 'ieso-day-ahead-nodal-price', 'degraded');
    expect(await health('ontario-prices')).toMatchObject({ status: 'degraded', errorRatePercent: null, uptime: null });
  });

  test('samples are never healthy', async () => {
    await fed('hf-electricity-demand', 'hf-electricity-demand', 'healthy');
    const load = await loadOf(db.pool, 'hf_electricity_demand', 'samples', 'huggingface');
    await db.pool.query(
      `insert into public.hf_electricity_demand (datetime, household_id, electricity_demand, temperature, humidity, wind_speed, solar_irradiance,
         location, day_of_week, hour, load_id)
       values (now(), 'meter', 1, 1, 1, 1, 1, 'Here', 1, 1, $1)`,
      [load],
    );
    expect(await health('hf-electricity-demand')).toMatchObject({
      status: 'degraded',
      provenance: { freshness_status: 'demo', is_fallback: true },
    });
  });

  test('is not healthy for ever: rows that went stale with nobody looking are degraded, and what was judged lately stands', async () => {
    await fed('provincial-generation', 'statcan-provincial-generation', 'healthy');
    const load = await loadOf(db.pool, 'provincial_generation', 'live', 'statcan');
    await db.pool.query(
      `insert into public.provincial_generation (period, date, province_code, province, producer, generation_type, megawatt_hours, generation_gwh, source, load_id)
       values ('month', '2020-01-01', 'ON', 'Ontario', 'industries', 'solar', 1, 0.001, 'statcan', $1)`,
      [load],
    );
    expect(await health('provincial-generation')).toMatchObject({
      status: 'healthy',
      provenance: { source: 'statcan', freshness_status: 'stale' },
    });
    await db.pool.query(
      `update public.stream_health set updated_at = now() - interval '25 hours' where stream_key = 'provincial-generation'`,
    );
    expect(await health('provincial-generation')).toMatchObject({ status: 'degraded' });
  });
});
