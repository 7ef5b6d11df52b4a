/**
 * Who a caller proves to be. Reads need no key, but a key that is wrong is refused: a front end with the wrong key would else look as if it worked.
 * Keys are words that the server was given, or tokens (JWT, HS256) signed with its secret, as Supabase makes them.
 */
import type { Context } from 'hono';
import { verify } from 'hono/jwt';
import { Fault } from '../../core/errors.ts';
import { sameText } from '../security.ts';

export interface Principal {
  readonly role: 'anon' | 'authenticated' | 'service_role';
  /** Of a verified token. */
  readonly subject: string | null;
}

export interface KeySettings {
  /** The service's. */
  readonly adminKey: string | null;
  /** Public keys that front ends send. */
  readonly anonKeys: readonly string[];
  readonly jwtSecret: string | null;
}

export const NOBODY: Principal = { role: 'anon', subject: null };

/**
 * The key of a request: `apikey`, else the bearer token. A browser sends both, and the bearer token says more.
 * @param inAddress also `?apikey=` and `?token=`: an EventSource cannot send headers. Addresses are never logged with their query.
 */
export function keyOf(c: Context, inAddress: boolean = false): string | null {
  const bearer = /^bearer +(\S+)$/i.exec(c.req.header('Authorization') ?? '')?.[1];
  const key = bearer ?? (c.req.header('apikey') || null);
  return key ?? (inAddress ? c.req.query('apikey') || c.req.query('token') || null : null);
}

/** @throws Fault `KEY_WRONG`, `KEY_EXPIRED` */
export async function principalOf(key: string | null, settings: KeySettings): Promise<Principal> {
  if (key === null) return NOBODY;
  if (settings.adminKey !== null && sameText(key, settings.adminKey)) return { role: 'service_role', subject: null };
  if (settings.anonKeys.some((known) => sameText(key, known))) return NOBODY;
  if (settings.jwtSecret === null) throw keyWrong();
  return tokenPrincipal(key, settings.jwtSecret);
}

async function tokenPrincipal(token: string, secret: string): Promise<Principal> {
  let claims: Record<string, unknown>;
  try {
    claims = await verify(token, secret, 'HS256');
  } catch (error) {
    throw error instanceof Error && error.name === 'JwtTokenExpired' ? keyExpired() : keyWrong();
  }
  const { role, sub } = claims;
  if (role !== 'anon' && role !== 'authenticated' && role !== 'service_role') throw keyWrong();
  return { role, subject: typeof sub === 'string' ? sub : null };
}

/** @throws Fault `KEY_NEEDED` */
export function requireService({ role }: Principal): void {
  if (role === 'service_role') return;
  throw new Fault({
    code: 'KEY_NEEDED',
    kind: 'usage',
    what: 'this needs the key of the service',
    consequence: 'nothing was changed',
    next: 'send Authorization: Bearer with the value of PENSTOCK_ADMIN_KEY',
  });
}

function keyWrong(): Fault {
  return new Fault({
    code: 'KEY_WRONG',
    kind: 'usage',
    what: 'this server does not know the key that came with the request',
    consequence: 'nothing was shown or changed',
    next: 'leave apikey and Authorization out, since reads need no key; or add the key of the front end to PENSTOCK_ANON_KEYS of the server',
  });
}

function keyExpired(): Fault {
  return new Fault({
    code: 'KEY_EXPIRED',
    kind: 'usage',
    what: 'the token that came with the request has expired',
    consequence: 'nothing was shown or changed',
    next: 'sign in again, or leave the token out: reads need none',
  });
}
