/** Panels of resilience, Indigenous data and analytics over HTTP: nothing invented, nothing private, and the words of the functions. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nationalOverview, PROVINCES, provincialMetrics, trends } from '../../serve/endpoints/analytics-shapes.ts';
import { ask } from '../serve/support.ts';
import { type RunningApi, startApi } from '../support/api.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { samplesDatabase } from '../sql/read-helpers-support.ts';

let db: FreshDatabase;
let api: RunningApi;
let samples: RunningApi;
beforeAll(async () => {
  db = await freshDatabase();
  api = await startApi({ url: db.url });
  samples = await startApi({ url: (await samplesDatabase()).url });
}, 120_000);
afterAll(async () => {
  await Promise.all([api.stop(), samples.stop()]);
});

const paths = (area: string, list: string): string[] => [
  `/api-v2-${area}-${list}`,
  `/functions/v1/api-v2-${area}-${list}`,
  `/api/${area}/${list}`,
];

test.each([
  ['resilience', 'assets'],
  ['resilience', 'hazards'],
  ['indigenous', 'territories'],
  ['indigenous', 'projects'],
  ['indigenous', 'tek'],
])('%s/%s is empty and says that no source is connected', async (area, list) => {
  for (const path of paths(area, list)) {
    const answer = await ask(api.url, path);
    expect([answer.status, answer.json()]).toEqual([
      200,
      {
        [list]: [],
        note: expect.stringContaining('No source') as string,
        provenance: { source: null, last_updated: null, freshness_status: 'unknown', is_fallback: false },
      },
    ]);
  }
});

describe('consultations', () => {
  test('are an empty list where none is recorded', async () => {
    for (const path of paths('indigenous', 'consultations'))
      expect((await ask(api.url, path)).json()).toMatchObject({
        consultations: [],
        provenance: { source: null, freshness_status: 'unknown' },
      });
  });

  test('are shown with the consent that anybody may read them, and never without, whatever is asked', async () => {
    await db.pool.query(
      `insert into public.indigenous_consultations (title, status, territory_id, meeting_date, participants, outcomes, consent_type, recorded_at)
       values ('open', 'done', 't1', '2026-02-03', 12, '{one,two}', 'public', '2026-01-01T00:00Z'),
         ('totals only', 'done', 't1', null, null, null, 'aggregated', '2026-01-02T00:00Z'),
         ('closed', 'done', 't2', null, null, null, 'private', '2026-01-03T00:00Z')`,
    );
    const path = '/api-v2-indigenous-consultations';
    for (const words of ['', '?territory_id=t1', '?status=done', '?limit=1000', '?consent_type=private']) {
      const answer = await ask(api.url, path + words);
      expect(answer.json()).toMatchObject({
        consultations: [
          {
            title: 'open',
            meeting_date: '2026-02-03',
            participants: 12,
            outcomes: ['one', 'two'],
            consent_type: 'public',
          },
        ],
        provenance: { source: 'recorded by hand', freshness_status: 'unknown' },
      });
      expect(answer.body).not.toMatch(/closed|totals only/);
    }
    expect((await ask(api.url, `${path}?territory_id=t2`)).json()).toMatchObject({ consultations: [] });
    const csv = await ask(api.url, path, { headers: { Accept: 'text/csv' } });
    expect(csv.body.trimEnd().split('\r\n')).toHaveLength(2);
    const service = { Authorization: 'Bearer a-long-random-text-for-tests' };
    expect((await ask(api.url, path, { headers: service })).body).not.toContain('closed');
  });
});

describe('analytics of an empty database', () => {
  test('know nothing, and say so', async () => {
    for (const path of paths('analytics', 'national-overview')) {
      const answer = await ask(api.url, path);
      expect(answer.status).toBe(200);
      expect(answer.headers['x-penstock-freshness']).toBe('unknown');
      expect(nationalOverview.parse(answer.json())).toMatchObject({
        demand: null,
        alberta: null,
        weather: [],
        generation: { total_generation_gwh: null, by_province: [], window_start: null },
      });
    }
    for (const path of paths('analytics', 'trends'))
      expect(trends.parse((await ask(api.url, path)).json())).toMatchObject({
        timeframe: '30d',
        ontario_demand: [],
        generation: [],
        metadata: { completeness_pct: null },
      });
    for (const province of PROVINCES)
      expect(
        provincialMetrics.parse((await ask(api.url, `/api/analytics/provincial-metrics?province=${province}`)).json()),
      ).toMatchObject({ province, generation: { total_gwh: null, top_source: null }, latest_demand: null });
  });
});

describe('analytics of samples', () => {
  test('have the shapes that they promise, and say that they are samples', async () => {
    const overview = await ask(samples.url, '/api-v2-analytics-national-overview');
    expect(overview.headers['x-penstock-freshness']).toBe('demo');
    expect(nationalOverview.parse(overview.json())).toMatchObject({
      demand: { ontario_demand_mw: expect.any(Number) as number },
      provenance: { ontario_demand: { source: 'sample:ieso', is_fallback: true }, weather: { is_fallback: true } },
    });
    const metrics = await ask(samples.url, '/api-v2-analytics-provincial-metrics?province=ON&window_days=90');
    expect(provincialMetrics.parse(metrics.json())).toMatchObject({
      period: { window_days: 90, months: 3 },
      provenance: { freshness_status: 'demo' },
    });
    const trend = trends.parse((await ask(samples.url, '/api-v2-analytics-trends?timeframe=2d')).json());
    expect(trend.ontario_demand.map(({ hours }) => hours)).toEqual([24, 24]);
  });
});

describe('questions that the functions refuse', () => {
  test.each([
    ['provincial-metrics', '', 'province'],
    ['provincial-metrics', '?province=on', 'YT'],
    ['provincial-metrics', '?province=ON%00', 'YT'],
    ['provincial-metrics', '?province=ON&window_days=abc', '3660'],
    ['provincial-metrics', '?province=ON&window_days=-1', '3660'],
    ['provincial-metrics', '?province=ON&window_days=0', 'a window of 0 days'],
    ['provincial-metrics', '?province=ON&window_days=3661', 'a window of 3661 days'],
    ['trends', '?timeframe=0d', 'there is no timeframe'],
    ['trends', '?timeframe=367d', 'there is no timeframe'],
    ['trends', '?timeframe=', 'there is no timeframe'],
    ['trends', '?timeframe=%00', '366d'],
  ])('%s%s is 400 and says %s', async (name, words, said) => {
    const answer = await ask(api.url, `/api-v2-analytics-${name}${words}`);
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({
      code: 'HTTP_QUERY_INVALID',
      detail: expect.stringContaining(said) as string,
    });
  });

  test('the next step of the function is the next step of the problem', async () => {
    expect((await ask(api.url, '/api-v2-analytics-trends?timeframe=1y')).json()).toMatchObject({
      next: 'timeframe is 1d to 366d',
    });
  });
});
