/** Runs a call and writes its row, whatever comes of it. A call whose row cannot be written is not answered. */
import { Fault } from '../../core/errors.ts';
import type { Reply } from '../api/endpoint.ts';
import { Problem } from '../api/problem.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { outsideFault } from '../faults.ts';
import { type CallRow, newCallRow, writeCall } from './call-log.ts';
import type { Caller } from './caller.ts';
import { quotaHeaders, quotaState, type QuotaState } from './quota.ts';

export type CallBody = Record<string, unknown>;
export type CallWork = (row: CallRow, counted: (state: QuotaState) => void) => Promise<CallBody>;
/** @throws Problem */
export type LogCall = (endpoint: string, caller: Caller, work: CallWork) => Promise<Reply<CallBody>>;

/** Nginx's word for a client that has gone; nobody sees it but the log. */
const CLIENT_GONE = 499;

export function callLogger({ service, clock, llm = null }: ApiDependencies, perMinute: number): LogCall {
  async function headersOf({ client }: Caller, quota: QuotaState | null): Promise<Record<string, string>> {
    const state = quota ?? (await quotaState(service, client, perMinute).catch(() => null));
    return { 'X-LLM-Mode': llm === null ? 'disabled' : 'live', ...(state !== null && quotaHeaders(state)) };
  }

  return async (endpoint, caller, work) => {
    const started = performance.now();
    const row = newCallRow(endpoint, caller.client, caller.principal.subject);
    let quota: QuotaState | null = null;
    let refused: unknown = null;
    let body: CallBody = {};
    try {
      body = await work(row, (state) => (quota = state));
      row.statusCode = 200;
    } catch (error) {
      refused = error;
      const { status, fault } = outsideFault(error);
      row.statusCode = fault.code === 'LLM_CLIENT_GONE' ? CLIENT_GONE : status;
      row.errorCode = fault.code;
    }
    row.durationMs = performance.now() - started;
    try {
      await writeCall(service, row, clock);
    } catch (notWritten) {
      // The database is the reason for both, and the first says it better.
      throw refused !== null && row.statusCode === 503 ? refused : notWritten;
    }
    const headers = await headersOf(caller, quota);
    if (refused !== null) throw withHeaders(refused, headers);
    const cached = row.meta['cached'] === true ? 'hit' : 'miss';
    return {
      body: { ...body, call_id: row.id },
      headers: { 'Cache-Control': 'no-store', 'X-Cache': cached, ...headers },
    };
  };
}

/** What nobody expected stays as it is, so that the log of the server says what it was. */
function withHeaders(error: unknown, headers: Readonly<Record<string, string>>): unknown {
  if (error instanceof Problem) return new Problem(error.fault, error.members, { ...headers, ...error.headers });
  return error instanceof Fault ? new Problem(error, {}, headers) : error;
}
