/** `doctor`: what is missing on this machine. */
import type { Command } from 'commander';
import { act, type Context } from '../context.ts';
import { common, type CommonOptions } from '../options.ts';

export function doctorCommand(program: Command, context: () => Context): void {
  const command = program
    .command('doctor')
    .description('look what is missing on this machine; exit 1 when something that is needed fails');
  common(command, ['database', 'definitions']);
  act<CommonOptions>(command, context, async (_words, _options, settings) => {
    const { examine, findingsText } = await import('../doctor.ts');
    const findings = await examine(settings, context().env);
    await context().output.result(findings, () => findingsText(findings));
    return findings.some(({ state }) => state === 'fail') ? 1 : 0;
  });
}
