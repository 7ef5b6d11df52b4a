/** The log and the configured database: all that the commands which only read need. */
import process from 'node:process';
import type { Log } from '../core/effects.ts';
import { connect, type Connected } from '../loaders/postgres/connect.ts';
import { migrate, requireMigrated } from '../sql/migrate.ts';
import type { Context } from './context.ts';
import { createLog, levelOf, type Screen } from './log.ts';
import type { Settings } from './settings.ts';

export function machineScreen(): Screen {
  return { write: (text) => void process.stderr.write(text) };
}

export function openLog(settings: Settings, context: Context, screen: Screen = machineScreen()): Log {
  return createLog({
    level: levelOf(context.env['LOG_LEVEL'], settings.quiet),
    colour: context.env['NO_COLOR'] === undefined,
    screen,
  });
}

/** The configured database, migrated: an embedded one by us, somebody's own only by `db migrate`. */
export async function openDatabase(settings: Settings, log: Log, connections: number = 4): Promise<Connected> {
  const { databaseUrl, dataDir } = settings;
  const connected = await connect({ dataDir, log, max: connections, ...(databaseUrl !== null && { databaseUrl }) });
  try {
    log.debug(`connected to ${connected.describe}`);
    await (connected.kind === 'embedded' ? migrate(connected.pool) : requireMigrated(connected.pool));
    return connected;
  } catch (error) {
    await connected.close();
    throw error;
  }
}
