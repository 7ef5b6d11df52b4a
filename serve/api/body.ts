/** A body as text, no larger than anybody needs. */
import type { Context } from 'hono';
import { Fault } from '../../core/errors.ts';

export const BODY_MAX: number = 64 * 1024;

/** Looks at what the header says. @throws Fault `HTTP_BODY_TOO_LARGE` */
export function requireSmallBody(c: Context): void {
  if (Number(c.req.header('Content-Length') ?? 0) > BODY_MAX) throw bodyTooLarge();
}

/** Counts what comes, too: a body in pieces has no length. @throws Fault `HTTP_BODY_TOO_LARGE` */
export async function bodyText(c: Context): Promise<string> {
  requireSmallBody(c);
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  const parts: ReadableStream<Uint8Array> | null = c.req.raw.body;
  if (parts === null) return text;
  for await (const part of parts) {
    bytes += part.length;
    if (bytes > BODY_MAX) throw bodyTooLarge();
    text += decoder.decode(part, { stream: true });
  }
  return text + decoder.decode();
}

export function bodyTooLarge(): Fault {
  return new Fault({
    code: 'HTTP_BODY_TOO_LARGE',
    kind: 'usage',
    what: `a body may have ${BODY_MAX} bytes at most`,
    consequence: 'nothing was changed',
    next: 'say it in fewer words',
  });
}
