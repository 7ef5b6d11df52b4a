/** `help`: help of a command, as everywhere; and the help texts of the front end: `help set`, `help export`, `help history`. */
import type { Command } from 'commander';
import { closest } from 'fastest-levenshtein';
import type { Database } from '../../core/effects.ts';
import { Fault } from '../../core/errors.ts';
import { act, type Context } from '../context.ts';
import { common, type CommonOptions, wholeNumber } from '../options.ts';
import type { Settings } from '../settings.ts';

interface SetOptions extends CommonOptions {
  readonly by?: string;
  readonly dryRun?: boolean;
}
interface ExportOptions extends CommonOptions {
  readonly to?: string;
}
interface HistoryOptions extends CommonOptions {
  readonly limit: number;
  readonly diff?: boolean;
}

export function helpTextsCommand(program: Command, context: () => Context): void {
  const group = program
    .command('help')
    .description('show help of a command; help texts of the front end: set, export, history')
    .usage('[command]')
    .helpCommand(false)
    .addHelpText(
      'after',
      `
penstock help run shows the help of "run". The texts are files in data/help, and rows of help_content: "db seed" loads files into the
database, "help set" changes a row at once, "help export" writes rows back into files. docs/operations/help.md has the whole way.`,
    );
  setCommand(group, context);
  exportCommand(group, context);
  historyCommand(group, context);
  ofCommand(group, program);
}

/** What `help` does without one of its parts; see DEFAULT_PARTS in cli/arguments.ts. */
function ofCommand(group: Command, program: Command): void {
  group
    .command('of', { hidden: true })
    .argument('[command]')
    .allowUnknownOption()
    .allowExcessArguments()
    .action((_word: unknown, _options: unknown, { args }: Command) => {
      const name = args.find((word) => !word.startsWith('-')) ?? null;
      if (name === null) return program.help();
      const command = program.commands.find((each) => each.name() === name);
      if (command !== undefined) return command.help();
      const names = program.commands.map((each) => each.name());
      throw new Fault({
        code: 'USAGE',
        kind: 'usage',
        what: `there is no command ${JSON.stringify(name.slice(0, 80))}; did you mean ${closest(name, names)}?`,
        consequence: 'nothing was run',
        next: 'penstock --help shows all commands',
      });
    });
}

function setCommand(group: Command, context: () => Context): void {
  const command = group
    .command('set')
    .argument('<id>', 'of the text: page.trends')
    .argument('<file>', 'Markdown with front matter, as in data/help; - reads stdin')
    .description('write a help text into the database, by the rules of data/help; it shows at once')
    .option('--by <name>', 'who writes it (default: USER or LOGNAME)')
    .option('--dry-run', 'show what would change, and write nothing')
    .addHelpText(
      'after',
      `
The version before it is kept. A load of data/help leaves the edited row until the file says the same: penstock help export

Examples:
  penstock help set page.trends trends.md --by ada@example.org
  penstock help export page.trends && $EDITOR data/help/page.trends.md && penstock help set page.trends data/help/page.trends.md`,
    );
  common(command, ['database']);
  act<SetOptions>(command, context, async ([id = '', file = ''], { by, dryRun = false }, settings) => {
    const words = { id, file, by: byWhom(by, context()), dryRun };
    return withDatabase(settings, context(), async (db) => {
      const { helpSetText, setHelp } = await import('../help-set.ts');
      const { machineClock } = await import('../clock.ts');
      const done = await setHelp(db, words, machineClock.now());
      await context().output.result(done, () => helpSetText(done));
      return 0;
    });
  });
}

function exportCommand(group: Command, context: () => Context): void {
  const command = group
    .command('export')
    .argument('[id...]', 'texts; all of them when none is given')
    .description('write help texts of the database into data/help, as files to review; only what differs is written')
    .option('--to <dir>', 'another folder')
    .addHelpText(
      'after',
      `
Loading what was exported changes nothing. A file whose text is not in the database is named and left alone.
A text that the check of the files would refuse is not written, and the exit code is 1.

Examples:
  penstock help export
  penstock help export page.trends page.gridops --to /tmp/texts`,
    );
  common(command, ['database', 'definitions']);
  act<ExportOptions>(command, context, async (ids, { to }, settings) => {
    const { exportHelp, helpExportText, helpFolder } = await import('../help-export.ts');
    const folder = await helpFolder(to, settings.pipelines);
    return withDatabase(settings, context(), async (db) => {
      const done = await exportHelp(db, ids, folder);
      await context().output.result(done, () => helpExportText(done));
      return done.refused.length === 0 ? 0 : 1;
    });
  });
}

function historyCommand(group: Command, context: () => Context): void {
  const command = group
    .command('history')
    .argument('<id>', 'of the text, or another name of it')
    .description('versions of a help text: when, by whom, what changed')
    .option('--limit <n>', 'most versions', wholeNumber(1, 500), 20)
    .option('--diff', 'show each change line by line');
  common(command, ['database']);
  act<HistoryOptions>(command, context, async ([id = ''], { limit, diff = false }, settings) =>
    withDatabase(settings, context(), async (db) => {
      const { helpHistoryText, historyOf } = await import('../help-history.ts');
      const versions = await historyOf(db, id, limit);
      await context().output.result(versions, () => helpHistoryText(versions, diff));
      return 0;
    }),
  );
}

function byWhom(by: string | undefined, { env }: Context): string {
  const name = (by ?? env['USER'] ?? env['LOGNAME'] ?? '').trim();
  if (name !== '' && name.length <= 200 && !/\p{Cc}/u.test(name)) return name;
  throw new Fault({
    code: 'HELP_BY_WHOM',
    kind: 'usage',
    what: name === '' ? 'neither --by nor USER nor LOGNAME says who writes' : 'the name of who writes is no name',
    consequence: 'nothing was changed',
    next: 'name yourself: --by ada',
  });
}

async function withDatabase(
  settings: Settings,
  context: Context,
  work: (db: Database) => Promise<number>,
): Promise<number> {
  const { openDatabase, openLog } = await import('../database.ts');
  const database = await openDatabase(settings, openLog(settings, context));
  try {
    return await work(database.pool);
  } finally {
    await database.close();
  }
}
