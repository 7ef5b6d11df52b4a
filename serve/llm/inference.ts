/** Asks a model: open in the log first, then asked, then checked; an answer that cannot be used is asked for once more. */
import { randomUUID } from 'node:crypto';
import { Fault } from '../../core/errors.ts';
import { Problem } from '../api/problem.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { outsideFault } from '../faults.ts';
import { usableAnswer, type Usable } from './answer.ts';
import type { Breaker } from './breaker.ts';
import { type CallRow, openCall, writeCall } from './call-log.ts';
import type { DataContext } from './context.ts';
import { messagesOf } from './message.ts';
import type { PromptFile } from './prompt-files.ts';
import type { Question } from './request.ts';
import { answerJsonSchema, type LlmKind } from './results.ts';
import { costUsd, type LlmDependencies, mostUsd } from './settings.ts';

export interface Inference {
  readonly kind: LlmKind;
  readonly question: Question;
  readonly prompt: PromptFile;
  readonly context: DataContext;
  readonly signal: AbortSignal;
}

export interface Inferred {
  readonly usable: Usable;
  readonly model: string;
}

const ATTEMPTS = 2;
const RETRY_SECONDS = 5;

/** Leaves in `row` what is known of the last inference; each earlier one has its row already. @throws Problem */
export async function infer(
  { kind, question, prompt, context, signal }: Inference,
  { upstream, settings }: LlmDependencies,
  { service, clock }: Pick<ApiDependencies, 'service' | 'clock'>,
  breaker: Breaker,
  row: CallRow,
): Promise<Inferred> {
  const messages = messagesOf(prompt.text, context, question);
  const [first, ...others] = context.sources;
  const json = answerJsonSchema(kind, [first.id, ...others.map(({ id }) => id)]);
  const most = mostUsd(settings, Buffer.byteLength(messages.system + messages.user));
  const { model, maxTokens, idleMs, totalMs, monthlyUsd } = settings;
  for (let attempt = 1; ; attempt += 1) {
    const started = performance.now();
    Object.assign(row, { model: null, costUsd: null, tokens: null, meta: {} });
    breaker.enter();
    await openCall(service, row, model, most, monthlyUsd).catch((error: unknown) => {
      breaker.abandoned();
      throw error;
    });
    row.model = model;
    // What the cap counts while nobody knows better.
    row.meta = { attempt, ...(most !== null && { cost_max_usd: most }) };
    const reply = await upstream
      .ask({
        model,
        ...messages,
        schema: { name: kind.replaceAll('-', '_'), json },
        maxTokens,
        idleMs,
        totalMs,
        signal,
      })
      .catch((error: unknown) => {
        if (error instanceof Fault && error.code === 'LLM_CLIENT_GONE') breaker.abandoned();
        else breaker.failed();
        throw withRetryAfter(error);
      });
    breaker.succeeded();
    const { tokensIn, tokensOut } = reply;
    const cost = costUsd(settings, reply.model, tokensIn, tokensOut);
    const unknownCost = cost === null && most !== null;
    row.model = reply.model.slice(0, 200);
    row.costUsd = cost;
    row.tokens = tokensIn === null || tokensOut === null ? null : tokensIn + tokensOut;
    row.meta = { attempt, tokens_in: tokensIn, tokens_out: tokensOut, ...(unknownCost && { cost_max_usd: most }) };
    try {
      return { usable: usableAnswer(kind, reply.text, context), model: row.model };
    } catch (error) {
      if (attempt === ATTEMPTS || signal.aborted) throw error;
      await writeCall(service, thrownAway(row, error, performance.now() - started), clock);
      row.id = randomUUID();
    }
  }
}

function thrownAway(row: CallRow, error: unknown, durationMs: number): CallRow {
  const { status, fault } = outsideFault(error);
  return { ...row, statusCode: status, errorCode: fault.code, durationMs, meta: { ...row.meta, retried: true } };
}

/** A model's server may say when to come again. */
function withRetryAfter(error: unknown): unknown {
  if (!(error instanceof Fault)) return error;
  const said =
    'retryAfterSeconds' in error && typeof error.retryAfterSeconds === 'number'
      ? error.retryAfterSeconds
      : RETRY_SECONDS;
  return new Problem(error, {}, { 'Retry-After': String(Math.max(1, said)) });
}
