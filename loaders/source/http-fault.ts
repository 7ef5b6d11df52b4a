/** Faults of a request: one stable code for each way in which asking a publisher goes wrong. */
import { AbortError } from 'p-retry';
import type { Fault } from '../../core/errors.ts';
import type { HttpLimits } from './http-limits.ts';
import { hubFault } from './hub-fault.ts';
import { requestFault } from './request-fault.ts';
import type { Headers } from './validators.ts';

export { requestFault } from './request-fault.ts';

const LATER = 'run again later; the next run asks for this interval again';

/** Marks an error as one that another attempt would not cure. */
export function final(error: unknown): AbortError {
  return new AbortError(error instanceof Error ? error : new Error(String(error)));
}

/** Statuses that another attempt may cure. */
export function isRetryableStatus(status: number): boolean {
  return [408, 429, 500, 502, 503, 504].includes(status);
}

/**
 * The fault of an answer that is neither a body, nor "not modified", nor "not found", nor a redirect.
 * @param keyHeaders names (never values) of the headers that the request carried for the publisher
 * @param headers of the answer
 */
export function statusFault(
  status: number,
  url: URL | string,
  keyHeaders: readonly string[],
  headers: Headers = {},
): Fault {
  const said = hubFault(status, url, headers);
  if (said !== null) return said;
  if (status === 401 || status === 403) {
    const key =
      keyHeaders.length === 0 ? 'a request without a key' : `a request with the header ${keyHeaders.join(', ')}`;
    const next =
      keyHeaders.length === 0
        ? 'check whether the publisher now asks for a key'
        : 'check that the key is right and still valid';
    return requestFault('HTTP_KEY_REFUSED', `the publisher answered ${status} to ${key}`, url, next);
  }
  if (status === 429) {
    return requestFault(
      'HTTP_RATE_LIMITED',
      'the publisher answered 429, too many requests',
      url,
      'run again later, with fewer --jobs',
    );
  }
  if (isRetryableStatus(status)) {
    return requestFault('HTTP_SERVER_ERROR', `the publisher answered ${status}`, url, LATER);
  }
  return requestFault(
    'HTTP_STATUS',
    `the publisher answered ${status}`,
    url,
    'open the address in a browser and check the URL of the definition',
  );
}

export function tooLarge(url: URL | string, maxBytes: number): Fault {
  return requestFault(
    'HTTP_TOO_LARGE',
    `the answer is larger than ${maxBytes} bytes`,
    url,
    'raise extract.maxBytes of the definition if the file may be that large',
  );
}

export function bodyDiffers(url: URL | string, sha256: string, published: string): Fault {
  const what = `the bytes that came hash to ${sha256}, and the publisher gives ${published}`;
  return requestFault('HTTP_BODY_DIFFERS', what, url, LATER);
}

export function bodyShort(url: URL | string, received: number, declared: number, cause?: unknown): Fault {
  return requestFault('HTTP_BODY_SHORT', `the body ended after ${received} of ${declared} bytes`, url, LATER, cause);
}

export function retryAfterTooLong(url: URL | string, askedMs: number, capMs: number): Fault {
  return requestFault(
    'HTTP_RETRY_AFTER_TOO_LONG',
    `the publisher asks for a pause of ${minutes(askedMs)}, longer than the ${minutes(capMs)} that a run waits`,
    url,
    `run again after ${minutes(askedMs)}`,
  );
}

export function totalTimeout(url: URL | string, limits: HttpLimits): Fault {
  return requestFault('HTTP_TIMEOUT_TOTAL', `the answer was not complete after ${limits.totalMs} ms`, url, LATER);
}

function minutes(ms: number): string {
  return `${Math.ceil(ms / 60_000)} minutes`;
}

const TLS_CODES = /^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** The fault of an error of the network client; final where another attempt would not cure it. */
export function networkFault(error: unknown, url: URL, received: number, limits: HttpLimits): Fault | AbortError {
  const code = codeOf(error);
  const message = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
  const after = received === 0 ? '' : ` after ${received} bytes`;
  const fault = (name: string, what: string, next = LATER): Fault => requestFault(name, what, url, next, error);
  if (code === 'UND_ERR_CONNECT_TIMEOUT')
    return fault('HTTP_TIMEOUT_CONNECT', `no connection within ${limits.connectMs} ms`);
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    return fault('HTTP_TIMEOUT_IDLE', `nothing came for ${limits.idleMs} ms${after}`);
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return fault(
      'HTTP_HOST_UNKNOWN',
      `the name ${url.hostname} does not resolve`,
      'check the connection to the internet',
    );
  }
  if (code === 'ECONNREFUSED') return fault('HTTP_CONNECTION_REFUSED', `${url.host} refused the connection`);
  if (TLS_CODES.test(code)) {
    return final(
      fault(
        'HTTP_TLS',
        `the certificate of ${url.host} was not accepted: ${message}`,
        'check the clock and the certificates of this machine',
      ),
    );
  }
  if (code === 'UND_ERR_INVALID_ARG') {
    return final(
      fault(
        'HTTP_REQUEST_INVALID',
        `the request could not be made: ${message}`,
        'check the URL and that the key has no line breaks',
      ),
    );
  }
  return fault('HTTP_CONNECTION_LOST', `the connection broke${after}: ${message}`);
}

/** Code of the error, or of the one that caused it. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'cause' in error ? codeOf(error.cause) : '';
}
