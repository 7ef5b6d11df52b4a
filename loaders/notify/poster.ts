/** Posts messages over HTTP: short time-outs, a few attempts with jitter, `Retry-After`, no redirects, and no secret in any error. */
import { AbortError } from 'p-retry';
import { Agent, request as send } from 'undici';
import type { Clock, Poster, PostRequest, Random } from '../../core/effects.ts';
import { Fault } from '../../core/errors.ts';
import { backoffMs, retryAfterMs, withRetries } from '../source/retry.ts';

export interface PosterOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Who tells, e.g. `penstock/0.1.0`. */
  readonly userAgent: string;
  /** The n-th wait is a random part of `backoffMs × 2ⁿ⁻¹`, at most `backoffCapMs`. */
  readonly limits?: Partial<typeof LIMITS>;
}

export interface PostClient extends Poster {
  /** Ends what is under way. */
  close(): Promise<void>;
}

const LIMITS = {
  backoffMs: 500,
  backoffCapMs: 5_000,
  /** A receiver that asks for a longer pause is left alone; the message waits. */
  retryAfterCapMs: 30_000,
};

/** Statuses that another attempt may cure. */
const AGAIN: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

export function createPoster({ clock, random, userAgent, ...options }: PosterOptions): PostClient {
  const limits = { ...LIMITS, ...options.limits };
  const agent = new Agent({ pipelining: 1 });

  async function post(request: PostRequest): Promise<void> {
    const url = addressOf(request);
    const pauses = new WeakMap<Error, number>();
    const wait = (error: Error, nth: number): number =>
      Math.max(backoffMs(nth, random, limits), pauses.get(error) ?? 0);
    await withRetries(() => once(url, request, pauses), {
      attempts: request.attempts,
      wait,
      clock,
      signal: request.signal,
    });
  }

  async function once(url: URL, request: PostRequest, pauses: WeakMap<Error, number>): Promise<void> {
    const late = AbortSignal.timeout(request.timeoutMs);
    const signal = request.signal === undefined ? late : AbortSignal.any([late, request.signal]);
    try {
      const { statusCode, headers, body } = await send(url, {
        method: 'POST',
        dispatcher: agent,
        signal,
        body: request.body,
        headers: { ...request.headers, 'content-type': 'application/json', 'user-agent': userAgent },
      });
      body.on('error', () => undefined);
      await body.dump({ limit: 65_536 });
      if (statusCode >= 200 && statusCode < 300) return;
      const fault = statusFault(statusCode, url);
      if (!AGAIN.has(statusCode)) throw new AbortError(fault);
      const asked = headers['retry-after'];
      const pause = retryAfterMs(Array.isArray(asked) ? asked[0] : asked, clock.now());
      if (pause !== null && pause > limits.retryAfterCapMs) throw new AbortError(fault);
      if (pause !== null) pauses.set(fault, pause);
      throw fault;
    } catch (error) {
      request.signal?.throwIfAborted();
      if (error instanceof AbortError || error instanceof Fault) throw error;
      throw late.aborted
        ? postFault('POST_TIMEOUT', `the receiver did not answer within ${request.timeoutMs} ms`, url)
        : postFault('POST_NOT_REACHED', `the receiver could not be reached: ${codeOf(error)}`, url);
    }
  }

  return { post, close: () => agent.destroy() };
}

function addressOf({ url }: PostRequest): URL {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed !== null && (parsed.protocol === 'https:' || parsed.protocol === 'http:')) return parsed;
  throw new Fault({
    code: 'POST_ADDRESS_INVALID',
    kind: 'configuration',
    what: 'the address of the receiver is not an http or https address',
    consequence: 'nothing was sent',
    next: 'correct the variable that holds it (.env.example names them)',
  });
}

function statusFault(status: number, url: URL): Fault {
  return status >= 300 && status < 400
    ? postFault('POST_REDIRECTED', `the receiver answered ${status}: redirects are not followed`, url)
    : postFault('POST_REFUSED', `the receiver answered ${status}`, url);
}

/** The host only: path, query and user may be the secret that lets one post. */
function postFault(code: string, what: string, url: URL): Fault {
  return new Fault({
    code,
    kind: 'request',
    what,
    where: url.host,
    consequence: 'the message was not taken',
    next: 'check that the address is right and the receiver runs',
  });
}

/** `ECONNREFUSED`; a message could hold the address. */
function codeOf(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return code ?? (error instanceof Error ? error.name : 'unknown error');
}
