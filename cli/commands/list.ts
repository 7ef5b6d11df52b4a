/** `list`: all datasets. Needs no database. */
import type { Command } from 'commander';
import type { Pipeline, Publisher } from '../../core/pipeline.ts';
import { counted } from '../../reports/words.ts';
import { act, type Context } from '../context.ts';
import { common, type CommonOptions } from '../options.ts';
import { renderTable } from '../table.ts';

export function listCommand(program: Command, context: () => Context): void {
  const command = program.command('list').description('list all datasets');
  common(command, ['definitions']);
  act<CommonOptions>(command, context, async (_words, _options, settings) => {
    const { openCatalog } = await import('../catalog.ts');
    const { pipelines, publishers } = await openCatalog(settings);
    await context().output.result(
      pipelines.map(({ id, title, publisher, table, extract }) => ({
        id,
        title,
        publisher,
        table: table.name,
        url: extract.url,
      })),
      () => (pipelines.length === 0 ? 'There are no definitions.' : listText(pipelines, publishers)),
    );
    return 0;
  });
}

/** A block for each publisher, so that forty datasets can be read. */
function listText(pipelines: readonly Pipeline[], publishers: ReadonlyMap<string, Publisher>): string {
  const ids = [...new Set(pipelines.map(({ publisher }) => publisher))].sort();
  const columns = [{ name: 'id' }, { name: 'table' }, { name: 'title' }];
  const width = (texts: readonly string[]): number => Math.max(...texts.map(({ length }) => length));
  // The same widths in every block, or the eye has to start anew in each.
  const widths = [width(pipelines.map(({ id }) => id)), width(pipelines.map(({ table }) => table.name))];
  const blocks = ids.map((publisher) => {
    const own = pipelines.filter((pipeline) => pipeline.publisher === publisher);
    const rows = own.map(({ id, table, title }) => [
      id.padEnd(widths[0] ?? 0),
      table.name.padEnd(widths[1] ?? 0),
      title,
    ]);
    return `${publishers.get(publisher)?.title ?? publisher} (${publisher})\n${renderTable(columns, rows)}`;
  });
  return `${blocks.join('\n\n')}\n\n${counted(pipelines.length, 'dataset')} of ${counted(ids.length, 'publisher')}`;
}
