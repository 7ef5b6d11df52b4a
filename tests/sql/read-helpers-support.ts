/** Databases that an operator loaded, from samples or real recordings, and questions asked as anon: for the tests of the read helpers. */
import { join, resolve } from 'node:path';
import type { Database } from '../../core/effects.ts';
import type { Pool } from '../../loaders/postgres/database.ts';
import { temporaryFolder, testEngine, testRun } from '../support/engine.ts';
import { freshDatabase, type FreshDatabase, type TestServer } from '../support/postgres.ts';
import { sharedFolder } from '../support/shared.ts';

export const SAMPLES: string = resolve(import.meta.dirname, '../../data/samples');

/** What the helpers read, with ranges that are no longer than the samples: each hour or day of a range is an address to ask for. */
const SAMPLE_LOADS: readonly LoadOptions[] = [
  {
    ids: [
      'ieso-demand',
      'ieso-generation-by-fuel',
      'aeso-ets-grid-status',
      'aeso-ets-supply-demand',
      'aeso-ets-generation-by-fuel',
      'aeso-ets-pool-price',
      'hf-electricity-demand',
      'kaggle-provincial-generation',
      'statcan-provincial-generation',
    ],
    from: '2024-01-01',
    to: '2026-11-01',
  },
  {
    ids: ['ieso-day-ahead-nodal-price', 'ieso-realtime-nodal-price', 'ieso-grid-status'],
    from: '2025-12-31',
    to: '2026-01-01',
  },
  { ids: ['eccc-weather-toronto'], from: '2025-12-01', to: '2026-01-01' },
];

/** A database that holds the shipped samples. */
export async function samplesDatabase(server?: TestServer): Promise<FreshDatabase> {
  const database = await freshDatabase(server);
  for (const each of SAMPLE_LOADS) await load(database.pool, { ...each, recordings: SAMPLES, source: 'samples' });
  return database;
}

export interface LoadOptions {
  /** Folder with index.json; the real recordings by default. */
  readonly recordings?: string;
  readonly source?: 'recordings' | 'samples';
  readonly ids: readonly string[];
  readonly from: string;
  readonly to: string;
}

export async function load(pool: Pool, options: LoadOptions): Promise<void> {
  await using folder = await temporaryFolder();
  const engine = await testEngine({
    pool,
    recordings: options.recordings ?? sharedFolder('recordings'),
    dataDir: join(folder.path, 'data'),
  });
  const { from, to, ids, source = 'recordings' } = options;
  const env = { KAGGLE_USERNAME: 'x', KAGGLE_KEY: 'x', HF_TOKEN: 'x' };
  await testRun({ ...engine, env, source }, { ids, from, to });
}

/** Rows of a question that anon asks. */
export async function asAnon<T extends object>(
  db: Database,
  sql: string,
  params: readonly unknown[] = [],
): Promise<T[]> {
  return asRole<T>(db, 'anon', sql, params);
}

export async function asRole<T extends object>(
  db: Database,
  role: string,
  sql: string,
  params: readonly unknown[] = [],
): Promise<T[]> {
  return db.transaction(async (tx) => {
    await tx.query(`set local role ${role}`);
    return tx.query<T>(sql, params);
  });
}

/** What a function of one JSON value gives to anon. */
export async function valueAsAnon<T>(db: Database, sql: string, params: readonly unknown[] = []): Promise<T> {
  const [row] = await asAnon<{ value: T }>(db, `select ${sql} as value`, params);
  if (row === undefined) throw new Error(`no row: ${sql}`);
  return row.value;
}

/** SQLSTATE of a question that is refused. */
export async function refusal(db: Database, sql: string, params: readonly unknown[] = []): Promise<string> {
  try {
    await asAnon(db, `select ${sql}`, params);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return String(error.code);
    throw error;
  }
  return 'not refused';
}
