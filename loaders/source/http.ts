/** The HTTP client: the one way in which penstock asks a publisher for bytes, polite and patient within limits. */
import { setMaxListeners } from 'node:events';
import { AbortError } from 'p-retry';
import { Agent, request as send } from 'undici';
import type { BodySink, Clock, DownloadReply, DownloadRequest, Http, Log, Random } from '../../core/effects.ts';
import { Fault, faultWithoutValues, withoutValues } from '../../core/errors.ts';
import {
  final,
  isRetryableStatus,
  networkFault,
  requestFault,
  retryAfterTooLong,
  statusFault,
  totalTimeout,
} from './http-fault.ts';
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from './http-limits.ts';
import { createPacer } from './pace.ts';
import { addressFault, isRedirect, redirectTarget, tooManyRedirects } from './redirect.ts';
import { secretsOfHeaders } from './credentials.ts';
import { backoffMs, rateLimitMs, retryAfterMs, withRetries } from './retry.ts';
import { createTransfer, type Transfer } from './transfer.ts';
import { type Headers, header, linkedSha256 } from './validators.ts';

export interface HttpOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Who asks, e.g. `penstock/0.1.0 (+https://…)`. */
  readonly userAgent: string;
  readonly limits?: Partial<HttpLimits>;
}

export interface HttpClient extends Http {
  /** Closes idle connections; downloads under way end with a fault. */
  close(): Promise<void>;
}

interface Job {
  readonly request: DownloadRequest;
  readonly transfer: Transfer;
  /** Failed attempt → pause that the publisher asked for, milliseconds. */
  readonly pauses: WeakMap<Error, number>;
}

type Step = ({ readonly redirect: string | undefined } | { readonly reply: DownloadReply }) & {
  /** SHA-256 of the file, where the answer gives it. */
  readonly published?: string | undefined;
};

/** Faults of a host, not of a file. */
const NOT_REACHED: ReadonlySet<string> = new Set([
  'HTTP_HOST_UNKNOWN',
  'HTTP_CONNECTION_REFUSED',
  'HTTP_TIMEOUT_CONNECT',
]);

/**
 * A client over undici. `download` follows redirects within `request.hosts`, tries again what may pass, goes on with a broken
 * body where the publisher allows it, and rejects with a {@link Fault} of kind `request`, or what the sink threw, or the
 * reason of `request.signal`.
 */
export function createHttp(options: HttpOptions): HttpClient {
  const { clock, random, log } = options;
  const limits: HttpLimits = { ...DEFAULT_HTTP_LIMITS, ...options.limits };
  const pacer = createPacer(clock);
  /** Host → until when one attempt is enough: it could not be reached a moment ago, and every other file would wait as long. */
  const unreachable = new Map<string, number>();
  const agent = new Agent({
    connect: { timeout: limits.connectMs },
    headersTimeout: limits.idleMs,
    bodyTimeout: limits.idleMs,
    pipelining: 1,
  });

  async function download(request: DownloadRequest, sink: BodySink): Promise<DownloadReply> {
    // One signal stops a whole run, so many downloads listen to it at once.
    if (request.signal !== undefined) setMaxListeners(0, request.signal);
    const job: Job = { request, transfer: createTransfer(request, sink), pauses: new WeakMap() };
    const host = URL.canParse(request.url) ? new URL(request.url).host : '';
    const attempts = clock.now() < (unreachable.get(host) ?? 0) ? 1 : limits.attempts;
    const wait = (error: Error, nth: number): number => {
      const ms = Math.max(backoffMs(nth, random, limits), job.pauses.get(error) ?? 0);
      const told = error instanceof Fault ? `${error.code}: ${error.what} (${error.where})` : error.message;
      const why = withoutValues(told, secretsOf(request));
      log.warn(`attempt ${nth} of ${attempts} failed, next one in ${(ms / 1_000).toFixed(1)} s: ${why}`);
      return ms;
    };
    try {
      const reply = await withRetries(() => attempt(job), { attempts, wait, clock, signal: request.signal });
      unreachable.delete(host);
      return reply;
    } catch (error) {
      request.signal?.throwIfAborted();
      if (error instanceof Fault && NOT_REACHED.has(error.code))
        unreachable.set(host, clock.now() + limits.unreachableMs);
      throw error instanceof Fault ? faultWithoutValues(error, secretsOf(request)) : error;
    }
  }

  /** From the first address through its redirects to an answer. */
  async function attempt(job: Job): Promise<DownloadReply> {
    const { request } = job;
    const first = firstAddress(request);
    let url = first;
    // Once the publisher has sent us elsewhere, no later address of this attempt gets the key.
    let home = true;
    let published: string | undefined;
    for (let hop = 0; hop <= limits.redirects; hop++) {
      home &&= url.origin === first.origin;
      const ask = { url, headers: home ? (request.headers ?? {}) : {} };
      const step = await pacer.run(url.host, request.pace, request.signal, () => exchange(job, ask));
      published = step.published ?? published;
      if ('reply' in step) return withPublished(step.reply, published);
      try {
        url = redirectTarget(url, step.redirect, request.hosts);
      } catch (error) {
        throw final(error);
      }
    }
    throw final(tooManyRedirects(request.url, limits.redirects));
  }

  /** One request and its answer. */
  async function exchange(
    job: Job,
    { url, headers: own }: { url: URL; headers: Readonly<Record<string, string>> },
  ): Promise<Step> {
    const { request, transfer } = job;
    const stop = new AbortController();
    const onAbort = (): void => stop.abort(request.signal?.reason);
    request.signal?.addEventListener('abort', onAbort, { once: true });
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      stop.abort();
    }, limits.totalMs);
    try {
      request.signal?.throwIfAborted();
      const { statusCode, headers, body } = await send(url, {
        dispatcher: agent,
        signal: stop.signal,
        headers: {
          ...own,
          ...transfer.headers(),
          accept: '*/*',
          'accept-encoding': 'identity',
          'user-agent': options.userAgent,
        },
      });
      // A body that nobody reads may still fail, e.g. when the size cap ends the download early.
      body.on('error', () => undefined);
      if (statusCode === 200 || statusCode === 206) {
        return {
          reply: await transfer.take(url, statusCode, headers, body, clock.now()),
          published: linkedSha256(headers),
        };
      }
      await body.dump({ limit: 65_536 });
      if (isRedirect(statusCode)) return { redirect: header(headers, 'location'), published: linkedSha256(headers) };
      if (statusCode === 304 && Object.keys(request.validators ?? {}).length > 0)
        return { reply: { outcome: 'not modified' } };
      if (statusCode === 404 || statusCode === 410) return { reply: { outcome: 'not found', status: statusCode } };
      if (statusCode === 416) throw transfer.forget(url, 'the publisher cannot send the rest of the file');
      throw refusal(statusCode, url, headers, job);
    } catch (error) {
      if (request.signal?.aborted === true) throw final(request.signal.reason);
      if (late) throw totalTimeout(url, limits);
      throw error instanceof Fault || error instanceof AbortError
        ? error
        : networkFault(error, url, transfer.received(), limits);
    } finally {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', onAbort);
    }
  }

  /** The fault of a status, with the pause that the publisher asked for. */
  function refusal(status: number, url: URL, headers: Headers, job: Job): Error {
    const fault = statusFault(status, url, Object.keys(job.request.headers ?? {}), headers);
    if (!isRetryableStatus(status)) return final(fault);
    const pause =
      retryAfterMs(header(headers, 'retry-after'), clock.now()) ?? rateLimitMs(header(headers, 'ratelimit'));
    if (pause === null) return fault;
    if (pause > limits.retryAfterCapMs) return final(retryAfterTooLong(url, pause, limits.retryAfterCapMs));
    pacer.hold(url.host, pause);
    job.pauses.set(fault, pause);
    return fault;
  }

  return { download, close: () => agent.destroy() };
}

function firstAddress(request: DownloadRequest): URL {
  if (!URL.canParse(request.url)) {
    throw final(
      requestFault('HTTP_URL_INVALID', 'this is not an address', request.url, 'check the URL of the definition'),
    );
  }
  const url = new URL(request.url);
  const refused = addressFault(url, request.hosts);
  if (refused !== null) throw final(refused);
  return url;
}

/** What must not stand in a message: the values of the headers that only the publisher may see. */
function secretsOf(request: DownloadRequest): string[] {
  return secretsOfHeaders(request.headers ?? {});
}

function withPublished(reply: DownloadReply, published: string | undefined): DownloadReply {
  return reply.outcome === 'downloaded' && published !== undefined ? { ...reply, publishedSha256: published } : reply;
}
