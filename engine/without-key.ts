/** Takes a publisher's key out of a fault: a publisher may echo it in an answer that a message then quotes. */
import { Fault } from '../core/errors.ts';
import type { Publisher } from '../core/pipeline.ts';

/** Shorter texts are no keys, and would be found in innocent words. */
const SHORTEST = 4;

export function withoutKey(
  fault: Fault,
  publisher: Publisher,
  env: Readonly<Record<string, string | undefined>>,
): Fault {
  const key = publisher.key === undefined ? '' : (env[publisher.key.env]?.trim() ?? '');
  if (key.length < SHORTEST || !fault.message.includes(key)) return fault;
  const clean = (text = ''): string => text.replaceAll(key, '***').replaceAll(encodeURIComponent(key), '***');
  const { code, kind, what, where, consequence, next } = fault;
  return new Fault({
    code,
    kind,
    what: clean(what),
    where: clean(where),
    consequence: clean(consequence),
    next: clean(next),
  });
}
