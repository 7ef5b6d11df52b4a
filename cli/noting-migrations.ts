/** Notes which migrations a command has applied, also when it fails on the way: each of them is committed by itself. */
import type { Connected } from '../loaders/postgres/connect.ts';
import type { Pool } from '../loaders/postgres/database.ts';
import type { Migrated } from '../sql/migrate.ts';
import { machineClock } from './clock.ts';
import type { Context } from './context.ts';
import { openLog } from './database.ts';
import { changelogPath, recordOperation } from './operations-log.ts';
import type { Settings } from './settings.ts';

/** @param typed what `--changelog` says */
export async function notingMigrations(
  connected: Connected,
  typed: string | undefined,
  settings: Settings,
  context: Context,
  work: () => Promise<Migrated>,
): Promise<{ readonly done: Migrated; readonly changelog: string | null }> {
  const { pool } = connected;
  const before = new Set(await appliedFiles(pool));
  const note = async (applied: readonly string[]): Promise<string | null> => {
    const changes = applied.map((file) => `applied ${file}`);
    const { dataDir } = settings;
    const operation = { command: 'db migrate', changes, connected, dataDir, now: machineClock.now() };
    return recordOperation(changelogPath(typed, context.env, settings), operation, openLog(settings, context));
  };
  try {
    const done = await work();
    return { done, changelog: await note(done.applied) };
  } catch (error) {
    // The reason why it failed is worth more than why it could not be noted.
    const now = await appliedFiles(pool).catch(() => []);
    await note(now.filter((file) => !before.has(file))).catch(() => null);
    throw error;
  }
}

/** Where Supabase keeps them, too. */
async function appliedFiles(pool: Pool): Promise<string[]> {
  const [found] = await pool.query<{ there: boolean }>(
    `select to_regclass('supabase_migrations.schema_migrations') is not null as there`,
  );
  if (found?.there !== true) return [];
  const rows = await pool.query<{ file: string }>(
    `select concat(version, '_' || name, '.sql') as file from supabase_migrations.schema_migrations order by version`,
  );
  return rows.map(({ file }) => file);
}
