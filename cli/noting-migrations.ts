/** Notes which migrations a command has applied, each when it is committed: a command that is killed has noted what it did. */
import type { Connected } from '../loaders/postgres/connect.ts';
import { migrate, type Migrated } from '../sql/migrate.ts';
import { machineClock } from './clock.ts';
import type { Context } from './context.ts';
import { openLog } from './database.ts';
import { changelogPath, recordOperation } from './operations-log.ts';
import type { Settings } from './settings.ts';

/** @param typed what `--changelog` and `--include-all` say. `changelog`: the file that was written to; null when nothing was or could be */
export async function notingMigrations(
  connected: Connected,
  typed: { readonly changelog?: string; readonly includeAll?: boolean },
  settings: Settings,
  context: Context,
): Promise<{ readonly done: Migrated; readonly changelog: string | null }> {
  const path = changelogPath(typed.changelog, context.env, settings);
  const log = openLog(settings, context);
  let changelog: string | null = null;
  const done = await migrate(connected.pool, {
    includeAll: typed.includeAll ?? false,
    applied: async (file) => {
      changelog = await recordOperation(
        path,
        {
          command: 'db migrate',
          changes: [`applied ${file}`],
          connected,
          dataDir: settings.dataDir,
          now: machineClock.now(),
        },
        log,
      );
    },
  });
  return { done, changelog };
}
