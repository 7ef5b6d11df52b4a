/** One run over all recordings: every dataset is loaded or says what it lacks, and every recorded answer is used. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunResult } from '../../engine/run.ts';
import { temporaryFolder, testEngine, testRun } from '../support/engine.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { hasShared, sharedFolder } from '../support/shared.ts';

/** Recorded at addresses that nobody asks: other ranges of days, and the summary that ended on 2025-09-30. Their bodies are loaded in tests/aeso. */
const OTHER_ADDRESSES =
  /^https:\/\/apimgw\.aeso\.ca\/public\/(poolprice-api|actualforecast-api|systemmarginalprice-api|meteredvolume-api|currentsupplydemand-api\/v1\/csd\/summary)/;

describe.skipIf(!hasShared('recordings'))('a run over all recordings', () => {
  let database: FreshDatabase;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let result: RunResult;

  beforeAll(async () => {
    database = await freshDatabase();
    folder = await temporaryFolder();
    const engine = await testEngine({
      pool: database.pool,
      recordings: sharedFolder('recordings'),
      dataDir: folder.path,
    });
    result = await testRun(engine, { jobs: 2 });
  }, 600_000);
  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
    await database.drop();
  });

  test('ends with exit code 0', () => {
    const faults = result.report.datasets.flatMap(({ intervals }) => intervals.flatMap(({ error }) => error ?? []));
    expect(faults).toEqual([]);
    expect(result.report.exitCode).toBe(0);
  });

  test('loads every dataset or says that nothing of it is recorded', () => {
    const silent = result.report.datasets.filter(
      ({ outcomes }) => (outcomes.loaded ?? 0) === 0 && (outcomes['not recorded'] ?? 0) === 0,
    );
    expect(silent.map(({ id }) => id)).toEqual([]);
  });

  test.each([
    'ontario_hourly_demand',
    'ontario_prices',
    'ontario_nodal_prices',
    'alberta_supply_demand',
    'alberta_grid_prices',
    'provincial_generation',
    'weather_data',
    'grid_status',
  ])('fills %s', async (table) => {
    const [counted] = await database.pool.query<{ n: number }>(`select count(*)::int as n from public.${table}`);
    expect(counted?.n).toBeGreaterThan(0);
  });

  test('uses every recorded answer, apart from those at addresses that nobody asks', async () => {
    const index = JSON.parse(readFileSync(join(sharedFolder('recordings'), 'index.json'), 'utf8')) as {
      recordings: { url: string; status: number; file?: string }[];
    };
    const used = await database.pool.query<{ sha256: string }>('select distinct sha256 from etl.artifact');
    const hashes = new Set(used.map(({ sha256 }) => sha256));
    const unused = index.recordings.filter(({ status, file }) => {
      if (status !== 200 || file === undefined) return false;
      const body = readFileSync(join(sharedFolder('recordings'), file));
      return !hashes.has(createHash('sha256').update(body).digest('hex'));
    });
    expect(unused.map(({ url }) => url).filter((url) => !OTHER_ADDRESSES.test(url))).toEqual([]);
  });

  test('leaves frequency and voltage empty, since nobody measured them', async () => {
    const [row] = await database.pool.query<{ frequency: number; voltage: number }>(
      'select count(frequency_hz)::int as frequency, count(voltage_kv)::int as voltage from public.grid_status',
    );
    expect(row).toEqual({ frequency: 0, voltage: 0 });
  });

  test('gives every row of every table a load with an artifact', async () => {
    const tables = new Set(result.report.datasets.map(({ table }) => table));
    for (const table of tables) {
      const [row] = await database.pool.query<{ orphans: number }>(
        `select count(*)::int as orphans from ${table} t
          where not exists (select from etl.load l join etl.artifact a using (artifact_id) where l.load_id = t.load_id and a.sha256 is not null)`,
      );
      expect({ table, orphans: row?.orphans }).toEqual({ table, orphans: 0 });
    }
  });
});
