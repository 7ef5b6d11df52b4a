/** `llm`: governance of language models: prompts, the audit, retention. */
import type { Command } from 'commander';
import type { Database } from '../../core/effects.ts';
import { Fault } from '../../core/errors.ts';
import type { PromptFile } from '../../serve/llm/prompt-files.ts';
import { act, type Context } from '../context.ts';
import { common, type CommonOptions, wholeNumber } from '../options.ts';
import type { Settings } from '../settings.ts';

interface AuditCommandOptions extends CommonOptions {
  readonly days: number;
}

interface DecisionOptions extends CommonOptions {
  readonly by?: string;
  readonly note?: string;
}

/** Design §7: something was found. */
const FOUND = 4;
const WORDS_MAX = 500;

export function llmCommand(program: Command, context: () => Context): void {
  const group = program
    .command('llm')
    .description('language models: audit, prompts, purge')
    .addHelpText(
      'after',
      `
The llm endpoints of "serve" ask a model only where LLM_ENABLED is true and an approved prompt is there; every call and every refusal has its row
in llm_call_log. docs/operations/llm.md says how it is switched on.

Examples:
  penstock llm prompts register            take up the files of data/prompts as drafts
  penstock llm prompts approve explain-chart 1 --by ada
  penstock llm audit --days 7`,
    );
  auditCommand(group, context);
  const prompts = group.command('prompts').description('versions of prompts: list, register, approve, retire');
  listCommand(prompts, context);
  registerCommand(prompts, context);
  decideCommand(prompts, context, 'approve');
  decideCommand(prompts, context, 'retire');
  purgeCommand(group, context);
}

function auditCommand(group: Command, context: () => Context): void {
  const command = group
    .command('audit')
    .description(
      'whether all is logged, approved, paid and kept as it should be, with figures; exit 4 when something fails',
    )
    .option('--days <n>', 'how far to look back', wholeNumber(1, 366), 30)
    .addHelpText(
      'after',
      `
ok    as it should be, or a figure that is only told
warn  look at it: answers without a price, a model that fails, a budget that is nearly spent, a retention job that does not run
fail  calls that are not in the log, answers without prompt or sources, an approved text that is another now, personal data, rows that are too old`,
    );
  common(command, ['database']);
  act<AuditCommandOptions>(command, context, (_words, { days }, settings) =>
    withDatabase(settings, context(), async (db, files) => {
      const { llmAudit } = await import('../llm-audit.ts');
      const { llmConfiguration } = await import('../llm-settings.ts');
      const { auditText } = await import('../llm-text.ts');
      const { monthlyUsd } = llmConfiguration(context().env).settings;
      const audit = await llmAudit(db, files, { days, monthlyUsd });
      await context().output.result(audit, () => auditText(audit));
      return audit.lines.some(({ state }) => state === 'fail') ? FOUND : 0;
    }),
  );
}

function listCommand(group: Command, context: () => Context): void {
  const command = group
    .command('list')
    .description('all versions: draft, approved or retired, and whether the file is what was registered');
  common(command, ['database']);
  act<CommonOptions>(command, context, (_words, _options, settings) =>
    withDatabase(settings, context(), async (db, files) => {
      const { promptStates } = await import('../llm-prompts.ts');
      const { promptsText } = await import('../llm-text.ts');
      const prompts = await promptStates(db, files);
      await context().output.result({ prompts }, () => promptsText(prompts));
      return 0;
    }),
  );
}

function registerCommand(group: Command, context: () => Context): void {
  const command = group
    .command('register')
    .description('take up the files of data/prompts as drafts; exit 4 when an approved one has changed');
  common(command, ['database']);
  act<CommonOptions>(command, context, (_words, _options, settings) =>
    withDatabase(settings, context(), async (db, files) => {
      const { registerPrompts } = await import('../llm-prompts.ts');
      const { registeredText } = await import('../llm-text.ts');
      const prompts = await registerPrompts(db, files);
      await context().output.result({ prompts }, () => registeredText(prompts));
      return prompts.some(({ outcome }) => outcome === 'refused') ? FOUND : 0;
    }),
  );
}

function decideCommand(group: Command, context: () => Context, decision: 'approve' | 'retire'): void {
  const command = group
    .command(decision)
    .argument('<key>', 'prompt, from "llm prompts list"')
    .argument('<version>', 'its version')
    .description(
      decision === 'approve' ? 'let the gateway use a version that you have read' : 'let it be used no more, at once',
    )
    .option('--by <name>', 'who decides (default: USER or LOGNAME)')
    .option('--note <text>', 'how it was reviewed, or why');
  common(command, ['database']);
  act<DecisionOptions>(command, context, ([key = '', version = ''], options, settings) =>
    withDatabase(settings, context(), async (db, files) => {
      const { approvePrompt, retirePrompt } = await import('../llm-prompts.ts');
      const words = { key, version, by: byWhom(options, context()), note: short('--note', options.note ?? '') || null };
      const changed = await (decision === 'approve' ? approvePrompt(db, files, words) : retirePrompt(db, files, words));
      const done = decision === 'approve' ? 'approved' : 'retired';
      await context().output.result({ key, version, status: done, changed }, () =>
        changed ? `${key} ${version} is ${done}` : `${key} ${version} was ${done} before`,
      );
      return 0;
    }),
  );
}

function purgeCommand(group: Command, context: () => Context): void {
  const command = group
    .command('purge')
    .description('remove calls older than 180 days, feedback older than 365; "serve" does it once a day');
  common(command, ['database']);
  act<CommonOptions>(command, context, (_words, _options, settings) =>
    withDatabase(settings, context(), async (db) => {
      const { purgeOld } = await import('../../serve/llm/retention.ts');
      const { settleOpenCalls } = await import('../../serve/llm/call-log.ts');
      const settled = await settleOpenCalls(db);
      const purged = await purgeOld(db);
      await context().output.result(
        { ...purged, settled },
        () =>
          `${purged.calls} calls, ${purged.feedback} feedbacks and ${purged.windows} minutes of the quota removed; ${settled} calls without an end logged`,
      );
      return 0;
    }),
  );
}

async function withDatabase(
  settings: Settings,
  context: Context,
  work: (db: Database, files: readonly PromptFile[]) => Promise<number>,
): Promise<number> {
  const { openDatabase, openLog } = await import('../database.ts');
  const { readPrompts } = await import('../../serve/llm/prompt-files.ts');
  const { promptsFolder } = await import('../../serve/llm/shipped.ts');
  const files = await readPrompts(promptsFolder());
  const database = await openDatabase(settings, openLog(settings, context));
  try {
    return await work(database.pool, files);
  } finally {
    await database.close();
  }
}

function byWhom({ by }: DecisionOptions, { env }: Context): string {
  const name = short('--by', (by ?? env['USER'] ?? env['LOGNAME'] ?? '').trim());
  if (name !== '') return name;
  throw new Fault({
    code: 'LLM_BY_WHOM',
    kind: 'usage',
    what: 'neither --by nor USER nor LOGNAME says who decides',
    consequence: 'nothing was changed',
    next: 'name yourself: --by ada',
  });
}

function short(option: string, text: string): string {
  if (text.length <= WORDS_MAX) return text;
  throw new Fault({
    code: 'LLM_WORDS_TOO_LONG',
    kind: 'usage',
    what: `${option} may have ${WORDS_MAX} characters at most`,
    consequence: 'nothing was changed',
    next: 'say it in fewer words',
  });
}
