/** `list`: all datasets. Needs no database. */
import type { Command } from 'commander';
import { act, type Context } from '../context.ts';
import { common, type CommonOptions } from '../options.ts';
import { renderTable } from '../table.ts';

export function listCommand(program: Command, context: () => Context): void {
  const command = program.command('list').description('list all datasets');
  common(command, ['definitions']);
  act<CommonOptions>(command, context, async (_words, _options, settings) => {
    const { openCatalog } = await import('../catalog.ts');
    const { pipelines } = await openCatalog(settings);
    await context().output.result(
      pipelines.map(({ id, title, publisher, table, extract }) => ({
        id,
        title,
        publisher,
        table: table.name,
        url: extract.url,
      })),
      () =>
        pipelines.length === 0
          ? 'There are no definitions.'
          : renderTable(
              [{ name: 'id' }, { name: 'title' }, { name: 'publisher' }, { name: 'table' }],
              pipelines.map(({ id, title, publisher, table }) => [id, title, publisher, table.name]),
            ),
    );
    return 0;
  });
}
