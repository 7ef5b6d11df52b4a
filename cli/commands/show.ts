/** `show`: one dataset explained. Starts no database; says when it was last loaded where one answers. */
import type { Command } from 'commander';
import { act, type Context } from '../context.ts';
import { common, type CommonOptions } from '../options.ts';

export function showCommand(program: Command, context: () => Context): void {
  const command = program
    .command('show')
    .argument('<id>', 'dataset')
    .description('explain a dataset: source, licence, columns with units, checks, known oddities, last load');
  common(command, ['database', 'definitions']);
  act<CommonOptions>(command, context, async ([id = ''], _options, settings) => {
    const { openCatalog } = await import('../catalog.ts');
    const { selectPipelines } = await import('../../pipelines/index.ts');
    const { explain, explanationText } = await import('../explain.ts');
    const { lastLoad } = await import('../last-load.ts');
    const catalog = await openCatalog(settings);
    const [pipeline] = selectPipelines(catalog, [id]);
    if (pipeline === undefined) return 1;
    const explanation = explain(catalog, pipeline, await lastLoad(settings, id), Date.now());
    await context().output.result(explanation, () => explanationText(explanation));
    return 0;
  });
}
