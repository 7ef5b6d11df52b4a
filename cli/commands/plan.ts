/** `plan`: prints what `run` would do, and why. */
import type { Command } from 'commander';
import { act, type Context } from '../context.ts';
import { common, range, type RangeOptions } from '../options.ts';
import { rangeWords } from '../range-words.ts';

interface PlanOptions extends RangeOptions {
  readonly all?: boolean;
}

export function planCommand(program: Command, context: () => Context): void {
  const command = program
    .command('plan')
    .argument('[id...]', 'datasets; all when none is given')
    .description('print what run would do, and why')
    .option('--all', 'a line for each interval, also where neighbours share a reason')
    .addHelpText(
      'after',
      `
fetch asks the publisher, replay reads what is in landing; append writes into an empty interval, merge compares and keeps history.

Examples:
  penstock plan
  penstock plan ieso-demand --from 2024-01-01 --json`,
    );
  common(range(command), ['source', 'database', 'definitions']);
  act<PlanOptions>(command, context, async (ids, options, settings) => {
    const { openCatalog } = await import('../catalog.ts');
    const request = { ids, ...rangeWords(options) };
    const catalog = await openCatalog(settings, request);
    const { openEngine } = await import('../open.ts');
    const { makePlan } = await import('../../engine/make-plan.ts');
    const { planDocument, planText } = await import('../plan-text.ts');
    const { engine, close } = await openEngine(settings, context(), catalog);
    try {
      const plans = await makePlan(engine, request);
      const planned = plans.flatMap((plan) => plan.planned);
      await context().output.result(planDocument(planned), () => planText(planned, options.all ?? false));
      return 0;
    } finally {
      await close();
    }
  });
}
