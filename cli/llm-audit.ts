/** The checklist of `llm audit`: each line is judged by figures of the database. */
import type { Database } from '../core/effects.ts';
import type { PromptFile } from '../serve/llm/prompt-files.ts';
import { LLM_KINDS } from '../serve/llm/results.ts';
import {
  type CallFigures,
  callFigures,
  otherFigures,
  type OtherFigures,
  reconciled,
  type Reconciled,
  rowsWithPersonalData,
  type Spend,
  spendByDay,
} from './llm-figures.ts';
import { type PromptState, promptStates } from './llm-prompts.ts';

export interface AuditLine {
  readonly check: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly said: string;
}

export interface Audit {
  readonly days: number;
  readonly lines: readonly AuditLine[];
  readonly calls: CallFigures;
  readonly others: OtherFigures;
  readonly spend: readonly Spend[];
  readonly reconciled: Reconciled;
  readonly prompts: readonly PromptState[];
}

export interface AuditOptions {
  readonly days: number;
  /** Cap of the month; null: none. */
  readonly monthlyUsd: number | null;
}

const RETENTION_DAYS = 180;
const PURGE_HOURS = 48;
const NEAR_CAP = 0.8;
const FAILING_SHARE = 0.1;

export async function llmAudit(
  db: Database,
  files: readonly PromptFile[],
  { days, monthlyUsd }: AuditOptions,
): Promise<Audit> {
  const calls = await callFigures(db, days);
  const others = await otherFigures(db, days);
  const spend = await spendByDay(db, days);
  const both = await reconciled(db, days, [...LLM_KINDS, 'transition-kpis']);
  const personal = await rowsWithPersonalData(db, days);
  const prompts = await promptStates(db, files);
  const lines = [
    ...callLines(calls, both),
    personalLine(personal, others),
    ...moneyLines(calls, others, monthlyUsd),
    ...promptLines(prompts, calls),
    feedbackLine(others),
    retentionLine(others, calls),
  ];
  return { days, lines, calls, others, spend, reconciled: both, prompts };
}

function line(check: string, state: AuditLine['state'], said: string): AuditLine {
  return { check, state, said };
}

/** `12 of 12`, judged by whether some are missing. */
function allOf(check: string, n: number, all: number, missing: 'warn' | 'fail', noun: string): AuditLine {
  return line(check, n === all ? 'ok' : missing, `${n} of ${all} ${noun}`);
}

function callLines(calls: CallFigures, both: Reconciled): AuditLine[] {
  const { answered, logged, sampled } = both;
  const estimate = sampled > 0 ? ' (estimated: the journal is sampled)' : '';
  const unlogged = answered > logged ? (sampled > 0 ? 'warn' : 'fail') : 'ok';
  const failing = calls.inferences > 0 && calls.inferences_failed / calls.inferences > FAILING_SHARE;
  const refusals = calls.refusals.map(({ code, calls: n }) => `${code} ${n}`).join(', ');
  return [
    line(
      'calls',
      'ok',
      `${calls.calls}: ${calls.answered} answered, ${calls.calls - calls.answered} refused or failed`,
    ),
    line('refusals', 'ok', refusals === '' ? 'none' : refusals),
    line('quota', 'ok', `${calls.refusals.find(({ code }) => code === 'LLM_QUOTA')?.calls ?? 0} refused by the quota`),
    line('every call logged', unlogged, `${answered} answered by servers, ${logged} in the log${estimate}`),
    line(
      'every call ended',
      calls.unfinished === 0 ? 'ok' : 'warn',
      `${calls.unfinished} whose server died before the end`,
    ),
    allOf('prompt version', calls.with_prompt, calls.by_model, 'fail', 'answers of a model name their prompt'),
    allOf('sources', calls.with_sources, calls.by_model, 'fail', 'answers of a model name sources that exist'),
    line(
      'model',
      failing ? 'warn' : 'ok',
      `${calls.inferences_failed} of ${calls.inferences} inferences failed; p50 ${calls.p50_ms ?? '–'} ms, p95 ${calls.p95_ms ?? '–'} ms`,
    ),
    line('cache', 'ok', `${calls.cached} of ${calls.by_model} answers from the cache`),
  ];
}

function personalLine(
  { looked, found }: { readonly looked: number; readonly found: number },
  { redactions }: OtherFigures,
): AuditLine {
  const kinds = redactions.map(({ kind, n }) => `${kind} ${n}`).join(', ');
  return line(
    'personal data',
    found === 0 ? 'ok' : 'fail',
    `${found} of the newest ${looked} rows still hold some; taken out: ${kinds === '' ? 'nothing' : kinds}`,
  );
}

function moneyLines(calls: CallFigures, { month_usd }: OtherFigures, cap: number | null): AuditLine[] {
  const state = cap === null || month_usd < cap * NEAR_CAP ? 'ok' : month_usd <= cap ? 'warn' : 'fail';
  const of = cap === null ? ', no cap is set' : ` of ${cap} USD`;
  return [
    allOf('cost', calls.by_model - calls.without_price, calls.by_model, 'warn', 'answers have a price'),
    allOf('tokens', calls.by_model - calls.without_tokens, calls.by_model, 'warn', 'answers have their tokens counted'),
    line('spend', 'ok', `${calls.usd.toFixed(6)} USD, ${calls.tokens} tokens`),
    line(
      'month',
      state,
      `${month_usd.toFixed(6)} USD${of}; calls of unknown cost count with the most that they can have cost`,
    ),
  ];
}

function promptLines(prompts: readonly PromptState[], calls: CallFigures): AuditLine[] {
  const n = (status: PromptState['status']): number => prompts.filter((one) => one.status === status).length;
  const differing = prompts.filter(({ status, file }) => status === 'approved' && file !== 'same');
  const without = LLM_KINDS.filter(
    (kind) => !prompts.some(({ key, status, file }) => key === kind && status === 'approved' && file === 'same'),
  );
  return [
    line(
      'prompts',
      without.length === 0 ? 'ok' : 'warn',
      `${n('approved')} approved, ${n('draft')} draft, ${n('retired')} retired, ${n(null)} not registered${without.length === 0 ? '' : `; none usable for ${without.join(', ')}`}`,
    ),
    line(
      'prompt texts',
      differing.length === 0 ? 'ok' : 'fail',
      differing.length === 0
        ? 'every approved text is its file'
        : differing.map(({ key, version, file }) => `${key} ${version}: its file is ${file}`).join(', '),
    ),
    line(
      'prompts approved',
      calls.never_approved === 0 ? 'ok' : 'fail',
      `${calls.never_approved} answers by a prompt that nobody approved`,
    ),
  ];
}

function feedbackLine({ feedback, feedback_up, feedback_down, feedback_linked }: OtherFigures): AuditLine {
  return line(
    'feedback',
    feedback_linked === feedback ? 'ok' : 'warn',
    `${feedback}: ${feedback_up} up, ${feedback_down} down; ${feedback_linked} linked to their call`,
  );
}

function retentionLine(
  { oldest_days, last_purge_hours, open_calls_late }: OtherFigures,
  { calls }: CallFigures,
): AuditLine {
  const oldest = oldest_days ?? 0;
  // A day's grace: the job runs once a day.
  const state =
    oldest > RETENTION_DAYS + 1 ? 'fail' : (last_purge_hours ?? Infinity) > PURGE_HOURS && calls > 0 ? 'warn' : 'ok';
  const purge =
    last_purge_hours === null ? 'the retention job never ran' : `the retention job ran ${last_purge_hours} h ago`;
  const late = open_calls_late === 0 ? '' : `; ${open_calls_late} calls without an end wait for a server or llm purge`;
  return line(
    'retention',
    open_calls_late > 0 && state === 'ok' ? 'warn' : state,
    `oldest row ${oldest} days of ${RETENTION_DAYS}; ${purge}${late}`,
  );
}
