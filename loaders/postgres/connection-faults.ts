/** Turns what goes wrong between us and a server into faults that say where, and what to do; never with the password. */
import { Fault } from '../../core/errors.ts';

/** Where a connection string leads, without user and password. */
export interface Target {
  /** `host:port/database` */
  readonly name: string;
  readonly database: string;
}

/**
 * Reads host, port and database out of a connection string.
 * Throws a Fault `DATABASE_URL_INVALID` that does not repeat the text, since it may hold a password.
 */
export function targetOf(url: string): Target {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    throw new Fault({
      code: 'DATABASE_URL_INVALID',
      kind: 'configuration',
      what: 'the connection string is not of the form postgresql://user:password@host:port/database',
      where: 'DATABASE_URL or --database-url',
      consequence: 'nothing was tried',
      next: 'correct it; write characters such as @ / # % of a password percent-encoded (@ is %40)',
    });
  }
  const host = parsed.searchParams.get('host') ?? (decodeURIComponent(parsed.hostname) || 'localhost');
  const port = parsed.searchParams.get('port') ?? (parsed.port || '5432');
  const database = decodeURIComponent(parsed.pathname.slice(1)) || decodeURIComponent(parsed.username);
  return { name: `${host}:${port}/${database}`, database };
}

const CODES_UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EACCES',
  'ENOENT',
  'EPIPE',
  'ECONNRESET',
  // Starting up or shutting down; too many connections.
  '57P03',
  '53300',
]);
const CODES_LOST = new Set(['57P01', '57P02', '08000', '08003', '08006', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']);
const MESSAGES_LOST = /^Connection terminated|^Client has encountered a connection error|not queryable/;

/** The fault for a connection that could not be made; anything that is not about connecting is one as well. */
export function connectFault(error: unknown, target: Target): Fault {
  if (error instanceof Fault) return error;
  const code = codeOf(error);
  const message = messageOf(error);
  const common = {
    kind: 'database',
    where: target.name,
    consequence: 'nothing was read or written',
    cause: error,
  } as const;
  if (code === '28P01' || code === '28000') {
    return new Fault({
      ...common,
      code: 'DATABASE_WRONG_PASSWORD',
      what: `the server refused the user or the password: ${message}`,
      next: 'check user and password in DATABASE_URL',
    });
  }
  if (code === '3D000') {
    return new Fault({
      ...common,
      code: 'DATABASE_MISSING',
      what: `the server has no database "${target.database}"`,
      next: `create it (create database "${target.database}") or correct DATABASE_URL`,
    });
  }
  const known = CODES_UNREACHABLE.has(code) || /timeout|terminated|SSL|certificate/i.test(message);
  return new Fault({
    ...common,
    code: known ? 'DATABASE_UNREACHABLE' : 'DATABASE_REFUSED',
    what: `no connection to the database: ${message}`,
    next: 'check that the server runs and that host, port and sslmode in DATABASE_URL are right, or unset it to use the embedded server',
  });
}

/** The fault for a connection that broke while in use, or null when the error is something else (a SQL error keeps its SQLSTATE). */
export function lostFault(error: unknown, target: Target): Fault | null {
  if (!CODES_LOST.has(codeOf(error)) && !MESSAGES_LOST.test(messageOf(error))) return null;
  return new Fault({
    code: 'DATABASE_LOST',
    kind: 'database',
    what: `the connection to the database broke: ${messageOf(error)}`,
    where: target.name,
    consequence: 'the open transaction was rolled back',
    next: 'run the command again once the server is back; what was committed stays',
    cause: error,
  });
}

function codeOf(error: unknown): string {
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  return inner instanceof Error && 'code' in inner && typeof inner.code === 'string' ? inner.code : '';
}

function messageOf(error: unknown): string {
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const text = inner instanceof Error ? inner.message : String(inner);
  return text.split('\n', 1)[0] ?? text;
}
