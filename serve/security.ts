/**
 * Who may write, and what a browser may do with our answers.
 *
 * A page of another site can make a browser send a form here, also to 127.0.0.1, and the browser adds what it knows of a key. So a write
 * must come from our own page. With `Referrer-Policy: no-referrer` a form's `Origin` is `null`; over plain HTTP to another machine
 * `Sec-Fetch-Site` is missing as well. Forms therefore carry a token that only a reader of our page can know.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { Fault } from '../core/errors.ts';

export const PAGE_POLICY: string =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/** A report brings its own policy, which a second one would only narrow; who may frame it cannot be said inside it. */
export const REPORT_POLICY: string = "frame-ancestors 'none'";

/** Of every answer, where it does not say otherwise itself. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': PAGE_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

export function securityHeaders(): MiddlewareHandler {
  return async (c, next) => {
    await next();
    const { headers } = c.res;
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) if (!headers.has(name)) headers.set(name, value);
  };
}

/**
 * Without a key whoever reaches the server may write, so it answers to names of this machine alone: a name that somebody else's server of
 * names lets point to 127.0.0.1 is not ours.
 * @throws Fault `HTTP_HOST_REFUSED`
 */
export function requireLocalName(c: Context): void {
  const host = hostOf(c);
  if (isLoopback(host.replace(/:\d+$/, ''))) return;
  throw new Fault({
    code: 'HTTP_HOST_REFUSED',
    kind: 'usage',
    what: `this server does not answer to the name ${JSON.stringify(host.slice(0, 100))}`,
    consequence: 'nothing was shown or changed',
    next: 'use http://127.0.0.1, or start it with PENSTOCK_ADMIN_KEY',
  });
}

/** `localhost`, 127.0.0.0/8, `::1`. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}

function hostOf(c: Context): string {
  return c.req.header('Host') ?? '';
}

export interface FormToken {
  readonly value: string;
  matches(given: unknown): boolean;
}

/** Of one start of the server. */
export function formToken(): FormToken {
  const value = randomBytes(24).toString('base64url');
  return { value, matches: (given) => typeof given === 'string' && sameText(given, value) };
}

/**
 * @param token whether the body carried our form's token, or cannot have come from a page of another site
 * @throws Fault `HTTP_FOREIGN_ORIGIN`
 */
export function requireOwnOrigin(c: Context, token: boolean): void {
  const site = c.req.header('Sec-Fetch-Site');
  const origin = c.req.header('Origin');
  const foreign =
    (site !== undefined && site !== 'same-origin') ||
    (origin !== undefined && origin !== 'null' && originHost(origin) !== hostOf(c));
  const own = site === 'same-origin' || (origin !== undefined && originHost(origin) === hostOf(c));
  if (!foreign && (own || token)) return;
  throw new Fault({
    code: 'HTTP_FOREIGN_ORIGIN',
    kind: 'usage',
    what: 'the request does not come from a page of this server',
    consequence: 'nothing was changed',
    next: 'open the finding here, and decide there; a page that was open while the server started again is loaded anew first',
  });
}

function originHost(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}

/** @throws Fault `ADMIN_KEY_WRONG` */
export function requireKey(c: Context, key: string | null): void {
  if (key === null) return;
  const given = keyOf(c.req.header('Authorization') ?? '');
  if (given !== null && sameText(given, key)) return;
  throw new Fault({
    code: 'ADMIN_KEY_WRONG',
    kind: 'usage',
    what: given === null ? 'a decision needs the key of this server' : 'this is not the key of this server',
    consequence: 'nothing was changed',
    next: 'give the value of PENSTOCK_ADMIN_KEY as the password (any user name), or as a Bearer token',
  });
}

function keyOf(authorization: string): string | null {
  const [, scheme = '', word = ''] = /^(\w+) +(\S+)$/.exec(authorization) ?? [];
  if (scheme.toLowerCase() === 'bearer') return word;
  if (scheme.toLowerCase() !== 'basic') return null;
  const decoded = Buffer.from(word, 'base64').toString('utf8');
  return decoded.includes(':') ? decoded.slice(decoded.indexOf(':') + 1) : null;
}

/** Takes the same time wherever they differ, also in length. */
export function sameText(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
