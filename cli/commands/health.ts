/** `health`: state of every source, from `source_health`. */
import type { Command } from 'commander';
import { act, type Context } from '../context.ts';
import { common, type CommonOptions } from '../options.ts';

export function healthCommand(program: Command, context: () => Context): void {
  const command = program
    .command('health')
    .description('state of every source; exit 4 when one is degraded, failing, late or was never asked')
    .addHelpText(
      'after',
      `
degraded  the last attempt failed, or the newest data are older than the definition allows
failing   three or more failed in a row
late      no answer for longer than the publisher needs for its next issue
unknown   never asked`,
    );
  common(command, ['database', 'definitions']);
  act<CommonOptions>(command, context, async (_words, _options, settings) => {
    const { openCatalog } = await import('../catalog.ts');
    const { openDatabase, openLog } = await import('../database.ts');
    const { readHealth } = await import('../../loaders/postgres/health.ts');
    const { judgedHealth, healthText, isFinding } = await import('../health-text.ts');
    const catalog = await openCatalog(settings);
    const database = await openDatabase(settings, openLog(settings, context()));
    try {
      const sources = judgedHealth(catalog.pipelines, await readHealth(database.pool), Date.now());
      await context().output.result(sources, () => healthText(sources));
      return sources.some(isFinding) ? 4 : 0;
    } finally {
      await database.close();
    }
  });
}
