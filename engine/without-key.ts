/** Takes a publisher's key out of a fault: a publisher may echo it in an answer that a message then quotes. */
import { type Fault, faultWithoutValues } from '../core/errors.ts';
import type { Publisher } from '../core/pipeline.ts';

export function withoutKey(
  fault: Fault,
  publisher: Publisher,
  env: Readonly<Record<string, string | undefined>>,
): Fault {
  const key = publisher.key === undefined ? '' : (env[publisher.key.env]?.trim() ?? '');
  return faultWithoutValues(fault, [key]);
}
