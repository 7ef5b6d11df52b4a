/** `quarantine`: rows that were not loaded, with the reason; and another try from landing. */
import type { Command } from 'commander';
import { Fault } from '../../core/errors.ts';
import type { QuarantineRow } from '../../loaders/postgres/quarantine.ts';
import { act, type Context } from '../context.ts';
import { common, type CommonOptions, jobs, wholeNumber } from '../options.ts';

interface ListOptions extends CommonOptions {
  readonly limit: number;
}
interface RetryOptions extends CommonOptions {
  readonly jobs: number;
}

export function quarantineCommand(program: Command, context: () => Context): void {
  const group = program.command('quarantine').description('rows that were not loaded: list, show, retry');
  listCommand(group, context);
  showCommand(group, context);
  retryCommand(group, context);
}

function listCommand(group: Command, context: () => Context): void {
  const command = group
    .command('list')
    .argument('[id...]', 'datasets; all when none is given')
    .description('open rows with the reason, newest interval first')
    .option('--limit <n>', 'most rows', wholeNumber(1, 1_000_000), 100);
  common(command, ['database', 'definitions']);
  act<ListOptions>(command, context, async (ids, { limit }, settings) => {
    const { openCatalog } = await import('../catalog.ts');
    const { selectPipelines } = await import('../../pipelines/index.ts');
    const datasets = selectPipelines(await openCatalog(settings, { ids }), ids).map(({ id }) => id);
    const { openDatabase, openLog } = await import('../database.ts');
    const { listQuarantine, openIntervals } = await import('../../loaders/postgres/quarantine.ts');
    const { quarantineText } = await import('../quarantine-text.ts');
    const database = await openDatabase(settings, openLog(settings, context()));
    try {
      const rows = await listQuarantine(database.pool, datasets, limit);
      const total = (await openIntervals(database.pool, datasets)).reduce((sum, interval) => sum + interval.rows, 0);
      await context().output.result(rows, () => quarantineText(rows, total));
      return 0;
    } finally {
      await database.close();
    }
  });
}

function showCommand(group: Command, context: () => Context): void {
  const command = group
    .command('show')
    .argument('<row>', 'number of the row, from "quarantine list"')
    .description('one row: why, and the text as published');
  common(command, ['database']);
  act<CommonOptions>(command, context, async ([id = ''], _options, settings) => {
    if (!/^\d{1,18}$/.test(id)) throw noSuchRow(id);
    const { openDatabase, openLog } = await import('../database.ts');
    const { showQuarantine } = await import('../../loaders/postgres/quarantine.ts');
    const { quarantineRowText } = await import('../quarantine-text.ts');
    const database = await openDatabase(settings, openLog(settings, context()));
    try {
      const row: QuarantineRow | null = await showQuarantine(database.pool, id);
      if (row === null) throw noSuchRow(id);
      await context().output.result(row, () => quarantineRowText(row));
      return 0;
    } finally {
      await database.close();
    }
  });
}

function retryCommand(group: Command, context: () => Context): void {
  const command = group
    .command('retry')
    .argument('[id...]', 'datasets; all when none is given')
    .description('run the intervals of open rows again from landing, after a definition was mended');
  common(jobs(command), ['database', 'definitions']);
  act<RetryOptions>(command, context, async (ids, options, settings) => {
    const { openCatalog } = await import('../catalog.ts');
    const { selectPipelines } = await import('../../pipelines/index.ts');
    const catalog = await openCatalog(settings, { ids });
    const { runAndReport } = await import('../run-engine.ts');
    const { openIntervals } = await import('../../loaders/postgres/quarantine.ts');
    const { fromPg } = await import('../../loaders/postgres/instant.ts');
    const datasets = selectPipelines(catalog, ids).map(({ id }) => id);
    return runAndReport(settings, context(), {
      ids,
      catalog,
      jobs: options.jobs,
      mode: 'replay',
      narrow: async ({ pool }) => {
        const open = await openIntervals(pool, datasets);
        if (open.length === 0) return { nothing: 'No open rows in quarantine.' };
        return { only: open.map(({ dataset, interval_start }) => ({ dataset, start: fromPg(interval_start) })) };
      },
    });
  });
}

function noSuchRow(id: string): Fault {
  return new Fault({
    code: 'QUARANTINE_ROW_UNKNOWN',
    kind: 'usage',
    what: `there is no row ${JSON.stringify(id.slice(0, 40))} in quarantine`,
    consequence: 'nothing was shown',
    next: 'penstock quarantine list shows the numbers',
  });
}
