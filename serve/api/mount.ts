/** Endpoints as routes: who asks, may they, what did they give, what is the answer, in which form; and whoever watches is told. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Context, Hono } from 'hono';
import type { z } from 'zod';
import type { Clock, Log } from '../../core/effects.ts';
import { Fault } from '../../core/errors.ts';
import { errorAnswer } from '../answers.ts';
import { bodyUnreadable, outsideFault } from '../faults.ts';
import { bodyText, requireSmallBody } from './body.ts';
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
  /** @throws Fault where this server does not answer to the name that it was called by */
  readonly requireName: (c: Context) => void;
  /** Headers that every answer has: what a browser may do with it. */
  readonly frame: (c: Context) => Readonly<Record<string, string>>;
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

/** An answer that is there as bytes: it is sent without the standard's Response, whose streams cost more than the read. */
interface Sent {
  readonly status: number;
  readonly bytes: Uint8Array<ArrayBuffer> | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly cached: boolean;
}

export function mount(app: Hono, endpoints: readonly Endpoint[], gate: Gate): void {
  for (const one of endpoints)
    for (const path of one.paths)
      app.on(one.method.toUpperCase(), path.replaceAll(/\{(\w+)\}/g, ':$1'), (c) => observed(c, one, gate));
}

async function observed(c: Context, one: Endpoint, gate: Gate): Promise<Response> {
  const startedAt = gate.clock.now();
  const started = performance.now();
  let answer: Sent | Response;
  let code: string | null = null;
  try {
    gate.requireName(c);
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
      cached: 'cached' in answer && answer.cached,
    });
  return framed(answer, gate.frame(c));
}

/** What an answer says of itself stays. */
function framed(answer: Sent | Response, frame: Readonly<Record<string, string>>): Response {
  if (!(answer instanceof Response))
    return new Response(answer.bytes, { status: answer.status, headers: { ...frame, ...answer.headers } });
  for (const [name, value] of Object.entries(frame)) if (!answer.headers.has(name)) answer.headers.set(name, value);
  return answer;
}

async function answered(c: Context, one: Endpoint, gate: Gate): Promise<Sent | Response> {
  const events = asksForEvents(c, one.media);
  const key = keyOf(c, events);
  const client = clientOf(c, gate.addressHeader, gate.connectionAddress(c), key);
  const principal = await principalOf(key, gate.keys);
  if (one.needs === 'service') requireService(principal);
  const limit = events ? 'stream' : one.limit;
  const admission = limit === 'none' ? null : await gate.limiter.admit(limit, client);
  if (admission === null) return answerTo(c, one, gate, { principal, client });
  const counted = limitHeaders(admission);
  try {
    const answer = await answerTo(c, one, gate, { principal, client });
    if (!(answer instanceof Response)) return { ...answer, headers: { ...answer.headers, ...counted } };
    for (const [name, value] of Object.entries(counted)) answer.headers.set(name, value);
    return answer;
  } catch (error) {
    // A refusal has cost a call, too.
    const { fault, members, headers } = error instanceof Problem ? error : { fault: error, members: {}, headers: {} };
    if (!(fault instanceof Fault)) throw error;
    throw new Problem(fault, members, { ...counted, ...headers });
  }
}

interface Caller {
  readonly principal: Principal;
  readonly client: Client;
}

async function answerTo(c: Context, one: Endpoint, gate: Gate, caller: Caller): Promise<Sent | Response> {
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
    if (one.method !== 'get') requireSmallBody(c);
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

type Nothing = Record<never, never>;

/** All faults at once. @throws Fault */
function parsed<T>(schema: z.ZodType<T> | undefined, value: unknown, where: string, isBody = false): T | Nothing {
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
  const text = await bodyText(c);
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
      'X-Penstock-Freshness': weakest(freshnessIn(provenance)),
      ...(media !== JSON_TYPE && { 'X-Penstock-Provenance': headerText(provenance) }),
      ...headers,
    },
  };
}

async function sent(c: Context, made: Made, cache: 'hit' | 'miss' | null): Promise<Sent> {
  const cached = cache === 'hit';
  const headers: Record<string, string> = { ...made.headers, ...(cache !== null && { 'X-Cache': cache }) };
  if (made.status === 200 && c.req.method !== 'POST' && matches(c.req.header('If-None-Match'), headers['ETag'] ?? '')) {
    delete headers['Content-Type'];
    return { status: 304, bytes: null, headers, cached };
  }
  if (!takesZip(c.req.header('Accept-Encoding') ?? '') || made.bytes.length < ZIP_FROM_BYTES)
    return { status: made.status, bytes: made.bytes, headers, cached };
  made.zipped ??= Uint8Array.from(await zip(made.bytes));
  headers['Content-Encoding'] = 'gzip';
  return { status: made.status, bytes: made.zipped, headers, cached };
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
