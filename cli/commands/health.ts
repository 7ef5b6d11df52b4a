/** `health`: state of every source, from `source_health`. */
import type { Command } from 'commander';
import { act, type Context } from '../context.ts';
import { common, type CommonOptions } from '../options.ts';

/** Design §7: something was found. */
const FOUND = 4;

export function healthCommand(program: Command, context: () => Context): void {
  const command = program
    .command('health')
    .argument('[source...]', 'publishers, with all their datasets, or datasets; all when none is given')
    .description('state of every source; exit 4 when one is degraded, failing, late or without data')
    .addHelpText(
      'after',
      `
degraded        the last attempt failed, a check blocked it, or the newest data are older than the definition allows
failing         three or more failed in a row
late            no answer for longer than the publisher needs for its next issue
unknown         never asked, or asked and there is no row yet
not configured  a key is not set; no finding
score           0 to 100: intervals loaded x steps present x rows valid x checks without an open finding
fresh           fresh, stale, ended (the publisher goes on no more) or unknown

A monitor looks at the exit code: 0 fine, 4 something is wrong, 1 or 2 it could not be looked at.

Examples:
  penstock health
  penstock health ieso --json
  penstock health ieso-demand --quiet || echo "look at it"`,
    );
  common(command, ['database', 'definitions']);
  act<CommonOptions>(command, context, async (words, _options, settings) => {
    const { openCatalog } = await import('../catalog.ts');
    const { openDatabase, openLog } = await import('../database.ts');
    const { readHealth } = await import('../../loaders/postgres/health.ts');
    const { judgedHealth, isFinding, onlySources } = await import('../health-states.ts');
    const { healthText } = await import('../health-text.ts');
    const catalog = await openCatalog(settings);
    const database = await openDatabase(settings, openLog(settings, context()));
    try {
      const all = judgedHealth(catalog.pipelines, await readHealth(database.pool), Date.now());
      const sources = onlySources(all, words);
      await context().output.result(
        sources.map(({ said: _said, ...source }) => source),
        () => healthText(sources),
      );
      return sources.some(isFinding) ? FOUND : 0;
    } finally {
      await database.close();
    }
  });
}
