/** Sums of rows from several loads: their provenance is that of all rows, not of the newest; a withheld cell is not 0. */
import { describe, expect, test } from 'vitest';
import type { Database } from '../../core/effects.ts';
import type { Pool } from '../../loaders/postgres/database.ts';
import { freshDatabase, testServers } from '../support/postgres.ts';
import { asAnon, valueAsAnon } from './read-helpers-support.ts';

/** Loads by number: of StatCan (two files), Kaggle, IESO (two files), ECCC, samples of StatCan; adopted rows; an edit. */
const LOADS = { statcan: 1, later: 2, kaggle: 3, ieso: 4, iesoLater: 5, eccc: 6, sample: 7, adopted: 8, edit: 9 };
const HASH = (load: number): string => String(load).repeat(64);

interface Provenance {
  readonly source: string | null;
  readonly last_updated: string | null;
  readonly freshness_status: string;
  readonly is_fallback: boolean;
  readonly trust_tier?: string;
  readonly license_notes?: string;
  readonly evidence_hash?: string;
}
interface Metrics {
  readonly generation: {
    readonly total_gwh: number | null;
    readonly by_source: Record<string, number | null>;
    readonly renewable_share_percent: number | null;
  };
  readonly metadata: { readonly withheld_rows: number; readonly withheld_by_source: Record<string, number> };
  readonly provenance: Provenance;
}

describe.each(testServers())('on $name', (server) => {
  test('the provenance of several loads is that of the weakest, with all sources and no file as evidence', async () => {
    const db = await withLoads((await freshDatabase(server)).pool);
    const of = async (loads: readonly (keyof typeof LOADS)[], age = '1 hour'): Promise<Provenance> =>
      valueAsAnon(db, 'public.provenance_of_loads($1, now() - $2::interval)', [loads.map((load) => LOADS[load]), age]);
    expect(await of(['statcan', 'statcan'])).toMatchObject({
      source: 'statcan',
      freshness_status: 'live',
      trust_tier: 'live',
      evidence_hash: HASH(1),
    });
    const twoFiles = await of(['statcan', 'later']);
    expect(twoFiles).toMatchObject({ source: 'statcan', freshness_status: 'live', trust_tier: 'live' });
    expect(twoFiles).not.toHaveProperty('evidence_hash');
    expect(await of(['statcan', 'eccc'], '25 hours')).toMatchObject({
      source: 'eccc, statcan',
      freshness_status: 'stale',
      trust_tier: 'official_historical',
    });
    const copied = await of(['later', 'kaggle']);
    expect(copied).toMatchObject({ source: 'kaggle, statcan', freshness_status: 'live', trust_tier: 'proxy' });
    expect(copied.license_notes).toBe('of kaggle. By kaggle of statcan. By statcan');
    for (const [loads, source] of [
      [['statcan', 'edit'], 'edit, statcan'],
      [['kaggle', 'adopted', 'statcan'], 'adopted, kaggle, statcan'],
    ] as const) {
      const said = await of(loads);
      expect(said).toMatchObject({ source, freshness_status: 'unknown', is_fallback: false });
      expect(said).not.toHaveProperty('trust_tier');
      expect(said).not.toHaveProperty('evidence_hash');
    }
    expect(await of(['sample', 'edit', 'ieso'])).toMatchObject({
      source: 'edit, ieso, sample:statcan',
      freshness_status: 'demo',
      is_fallback: true,
      trust_tier: 'demo',
    });
    expect(await valueAsAnon(db, 'public.provenance_of_loads(array[1, 999], now())')).toMatchObject({
      source: 'statcan, unknown',
      freshness_status: 'unknown',
    });
    for (const none of ['null', `'{}'`, `'{NULL}'`])
      expect(await valueAsAnon(db, `public.provenance_of_loads(${none})`)).toEqual({
        source: null,
        last_updated: null,
        freshness_status: 'unknown',
        is_fallback: false,
      });
  });

  test('a sum over two publishers names both, everywhere; one edited row makes it unknown', async () => {
    const db = await withLoads((await freshDatabase(server)).pool);
    await generation(db, [
      ['2026-01-01', 'wind power turbine', 30, 'kaggle', LOADS.kaggle],
      ['2026-01-01', 'combustible fuels', 70, 'statcan', LOADS.statcan],
    ]);
    await db.query(`insert into public.ontario_hourly_demand (hour, ontario_demand_mw, load_id)
      values ('2026-01-31T05:00Z', 100, 4), ('2026-01-31T06:00Z', 200, 5)`);
    await db.query(`insert into public.weather_data (station_id, timestamp, load_id)
      values ('a', '2026-01-31T05:00Z', 6), ('b', '2026-01-31T08:00Z', 3)`);
    const all = async () => {
      const metrics = await valueAsAnon<Metrics>(db, `public.provincial_metrics('ON')`);
      const trends = await valueAsAnon<{ provenance: Record<string, Provenance> }>(db, `public.trends('30d')`);
      const overview = await valueAsAnon<{ provenance: Record<string, Provenance> }>(db, 'public.national_overview()');
      return { metrics, trends: trends.provenance, overview: overview.provenance };
    };
    const before = await all();
    for (const said of [before.metrics.provenance, before.trends['generation'], before.overview['generation']]) {
      expect(said).toMatchObject({ source: 'kaggle, statcan', freshness_status: 'stale', trust_tier: 'proxy' });
      expect(said).not.toHaveProperty('evidence_hash');
    }
    // Two files of one publisher; the newest hour is one row of one file.
    expect(before.trends['ontario_demand']).toMatchObject({ source: 'ieso', trust_tier: 'official_historical' });
    expect(before.trends['ontario_demand']).not.toHaveProperty('evidence_hash');
    expect(before.overview['ontario_demand']).toMatchObject({ source: 'ieso', evidence_hash: HASH(5) });
    expect(before.overview['weather']).toMatchObject({ source: 'eccc, kaggle', trust_tier: 'proxy' });
    expect(Date.parse(before.overview['weather']?.last_updated ?? '')).toBe(Date.parse('2026-01-31T05:00Z'));

    await db.query(`update public.provincial_generation set load_id = 9 where source = 'kaggle'`);
    const after = await all();
    for (const said of [after.metrics.provenance, after.trends['generation'], after.overview['generation']]) {
      expect(said).toMatchObject({ source: 'edit, statcan', freshness_status: 'unknown' });
      expect(said).not.toHaveProperty('trust_tier');
    }
  });

  test('a withheld cell makes the share unknown, of either side of it, and a part of a total says so', async () => {
    const db = await withLoads((await freshDatabase(server)).pool);
    const metrics = async (days: number): Promise<Metrics> =>
      valueAsAnon(db, `public.provincial_metrics('ON', $1)`, [days]);
    await generation(db, [
      ['2026-01-01', 'wind power turbine', null, 'statcan', 1],
      ['2026-01-01', 'combustible fuels', 70, 'statcan', 1],
      ['2026-02-01', 'wind power turbine', 30, 'statcan', 1],
      ['2026-02-01', 'combustible fuels', 90, 'statcan', 1],
    ]);
    expect(await metrics(30)).toMatchObject({
      generation: { total_gwh: 120, renewable_share_percent: 25 },
      metadata: { withheld_rows: 0, withheld_by_source: {} },
      provenance: { evidence_hash: HASH(1) },
    });
    expect(await metrics(60)).toMatchObject({
      generation: {
        total_gwh: 190,
        by_source: { 'wind power turbine': 30, 'combustible fuels': 160 },
        renewable_share_percent: null,
      },
      metadata: { withheld_rows: 1, withheld_by_source: { 'wind power turbine': 1 } },
    });
    await db.query(`update public.provincial_generation set generation_gwh = case generation_type when 'combustible fuels' then null else 30 end
      where date = '2026-02-01'`);
    expect(await metrics(30)).toMatchObject({
      generation: { total_gwh: 30, by_source: { 'combustible fuels': null }, renewable_share_percent: null },
      metadata: { withheld_rows: 1, withheld_by_source: { 'combustible fuels': 1 } },
    });
    expect(
      await valueAsAnon(
        db,
        `(select jsonb_build_object('whole', g -> 'total_generation_gwh', 'withheld', g -> 'withheld_rows')
          from (select public.national_overview() -> 'generation' as g) o)`,
      ),
    ).toEqual({ whole: 30, withheld: 1 });
    expect(
      await asAnon(
        db,
        `select g -> 'total_gwh' as gwh, g -> 'withheld_rows' as withheld
         from jsonb_array_elements(public.trends('60d') -> 'generation') g order by g ->> 'date'`,
      ),
    ).toEqual([
      { gwh: 70, withheld: 1 },
      { gwh: 30, withheld: 1 },
    ]);
  });
});

async function withLoads(db: Pool): Promise<Pool> {
  await db.query(
    `insert into etl.run (run_id, command, source, started_at, host, process_id, version)
     select kind, 'test', kind, now(), 'h', 1, '0' from unnest(array['live', 'samples', 'adopted', 'edit']) kind`,
  );
  await db.query(`insert into public.source_health (source_name)
    select p || '/' || p || '-x' from unnest(array['statcan', 'kaggle', 'ieso', 'eccc']) p`);
  const rows = Object.values(LOADS).map((load) => {
    const publisher = { 3: 'kaggle', 4: 'ieso', 5: 'ieso', 6: 'eccc' }[load] ?? 'statcan';
    const run = { 7: 'samples', 8: 'adopted', 9: 'edit' }[load] ?? 'live';
    return { load, publisher, run };
  });
  for (const { load, publisher, run } of rows) {
    const file = ['adopted', 'edit'].includes(run) ? null : load;
    if (file !== null)
      await db.query(
        `insert into etl.artifact (artifact_id, dataset, interval_start, sha256, url, bytes, fetched_at, source, run_id) overriding system value
         values ($1, $2, 'epoch', $3, 'https://example.org', 1, now(), $4, $4)`,
        [load, `${publisher}-x`, HASH(load), run],
      );
    await db.query(
      `insert into etl.load (load_id, run_id, dataset, table_name, interval_start, interval_end, artifact_id, definition_hash, strategy, known_at)
       overriding system value values ($1, $2, $3, 'public.provincial_generation', '-infinity', 'infinity', $4::bigint, $5, $6, now())`,
      [load, run, `${publisher}-x`, file, file === null ? null : 'x', file === null ? run : 'merge'],
    );
  }
  // As a seed would write them, not by hand.
  await db.transaction(async (tx) => {
    await tx.query(`select set_config('penstock.load_id', '1', true)`);
    await tx.query(
      `insert into public.data_sources (publisher, title, url, licence, attribution, credentials, credentials_env, load_id)
       select p, p, 'https://example.org', 'of ' || p, 'By ' || p, 'none', '{}', 1 from unnest(array['statcan', 'kaggle']) p`,
    );
  });
  return db;
}

type Cell = readonly [month: string, kind: string, gwh: number | null, source: string, load: number];

async function generation(db: Database, cells: readonly Cell[]): Promise<void> {
  for (const cell of cells)
    await db.query(
      `insert into public.provincial_generation (period, date, province_code, province, producer, generation_type, generation_gwh, source, load_id)
       values ('month', $1, 'ON', 'Ontario', 'electric utilities', $2, $3, $4, $5)`,
      cell,
    );
}
