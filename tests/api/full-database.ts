/** A database as an operator has it: the shipped samples, and everything that comes with the project. */
import { join } from 'node:path';
import { loadCatalog } from '../../pipelines/index.ts';
import { samplesDatabase, SAMPLES } from '../sql/read-helpers-support.ts';
import { temporaryFolder, testEngine, testRun } from '../support/engine.ts';
import type { FreshDatabase } from '../support/postgres.ts';

export async function fullDatabase(): Promise<FreshDatabase> {
  const db = await samplesDatabase();
  await seed(db, 'samples');
  return db;
}

/** Help texts, reference data, manifests of streams. */
export async function seed(db: FreshDatabase, source: 'live' | 'samples' = 'live'): Promise<void> {
  await using folder = await temporaryFolder();
  const catalog = await loadCatalog();
  const ids = catalog.pipelines.map(({ id }) => id).filter((id) => id.startsWith('local-'));
  const engine = await testEngine({ pool: db.pool, recordings: SAMPLES, dataDir: join(folder.path, 'data'), catalog });
  await testRun({ ...engine, source }, { ids });
}
