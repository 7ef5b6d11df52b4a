/** When to try again: full jitter, `Retry-After`, and the loop itself. */
import pRetry from 'p-retry';
import type { Clock, Random } from '../../core/effects.ts';
import type { HttpLimits } from './http-limits.ts';

/** `Retry-After` in milliseconds from `now`, given in seconds or as an HTTP date; null when absent or not understood. */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const at = /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

/** `RateLimit: "api";r=0;t=55`: milliseconds until what is used up is granted anew; null when absent, not understood, or nothing is used up. */
export function rateLimitMs(header: string | undefined): number | null {
  const used = (header ?? '').split(',').filter((limit) => /;\s*r=0\b/.test(limit));
  const seconds = used.flatMap((limit) => /;\s*t=(\d+)/.exec(limit)?.[1] ?? []).map(Number);
  return seconds.length === 0 ? null : Math.max(...seconds) * 1_000;
}

/** Wait after the n-th failed attempt (from 1): a random part of the exponential step, so that clients do not meet again. */
export function backoffMs(
  attempt: number,
  random: Random,
  limits: Pick<HttpLimits, 'backoffMs' | 'backoffCapMs'>,
): number {
  return Math.floor(random() * Math.min(limits.backoffCapMs, limits.backoffMs * 2 ** (attempt - 1)));
}

/**
 * Runs `work` until it resolves, throws p-retry's `AbortError` (its cause is thrown), or has failed `attempts` times.
 * @param wait how long to wait after this failure, in milliseconds
 */
export async function withRetries<T>(
  work: () => Promise<T>,
  options: {
    readonly attempts: number;
    readonly wait: (error: Error, attempt: number) => number;
    readonly clock: Clock;
    readonly signal: AbortSignal | undefined;
  },
): Promise<T> {
  options.signal?.throwIfAborted();
  return pRetry(work, {
    retries: options.attempts - 1,
    // The waiting is ours, so that it goes through the clock and can honour the publisher's wish.
    minTimeout: 0,
    maxTimeout: 0,
    onFailedAttempt: async (error) => {
      options.signal?.throwIfAborted();
      if (error.retriesLeft === 0) throw error;
      await options.clock.sleep(options.wait(error, error.attemptNumber), options.signal);
    },
  });
}
