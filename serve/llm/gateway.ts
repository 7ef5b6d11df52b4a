/** The gateway: gates, data, cache, model. Whatever comes of a call, its row is written before it is answered. */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Reply } from '../api/endpoint.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { createBreaker } from './breaker.ts';
import type { CallRow } from './call-log.ts';
import type { Caller, WaitingCaller } from './caller.ts';
import { loadContext } from './context.ts';
import type { DatasetSpec } from './datasets.ts';
import { disabled } from './faults.ts';
import { createGates } from './gates.ts';
import type { Guards } from './guards.ts';
import { infer, type Inference, type Inferred } from './inference.ts';
import { type CallBody, callLogger } from './logged.ts';
import type { PromptFile } from './prompt-files.ts';
import { approvedPrompt } from './prompts.ts';
import { redactPersonal } from './redact.ts';
import { daysOf, type LlmBody, type Question } from './request.ts';
import type { LlmKind } from './results.ts';
import { DEFAULT_PER_MINUTE, type LlmDependencies } from './settings.ts';

export interface Gateway {
  /** A model's answer. @throws Problem */
  infer(kind: LlmKind, body: LlmBody, caller: WaitingCaller): Promise<Reply<CallBody>>;
  /** The same gates and the same log for what is computed here. @throws Problem */
  compute(endpoint: string, body: LlmBody, caller: Caller, work: Work): Promise<Reply<CallBody>>;
  /** Writes down a call whose words could not be read. @returns the error to answer with */
  unreadable(endpoint: string, error: unknown, caller: Caller): Promise<unknown>;
}

export type Work = (dataset: DatasetSpec, question: Question) => Promise<CallBody>;

const SUMMARY_MAX = 1_000;
const KEPT_ANSWERS = 500;

export function createGateway(api: ApiDependencies, guards: () => Guards): Gateway {
  const { service, reads, clock, llm = null } = api;
  const perMinute = llm?.settings.perMinute ?? DEFAULT_PER_MINUTE;
  const logged = callLogger(api, perMinute);
  const gates = createGates(api, guards, perMinute);
  const breaker = createBreaker(clock);
  const kept = new LRUCache<string, Inferred>({ max: KEPT_ANSWERS });

  /** @throws Problem `LLM_DISABLED`, `LLM_PROMPT_UNAPPROVED` */
  async function ready(
    kind: LlmKind,
    row: CallRow,
  ): Promise<{ readonly model: LlmDependencies; readonly prompt: PromptFile }> {
    if (llm === null) throw disabled();
    const prompt = await approvedPrompt(service, llm.prompts, kind, llm.settings.model);
    row.promptKey = prompt.key;
    row.promptVersion = prompt.version;
    return { model: llm, prompt };
  }

  return {
    infer: (kind, body, caller) =>
      logged(kind, caller, async (row, counted) => {
        const { dataset, question, on } = await gates.pass(body, caller, row, () => ready(kind, row), counted);
        const { model, prompt } = on;
        const context = await loadContext(reads, dataset, daysOf(question.timeframe), kind === 'data-quality');
        const inference = { kind, question, prompt, context, signal: caller.signal };
        const key = cacheKey(inference, model.settings.model);
        const hit = kept.get(key);
        if (hit !== undefined)
          Object.assign(row, {
            model: hit.model,
            costUsd: 0,
            tokens: 0,
            meta: { cached: true, tokens_in: 0, tokens_out: 0 },
          });
        const inferred = hit ?? (await infer(inference, model, api, breaker, row));
        if (hit === undefined && model.settings.cacheMs > 0) kept.set(key, inferred, { ttl: model.settings.cacheMs });
        row.provenance = inferred.usable.sources;
        row.responseSummary = redactPersonal(JSON.stringify(inferred.usable.result)).text.slice(0, SUMMARY_MAX);
        return answerBody(inference, inferred, row);
      }),
    compute: (endpoint, body, caller, work) =>
      logged(endpoint, caller, async (row, counted) => {
        const { dataset, question } = await gates.pass(body, caller, row, () => Promise.resolve(null), counted);
        // No model, so it is known that it cost nothing.
        Object.assign(row, { costUsd: 0, tokens: 0, meta: { computed: true } });
        return work(dataset, question);
      }),
    unreadable: (endpoint, error, caller) =>
      logged(endpoint, caller, () => Promise.reject(error)).then(
        () => error,
        (refused: unknown) => refused,
      ),
  };
}

function answerBody({ prompt, context }: Inference, { usable, model }: Inferred, row: CallRow): CallBody {
  return {
    dataset: context.dataset,
    result: usable.result,
    mode: 'live',
    provenance: context.provenance,
    meta: {
      model,
      prompt_key: prompt.key,
      prompt_version: prompt.version,
      cached: row.meta['cached'] === true,
      tokens_in: row.meta['tokens_in'] ?? null,
      tokens_out: row.meta['tokens_out'] ?? null,
      cost_usd: row.costUsd,
    },
  };
}

function cacheKey({ kind, question, prompt, context }: Inference, model: string): string {
  const { found: _found, panelId: _panel, datasetPath: _path, ...said } = question;
  return createHash('sha256')
    .update(JSON.stringify([kind, context.dataset, said, prompt.version, prompt.hash, model, context.version]))
    .digest('hex');
}
