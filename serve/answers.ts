/** Answers of every route: pages, and faults as a page for browsers or as problem JSON (RFC 9457) for programs. */
import type { Context } from 'hono';
import type { Log } from '../core/effects.ts';
import type { Fault } from '../core/errors.ts';
import { renderMarkup } from '../reports/html/template.ts';
import type { Html } from '../reports/html/template.ts';
import { type ErrorStatus, outsideFault, RETRY_AFTER } from './faults.ts';
import { Problem } from './api/problem.ts';
import { errorPage } from './pages/error.ts';

export function pageAnswer(c: Context, page: Html, status: 200 | ErrorStatus = 200): Response {
  return c.body(renderMarkup(page), status, { 'Content-Type': 'text/html; charset=utf-8' });
}

/** @param json whether the fault is told as data, whatever the browser would like */
export function errorAnswer(c: Context, error: unknown, log: Log, json: boolean = wantsJson(c)): Response {
  const { status, fault } = outsideFault(error);
  const { members, headers } = error instanceof Problem ? error : { members: {}, headers: {} };
  if (status >= 500)
    log[EXPECTED.has(fault.code) ? 'debug' : 'warn'](`${c.req.method} ${c.req.path}: ${reasonOf(error)}`);
  const answer = json ? problemAnswer(c, fault, status, members) : pageAnswer(c, errorPage(fault, status), status);
  if (status === 503) answer.headers.set('Retry-After', String(RETRY_AFTER));
  if (status === 401)
    answer.headers.set('WWW-Authenticate', `${json ? 'Bearer' : 'Basic'} realm="penstock", charset="UTF-8"`);
  for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value);
  // What is left of a body that nobody reads would be taken for the next request.
  if (status === 413) answer.headers.set('Connection', 'close');
  return answer;
}

/** States that the operator chose, or that a probe asks for over and over: no news for the log. */
const EXPECTED: ReadonlySet<string> = new Set(['LLM_DISABLED', 'FLAG_OFF', 'SERVER_NOT_READY']);

function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
}

/** Only the pages are for people; who asks for data gets errors as data. */
function wantsJson(c: Context): boolean {
  const isPage = /^\/(reports(\/|$)|$)/.test(c.req.path);
  const isData = /^\/(api|functions|admin|help|help-simple)\//.test(c.req.path);
  return isData || !(c.req.header('Accept') ?? (isPage ? 'text/html' : '')).includes('text/html');
}

const TITLES: Readonly<Record<ErrorStatus, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  421: 'Misdirected Request',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  451: 'Unavailable For Legal Reasons',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** Longer paths are no names of ours, and nobody wants them back. */
const INSTANCE_MAX = 300;

function problemAnswer(
  c: Context,
  fault: Fault,
  status: ErrorStatus,
  members: Readonly<Record<string, unknown>>,
): Response {
  const { code, what, consequence, next } = fault;
  const problem = {
    type: 'about:blank',
    title: TITLES[status],
    status,
    detail: what,
    instance: c.req.path.slice(0, INSTANCE_MAX),
    error: what,
    code,
    consequence: consequence ?? null,
    next: next ?? null,
    ...members,
  };
  return c.body(JSON.stringify(problem), status, { 'Content-Type': 'application/problem+json' });
}
