/** Endpoints as routes: who asks, may they, what did they give, what is the answer, in which form; and whoever watches is told. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { z } from 'zod';
import type { Clock, Log } from '../../core/effects.ts';
import { Fault } from '../../core/errors.ts';
import { errorAnswer } from '../answers.ts';
import { bodyUnreadable, outsideFault } from '../faults.ts';
import { type Client, clientOf } from './client.ts';
import { type Endpoint, MadeJson, type Reply } from './endpoint.ts';
import { limitHeaders, type Limiter } from './limits.ts';
import { asksForEvents, JSON_TYPE, mediaOf, rowsAs } from './media.ts';
import type { Observer } from './observe.ts';
import { keyOf, type KeySettings, type Principal, principalOf, requireService } from './principal.ts';
import { Problem } from './problem.ts';
import { type Freshness, headerText, weakest } from './provenance.ts';
import type { AnswerStore, Made } from './store.ts';

const zip = promisify(gzip);
/** Smaller answers grow. */
const ZIP_FROM_BYTES = 1_000;

export interface Gate {
  readonly keys: KeySettings;
  readonly limiter: Limiter;
  readonly store: AnswerStore;
  /** Header in which the proxy in front says the client's address; null without one. */
  readonly addressHeader: string | null;
  /** Address of the other end of the connection. */
  readonly connectionAddress: (c: Context) => string | null;
  readonly observers: readonly Observer[];
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

export function mount(app: Hono, endpoints: readonly Endpoint[], gate: Gate): void {
  for (const one of endpoints)
    for (const path of one.paths)
      app.on(one.method.toUpperCase(), path.replaceAll(/\{(\w+)\}/g, ':$1'), (c) => observed(c, one, gate));
}

async function observed(c: Context, one: Endpoint, gate: Gate): Promise<Response> {
  const startedAt = gate.clock.now();
  const started = performance.now();
  let answer: Response;
  let code: string | null = null;
  try {
    answer = await answered(c, one, gate);
  } catch (error) {
    code = outsideFault(error).fault.code;
    answer = errorAnswer(c, error, gate.log, true);
  }
  for (const tell of gate.observers)
    tell({
      name: one.name,
      method: c.req.method,
      status: answer.status,
      startedAt,
      durationMs: Math.round(performance.now() - started),
      code,
      cached: answer.headers.get('X-Cache') === 'hit',
    });
  return answer;
}

async function answered(c: Context, one: Endpoint, gate: Gate): Promise<Response> {
  const events = asksForEvents(c, one.media);
  const key = keyOf(c, events);
  const client = clientOf(c, gate.addressHeader, gate.connectionAddress(c), key);
  const principal = await principalOf(key, gate.keys);
  if (one.needs === 'service') requireService(principal);
  const limit = events ? 'stream' : one.limit;
  const admission = limit === 'none' ? null : await gate.limiter.admit(limit, client);
  try {
    const answer = await answerTo(c, one, gate, { principal, client });
    if (admission !== null)
      for (const [name, value] of Object.entries(limitHeaders(admission))) answer.headers.set(name, value);
    return answer;
  } catch (error) {
    // A refusal has cost a call, too.
    if (admission === null) throw error;
    const { fault, members, headers } = error instanceof Problem ? error : { fault: error, members: {}, headers: {} };
    if (!(fault instanceof Fault)) throw error;
    throw new Problem(fault, members, { ...limitHeaders(admission), ...headers });
  }
}

interface Caller {
  readonly principal: Principal;
  readonly client: Client;
}

async function answerTo(c: Context, one: Endpoint, gate: Gate, caller: Caller): Promise<Response> {
  const media = mediaOf(c, one.media);
  const cache = one.cache;
  const name = cache === undefined || c.req.method === 'POST' ? null : `${media} ${c.req.url}`;
  const kept = name === null ? undefined : gate.store.get(name);
  if (kept !== undefined) return sent(c, kept, 'hit');
  const mark = gate.store.mark();
  const given = await givenBy(c, one, caller);
  const reply = await one.handle(given);
  if (reply instanceof Response) return reply;
  const fresh = await makeAnswer(one, reply, media);
  const keeps = name !== null && cache !== undefined && reply.keep !== false;
  if (keeps && fresh.status === 200) gate.store.set(name, fresh, cache, mark);
  return sent(c, fresh, keeps ? 'miss' : null);
}

/** What came along, read by the endpoint's schemas. @throws Fault, and what `refused` makes of it */
async function givenBy(c: Context, one: Endpoint, caller: Caller): Promise<Parameters<Endpoint['handle']>[0]> {
  try {
    return {
      params: parsed(one.params, c.req.param(), 'of the address'),
      query: parsed(one.query, c.req.query(), 'after the ?'),
      body: one.body === undefined ? undefined : parsed(one.body, await jsonOf(c), 'of the body', true),
      ...caller,
      c,
    };
  } catch (error) {
    throw one.refused === undefined ? error : await one.refused(error, caller);
  }
}

/** All faults at once. @throws Fault */
function parsed(schema: z.ZodType | undefined, value: unknown, where: string, isBody = false): unknown {
  if (schema === undefined) return {};
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const said = read.error.issues.map(({ path, message }) => `${path.join('.') || 'it'} ${where}: ${message}`);
  if (isBody) throw bodyUnreadable(said.join('; ').slice(0, 1_000), '/openapi.json says what the body may hold');
  throw new Fault({
    code: 'HTTP_QUERY_INVALID',
    kind: 'usage',
    what: said.join('; ').slice(0, 1_000),
    consequence: 'nothing was shown',
    next: '/openapi.json says what may be asked for',
  });
}

async function jsonOf(c: Context): Promise<unknown> {
  if (!/^application\/([\w.+-]+\+)?json\b/i.test(c.req.header('Content-Type') ?? ''))
    throw new Fault({
      code: 'HTTP_BODY_KIND',
      kind: 'usage',
      what: 'the body is sent as JSON',
      consequence: 'nothing was changed',
      next: 'send Content-Type: application/json',
    });
  const text = await c.req.text();
  try {
    return JSON.parse(text);
  } catch {
    throw bodyUnreadable('the body is no JSON', '/openapi.json says what the body may hold');
  }
}

async function makeAnswer(
  one: Endpoint,
  { status = 200, body, keep, rows, headers = {} }: Reply<unknown>,
  media: string,
): Promise<Made> {
  const provenance = provenanceOf(body);
  const { bytes, type } =
    media === JSON_TYPE || rows === undefined
      ? {
          bytes: new TextEncoder().encode(body instanceof MadeJson ? body.text : JSON.stringify(body)),
          type: JSON_TYPE,
        }
      : await rowsAs(media, rows, provenance);
  const seconds = keep === false ? undefined : one.cache?.seconds;
  return {
    status,
    bytes,
    headers: {
      'Content-Type': type,
      ETag: `W/"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`,
      'Cache-Control': seconds === undefined || status !== 200 ? 'no-store' : `public, max-age=${seconds}`,
      Vary: 'Accept, Accept-Encoding',
      'X-Penstock-Freshness': weakest(freshnessIn(provenance)),
      ...(media !== JSON_TYPE && { 'X-Penstock-Provenance': headerText(provenance) }),
      ...headers,
    },
  };
}

async function sent(c: Context, made: Made, cache: 'hit' | 'miss' | null): Promise<Response> {
  const headers = new Headers(made.headers);
  if (cache !== null) headers.set('X-Cache', cache);
  const etag = made.headers['ETag'] ?? '';
  if (made.status === 200 && c.req.method !== 'POST' && matches(c.req.header('If-None-Match'), etag)) {
    for (const name of ['Content-Type']) headers.delete(name);
    return c.newResponse(null, { status: 304, headers });
  }
  if (!takesZip(c.req.header('Accept-Encoding') ?? '') || made.bytes.length < ZIP_FROM_BYTES)
    return c.newResponse(made.bytes, { status: made.status as ContentfulStatusCode, headers });
  made.zipped ??= Uint8Array.from(await zip(made.bytes));
  headers.set('Content-Encoding', 'gzip');
  return c.newResponse(made.zipped, { status: made.status as ContentfulStatusCode, headers });
}

/** RFC 9110: what is named counts, else what `*` says; `q=0` is a refusal. */
function takesZip(header: string): boolean {
  const weight = (coding: string): number | null => {
    const found = new RegExp(`(?:^|,)\\s*${coding}\\s*(?:;\\s*q=([0-9.]+)\\s*)?(?=,|$)`, 'i').exec(header);
    return found === null ? null : Number(found[1] ?? 1);
  };
  return (weight('gzip') ?? weight('\\*') ?? 0) > 0;
}

function matches(asked: string | undefined, etag: string): boolean {
  const bare = (tag: string): string => tag.trim().replace(/^W\//, '');
  return asked !== undefined && asked.split(',').some((tag) => tag.trim() === '*' || bare(tag) === bare(etag));
}

function provenanceOf(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'provenance' in body ? body.provenance : null;
}

/** Of an object, or of several under their names. */
function freshnessIn(provenance: unknown): Freshness[] {
  if (typeof provenance !== 'object' || provenance === null) return ['unknown'];
  if ('freshness_status' in provenance) return [provenance.freshness_status as Freshness];
  return Object.values(provenance).flatMap(freshnessIn);
}
