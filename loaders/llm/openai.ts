/** A language model behind any server that speaks OpenAI's protocol: one attempt, streamed and put together, with limits of time and size. */
import OpenAI, { APIConnectionError, APIConnectionTimeoutError, APIError } from 'openai';
import { Stream } from 'openai/streaming';
import type { LlmReply, LlmRequest, LlmUpstream } from '../../core/effects.ts';
import { Fault } from '../../core/errors.ts';
import { cappedFetch } from './capped-fetch.ts';
import { upstreamFault } from './upstream-fault.ts';

export interface OpenAiOptions {
  readonly baseUrl: string;
  /** null: the server wants none. */
  readonly apiKey: string | null;
  readonly userAgent: string;
  /** Most bytes of an answer. Default 1 MiB. */
  readonly bytesMax?: number;
}

const BYTES_MAX = 1_048_576;

type Chunk = OpenAI.ChatCompletionChunk;
type Format = 'json_schema' | 'json_object';

export function createUpstream({ baseUrl, apiKey, userAgent, bytesMax = BYTES_MAX }: OpenAiOptions): LlmUpstream {
  const client = new OpenAI({
    baseURL: baseUrl,
    apiKey: apiKey ?? 'none',
    // Each is null, or the library would take it from the environment behind our back.
    organization: null,
    project: null,
    adminAPIKey: null,
    webhookSecret: null,
    maxRetries: 0,
    logLevel: 'off',
    defaultHeaders: { 'User-Agent': userAgent, ...(apiKey === null && { Authorization: null }) },
    fetch: cappedFetch(bytesMax),
  });
  // What the server said about `json_schema`; known after the first call.
  let format: Format = 'json_schema';

  async function ask(request: LlmRequest): Promise<LlmReply> {
    const limits = limitsOf(request);
    try {
      try {
        return await once(client, request, format, limits);
      } catch (error) {
        // No answer was made, so this is no second question.
        if (format !== 'json_schema' || !refusesSchema(error)) throw error;
        format = 'json_object';
        return await once(client, request, format, limits);
      }
    } catch (error) {
      if (request.signal.aborted) throw upstreamFault('LLM_CLIENT_GONE', 'the caller has gone');
      throw limits.fault() ?? asUpstreamFault(error);
    } finally {
      limits.end();
    }
  }
  return { ask };
}

async function once(client: OpenAI, request: LlmRequest, format: Format, limits: Limits): Promise<LlmReply> {
  const { model, system, user, maxTokens, schema } = request;
  const response = await client.chat.completions
    .create(
      {
        model,
        messages: [
          { role: 'system', content: system },
          { role: 'user', content: user },
        ],
        max_completion_tokens: maxTokens,
        stream: true,
        stream_options: { include_usage: true },
        response_format:
          format === 'json_object'
            ? { type: 'json_object' }
            : { type: 'json_schema', json_schema: { name: schema.name, strict: true, schema: { ...schema.json } } },
      },
      { signal: limits.signal },
    )
    .asResponse();
  limits.heard();
  const type = response.headers.get('content-type') ?? '';
  if (/^text\/event-stream\b/i.test(type)) return assembled(client, response, model, limits);
  // Some servers do not stream, whatever they are asked.
  if (/^application\/json\b/i.test(type)) return whole(await response.json(), model);
  await response.body?.cancel().catch(() => undefined);
  throw upstreamFault(
    'LLM_UPSTREAM_RUBBISH',
    `the model's server answered with ${type.slice(0, 60) || 'no type'} instead of JSON`,
  );
}

async function assembled(client: OpenAI, response: Response, asked: string, limits: Limits): Promise<LlmReply> {
  const parts: string[] = [];
  let model = asked;
  let finish: string | null = null;
  let usage: Chunk['usage'] = null;
  // With the client, which logs nothing; the library alone would write what it cannot read to stderr.
  for await (const chunk of Stream.fromSSEResponse<Chunk>(response, new AbortController(), client)) {
    limits.heard();
    if (typeof chunk !== 'object' || chunk === null) throw notItsProtocol();
    model = chunk.model || model;
    usage = chunk.usage ?? usage;
    const choice = chunk.choices?.[0];
    if (typeof choice?.delta?.content === 'string') parts.push(choice.delta.content);
    finish = choice?.finish_reason ?? finish;
  }
  if (finish === null) throw upstreamFault('LLM_UPSTREAM_CUT', 'the answer of the model broke off in the middle');
  return {
    text: parts.join(''),
    model,
    tokensIn: usage?.prompt_tokens ?? null,
    tokensOut: usage?.completion_tokens ?? null,
  };
}

function whole(body: unknown, asked: string): LlmReply {
  const { choices, model, usage } = (body ?? {}) as Partial<OpenAI.ChatCompletion>;
  const text = Array.isArray(choices) ? choices[0]?.message?.content : undefined;
  if (typeof text !== 'string') throw notItsProtocol();
  return {
    text,
    model: model || asked,
    tokensIn: usage?.prompt_tokens ?? null,
    tokensOut: usage?.completion_tokens ?? null,
  };
}

interface Limits {
  readonly signal: AbortSignal;
  /** Something came: the idle time begins anew. */
  heard(): void;
  /** Of the limit that was passed; null: none was. */
  fault(): Fault | null;
  end(): void;
}

function limitsOf({ idleMs, totalMs, signal }: LlmRequest): Limits {
  const own = new AbortController();
  let passed: Fault | null = null;
  const pass = (code: string, what: string): void => {
    passed ??= upstreamFault(code, what);
    own.abort();
  };
  const stalled = (): void => pass('LLM_UPSTREAM_STALLED', `nothing came from the model for ${idleMs} ms`);
  const total = setTimeout(() => pass('LLM_UPSTREAM_TIMEOUT', `the model did not end within ${totalMs} ms`), totalMs);
  let idle = setTimeout(stalled, idleMs);
  return {
    signal: AbortSignal.any([own.signal, signal]),
    heard: () => {
      clearTimeout(idle);
      idle = setTimeout(stalled, idleMs);
    },
    fault: () => passed,
    end: () => {
      clearTimeout(idle);
      clearTimeout(total);
      own.abort();
    },
  };
}

function refusesSchema(error: unknown): boolean {
  return (
    error instanceof APIError &&
    [400, 404, 422].includes(error.status ?? 0) &&
    /response_format|json_schema/i.test(error.message)
  );
}

function asUpstreamFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  if (error instanceof APIConnectionTimeoutError)
    return upstreamFault('LLM_UPSTREAM_TIMEOUT', 'the model did not answer in time');
  // The library wraps what our own fetch throws.
  if (error instanceof APIConnectionError)
    return error.cause instanceof Fault
      ? error.cause
      : upstreamFault('LLM_UPSTREAM_UNREACHABLE', "the model's server cannot be reached");
  if (error instanceof APIError) return statusFault(error);
  if (error instanceof SyntaxError) return notItsProtocol();
  return upstreamFault('LLM_UPSTREAM_CUT', 'the answer of the model broke off in the middle');
}

/** Of its words nothing is passed on: they may hold the key. */
function statusFault({ status, headers }: APIError): Fault {
  if (status === undefined)
    return upstreamFault('LLM_UPSTREAM_ERROR', 'the model reported an error in the middle of its answer');
  if (status === 429)
    return upstreamFault('LLM_UPSTREAM_BUSY', 'the model has too much to do', headers?.get('retry-after'));
  if (status >= 500)
    return upstreamFault('LLM_UPSTREAM_ERROR', `the model's server answered ${status}`, headers?.get('retry-after'));
  return upstreamFault(
    'LLM_UPSTREAM_REFUSED',
    `the model's server answered ${status}: address, key or model are wrong`,
  );
}

function notItsProtocol(): Fault {
  return upstreamFault('LLM_UPSTREAM_RUBBISH', "the model's server does not speak the protocol of chat completions");
}
