/** Curated reads: metrics, overview, trends and views on real recordings, recounted from the files; empty databases; arguments that make no sense. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Pool } from '../../loaders/postgres/database.ts';
import { freshDatabase, testServers } from '../support/postgres.ts';
import { hasShared, sharedFolder } from '../support/shared.ts';
import { asAnon, load, refusal, samplesDatabase, valueAsAnon } from './read-helpers-support.ts';

const PROVINCES = ['AB', 'BC', 'MB', 'NB', 'NL', 'NS', 'NT', 'NU', 'ON', 'PE', 'QC', 'SK', 'YT'];

interface Metrics {
  readonly period: { readonly months: number; readonly start: string | null; readonly end: string | null };
  readonly generation: {
    readonly total_gwh: number | null;
    readonly by_source: Record<string, number | null>;
    readonly top_source: string | null;
    readonly renewable_share_percent: number | null;
  };
  readonly latest_demand: { readonly demand_mw: number; readonly observed_at: string } | null;
  readonly metadata: { readonly rows: number; readonly withheld_rows: number; readonly sources: string[] };
  readonly provenance: { readonly freshness_status: string };
}
interface Trends {
  readonly window: { readonly start: string | null; readonly end: string | null };
  readonly ontario_demand: {
    date: string;
    hours: number;
    average_mw: number;
    minimum_mw: number;
    maximum_mw: number;
  }[];
  readonly generation: { date: string; total_gwh: number | null; provinces: number }[];
  readonly metadata: { completeness_pct: number | null; expected_hours: number | null; measured_hours: number | null };
}
interface Overview {
  readonly demand: object | null;
  readonly generation: {
    total_generation_gwh: number | null;
    by_province: { province: string; generation_gwh: number }[];
    window_start: string | null;
  };
  readonly alberta: Record<string, unknown> | null;
  readonly weather: { station_id: string; timestamp: string }[];
  readonly provenance: Record<string, { freshness_status: string }>;
}

describe.each(testServers())('on $name', (server) => {
  test('an empty database has no rows, no numbers and no claims', async () => {
    const { pool: db } = await freshDatabase(server);
    for (const view of ['latest_demand', 'demand_observations', 'energy_observations', 'grid_snapshots'])
      expect(await asAnon(db, `select * from public.${view}`)).toEqual([]);
    expect(await asAnon(db, `select distinct status from public.source_status where publisher <> 'local'`)).toEqual([
      { status: 'unknown' },
    ]);
    for (const province of PROVINCES) {
      const said = await valueAsAnon<Metrics>(db, 'public.provincial_metrics($1)', [province]);
      expect(said.generation).toEqual({
        total_gwh: null,
        by_source: {},
        top_source: null,
        renewable_share_percent: null,
      });
      expect(said).toMatchObject({
        period: { start: null, end: null },
        latest_demand: null,
        metadata: { rows: 0, withheld_rows: 0, sources: [] },
        provenance: { freshness_status: 'unknown' },
      });
    }
    const trends = await valueAsAnon<Trends>(db, 'public.trends()');
    expect(trends).toMatchObject({
      window: { start: null, end: null },
      ontario_demand: [],
      generation: [],
      metadata: { completeness_pct: null, expected_hours: null, measured_hours: null },
    });
    const overview = await valueAsAnon<Overview>(db, 'public.national_overview()');
    expect(overview).toMatchObject({
      demand: null,
      generation: { total_generation_gwh: null, by_province: [], window_start: null },
      alberta: null,
      weather: [],
    });
    expect(Object.values(overview.provenance).map(({ freshness_status }) => freshness_status)).toEqual(
      Array(4).fill('unknown'),
    );
  });

  test('arguments that make no sense are PT400, which PostgREST answers as 400', async () => {
    const { pool: db } = await freshDatabase(server);
    for (const province of ['XX', 'on', 'ON ', '', 'Ontario', 'CA', "ON' or true", null])
      expect(`${province}: ${await refusal(db, 'public.provincial_metrics($1)', [province])}`).toBe(
        `${province}: PT400`,
      );
    for (const days of [0, -1, 10_000, 3_661, null])
      expect(`${days}: ${await refusal(db, `public.provincial_metrics('ON', $1)`, [days])}`).toBe(`${days}: PT400`);
    for (const timeframe of [
      '',
      '0d',
      '-1d',
      '367d',
      '10000d',
      '30',
      '30 d',
      '30D',
      '1.5d',
      '1y',
      ' 30d',
      "1d'; select 1",
      null,
    ])
      expect(`${timeframe}: ${await refusal(db, 'public.trends($1)', [timeframe])}`).toBe(`${timeframe}: PT400`);
    for (const days of [1, 3_660])
      expect(await refusal(db, `public.provincial_metrics('ON', $1)`, [days])).toBe('not refused');
    for (const timeframe of ['1d', '366d'])
      expect(await refusal(db, 'public.trends($1)', [timeframe])).toBe('not refused');
  });
});

test(
  'on samples the keys of the observations are unique, and every row says that it is a sample',
  { timeout: 120_000 },
  async () => {
    const { pool: db } = await samplesDatabase();
    const keys = {
      demand_observations: 'province, observed_at',
      energy_observations: 'province, observed_at, source_type',
      grid_snapshots: 'region, captured_at',
      latest_demand: 'region',
    };
    for (const [view, key] of Object.entries(keys)) {
      const [row] = await asAnon<{ rows: number; keys: number; samples: number; regions: number }>(
        db,
        `select count(*)::int as rows, count(distinct (${key}))::int as keys, count(*) filter (where starts_with(source, 'sample:'))::int as samples,
         count(distinct ${key.split(', ')[0]})::int as regions from public.${view}`,
      );
      expect(row?.rows, view).toBeGreaterThan(1);
      expect(row, view).toEqual({ rows: row?.rows, keys: row?.rows, samples: row?.rows, regions: 2 });
    }
    const [both] = await db.query<{ rows: number }>(
      `select (select count(*) from ontario_hourly_demand) + (select count(*) from alberta_grid_prices) as rows`,
    );
    expect(await asAnon(db, 'select count(*) as rows from public.demand_observations')).toEqual([both]);
    expect((await valueAsAnon<Metrics>(db, `public.provincial_metrics('ON')`)).provenance.freshness_status).toBe(
      'demo',
    );
    const overview = await valueAsAnon<Overview>(db, 'public.national_overview()');
    expect(Object.values(overview.provenance).map(({ freshness_status }) => freshness_status)).toEqual(
      Array(4).fill('demo'),
    );
    expect(overview.alberta).toHaveProperty('total_gen_mw');
    expect(overview.weather.length).toBeGreaterThan(0);
  },
);

describe.skipIf(!hasShared('recordings'))('on real recordings', () => {
  let db: Pool;
  let demand: { date: string; start: number; mw: number }[];
  beforeAll(async () => {
    db = (await freshDatabase()).pool;
    await load(db, { ids: ['ieso-demand'], from: '2024-01-01', to: '2026-01-01' });
    await load(db, {
      ids: ['kaggle-provincial-generation', 'ieso-grid-status', 'aeso-ets-grid-status', 'aeso-ets-supply-demand'],
      from: '2026-09-28',
      to: '2026-09-29',
    });
    await load(db, {
      ids: ['eccc-weather-calgary', 'eccc-weather-calgary-cs', 'eccc-weather-toronto'],
      from: '2019-07-01',
      to: '2019-10-01',
    });
    const files = await Promise.all(
      [2024, 2025].map((year) =>
        readFile(
          join(sharedFolder('recordings'), `reports-public.ieso.ca/public/Demand/PUB_Demand_${year}.csv`),
          'utf8',
        ),
      ),
    );
    demand = files
      .flatMap((text) => text.split(/\r?\n/).filter((line) => /^\d{4}-/.test(line)))
      .map((line) => {
        const [date = '', hour = '', , mw = ''] = line.split(',');
        return { date, start: Date.parse(`${date}T00:00:00-05:00`) + (Number(hour) - 1) * 3_600_000, mw: Number(mw) };
      });
  });

  test('trends are those of the file, and a missing hour makes the window incomplete', async () => {
    for (const days of [1, 30, 366]) {
      const trends = await valueAsAnon<Trends>(db, 'public.trends($1)', [`${days}d`]);
      const end = Math.max(...demand.map(({ start }) => start)) + 3_600_000;
      const from = end - days * 86_400_000;
      const inside = demand.filter(({ start }) => start >= from && start < end);
      expect([trends.window.start, trends.window.end].map((instant) => Date.parse(instant ?? ''))).toEqual([from, end]);
      expect(trends.metadata).toMatchObject({
        expected_hours: days * 24,
        measured_hours: inside.length,
        completeness_pct: Number(((100 * inside.length) / (days * 24)).toFixed(2)),
      });
      expect(trends.ontario_demand.map(({ date }) => date)).toEqual([...new Set(inside.map(({ date }) => date))]);
      for (const day of trends.ontario_demand) {
        const values = inside.filter(({ date }) => date === day.date).map(({ mw }) => mw);
        const average = values.reduce((sum, mw) => sum + mw, 0) / values.length;
        expect(day).toMatchObject({
          hours: values.length,
          minimum_mw: Math.min(...values),
          maximum_mw: Math.max(...values),
        });
        expect(day.average_mw).toBeCloseTo(average, 1);
      }
    }
    // 2025-05-01 hour ending 1 was never published.
    const year = await valueAsAnon<Trends>(db, `public.trends('366d')`);
    expect(year.metadata.completeness_pct).toBeLessThan(100);
    expect(year.ontario_demand.find(({ date }) => date === '2025-05-01')?.hours).toBe(23);
  });

  test('provincial metrics of all 13 provinces are sums of the rows, for one month and for twelve', async () => {
    for (const [days, months] of [
      [30, 1],
      [7, 1],
      [90, 3],
      [365, 12],
    ] as const) {
      for (const province of PROVINCES) {
        const said = await valueAsAnon<Metrics>(db, 'public.provincial_metrics(province => $1, window_days => $2)', [
          province,
          days,
        ]);
        const rows = await db.query<{ kind: string; mwh: string }>(
          `with months as (select distinct date from provincial_generation where province_code = $1 order by date desc limit $2)
           select generation_type as kind, sum(megawatt_hours::numeric)::text as mwh from provincial_generation join months using (date)
           where province_code = $1 and source = 'kaggle' group by 1`,
          [province, months],
        );
        const gwh = (kinds: (kind: string) => boolean): number =>
          rows.filter(({ kind }) => kinds(kind)).reduce((sum, { mwh }) => sum + Number(mwh), 0) / 1000;
        const total = gwh(() => true);
        expect(said.period.months).toBe(months);
        expect(said.generation.total_gwh).toBeCloseTo(total, 6);
        expect(Object.keys(said.generation.by_source).sort()).toEqual(rows.map(({ kind }) => kind).sort());
        expect(said.generation.renewable_share_percent).toBeCloseTo(
          (100 * gwh((kind) => /hydraulic|wind|solar|tidal/.test(kind))) / total,
          1,
        );
        expect(said.metadata.sources).toEqual(['kaggle']);
        expect(said.latest_demand === null).toBe(!['ON', 'AB'].includes(province));
      }
    }
  });

  test('the overview and the newest demand are the newest rows of the tables; no status is better than its data', async () => {
    const overview = await valueAsAnon<Overview>(db, 'public.national_overview()');
    const sum = overview.generation.by_province.reduce((total, { generation_gwh }) => total + generation_gwh, 0);
    expect(overview.generation.by_province.map(({ province }) => province).sort()).toEqual(PROVINCES);
    expect(overview.generation.total_generation_gwh).toBeCloseTo(sum, 6);
    expect(overview.demand).toMatchObject({ ontario_demand_mw: demand.at(-1)?.mw });
    expect(overview.weather.map(({ station_id }) => station_id)).not.toContain(null);
    const newest = Math.max(...overview.weather.map(({ timestamp }) => Date.parse(timestamp)));
    expect(overview.weather.filter(({ timestamp }) => Date.parse(timestamp) <= newest - 6 * 3_600_000)).toEqual([]);
    expect(overview.weather.length).toBeLessThanOrEqual(5);
    expect(new Set(Object.values(overview.provenance).map(({ freshness_status }) => freshness_status))).toEqual(
      new Set(['stale']),
    );

    const latest = await asAnon(
      db,
      'select region, observed_at::text, demand_mw::float8 as demand_mw, from_table from public.latest_demand order by region',
    );
    const own = await db.query(
      `select distinct on (region) region, captured_at::text as observed_at, demand_mw::float8, 'grid_status' as from_table
       from grid_status order by region, captured_at desc`,
    );
    expect(latest).toEqual(own);
    expect(own).toHaveLength(2);
  });
});
