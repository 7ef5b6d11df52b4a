/** Time-outs, retry and redirect limits of the HTTP client. */

export interface HttpLimits {
  /** Milliseconds to a connection, the TLS handshake included. */
  readonly connectMs: number;
  /** Milliseconds without a byte, before the headers or between two chunks. */
  readonly idleMs: number;
  /** Milliseconds for one request with its body. */
  readonly totalMs: number;
  /** Attempts altogether. */
  readonly attempts: number;
  /** The n-th wait is a random part of `backoffMs × 2ⁿ⁻¹`, at most `backoffCapMs`. */
  readonly backoffMs: number;
  readonly backoffCapMs: number;
  /** A publisher that asks for a longer pause than this fails the interval. */
  readonly retryAfterCapMs: number;
  readonly redirects: number;
  /** For so long after a host could not be reached, its files get one attempt each. */
  readonly unreachableMs: number;
}

export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  connectMs: 15_000,
  idleMs: 60_000,
  totalMs: 15 * 60_000,
  attempts: 5,
  backoffMs: 1_000,
  backoffCapMs: 30_000,
  retryAfterCapMs: 5 * 60_000,
  redirects: 5,
  unreachableMs: 60_000,
};
