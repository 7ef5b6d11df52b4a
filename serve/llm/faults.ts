/** Everything that the gateway refuses, each with its code; the statuses are in serve/faults.ts. */
import { Fault } from '../../core/errors.ts';
import { Problem } from '../api/problem.ts';

const NO_ANSWER = 'no model was asked';

function usage(code: string, what: string, next: string, consequence: string = NO_ANSWER): Fault {
  return new Fault({ code, kind: 'usage', what, consequence, next });
}

export function dataUnknown(dataset: string, what: string): Problem {
  return new Problem(
    usage(
      'DATA_UNKNOWN',
      `${dataset.slice(0, 100)}: ${what}`,
      '/openapi.json names the datasets; load the data, then ask again',
    ),
  );
}

export function unsafe(sort: string): Problem {
  const what =
    sort === 'attack'
      ? 'the question asks for help with an attack'
      : 'the question is on a topic that this service does not answer';
  return new Problem(usage('LLM_SAFETY', what, 'ask about the data in other words'));
}

export function indigenousGuard(request: string | null): Problem {
  const fault = usage(
    'INDIGENOUS_GUARD',
    'data about Indigenous peoples are theirs to govern, and are not given to a language model',
    request === null
      ? 'sign in and ask again: with a verified token a governance request is filed'
      : `your governance request ${request} waits for a decision`,
  );
  return new Problem(fault, { governance_request: { id: request, status: request === null ? null : 'open' } });
}

export function disabled(): Problem {
  const fault = usage(
    'LLM_DISABLED',
    'language models are switched off on this server',
    'the operator sets LLM_ENABLED, LLM_BASE_URL and LLM_MODEL',
  );
  return new Problem(fault, { mode: 'disabled' }, { 'X-LLM-Mode': 'disabled' });
}

export function promptUnapproved(key: string, why: string): Problem {
  return new Problem(
    usage(
      'LLM_PROMPT_UNAPPROVED',
      `there is no approved prompt for ${key}: ${why}`,
      'the operator approves one: penstock llm prompts list, then approve',
    ),
  );
}

export function quotaSpent(limit: number, resetSeconds: number): Problem {
  const fault = usage('LLM_QUOTA', `more than ${limit} questions in a minute`, `try again in ${resetSeconds} s`);
  return new Problem(fault, { message: fault.what, retryAfter: resetSeconds }, { 'Retry-After': String(resetSeconds) });
}

export function quotaUncounted(cause: unknown): Problem {
  return new Problem(
    new Fault({
      code: 'LLM_QUOTA_UNCOUNTED',
      kind: 'database',
      what: 'calls cannot be counted now, and without a count nobody is let in',
      consequence: NO_ANSWER,
      next: 'try again in 5 s',
      cause,
    }),
  );
}

export function budgetSpent(capUsd: number, resetSeconds: number): Problem {
  const fault = usage(
    'LLM_BUDGET_SPENT',
    `the month's budget of ${capUsd} USD is spent, or this question could exceed it`,
    'wait for the next month (UTC), or the operator raises LLM_MONTHLY_USD',
  );
  return new Problem(fault, { message: fault.what, retryAfter: resetSeconds }, { 'Retry-After': String(resetSeconds) });
}

export function upstreamDown(retrySeconds: number): Problem {
  const fault = usage(
    'LLM_UPSTREAM_DOWN',
    'the model failed several times in a row and is left alone for a while',
    `try again in ${retrySeconds} s`,
  );
  return new Problem(fault, {}, { 'Retry-After': String(retrySeconds) });
}

export function answerUnusable(why: string): Problem {
  const fault = usage(
    'LLM_ANSWER_UNUSABLE',
    `the model answered with what cannot be used: ${why.slice(0, 300)}`,
    'ask again, in other words; the operator looks at llm audit',
    'its answer was thrown away',
  );
  return new Problem(fault, {}, { 'Retry-After': '5' });
}

/** No answer without its row. */
export function notLogged(cause: unknown): Problem {
  return new Problem(
    new Fault({
      code: 'LLM_LOG_FAILED',
      kind: 'database',
      what: 'the call could not be written down',
      consequence: 'no answer is given: none goes unlogged',
      next: 'try again in 5 s',
      cause,
    }),
  );
}
