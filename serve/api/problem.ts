/** A fault with what HTTP can add to it: members of the problem document, headers. */
import { z } from 'zod';
import type { Fault } from '../../core/errors.ts';
import './provenance.ts';

export class Problem extends Error {
  override readonly name = 'Problem';
  readonly fault: Fault;
  readonly members: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    fault: Fault,
    members: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(fault.message, { cause: fault });
    this.fault = fault;
    this.members = members;
    this.headers = headers;
  }
}

/** RFC 9457, with the parts of a fault; `error` is the member that the front end reads. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    instance: z.string(),
    error: z.string(),
    code: z.string().openapi({ description: 'Stable; the command line uses the same codes.' }),
    consequence: z.string().nullable(),
    next: z.string().nullable(),
  })
  .openapi('Problem');
