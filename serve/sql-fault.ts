/** What a function of the database refuses (SQLSTATE PT400, PT404, PT429 …, as PostgREST reads them) as a fault with that status. */
import { Fault } from '../core/errors.ts';
import { Problem } from './api/problem.ts';

/** Codes by the status that the database names. Another status is a fault of ours. */
const CODES: Readonly<Record<string, string>> = {
  400: 'HTTP_QUERY_INVALID',
  404: 'DATA_UNKNOWN',
  429: 'RATE_LIMITED',
};
/** Limits of the database count by the hour. */
const HOUR_SECONDS = 3_600;

/** What is no refusal comes back as it is: `catch (error) { throw sqlFault(error); }`. @param members of the problem document */
export function sqlFault(error: unknown, members: Readonly<Record<string, unknown>> = {}): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const status = /^PT(\d{3})$/.exec(String(error.code))?.[1] ?? '';
  const code = CODES[status];
  if (code === undefined) return error;
  const hint = 'hint' in error && typeof error.hint === 'string' ? error.hint : undefined;
  const fault = new Fault({
    code,
    kind: 'usage',
    what: error.message,
    consequence: 'nothing was shown or changed',
    ...(hint !== undefined && { next: hint }),
    cause: error,
  });
  if (status !== '429') return new Problem(fault, members);
  return new Problem(
    fault,
    { message: fault.what, retryAfter: HOUR_SECONDS, ...members },
    { 'Retry-After': String(HOUR_SECONDS) },
  );
}
