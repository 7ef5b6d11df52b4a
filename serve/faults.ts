/** Faults as HTTP: which status each code is, and what of an unexpected error may be said outside. */
import { Fault } from '../core/errors.ts';
import { Problem } from './api/problem.ts';

/** Statuses of refusals; what is not here is an error of ours. */
type RefusalStatus = 400 | 401 | 403 | 404 | 405 | 406 | 409 | 413 | 415 | 421 | 422 | 429 | 451 | 502 | 503 | 504;

const STATUS: Readonly<Record<string, RefusalStatus>> = {
  REVIEW_UNKNOWN: 404,
  REVIEW_AMBIGUOUS: 409,
  REVIEW_CHANGED: 409,
  REVIEW_REFUSED: 422,
  REPORT_UNKNOWN: 404,
  HTTP_PATH_UNKNOWN: 404,
  HTTP_METHOD_REFUSED: 405,
  HTTP_BODY_TOO_LARGE: 413,
  HTTP_BODY_UNREADABLE: 400,
  HTTP_BODY_KIND: 415,
  HTTP_QUERY_INVALID: 400,
  HTTP_FOREIGN_ORIGIN: 403,
  HTTP_HOST_REFUSED: 421,
  HTTP_NOT_ACCEPTABLE: 406,
  ADMIN_KEY_WRONG: 401,
  KEY_WRONG: 401,
  KEY_EXPIRED: 401,
  KEY_NEEDED: 403,
  RATE_LIMITED: 429,
  CURSOR_INVALID: 400,
  DATA_UNKNOWN: 404,
  DOWNLOAD_TOO_LARGE: 413,
  DOWNLOADS_BUSY: 503,
  SERVER_NOT_READY: 503,
  FLAG_OFF: 503,
  SERVER_STOPS: 503,
  SSE_FULL: 503,
  SSE_TOO_MANY_STREAMS: 429,
  LLM_SAFETY: 403,
  LLM_DISABLED: 503,
  LLM_PROMPT_UNAPPROVED: 503,
  LLM_QUOTA: 429,
  LLM_QUOTA_UNCOUNTED: 503,
  LLM_BUDGET_SPENT: 429,
  LLM_LOG_FAILED: 503,
  LLM_ANSWER_UNUSABLE: 502,
  LLM_CLIENT_GONE: 503,
  LLM_UPSTREAM_DOWN: 503,
  LLM_UPSTREAM_UNREACHABLE: 502,
  LLM_UPSTREAM_REFUSED: 502,
  LLM_UPSTREAM_BUSY: 502,
  LLM_UPSTREAM_ERROR: 502,
  LLM_UPSTREAM_REDIRECTED: 502,
  LLM_UPSTREAM_RUBBISH: 502,
  LLM_UPSTREAM_CUT: 502,
  LLM_UPSTREAM_TOO_LARGE: 502,
  LLM_UPSTREAM_TIMEOUT: 504,
  LLM_UPSTREAM_STALLED: 504,
  INDIGENOUS_GUARD: 451,
  HELP_TEXT_UNKNOWN: 404,
  HELP_TEXT_CHANGED: 409,
  HELP_TEXT_INVALID: 422,
};

export type ErrorStatus = RefusalStatus | 500;

/** Seconds until it is worth to try again. */
export const RETRY_AFTER = 5;

export interface OutsideFault {
  readonly status: ErrorStatus;
  readonly fault: Fault;
}

export function outsideFault(error: unknown): OutsideFault {
  if (error instanceof Problem) return outsideFault(error.fault);
  if (error instanceof Fault) {
    const status = STATUS[error.code];
    if (status !== undefined) return { status, fault: error };
    if (error.kind === 'database') return { status: 503, fault: databaseGone(error) };
  }
  if (isServerGone(error)) return { status: 503, fault: databaseGone(error) };
  if (isTooSlow(error)) return { status: 503, fault: databaseBusy(error) };
  return {
    status: 500,
    fault: new Fault({
      code: 'UNEXPECTED',
      kind: 'request',
      what: 'something went wrong here',
      consequence: 'nothing was changed',
      next: 'look at the log of the server; run it with LOG_LEVEL=debug for more',
      cause: error,
    }),
  };
}

/** Where the database is and how it is reached is nobody's business outside. */
function databaseGone(cause: unknown): Fault {
  return new Fault({
    code: 'DATABASE_UNAVAILABLE',
    kind: 'database',
    what: 'the database does not answer',
    consequence: 'nothing was shown or changed',
    next: `try again in ${RETRY_AFTER} seconds; reports are there without it`,
    cause,
  });
}

function databaseBusy(cause: unknown): Fault {
  return new Fault({
    code: 'DATABASE_BUSY',
    kind: 'database',
    what: 'the database took too long for this',
    consequence: 'nothing was shown or changed',
    next: `try again in ${RETRY_AFTER} seconds, or ask for less at once`,
    cause,
  });
}

/** SQLSTATE of a statement that ran out of time, or waited too long for a lock. */
function isTooSlow(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ['57014', '55P03'].includes(String(error.code));
}

/** SQLSTATE 08 connection, 53 no room, 57P shut down; and the ones of the operating system. */
function isServerGone(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(08|53|57P)|^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND)/.test(code);
}

export function pathUnknown(path: string): Fault {
  return new Fault({
    code: 'HTTP_PATH_UNKNOWN',
    kind: 'usage',
    what: `there is nothing at ${path.slice(0, 200)}`,
    consequence: 'nothing was shown',
    next: '/reports shows all runs, /reports/review all findings',
  });
}

export function queryInvalid(what: string, next: string): Fault {
  return new Fault({ code: 'HTTP_QUERY_INVALID', kind: 'usage', what, consequence: 'nothing was shown', next });
}

export function bodyUnreadable(what: string, next: string): Fault {
  return new Fault({ code: 'HTTP_BODY_UNREADABLE', kind: 'usage', what, consequence: 'nothing was changed', next });
}
