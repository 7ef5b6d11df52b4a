/** `query`: reads from the configured database. */
import type { Command } from 'commander';
import type { ResultColumn, TextRow } from '../../loaders/postgres/read-only-query.ts';
import { act, type Context } from '../context.ts';
import { common, type CommonOptions, wholeNumber } from '../options.ts';
import type { Output } from '../output.ts';

interface QueryOptions extends CommonOptions {
  readonly timeout: number;
}

/** Rows of the table on the screen; `--json` gives all. */
const ROWS_SHOWN = 1_000;
const CELL_WIDTH = 100;

export function queryCommand(program: Command, context: () => Context): void {
  const command = program
    .command('query')
    .argument('<sql>', 'one statement that reads; it sees the schemas public, history and etl')
    .description('run one SQL statement, read only')
    .option('--timeout <seconds>', 'end the statement after this time; 0 is never', wholeNumber(0, 86_400), 0)
    .addHelpText(
      'after',
      `
As a table at most ${ROWS_SHOWN} rows are shown; --json prints an array of all of them.

Examples:
  penstock query "select count(*) from ontario_hourly_demand" --json
  penstock query "select * from as_of(null::public.ontario_prices, '2025-01-01') limit 5"`,
    );
  common(command, ['database']);
  act<QueryOptions>(command, context, async ([sql = ''], options, settings) => {
    const { openDatabase, openLog } = await import('../database.ts');
    const { readOnly } = await import('../../loaders/postgres/read-only-query.ts');
    const { output, signal } = context();
    const database = await openDatabase(settings, openLog(settings, context()));
    try {
      const request = { sql, timeoutMs: options.timeout * 1_000, signal };
      const sink = settings.json ? await jsonSink(output) : await tableSink(output);
      await readOnly(database.pool, request, sink.take);
      await sink.end();
      return 0;
    } finally {
      await database.close();
    }
  });
}

interface Sink {
  take(columns: readonly ResultColumn[], rows: readonly TextRow[]): Promise<boolean>;
  end(): Promise<void>;
}

async function jsonSink(output: Output): Promise<Sink> {
  const { rowJson, uniqueNames } = await import('../query-cells.ts');
  let begun = false;
  return {
    async take(columns, rows) {
      const names = uniqueNames(columns);
      const text = rows.map((row) => rowJson(names, columns, row)).join(',\n');
      await output.piece(`${begun ? (text === '' ? '' : ',\n') : '['}${text}`);
      begun = true;
      return true;
    },
    end: () => output.piece(begun ? ']\n' : '[]\n'),
  };
}

async function tableSink(output: Output): Promise<Sink> {
  const { cellText, isNumeric, uniqueNames } = await import('../query-cells.ts');
  const { renderTable } = await import('../table.ts');
  const { counted } = await import('../../reports/words.ts');
  let shown: TextRow[] = [];
  let header: readonly ResultColumn[] = [];
  let more = false;
  return {
    async take(columns, rows) {
      header = columns;
      shown = [...shown, ...rows];
      more = shown.length > ROWS_SHOWN;
      shown = shown.slice(0, ROWS_SHOWN);
      return !more;
    },
    async end() {
      const names = uniqueNames(header);
      const columns = header.map((column, i) => ({ name: names[i] ?? '', right: isNumeric(column) }));
      const cells = shown.map((row) => row.map((cell, i) => cellText(cell, header[i]?.oid ?? 0)));
      const table = header.length === 0 ? '' : `${renderTable(columns, cells, CELL_WIDTH)}\n\n`;
      const count = more
        ? `the first ${counted(shown.length, 'row')}, there are more: use limit, or --json for all`
        : counted(shown.length, 'row');
      await output.piece(`${table}${count}\n`);
    },
  };
}
