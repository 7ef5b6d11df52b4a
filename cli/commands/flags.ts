/** `flags`: what a front end may use, and turning it on and off. */
import type { Command } from 'commander';
import type { Database } from '../../core/effects.ts';
import { Fault } from '../../core/errors.ts';
import { act, type Context } from '../context.ts';
import { common, type CommonOptions } from '../options.ts';
import type { Settings } from '../settings.ts';

interface ChangeOptions extends CommonOptions {
  readonly by?: string;
  readonly why?: string;
}

const NAME_MAX = 100;
const WHY_MAX = 4_000;

export function flagsCommand(program: Command, context: () => Context): void {
  const group = program
    .command('flags')
    .description('what a front end may use: list, enable, disable')
    .addHelpText(
      'after',
      `
All flags are off until somebody enables them, one capability at a time:

  penstock verify --only stream.ontario-demand
  penstock flags enable stream.ontario-demand --by ada

The database refuses to enable what was not verified in it within the last 24 hours, or failed then. A flag that is on is effective only while
the data behind it are neither stale nor samples nor unknown; "flags list" says why not. Flags close the push of a stream and what the front
end shows; JSON, manifests and downloads always answer. The same for programs: GET /api/flags`,
    );
  listCommand(group, context);
  changeCommand(group, context, true);
  changeCommand(group, context, false);
}

function listCommand(group: Command, context: () => Context): void {
  const command = group.command('list').description('all flags: on or off, effective or why not, when last verified');
  common(command, ['database']);
  act<CommonOptions>(command, context, async (_words, _options, settings) =>
    withDatabase(settings, context(), async (db) => {
      const { listFlags } = await import('../flags.ts');
      const { flagListText } = await import('../flags-text.ts');
      const { machineClock } = await import('../clock.ts');
      const flags = await listFlags(db);
      await context().output.result({ flags }, () => flagListText(flags, machineClock.now()));
    }),
  );
}

function changeCommand(group: Command, context: () => Context, enabled: boolean): void {
  const command = group
    .command(enabled ? 'enable' : 'disable')
    .argument('<key...>', 'flags, from "flags list"')
    .description(enabled ? 'turn flags on, after a verification that passed; all or none' : 'turn flags off, always')
    .option('--by <name>', 'who does it (default: USER or LOGNAME)')
    .option('--why <text>', 'why; kept beside who and when');
  common(command, ['database']);
  act<ChangeOptions>(command, context, async (keys, options, settings) => {
    const by = byWhom(options, context());
    const why = options.why ?? '';
    if (why.length > WHY_MAX) throw tooLong('--why', WHY_MAX);
    return withDatabase(settings, context(), async (db) => {
      const { changeFlags } = await import('../flags.ts');
      const { flagChangedText } = await import('../flags-text.ts');
      const flags = await changeFlags(db, { keys, enabled, by, why });
      await context().output.result({ flags }, () => flagChangedText(flags));
    });
  });
}

async function withDatabase(
  settings: Settings,
  context: Context,
  work: (db: Database) => Promise<void>,
): Promise<number> {
  const { openDatabase, openLog } = await import('../database.ts');
  const database = await openDatabase(settings, openLog(settings, context));
  try {
    await work(database.pool);
    return 0;
  } finally {
    await database.close();
  }
}

function byWhom({ by }: ChangeOptions, { env }: Context): string {
  const name = (by ?? env['USER'] ?? env['LOGNAME'] ?? '').trim();
  if (name.length > NAME_MAX) throw tooLong('--by', NAME_MAX);
  if (name !== '') return name;
  throw new Fault({
    code: 'FLAG_BY_WHOM',
    kind: 'usage',
    what: 'neither --by nor USER nor LOGNAME says who changes the flag',
    consequence: 'nothing was changed',
    next: 'name yourself: --by ada',
  });
}

function tooLong(option: string, max: number): Fault {
  return new Fault({
    code: 'FLAG_WORDS_TOO_LONG',
    kind: 'usage',
    what: `${option} may have ${max} characters at most`,
    consequence: 'nothing was changed',
    next: 'say it in fewer words',
  });
}
