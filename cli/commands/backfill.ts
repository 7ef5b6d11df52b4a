/** `backfill`: fills what is missing in a range and leaves alone what is there. */
import type { Command } from 'commander';
import { act, type Context } from '../context.ts';
import { common, jobs, range, type RangeOptions } from '../options.ts';
import { rangeWords } from '../range-words.ts';

interface BackfillOptions extends RangeOptions {
  readonly jobs: number;
}

export function backfillCommand(program: Command, context: () => Context): void {
  const command = program
    .command('backfill')
    .argument('[id...]', 'datasets; all when none is given')
    .description('fill the intervals of a range that were never loaded or failed')
    .addHelpText(
      'after',
      `
Without --from it begins with the first interval ever published, without --to it ends now.
Intervals that are loaded are not asked for again: that is "penstock run" with a range.

Examples:
  penstock backfill ieso-demand --from 2010-01-01 --to 2020-01-01 --jobs 4`,
    );
  common(jobs(range(command)), ['source', 'database', 'definitions']);
  act<BackfillOptions>(command, context, async (ids, options, settings) => {
    const { openCatalog } = await import('../catalog.ts');
    const request = { ids, ...rangeWords(options) };
    const catalog = await openCatalog(settings, request);
    const { runAndReport } = await import('../run-engine.ts');
    const { unfilled } = await import('../../engine/backfill.ts');
    return runAndReport(settings, context(), {
      ...request,
      catalog,
      jobs: options.jobs,
      narrow: async (engine) => {
        const only = await unfilled(engine, request);
        return only.length === 0
          ? { nothing: 'Nothing to fill: every interval of the range that is due is loaded.' }
          : { only };
      },
    });
  });
}
