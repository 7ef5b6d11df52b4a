/** `schedule`: stays and runs each dataset at its times. */
import type { Command } from 'commander';
import { act, type Context } from '../context.ts';
import { common, type CommonOptions, jobs } from '../options.ts';

interface ScheduleOptions extends CommonOptions {
  readonly jobs: number;
}

export function scheduleCommand(program: Command, context: () => Context): void {
  const command = program
    .command('schedule')
    .argument('[id...]', 'datasets; all when none is given')
    .description("stay and run each dataset at its definition's times, until SIGTERM or Ctrl-C")
    .addHelpText(
      'after',
      `
At the start everything that is due is caught up. Two schedulers on one database share the work.
SIGTERM waits for the current load and exits 0.`,
    );
  common(jobs(command), ['source', 'database', 'definitions']);
  act<ScheduleOptions>(command, context, async (ids, options, settings) => {
    const { openCatalog } = await import('../catalog.ts');
    const current = context();
    const catalog = await openCatalog(settings, { ids });
    const { openEngine } = await import('../open.ts');
    const { schedule } = await import('../../engine/schedule.ts');
    const { removeLeftovers } = await import('../leftovers.ts');
    const { nodeCron } = await import('../node-cron-factory.ts');
    // Each run holds a connection for its leases and each tick one for its lock, besides those that load.
    const { engine, close } = await openEngine(settings, current, catalog, {
      progress: 'lines',
      connections: 6 + 4 * options.jobs,
    });
    try {
      await removeLeftovers(settings.dataDir);
      const done = await schedule(engine, {
        ids,
        command: current.typed,
        jobs: options.jobs,
        signal: current.signal,
        cron: nodeCron(engine.log),
      });
      current.signalIsNormalEnd = true;
      await current.output.result(done, () => '');
      return 0;
    } finally {
      await close();
    }
  });
}
