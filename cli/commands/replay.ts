/** `replay`: runs everything after landing again, without asking any publisher. */
import type { Command } from 'commander';
import { act, type Context } from '../context.ts';
import { common, jobs, range, type RangeOptions } from '../options.ts';
import { rangeWords } from '../range-words.ts';

interface ReplayOptions extends RangeOptions {
  readonly jobs: number;
}

export function replayCommand(program: Command, context: () => Context): void {
  const command = program
    .command('replay')
    .argument('[id...]', 'datasets; all when none is given')
    .description('decode, transform, check and load again what is in landing; nobody is asked')
    .addHelpText(
      'after',
      `
Examples:
  penstock replay ieso-demand --from 2025-01-01`,
    );
  common(jobs(range(command)), ['database', 'definitions']);
  act<ReplayOptions>(command, context, async (ids, options, settings) => {
    const { openCatalog } = await import('../catalog.ts');
    const request = { ids, ...rangeWords(options) };
    const catalog = await openCatalog(settings, request);
    const { runAndReport } = await import('../run-engine.ts');
    return runAndReport(settings, context(), { ...request, catalog, jobs: options.jobs, mode: 'replay' });
  });
}
