/** `inspect`: DuckDB SQL over one interval, rebuilt from landing; how a finding of a report is reproduced. */
import type { Command } from 'commander';
import { act, type Context } from '../context.ts';
import { common, type CommonOptions } from '../options.ts';

interface InspectOptions extends CommonOptions {
  readonly check?: string;
}

const CELL_WIDTH = 100;

export function inspectCommand(program: Command, context: () => Context): void {
  const command = program
    .command('inspect')
    .argument('<id>', 'dataset')
    .argument('<interval>', 'name of the interval as the report shows it, e.g. 2025')
    .argument('[sql]', 'one SELECT over the tables raw, typed and refused; default: the first rows of typed')
    .description('rebuild an interval from landing in DuckDB and read it: failing rows of a check, or any SQL')
    .option('--check <name>', 'failing rows of this check, named as in the report')
    .addHelpText(
      'after',
      `
Nobody is asked and nothing is written.

Examples:
  penstock inspect ieso-demand 2025 --check "complete(hour, PT1H)"
  penstock inspect ieso-demand 2025 "select * from raw limit 5"`,
    );
  common(command, ['source', 'database', 'definitions']);
  act<InspectOptions>(command, context, async ([id = '', label = '', sql], options, settings) => {
    const { openCatalog } = await import('../catalog.ts');
    const catalog = await openCatalog(settings, { ids: [id] });
    const { openEngine } = await import('../open.ts');
    const { inspect } = await import('../../engine/inspect.ts');
    const { renderTable } = await import('../table.ts');
    const { engine, close } = await openEngine(settings, context(), catalog);
    try {
      const what =
        options.check === undefined ? { sql: sql ?? 'select * from typed limit 20' } : { check: options.check };
      const rows = await inspect(engine, { id, label, what });
      const names = Object.keys(rows[0] ?? {});
      const cells = rows.map((row) => names.map((name) => shown(row[name])));
      const table =
        names.length === 0
          ? ''
          : `${renderTable(
              names.map((name) => ({ name })),
              cells,
              CELL_WIDTH,
            )}\n\n`;
      await context().output.result(
        rows,
        () => `${table}${rows.length.toLocaleString('en')} ${rows.length === 1 ? 'row' : 'rows'}\n`,
      );
      return 0;
    } finally {
      await close();
    }
  });
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
