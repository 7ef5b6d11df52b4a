/** Lineage for the public: what load_provenance and the platform's provenance object say of samples, recordings, edits and unknown rows. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Pool } from '../../loaders/postgres/database.ts';
import { freshDatabase } from '../support/postgres.ts';
import { asAnon, asRole, load, refusal, SAMPLES, valueAsAnon } from './read-helpers-support.ts';

interface Provenance {
  readonly source: string | null;
  readonly last_updated: string | null;
  readonly freshness_status: string;
  readonly is_fallback: boolean;
  readonly trust_tier?: string;
  readonly license_notes?: string;
  readonly calculation_method?: string;
  readonly evidence_hash?: string;
}

const UNKNOWN = { source: null, last_updated: null, freshness_status: 'unknown', is_fallback: false };
const STREAMS = [
  'ontario-demand',
  'provincial-generation',
  'ontario-prices',
  'hf-electricity-demand',
  'aeso-grid-data',
];

test('on an empty database everything is unknown, and nothing is a number or a date', async () => {
  const { pool: db } = await freshDatabase();
  expect(await valueAsAnon(db, 'public.provenance_object()')).toEqual(UNKNOWN);
  expect(await valueAsAnon(db, 'public.provenance_object(load_id => 999999, last_updated => null)')).toEqual(UNKNOWN);
  for (const stream of STREAMS)
    expect(await valueAsAnon(db, 'public.stream_provenance($1)', [stream])).toEqual(UNKNOWN);
  expect(await asAnon(db, 'select * from public.load_provenance(999999)')).toEqual([]);
  expect(await asAnon(db, 'select public.load_source(999999) as source, public.database_content() as content')).toEqual(
    [{ source: null, content: null }],
  );
  for (const stream of ['', 'ontario_demand', "x'; drop table etl.load", 'ONTARIO-DEMAND', null])
    expect(await refusal(db, 'public.stream_provenance($1)', [stream])).toBe('PT404');
});

test('a samples database says demo everywhere, with the hash of the file', async () => {
  const { pool: db } = await freshDatabase();
  const ids = [
    'ieso-demand',
    'kaggle-provincial-generation',
    'ieso-day-ahead-nodal-price',
    'hf-electricity-demand',
    'aeso-ets-grid-status',
  ];
  await load(db, { recordings: SAMPLES, source: 'samples', ids, from: '2024-12-31', to: '2026-01-01' });
  for (const stream of STREAMS) {
    const provenance = await valueAsAnon<Provenance>(db, 'public.stream_provenance($1)', [stream]);
    expect(provenance).toMatchObject({
      freshness_status: 'demo',
      is_fallback: true,
      trust_tier: 'demo',
      license_notes: 'Generated sample, not a measurement.',
    });
    expect(provenance.source).toMatch(/^sample:/);
    const [artifact] = await db.query<{ known: boolean }>(
      `select exists (select from etl.artifact where sha256 = $1) as known`,
      [provenance.evidence_hash],
    );
    expect(artifact).toEqual({ known: true });
  }
  expect(await asAnon(db, `select public.database_content() as content`)).toEqual([{ content: 'samples' }]);
  expect(await asAnon(db, `select distinct is_fallback from public.source_status where publisher = 'ieso'`)).toEqual([
    { is_fallback: true },
  ]);
  const lineage = `select p.dataset, p.table_name, p.source, p.strategy, p.url, p.sha256, p.bytes, p.fetched_at, p.known_at
    from (select distinct load_id from public.ontario_hourly_demand) d, public.load_provenance(d.load_id) p order by p.known_at`;
  const own = `select l.dataset, l.table_name, 'samples' as source, l.strategy, a.url, a.sha256, a.bytes, a.fetched_at, l.known_at
    from etl.load l join etl.artifact a using (artifact_id)
    where l.load_id in (select load_id from public.ontario_hourly_demand) order by l.known_at`;
  const rows = await asAnon(db, lineage);
  expect(rows).toEqual(await db.query(own));
  expect(rows).toHaveLength(2);
});

describe('rows whose lineage is written by hand', () => {
  let db: Pool;
  beforeAll(async () => {
    db = (await freshDatabase()).pool;
    await db.query(
      `insert into etl.run (run_id, command, source, started_at, host, process_id, version)
       select kind, 'test', kind, now(), 'h', 1, '0' from unnest(array['live', 'adopted', 'edit']) kind`,
    );
    await db.query(
      `insert into etl.artifact (dataset, interval_start, sha256, url, bytes, fetched_at, source, run_id)
       select dataset, 'epoch', repeat('a', 64), 'https://example.org/' || dataset, 1, now(), 'live', 'live'
       from unnest(array['ieso-x', 'kaggle-x', 'hf-x']) dataset`,
    );
    await db.query(
      `insert into public.source_health (source_name) values ('ieso/ieso-x'), ('kaggle/kaggle-x'), ('huggingface/hf-x')`,
    );
    // ieso, kaggle, huggingface, adopted, edit; the last is of a table that the public may not read.
    await db.query(
      `insert into etl.load (load_id, run_id, dataset, table_name, interval_start, interval_end, artifact_id, definition_hash, strategy, known_at)
       overriding system value
       select n, case when strategy = 'merge' then 'live' else strategy end, dataset, table_name, '-infinity', 'infinity',
         (select a.artifact_id from etl.artifact a where a.url = 'https://example.org/' || file), case when strategy = 'merge' then 'x' end, strategy, now()
       from (values (1001, 'ieso-x', 'public.ontario_hourly_demand', 'ieso-x', 'merge'), (1002, 'kaggle-x', 'public.provincial_generation', 'kaggle-x', 'merge'),
         (1003, 'hf-x', 'public.hf_electricity_demand', 'hf-x', 'merge'), (1004, 'adopted', 'public.grid_status', null, 'adopted'),
         (1005, 'edit', 'public.grid_status', null, 'edit'), (1006, 'ieso-x', 'public.secret_table', 'ieso-x', 'merge'))
         v (n, dataset, table_name, file, strategy)`,
    );
  });
  const provenance = async (load: number, age: string, stream?: string): Promise<Provenance> =>
    valueAsAnon(db, `public.provenance_object($1, now() - $2::interval, $3)`, [load, age, stream]);

  test('a row of a publisher is live or stale by the age of its instant; the trust tier follows whose numbers they are', async () => {
    const evidence_hash = 'a'.repeat(64);
    expect(await provenance(1001, '1 hour')).toMatchObject({
      source: 'ieso',
      freshness_status: 'live',
      trust_tier: 'live',
      is_fallback: false,
      evidence_hash,
    });
    expect(await provenance(1001, '23 hours 59 minutes')).toMatchObject({ freshness_status: 'live' });
    expect(await provenance(1001, '24 hours 1 minute')).toMatchObject({
      freshness_status: 'stale',
      trust_tier: 'official_historical',
      is_fallback: false,
    });
    expect(await provenance(1001, '-12 hours')).toMatchObject({ freshness_status: 'live' });
    expect(await provenance(1002, '1 hour')).toMatchObject({
      source: 'kaggle',
      freshness_status: 'live',
      trust_tier: 'proxy',
    });
    const meters = await provenance(1003, '1 hour');
    expect(meters).toMatchObject({ source: 'huggingface', freshness_status: 'live' });
    expect(meters).not.toHaveProperty('trust_tier');
    expect(meters).not.toHaveProperty('calculation_method');
    const [made] = await asAnon<{ value: Provenance }>(
      db,
      `select public.provenance_object(1001, now(), calculation_method => 'sum') as value`,
    );
    expect(made?.value.calculation_method).toBe('sum');
  });

  test('without an instant, adopted or by hand it is unknown, never live', async () => {
    expect(await valueAsAnon(db, 'public.provenance_object(1001)')).toMatchObject({
      source: 'ieso',
      last_updated: null,
      freshness_status: 'unknown',
    });
    for (const [load, source] of [
      [1004, 'adopted'],
      [1005, 'edit'],
    ] as const) {
      const said = await provenance(load, '1 minute');
      expect(said).toMatchObject({ source, freshness_status: 'unknown', is_fallback: false });
      expect(said).not.toHaveProperty('trust_tier');
      expect(said).not.toHaveProperty('evidence_hash');
    }
    expect(
      await asAnon(db, 'select source, strategy, url, sha256, fetched_at from public.load_provenance(1004)'),
    ).toEqual([{ source: 'adopted', strategy: 'adopted', url: null, sha256: null, fetched_at: null }]);
  });

  test('the age of a stream is that of stream_manifest, and the licence that of its publisher', async () => {
    await db.transaction(async (tx) => {
      await tx.query(
        `insert into public.data_sources (publisher, title, url, licence, attribution, credentials, credentials_env, load_id)
         values ('ieso', 'IESO', 'https://www.ieso.ca', 'IESO terms', 'Source: IESO', 'none', '{}', 1)`,
      );
      await tx.query(
        `insert into public.data_provenance_types (code, label, quality_tier, description, load_id) values ('ieso_real_time', 'x', 'real_time', 'x', 1)`,
      );
      await tx.query(
        `insert into public.stream_manifest (stream_key, health_key, dataset, version, fields, page_size_default, max_page_size, title, provider,
           license, source_url, update_frequency, stale_after_hours, enabled, provenance_type, load_id)
         select key, key, key, '1', '{a}', 100, 1000, key, 'ieso', 'x', 'https://x', 'x', hours, false, 'ieso_real_time', 1
         from (values ('ontario-demand', 1), ('provincial-generation', 168), ('no-rule', null)) v (key, hours)`,
      );
    });
    const status = async (age: string, stream: string): Promise<string> =>
      (await provenance(1001, age, stream)).freshness_status;
    expect(await status('59 minutes', 'ontario-demand')).toBe('live');
    expect(await status('61 minutes', 'ontario-demand')).toBe('stale');
    expect(await status('167 hours', 'provincial-generation')).toBe('live');
    expect(await status('169 hours', 'provincial-generation')).toBe('stale');
    expect(await status('23 hours', 'no-rule')).toBe('live');
    expect(await status('25 hours', 'no-such-stream')).toBe('stale');
    expect((await provenance(1001, '1 hour')).license_notes).toBe('IESO terms. Source: IESO');
  });

  test('a load of a table that the public may not read stays unknown to everybody, and etl stays closed', async () => {
    expect(await asAnon(db, 'select * from public.load_provenance(1006)')).toEqual([]);
    for (const role of ['anon', 'authenticated']) {
      await expect(asRole(db, role, 'select * from etl.load')).rejects.toMatchObject({ code: '42501' });
      expect(await asRole(db, role, 'select source from public.load_provenance(1001)')).toEqual([{ source: 'live' }]);
    }
  });
});
