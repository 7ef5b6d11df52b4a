/** `new`: writes the files of a new dataset, or what an existing definition still lacks. */
import type { Command } from 'commander';
import { act, type Context } from '../context.ts';
import { common, type CommonOptions } from '../options.ts';

interface NewOptions extends CommonOptions {
  readonly table?: string;
  readonly url?: string;
}

export function newCommand(program: Command, context: () => Context): void {
  const command = program
    .command('new')
    .argument('<publisher/name>', 'for example ieso/demand')
    .description('write definition, SQL file, migration and access rows of a new dataset')
    .option('--table <name>', 'table to load into (default: publisher_name)')
    .option('--url <template>', 'address with placeholders; they and the ending choose partitions and decoder')
    .addHelpText(
      'after',
      `
Nothing that exists is overwritten. For a definition that exists already, its migration, SQL file and access rows are
written from its contract. "penstock lint" says what is left to fill in.

Placeholders: {yyyy} {yyyy+1} {mm} {dd} {hh}

Examples:
  penstock new hydro/river-flow --table river_flow --url "https://data.example.org/flow/{yyyy}/{mm}.csv"`,
    );
  common(command, ['definitions']);
  act<NewOptions>(command, context, async ([name = ''], { table, url }, settings) => {
    const { newDataset } = await import('../new-dataset.ts');
    const written = await newDataset(
      settings,
      name,
      { ...(table !== undefined && { table }), ...(url !== undefined && { url }) },
      Date.now(),
    );
    await context().output.result(written, () =>
      [
        ...written.files.map(({ path, mode }) => `${mode === 'create' ? 'wrote' : 'added to'} ${path}`),
        'next: fill in the definition, then penstock lint',
      ].join('\n'),
    );
    return 0;
  });
}
