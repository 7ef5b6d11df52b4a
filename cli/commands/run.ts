/** `run`: plans and executes what is due, or everything of a range. */
import type { Command } from 'commander';
import { closest } from 'fastest-levenshtein';
import type { Catalog } from '../../pipelines/index.ts';
import { unknownWord } from '../arguments.ts';
import { act, type Context } from '../context.ts';
import { common, jobs, range, type RangeOptions } from '../options.ts';
import { rangeWords } from '../range-words.ts';

interface RunOptions extends RangeOptions {
  readonly jobs: number;
}

export function runCommand(program: Command, context: () => Context): void {
  const command = program
    .command('run')
    .argument('[id...]', 'datasets; all when none is given')
    .description('ask for what is due and load it; with a range, ask again for all of it')
    .addHelpText(
      'after',
      `
An interval runs whole if it overlaps the range. The same bytes as before write nothing.

Examples:
  penstock run
  penstock run ieso-demand --from 2016-01-01 --to 2026-01-01
  penstock run --recordings ../recordings ieso-demand --json`,
    );
  common(jobs(range(command)), ['source', 'database', 'definitions']);
  act<RunOptions>(command, context, async (ids, options, settings) => {
    const { openCatalog } = await import('../catalog.ts');
    const request = { ids, ...rangeWords(options) };
    if (context().implicitRun) refuseUnknown(ids[0] ?? '', await openCatalog(settings), program);
    const catalog = await openCatalog(settings, request);
    const { runAndReport } = await import('../run-engine.ts');
    return runAndReport(settings, context(), { ...request, catalog, jobs: options.jobs });
  });
}

/** The first word may be a misspelt command as well as a misspelt dataset. */
function refuseUnknown(word: string, { pipelines }: Catalog, program: Command): void {
  const known = pipelines.map(({ id }) => id);
  if (!known.includes(word))
    throw unknownWord(word, closest(word, [...known, ...program.commands.map((each) => each.name())]));
}
