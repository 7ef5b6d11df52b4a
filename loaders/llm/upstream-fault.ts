/** Faults of a model's server. None says where it is or how one signs in. */
import { Fault } from '../../core/errors.ts';

/** Seconds; a server that asks for more is not believed. */
const PAUSE_MAX = 600;

/** A fault that says when to come again. */
export class UpstreamFault extends Fault {
  readonly retryAfterSeconds: number | null;

  constructor(code: string, what: string, retryAfterSeconds: number | null) {
    super({
      code,
      kind: 'request',
      what,
      consequence: 'there is no answer',
      next: "try again in a moment; the operator looks at llm audit and the log of the model's server",
    });
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** @param retryAfter header of the server */
export function upstreamFault(code: string, what: string, retryAfter?: string | null): UpstreamFault {
  const seconds = /^\d{1,6}$/.test(retryAfter ?? '') ? Math.min(PAUSE_MAX, Number(retryAfter)) : null;
  return new UpstreamFault(code, what, seconds);
}
