/** The shape that every fault of a request has. */
import { Fault, redact } from '../../core/errors.ts';

const CONSEQUENCE = 'nothing of this interval was loaded, what was there stays';

/** A fault of kind `request`; `where` is the address without its secrets. */
export function requestFault(code: string, what: string, url: URL | string, next: string, cause?: unknown): Fault {
  return new Fault({ code, kind: 'request', what, where: redact(String(url)), consequence: CONSEQUENCE, next, cause });
}
