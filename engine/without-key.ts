/** Takes a publisher's secrets out of a fault: a publisher may echo them in an answer that a message then quotes. */
import { type Fault, faultWithoutValues } from '../core/errors.ts';
import type { Publisher } from '../core/pipeline.ts';
import { secretValues } from '../loaders/source/credentials.ts';

export function withoutKey(
  fault: Fault,
  publisher: Publisher,
  env: Readonly<Record<string, string | undefined>>,
): Fault {
  return faultWithoutValues(fault, secretValues(publisher.credentials, env));
}
