/** `db`: the database itself. */
import type { Command } from 'commander';
import { Fault } from '../../core/errors.ts';
import { act, type Context } from '../context.ts';
import { changelogOption, type ChangelogOptions, common, type CommonOptions } from '../options.ts';
import type { Settings } from '../settings.ts';
import { auditCommand } from './db-audit.ts';
import { seedCommand } from './db-seed.ts';

export function dbCommand(program: Command, context: () => Context): void {
  const group = program.command('db').description('the database: start, stop, url, migrate, seed, audit, status');
  startCommand(group, context);
  stopCommand(group, context);
  urlCommand(group, context);
  migrateCommand(group, context);
  seedCommand(group, context);
  statusCommand(group, context);
  auditCommand(group, context);
}

function startCommand(group: Command, context: () => Context): void {
  const command = group.command('start').description('start the embedded server and leave it running until "db stop"');
  common(command, ['database']);
  act<CommonOptions>(command, context, async (_words, _options, settings) => {
    requireEmbedded(settings, 'started');
    const { openLog } = await import('../database.ts');
    const { keep } = await import('../../loaders/postgres/embedded/index.ts');
    const { url } = await keep(settings.dataDir, { log: openLog(settings, context()) });
    await context().output.result(
      { running: true, url },
      () =>
        `The embedded database runs until "penstock db stop". Connect: psql "$(penstock db url${settings.dataDir === 'data' ? '' : ` --data-dir ${settings.dataDir}`})"`,
    );
    return 0;
  });
}

function stopCommand(group: Command, context: () => Context): void {
  const command = group.command('stop').description('stop the embedded server, whoever uses it');
  common(command, ['database']);
  act<CommonOptions>(command, context, async (_words, _options, settings) => {
    requireEmbedded(settings, 'stopped');
    const { openLog } = await import('../database.ts');
    const { stop } = await import('../../loaders/postgres/embedded/index.ts');
    const outcome = await stop(settings.dataDir, { log: openLog(settings, context()) });
    const cut = outcome.users === 0 ? '' : `; ${outcome.users} processes were using it`;
    await context().output.result(outcome, () =>
      outcome.stopped ? `The embedded database is stopped${cut}.` : 'The embedded database was not running.',
    );
    return 0;
  });
}

function urlCommand(group: Command, context: () => Context): void {
  const command = group.command('url').description("print the owner's connection string, for psql; starts nothing");
  common(command, ['database']);
  act<CommonOptions>(command, context, async (_words, _options, settings) => {
    const { runningUrl } = await import('../../loaders/postgres/embedded/index.ts');
    const found = settings.databaseUrl === null ? runningUrl(settings.dataDir) : { url: settings.databaseUrl };
    if (found.url === null) throw notRunning(found.reason, settings);
    const { url } = found;
    await context().output.result({ url }, () => url);
    return 0;
  });
}

interface MigrateOptions extends ChangelogOptions {
  readonly includeAll?: boolean;
}

function migrateCommand(group: Command, context: () => Context): void {
  const command = group.command('migrate').description('apply the migrations that the database does not have yet');
  command.option('--include-all', 'apply files, too, that are older than some that are applied');
  common(changelogOption(command), ['database']);
  act<MigrateOptions>(command, context, async (_words, options, settings) => {
    const { openLog } = await import('../database.ts');
    const { connect } = await import('../../loaders/postgres/connect.ts');
    const { adoption, adoptionPointer, adoptionText } = await import('../../sql/adoption.ts');
    const { notingMigrations } = await import('../noting-migrations.ts');
    const { counted } = await import('../../reports/words.ts');
    const { dataDir, databaseUrl } = settings;
    const connected = await connect({
      dataDir,
      log: openLog(settings, context()),
      ...(databaseUrl !== null && { databaseUrl }),
    });
    try {
      const { done, changelog } = await notingMigrations(connected, options, settings, context());
      const { applied, already } = done;
      const adopted = await adoption(connected.pool);
      await context().output.result({ ...done, adopted, changelog }, () =>
        [
          ...applied.map((file) => `applied ${file}`),
          ...(applied.length === 0 ? adoptionPointer(adopted) : adoptionText(adopted)),
          ...(changelog === null ? [] : [`noted in ${changelog}`]),
          `${counted(applied.length, 'migration')} applied, ${already} there before; ${connected.describe}`,
        ].join('\n'),
      );
      return 0;
    } finally {
      await connected.close();
    }
  });
}

function statusCommand(group: Command, context: () => Context): void {
  const command = group.command('status').description('which database, whether it runs, what it holds; starts nothing');
  common(command, ['database']);
  act<CommonOptions>(command, context, async (_words, _options, settings) => {
    const { databaseStatus, statusText } = await import('../database-status.ts');
    const status = await databaseStatus(settings);
    await context().output.result(status, () => statusText(status));
    return 0;
  });
}

function requireEmbedded({ databaseUrl }: Settings, what: string): void {
  if (databaseUrl === null) return;
  throw new Fault({
    code: 'DATABASE_IS_EXTERNAL',
    kind: 'usage',
    what: 'DATABASE_URL or --database-url names a server, and only the embedded one is started and stopped by penstock',
    consequence: `nothing was ${what}`,
    next: 'unset DATABASE_URL to use the embedded server',
  });
}

function notRunning(reason: string, { dataDir }: Settings): Fault {
  return new Fault({
    code: 'DATABASE_NOT_RUNNING',
    kind: 'usage',
    what: reason,
    where: dataDir,
    consequence: 'there is no address to print',
    next: 'penstock db start',
  });
}
