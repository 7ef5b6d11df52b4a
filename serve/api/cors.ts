/** Which pages of other sites may read our answers. Nothing here is private, but a page that nobody allowed shall not look like ours. */
import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { isLoopback } from '../security.ts';

/** `local`: pages of this machine. */
export type Origins = 'local' | '*' | readonly string[];

/** What the client reads; a browser hides every header that is not named. */
export const EXPOSED = [
  'x-next-cursor',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'Retry-After',
  'X-Cache',
  'X-LLM-Mode',
  'X-Penstock-Freshness',
  'X-Penstock-Provenance',
  'ETag',
];

const ALLOWED = [
  'authorization',
  'x-client-info',
  'apikey',
  'content-type',
  'x-user-id',
  'if-none-match',
  'if-match',
  'x-penstock-actor',
  'last-event-id',
  'accept',
];

export function corsOf(origins: Origins): MiddlewareHandler {
  return cors({
    origin: (origin) => (allows(origins, origin) ? (origins === '*' ? '*' : origin) : null),
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'],
    allowHeaders: ALLOWED,
    exposeHeaders: EXPOSED,
    maxAge: 600,
  });
}

/** Of an answer, not of a question beforehand. Whether it may be read hangs on the page, so a cache in between has to know. */
export function originHeaders(origins: Origins, origin: string | undefined): Readonly<Record<string, string>> {
  const allowed = origins === '*' ? '*' : origin !== undefined && allows(origins, origin) ? origin : null;
  return allowed === null ? NOT_ALLOWED : { ...NOT_ALLOWED, 'Access-Control-Allow-Origin': allowed };
}

const NOT_ALLOWED = {
  'Access-Control-Expose-Headers': EXPOSED.join(','),
  Vary: 'Accept, Accept-Encoding, Origin',
};

export function allows(origins: Origins, origin: string): boolean {
  if (origins === '*') return true;
  if (origins === 'local') return URL.canParse(origin) && isLoopback(new URL(origin).hostname);
  return origins.includes(origin);
}
