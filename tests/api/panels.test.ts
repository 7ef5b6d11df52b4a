/** Panels of grid and security over HTTP: empty tables, rows of every table, words that there are not, and where the rows are from. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../serve/support.ts';
import { type RunningApi, startApi } from '../support/api.ts';
import { loadOf } from '../support/lineage.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';

const UNKNOWN = { source: null, last_updated: null, freshness_status: 'unknown', is_fallback: false };
const LISTS = [
  ['grid/status', 'api-v2-grid-status', { region: 'Ontario', records: [] }],
  [
    'grid/optimization-recommendations',
    'api-v2-grid-optimization-recommendations',
    { region: 'Ontario', recommendations: [] },
  ],
  ['security/threat-models', 'api-v2-security-threat-models', { category: 'all', threats: [] }],
  ['security/incidents', 'api-v2-security-incidents', { incidents: [] }],
  ['security/mitigation-strategies', 'api-v2-security-mitigation-strategies', { strategies: [] }],
] as const;
const SINGLE = [
  ['grid/stability-metrics', 'api-v2-grid-stability-metrics'],
  ['security/metrics', 'api-v2-security-metrics'],
] as const;

let db: FreshDatabase;
let empty: RunningApi;
let full: RunningApi;
let filled: FreshDatabase;

beforeAll(async () => {
  [db, filled] = await Promise.all([freshDatabase(), freshDatabase()]);
  empty = await startApi({ url: db.url });
  full = await startApi({ url: filled.url });
});
afterAll(async () => {
  await Promise.all([empty.stop(), full.stop()]);
});

const get = async (path: string) => (await ask(full.url, path)).json();
const ids = async (path: string, list: string): Promise<unknown[]> =>
  ((await get(path))[list] as { id: string }[]).map(({ id }) => id.slice(-1));
const id = (n: number): string => `00000000-0000-4000-8000-00000000000${n}`;

describe('with nothing in the tables', () => {
  test.each(LISTS)('%s is an empty list of unknown provenance under every path', async (twin, name, body) => {
    for (const path of [`/${name}`, `/functions/v1/${name}`, `/api/${twin}`]) {
      const answer = await ask(empty.url, path);
      expect([answer.status, answer.json()]).toEqual([200, { ...body, provenance: UNKNOWN }]);
    }
  });

  test.each(SINGLE)('%s is 404 under every path, with the members that the panel reads', async (twin, name) => {
    for (const path of [`/${name}`, `/functions/v1/${name}`, `/api/${twin}`]) {
      const answer = await ask(empty.url, path);
      expect(answer.status).toBe(404);
      expect(answer.headers['content-type']).toBe('application/problem+json');
      expect(answer.json()).toMatchObject({
        code: 'DATA_UNKNOWN',
        region: 'Ontario',
        message: expect.stringContaining('Ontario') as string,
      });
    }
  });
});

describe('words that there are not are named', () => {
  test.each([
    ['/api/grid/status?region=Atlantis', 'Ontario'],
    ['/api/grid/status?region=ontario', 'Ontario'],
    ['/api/grid/stability-metrics?region=Nunavut', 'Ontario'],
    ['/api/grid/optimization-recommendations?limit=0', 'limit'],
    ['/api/security/threat-models?category=aliens', 'cyber'],
    ['/api/security/incidents?status=open', 'detected'],
    ['/api/security/incidents?severity=fatal', 'critical'],
    ['/api/security/incidents?region=%00', 'Ontario'],
    ['/api/security/metrics?region=', 'Ontario'],
    ['/api/security/mitigation-strategies?status=proposed', 'planned'],
    ['/api/security/mitigation-strategies?priority=1', 'low'],
    ["/api/security/mitigation-strategies?threat_id=1'%20or%20true", 'threat_id'],
  ])('%s is 400 and says %s', async (path, named) => {
    const answer = await ask(empty.url, path);
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({
      code: 'HTTP_QUERY_INVALID',
      detail: expect.stringContaining(named) as string,
    });
  });
});

describe('the state of the grid', () => {
  beforeAll(async () => {
    const samples = await loadOf(filled.pool, 'grid_status', 'samples', 'aeso');
    const live = await loadOf(filled.pool, 'grid_status', 'live', 'ieso');
    const price = await loadOf(filled.pool, 'ontario_realtime_prices', 'live', 'ieso');
    await filled.pool.query(
      `insert into public.grid_status (id, region, captured_at, demand_mw, supply_mw, reserve_margin, status, data_source, load_id)
       select gen_random_uuid(), 'Alberta', '2026-01-01T00:00Z'::timestamptz + n * interval '1 minute', 1000 + n, 2000, 0.1, 'stable', 'aeso report', $1::bigint
       from generate_series(1, 1100) n`,
      [samples],
    );
    await filled.pool.query(
      `insert into public.grid_status (id, region, captured_at, demand_mw, supply_mw, reserve_margin, data_source, load_id)
       values ($1, 'Ontario', now() - interval '5 minutes', 15000.25, 16000, 0.109, 'ieso report', $2),
         ($3, 'Ontario', now() - interval '10 minutes', 15001, 16000, null, 'ieso report', 999999)`,
      [id(1), live, id(2)],
    );
    await filled.pool.query(
      `insert into public.ontario_realtime_prices (interval_start, price_cad_per_mwh, congestion_price_cad_per_mwh, load_id)
       values ('2026-01-01T00:00Z', 40, -5, $1)`,
      [price],
    );
  });

  test('is newest first, with numbers as numbers, and null where nobody measured', async () => {
    const body = await get('/api-v2-grid-status');
    expect(body['records']).toMatchObject([
      {
        id: id(1),
        region: 'Ontario',
        demand_mw: 15_000.25,
        reserve_margin: 0.109,
        frequency_hz: null,
        voltage_kv: null,
        status: null,
        data_source: 'ieso report',
      },
      { id: id(2), reserve_margin: null, data_source: null },
    ]);
    // One row of a load that nobody knows makes the list unknown.
    expect(body['provenance']).toMatchObject({ freshness_status: 'unknown' });
  });

  test('of samples says so in every row and in the provenance', async () => {
    const answer = await ask(full.url, '/api-v2-grid-status?region=Alberta');
    const { records, provenance } = answer.json<{
      records: { captured_at: string; data_source: string }[];
      provenance: unknown;
    }>();
    expect(records).toHaveLength(24);
    expect(new Set(records.map((row) => row.data_source))).toEqual(new Set(['sample:aeso report']));
    expect(records.map((row) => row.captured_at)).toEqual(
      records
        .map((row) => row.captured_at)
        .toSorted()
        .toReversed(),
    );
    expect(provenance).toMatchObject({ source: 'sample:aeso', freshness_status: 'demo', is_fallback: true });
    expect(answer.headers['x-penstock-freshness']).toBe('demo');
  });

  test('a limit that is too large means the most that there is', async () => {
    expect((await get('/api-v2-grid-status?region=Alberta&limit=1e9'))['records']).toHaveLength(1_000);
  });

  test('as CSV has the rows of the JSON, and the provenance in a header', async () => {
    const answer = await ask(full.url, '/api-v2-grid-status?region=Alberta&limit=2', {
      headers: { Accept: 'text/csv' },
    });
    expect(answer.status).toBe(200);
    const [head, first, ...rest] = answer.body.trimEnd().split('\r\n');
    expect(head).toBe(
      'id,region,demand_mw,supply_mw,reserve_margin,frequency_hz,voltage_kv,congestion_index,status,captured_at,data_source',
    );
    expect(first).toMatch(
      /^[0-9a-f-]{36},Alberta,2100,2000,0\.1,,,,stable,2026-01-01T18:20:00\+00:00,sample:aeso report$/,
    );
    expect(rest).toHaveLength(1);
    expect(JSON.parse(String(answer.headers['x-penstock-provenance']))).toMatchObject({ freshness_status: 'demo' });
  });

  test('stability is flat, of the newest row, with the loads of all that it was computed from', async () => {
    expect(await get('/api-v2-grid-stability-metrics')).toEqual({
      region: 'Ontario',
      frequency_stability: null,
      voltage_stability: null,
      congestion_index: 0.125,
      reserve_margin: 0.109,
      last_updated: expect.any(String) as string,
      provenance: expect.objectContaining({
        source: 'ieso',
        freshness_status: 'live',
        is_fallback: false,
        calculation_method: expect.stringContaining('congestion') as string,
      }) as object,
    });
    expect(await get('/api/grid/stability-metrics?region=Alberta')).toMatchObject({
      congestion_index: null,
      provenance: { source: 'sample:aeso', is_fallback: true },
    });
    expect((await ask(full.url, '/api/grid/stability-metrics?region=Quebec')).json()).toMatchObject({
      status: 404,
      region: 'Quebec',
    });
  });
});

describe('what people write', () => {
  beforeAll(async () => {
    await filled.pool.query(
      `insert into public.grid_recommendations (id, region, recommendation_type, priority, description, expected_impact_percent, confidence, generated_at)
       values ($1, 'Ontario', 'demand_response', 'high', 'first', 2.5, 0.8, '2026-01-01T00:00Z'),
         ($3, 'Ontario', 'voltage_control', 'low', 'same time, larger id', null, null, '2026-01-02T00:00Z'),
         ($2, 'Ontario', 'congestion_relief', 'low', 'same time', null, null, '2026-01-02T00:00Z'),
         ($4, 'Alberta', 'demand_response', 'low', 'elsewhere', null, null, '2026-01-03T00:00Z')`,
      [id(1), id(2), id(3), id(4)],
    );
    await filled.pool.query(
      `insert into public.security_incidents (id, incident_type, severity, status, detected_at, region, affected_systems)
       values ($1, 'phishing', 'low', 'detected', '2026-01-01T00:00Z', 'Ontario', '{mail}'),
         ($2, 'intrusion', 'critical', 'resolved', '2026-01-03T00:00Z', 'Alberta', null), ($3, 'intrusion', 'critical', 'detected', '2026-01-02T00:00Z', null, null)`,
      [id(1), id(2), id(3)],
    );
    await filled.pool.query(
      `insert into public.threat_models (id, category, vector, likelihood, affected_assets) values ($1, 'cyber', 'b', 0.25, '{relays,links}'), ($2, 'physical', 'a', null, null)`,
      [id(1), id(2)],
    );
    await filled.pool.query(
      `insert into public.mitigation_strategies (id, strategy_name, related_threat, status, priority, cost_estimate)
       values ($2, 'zones', $1, 'planned', 'high', 12.5), ($3, 'training', null, null, null, null)`,
      [id(1), id(2), id(3)],
    );
    await filled.pool.query(
      `insert into public.security_metrics (region, overall_risk_score, active_incidents_count) values ('Ontario', 41.5, 2)`,
    );
  });

  test('recommendations of a region are newest first, and equal instants keep their order', async () => {
    const path = '/api-v2-grid-optimization-recommendations';
    expect(await ids(path, 'recommendations')).toEqual(['2', '3', '1']);
    expect(await ids(`${path}?limit=1`, 'recommendations')).toEqual(['2']);
    expect((await get(`${path}?region=Alberta`))['recommendations']).toEqual([
      {
        id: id(4),
        region: 'Alberta',
        recommendation_type: 'demand_response',
        priority: 'low',
        description: 'elsewhere',
        expected_impact_percent: null,
        implementation_time_minutes: null,
        confidence: null,
        generated_at: '2026-01-03T00:00:00+00:00',
      },
    ]);
    expect((await get(path))['provenance']).toMatchObject({ source: 'edit', freshness_status: 'unknown' });
  });

  test('incidents can be asked for by region, status and severity', async () => {
    const path = '/api-v2-security-incidents';
    expect(await ids(path, 'incidents')).toEqual(['2', '3', '1']);
    expect(await ids(`${path}?region=Ontario`, 'incidents')).toEqual(['1']);
    expect(await ids(`${path}?status=detected`, 'incidents')).toEqual(['3', '1']);
    expect(await ids(`${path}?severity=critical&status=resolved`, 'incidents')).toEqual(['2']);
    expect(await ids(`${path}?limit=2`, 'incidents')).toEqual(['2', '3']);
  });

  test('threats and strategies have their lists, and null where nobody has assessed', async () => {
    expect(await get('/api-v2-security-threat-models?category=cyber')).toMatchObject({
      category: 'cyber',
      threats: [
        { id: id(1), likelihood: 0.25, impact: null, affected_assets: ['relays', 'links'], last_reviewed: null },
      ],
    });
    expect(await ids('/api-v2-security-threat-models', 'threats')).toEqual(['1', '2']);
    const strategies = '/api-v2-security-mitigation-strategies';
    expect(await ids(strategies, 'strategies')).toEqual(['3', '2']);
    expect(await ids(`${strategies}?threat_id=${id(1)}`, 'strategies')).toEqual(['2']);
    expect(await ids(`${strategies}?status=planned&priority=high`, 'strategies')).toEqual(['2']);
    expect(await ids(`${strategies}?priority=low`, 'strategies')).toEqual([]);
  });

  test('security figures are flat', async () => {
    expect(await get('/api-v2-security-metrics')).toMatchObject({
      region: 'Ontario',
      overall_risk_score: 41.5,
      detection_rate: null,
      active_incidents_count: 2,
      critical_vulnerabilities: null,
      provenance: { source: 'edit', freshness_status: 'unknown' },
    });
  });

  test('a list of lists is CSV, too', async () => {
    const answer = await ask(full.url, '/api-v2-security-threat-models?category=cyber', {
      headers: { Accept: 'text/csv' },
    });
    expect(answer.body).toContain('"[""relays"",""links""]"');
  });
});
