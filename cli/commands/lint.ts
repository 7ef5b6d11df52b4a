/** `lint`: validates all definitions and the SQL that they name. */
import type { Command } from 'commander';
import { act, type Context } from '../context.ts';
import { common, type CommonOptions } from '../options.ts';

export function lintCommand(program: Command, context: () => Context): void {
  const command = program
    .command('lint')
    .description('validate all definitions, their SQL, migrations and access rows; all faults in one message')
    .addHelpText(
      'after',
      `
Needs no database and no network. The SQL runs on empty tables of the publisher's columns.`,
    );
  common(command, ['definitions']);
  act<CommonOptions>(command, context, async (_words, _options, settings) => {
    const { openCatalog } = await import('../catalog.ts');
    const { lint } = await import('../../engine/lint.ts');
    const { counted } = await import('../../reports/words.ts');
    const looked = await lint(await openCatalog(settings));
    await context().output.result(
      { ...looked, faults: [] },
      () =>
        `${counted(looked.definitions, 'definition')} and ${counted(looked.sqlFiles, 'SQL file')} looked at: no faults`,
    );
    return 0;
  });
}
