/** `review`: findings of checks, and what people decide about each. */
import { type Command, Option } from 'commander';
import { Fault } from '../../core/errors.ts';
import { type Decision, REVIEW_STATES, type ReviewState, type ReviewStore } from '../../core/review.ts';
import { act, type Context } from '../context.ts';
import { common, type CommonOptions, wholeNumber } from '../options.ts';
import type { Settings } from '../settings.ts';

interface ListOptions extends CommonOptions {
  readonly state: ReviewState | 'all';
  readonly owner?: string;
  readonly limit: number;
}
interface DecideOptions extends CommonOptions {
  readonly until?: string;
  readonly note?: string;
  readonly owner?: string;
  readonly by?: string;
}

export function reviewCommand(program: Command, context: () => Context): void {
  const group = program
    .command('review')
    .description('findings of checks, and what was decided: list, show, approve, reject, note')
    .addHelpText(
      'after',
      `
A finding is the same from run to run. Accepted ones stay visible and alarm no more until they grow; acknowledged ones until a date.
The beginning of a fingerprint is enough, at least 6 digits. The same in a browser: penstock serve`,
    );
  listCommand(group, context);
  showCommand(group, context);
  approveCommand(group, context);
  rejectCommand(group, context);
  noteCommand(group, context);
}

function listCommand(group: Command, context: () => Context): void {
  const command = group
    .command('list')
    .argument('[id...]', 'datasets; all when none is given')
    .description('findings, open and worst first')
    .addOption(new Option('--state <state>', 'which of them').choices([...REVIEW_STATES, 'all']).default('open'))
    .option('--owner <name>', 'those that this person takes care of')
    .option('--limit <n>', 'most findings', wholeNumber(1, 100_000), 100);
  common(command, ['database', 'definitions']);
  act<ListOptions>(command, context, async (ids, { state, owner, limit }, settings) => {
    const datasets = ids.length === 0 ? undefined : await datasetsOf(settings, ids);
    return withStore(settings, context(), async (store) => {
      const { reviewListText } = await import('../review-text.ts');
      const list = await store.list({
        limit,
        ...(datasets !== undefined && { datasets }),
        ...(state !== 'all' && { state }),
        ...(owner !== undefined && { owner }),
      });
      await context().output.result(list, () => reviewListText(list, state));
    });
  });
}

async function datasetsOf(settings: Settings, ids: readonly string[]): Promise<string[]> {
  const { openCatalog } = await import('../catalog.ts');
  const { selectPipelines } = await import('../../pipelines/index.ts');
  return selectPipelines(await openCatalog(settings, { ids }), ids).map(({ id }) => id);
}

function showCommand(group: Command, context: () => Context): void {
  const command = group
    .command('show')
    .argument('<finding>', 'fingerprint, from "review list"')
    .description('one finding: its rows, the SQL that finds them, everything that was decided');
  common(command, ['database', 'definitions']);
  act<CommonOptions>(command, context, async ([word = ''], _options, settings) =>
    withStore(settings, context(), async (store) => {
      const { reviewDetailText } = await import('../review-text.ts');
      const finding = await store.show(word);
      await context().output.result(finding, () => reviewDetailText(finding));
    }),
  );
}

function approveCommand(group: Command, context: () => Context): void {
  const command = group
    .command('approve')
    .argument('<finding...>', 'fingerprints')
    .description("accept findings as the publisher's own, or with --until put them off")
    .option('--until <date>', 'acknowledge until that day (UTC) instead of accepting for good')
    .option('--note <text>', 'why');
  decideOptions(command);
  act<DecideOptions>(command, context, async (words, options, settings) =>
    decide(
      settings,
      context(),
      words,
      { action: 'approve', ...wordsOf(options), ...(options.until !== undefined && { until: options.until }) },
      options,
    ),
  );
}

function rejectCommand(group: Command, context: () => Context): void {
  const command = group
    .command('reject')
    .argument('<finding...>', 'fingerprints')
    .description('send findings back: they are open again')
    .requiredOption('--note <text>', 'why');
  decideOptions(command);
  act<DecideOptions>(command, context, async (words, options, settings) =>
    decide(settings, context(), words, { action: 'reject', ...wordsOf(options) }, options),
  );
}

function noteCommand(group: Command, context: () => Context): void {
  const command = group
    .command('note')
    .argument('<finding>', 'fingerprint')
    .argument('<text>', 'the note')
    .description('leave a note, or name an owner, without deciding');
  decideOptions(command);
  act<DecideOptions>(command, context, async ([word = '', note = ''], options, settings) =>
    decide(settings, context(), [word], { action: 'note', ...wordsOf(options), note }, options),
  );
}

function decideOptions(command: Command): void {
  command
    .option('--owner <name>', 'who takes care of it from now on; empty for nobody')
    .option('--by <name>', 'who decides (default: USER or LOGNAME)');
  common(command, ['database', 'definitions']);
}

function wordsOf({ note, owner }: DecideOptions): Pick<Decision, 'note' | 'owner'> {
  return { ...(note !== undefined && { note }), ...(owner !== undefined && { owner }) };
}

async function decide(
  settings: Settings,
  context: Context,
  words: readonly string[],
  decision: Omit<Decision, 'by'>,
  options: DecideOptions,
): Promise<number> {
  const by = byWhom(options, context);
  return withStore(
    settings,
    context,
    async (store) => {
      const { decidedText } = await import('../review-text.ts');
      const decided = await store.decide(words, { ...decision, by });
      await context.output.result(decided, () => decidedText(decided));
    },
    true,
  );
}

function byWhom({ by }: DecideOptions, { env }: Context): string {
  const name = by ?? env['USER'] ?? env['LOGNAME'] ?? '';
  if (name.trim() !== '') return name;
  throw new Fault({
    code: 'REVIEW_BY_WHOM',
    kind: 'usage',
    what: 'neither --by nor USER nor LOGNAME says who decides',
    consequence: 'nothing was decided',
    next: 'name yourself: --by ada',
  });
}

/** @param decides health follows a decision, and is told by the definitions; who only looks need not wait for them */
async function withStore(
  settings: Settings,
  context: Context,
  work: (store: ReviewStore) => Promise<void>,
  decides: boolean = false,
): Promise<number> {
  const { openCatalog } = await import('../catalog.ts');
  const catalog = decides ? await openCatalog(settings) : null;
  const { openDatabase, openLog } = await import('../database.ts');
  const { openReviewStore } = await import('../review-store.ts');
  const database = await openDatabase(settings, openLog(settings, context));
  try {
    await work(openReviewStore(database.pool, catalog));
    return 0;
  } finally {
    await database.close();
  }
}
