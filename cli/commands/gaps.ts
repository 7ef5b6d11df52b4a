/** `gaps`: what should be there and is not. */
import type { Command } from 'commander';
import { act, type Context } from '../context.ts';
import { common, range, type RangeOptions } from '../options.ts';
import { rangeWords } from '../range-words.ts';

/** Design §7: something was found. */
const FOUND = 4;

export function gapsCommand(program: Command, context: () => Context): void {
  const command = program
    .command('gaps')
    .argument('[id...]', 'datasets; all when none is given')
    .description('list intervals that were never loaded and steps that loaded ones lack; exit 4 when there are some')
    .addHelpText(
      'after',
      `
What the publisher cannot have published yet is no gap.

Examples:
  penstock gaps
  penstock gaps ieso-demand --from 2025-01-01 --to 2026-01-01 --json`,
    );
  common(range(command), ['source', 'database', 'definitions']);
  act<RangeOptions>(command, context, async (ids, options, settings) => {
    const { openCatalog } = await import('../catalog.ts');
    const request = { ids, ...rangeWords(options) };
    const catalog = await openCatalog(settings, request);
    const { openEngine } = await import('../open.ts');
    const { findGaps } = await import('../../engine/gaps.ts');
    const { gapDocument, gapsText } = await import('../gaps-text.ts');
    const { engine, close } = await openEngine(settings, context(), catalog);
    try {
      const gaps = await findGaps(engine, request);
      await context().output.result(gaps.map(gapDocument), () => gapsText(gaps));
      return gaps.length === 0 ? 0 : FOUND;
    } finally {
      await close();
    }
  });
}
