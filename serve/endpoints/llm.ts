/** Answers of language models: governed, logged, limited; key figures without a model; history, feedback, health. */
import { z } from 'zod';
import { endpoint, type Endpoint } from '../api/endpoint.ts';
import { ownProvenance, provenanceSchema, unknownProvenance } from '../api/provenance.ts';
import { limitWord, nameWord } from '../api/query.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { feedbackSchema, giveFeedback } from '../llm/feedback.ts';
import { createGateway, type Gateway } from '../llm/gateway.ts';
import { callHistory, historyItem } from '../llm/history.ts';
import { kpisResult, transitionKpis } from '../llm/kpis.ts';
import { daysOf, type LlmBody, requestSchema } from '../llm/request.ts';
import { LLM_KINDS, type LlmKind, resultSchema } from '../llm/results.ts';
import { shippedGuards } from '../llm/shipped.ts';

const TAG = 'Language models';

const SUMMARIES: Readonly<Record<LlmKind, string>> = {
  'explain-chart': 'Explains a chart to a class',
  'analytics-insight': 'What the data say, and what follows for policy',
  'transition-report': 'Progress and risks of the transition',
  'data-quality': "What is wrong with the data; the score is measured, not the model's",
  'emissions-planner': 'Measures that lower emissions, from the data',
  'market-brief': 'What moves the market',
  'community-plan': 'Steps for a community',
  'grid-optimization': 'Recommendations for the grid',
};

const LLM_REFUSALS: NonNullable<Endpoint['refusals']> = {
  403: { when: 'The question asks for help with an attack, or is on a topic that is not answered here.' },
  404: { when: 'There are no such data here.' },
  429: {
    when: 'Too many questions in this minute, or the budget of the month is spent.',
    members: z.object({ message: z.string(), retryAfter: z.number().int() }),
  },
  451: {
    when: 'The question is about data of Indigenous peoples. With a verified token a governance request is filed.',
    members: z.object({ governance_request: z.object({ id: z.string().nullable(), status: z.string().nullable() }) }),
  },
};
const MODEL_REFUSALS: NonNullable<Endpoint['refusals']> = {
  ...LLM_REFUSALS,
  502: { when: 'The model failed, or answered with what cannot be used.' },
  503: {
    when: 'Language models are switched off (X-LLM-Mode: disabled), no prompt is approved, the model is down, or the database does not answer.',
    members: z.object({ mode: z.literal('disabled').optional() }),
  },
  504: { when: 'The model did not answer in time.' },
};

/** Every path under which the front end tries a function of this group. */
export function llmPaths(name: string): string[] {
  return ['/llm/', '/functions/v1/llm/', '/llm-lite/', '/functions/v1/llm-lite/', '/api/llm/'].map(
    (base) => base + name,
  );
}

export function llmEndpoints(api: ApiDependencies): Endpoint[] {
  const gateway = createGateway(api, shippedGuards);
  return [
    ...LLM_KINDS.map((kind) => modelEndpoint(kind, gateway)),
    ...kpiEndpoints(api, gateway),
    historyEndpoint(api),
    feedbackEndpoint(api),
    healthEndpoint(api),
  ];
}

function modelEndpoint(kind: LlmKind, gateway: Gateway): Endpoint {
  const answer: z.ZodType = z.object({
    dataset: z.string(),
    result: resultSchema(kind),
    call_id: z.string().openapi({ description: 'Names the call in feedback.' }),
    mode: z.literal('live'),
    provenance: provenanceSchema,
    meta: z.object({
      model: z.string(),
      prompt_key: z.string(),
      prompt_version: z.string(),
      cached: z.boolean(),
      tokens_in: z.number().int().nullable(),
      tokens_out: z.number().int().nullable(),
      cost_usd: z.number().nullable().openapi({ description: 'Null: the model has no price here.' }),
    }),
  });
  return endpoint({
    name: `llm-${kind}`,
    method: 'post',
    paths: llmPaths(kind),
    tag: TAG,
    summary: SUMMARIES[kind],
    limit: 'none',
    body: requestSchema,
    answer,
    refusals: MODEL_REFUSALS,
    refused: (error, caller) => gateway.unreadable(kind, error, caller),
    handle: ({ body, client, principal, c }) =>
      gateway.infer(kind, body, { client, principal, signal: c.req.raw.signal }),
  });
}

function kpiEndpoints({ reads }: ApiDependencies, gateway: Gateway): Endpoint[] {
  const name = 'transition-kpis';
  const answer: z.ZodType = z.object({
    dataset: z.string(),
    result: kpisResult,
    call_id: z.string(),
    mode: z.literal('live'),
    provenance: provenanceSchema,
    meta: z.object({ computed: z.literal(true) }),
  });
  const shared = {
    name: `llm-${name}`,
    paths: llmPaths(name),
    tag: TAG,
    summary: 'Key figures of the transition, computed from the data without a model',
    limit: 'none',
    answer,
    refusals: LLM_REFUSALS,
    refused: (error: unknown, caller: Parameters<Gateway['unreadable']>[2]) => gateway.unreadable(name, error, caller),
  } as const;
  const work = (body: LlmBody, caller: Parameters<Gateway['compute']>[2]): ReturnType<Gateway['compute']> =>
    gateway.compute(name, body, caller, async (dataset, { timeframe }) => ({
      ...(await transitionKpis(reads, dataset, timeframe, daysOf(timeframe))),
      mode: 'live',
      meta: { computed: true },
    }));
  return [
    endpoint({
      ...shared,
      method: 'post',
      body: requestSchema,
      handle: ({ body, client, principal }) => work(body, { client, principal }),
    }),
    endpoint({
      ...shared,
      method: 'get',
      query: requestSchema.pick({ datasetPath: true, timeframe: true, panelId: true }),
      handle: ({ query, client, principal }) => work(query, { client, principal }),
    }),
  ];
}

function historyEndpoint({ service, clock }: ApiDependencies): Endpoint {
  return endpoint({
    name: 'llm-history',
    method: 'get',
    paths: llmPaths('history'),
    tag: TAG,
    summary: 'Earlier calls, newest first',
    description: 'With the key of the service: all, with their texts. Without it: those of this client, without texts.',
    limit: 'read',
    query: z.object({
      datasetPath: nameWord('Only calls about these data, as they were asked for.'),
      type: nameWord('Only calls of this endpoint: explain-chart.'),
      limit: limitWord(20, 100),
    }),
    answer: z.object({ items: z.array(historyItem), provenance: provenanceSchema }),
    handle: async ({ query: { datasetPath, type, limit }, client, principal }) => {
      const filter = { datasetPath: datasetPath ?? null, type: type ?? null, limit };
      const items = await callHistory(service, filter, client, principal.role === 'service_role');
      return {
        body: {
          items,
          provenance:
            items.length === 0 ? unknownProvenance('llm_call_log') : ownProvenance('llm_call_log', clock.now()),
        },
      };
    },
  });
}

function feedbackEndpoint({ service, clock }: ApiDependencies): Endpoint {
  return endpoint({
    name: 'llm-feedback',
    method: 'post',
    paths: llmPaths('feedback'),
    tag: TAG,
    summary: 'What a reader thought of an answer',
    limit: 'write',
    body: feedbackSchema,
    answer: z.object({ ok: z.literal(true), id: z.string(), provenance: provenanceSchema }),
    refusals: { 404: { when: 'There is no call of that id.' } },
    handle: async ({ body, client, principal }) => ({
      body: {
        ok: true as const,
        id: await giveFeedback(service, body, client, principal.subject),
        provenance: ownProvenance('llm_feedback', clock.now()),
      },
    }),
  });
}

function healthEndpoint({ service, clock, llm = null }: ApiDependencies): Endpoint {
  return endpoint({
    name: 'llm-health',
    method: 'get',
    paths: llmPaths('health'),
    tag: TAG,
    summary: 'Whether questions are answered',
    limit: 'read',
    answer: z.object({
      ok: z.boolean().openapi({ description: 'False: switched off, or no prompt is approved.' }),
      mode: z.enum(['live', 'disabled']),
      approved_prompts: z.number().int(),
      per_minute: z.number().int().nullable(),
      last_answer_at: z.string().nullable(),
      provenance: provenanceSchema,
    }),
    handle: async () => {
      const [row] = await service.query<{ prompts: number; answered_at: string | null }>(HEALTH);
      const prompts = row?.prompts ?? 0;
      const mode = llm === null ? ('disabled' as const) : ('live' as const);
      return {
        headers: { 'X-LLM-Mode': mode },
        body: {
          ok: llm !== null && prompts > 0,
          mode,
          approved_prompts: prompts,
          per_minute: llm?.settings.perMinute ?? null,
          last_answer_at: row?.answered_at ?? null,
          provenance: ownProvenance('llm_call_log', clock.now()),
        },
      };
    },
  });
}

// grain: one row. reads: public.llm_prompts, public.llm_call_log. params: none.
const HEALTH = `
  select (select count(distinct prompt_key)::int from public.llm_prompts where status = 'approved') as prompts,
    (select to_json(max(ts)) #>> '{}' from public.llm_call_log where status_code = 200 and ts > now() - interval '7 days') as answered_at`;
