/** What the server said about a migration, as a fault with file, line, column and a caret, and who holds a lock. */
import type { Database } from '../core/effects.ts';
import { Fault } from '../core/errors.ts';
import type { Migration } from './migration-files.ts';
import { caret, placeOf, type Statement } from './split.ts';

/** The statement that was running when an error came; no statement: the runner's own bookkeeping. */
export interface Running {
  readonly migration: Migration | null;
  readonly statement: Statement | null;
}

interface ServerError {
  readonly message: string;
  /** SQLSTATE, five characters. */
  readonly code: string;
  readonly position?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly where?: string;
}

const AGAIN = 'npm run pipeline -- db migrate';

/** Turns what a migration threw into a fault. Asks the server who holds a lock, so the failed transaction must be over. */
export async function migrationFault(
  error: unknown,
  running: Running,
  db: Database,
  lockKey: string,
): Promise<unknown> {
  const server = serverError(error);
  const { migration, statement } = running;
  // No file was running: a fault of our own, or no connection to begin with, which says so itself.
  if (migration === null && error instanceof Fault) return error;
  const file = migration?.file ?? 'the list of applied migrations';
  const kept = 'nothing of this file was kept, files before it stay applied';
  if (server === null || /^(08|57P)/.test(server.code)) {
    return new Fault({
      code: 'MIGRATION_INTERRUPTED',
      kind: 'configuration',
      what: `the connection was lost while ${file} was applied: ${messageOf(server ?? error)}`,
      consequence: 'a file is applied whole or not at all, so nothing is half done',
      next: AGAIN,
      cause: error,
    });
  }
  const where =
    migration !== null && statement !== null ? place(migration, statement, server) : { where: file, excerpt: '' };
  if (server.code === '55P03') {
    const { text, processes } = await holders(db, statement, lockKey);
    const pid = processes.length === 1 ? String(processes[0]) : '<process>';
    return new Fault({
      code: 'MIGRATION_LOCKED',
      kind: 'configuration',
      what: `a lock was not free in time${where.excerpt}\n${text}\n`,
      where: where.where,
      consequence: kept,
      next: `let the other session finish, or end it with select pg_terminate_backend(${pid}), then: ${AGAIN}`,
      cause: error,
    });
  }
  if (server.code === '42501') {
    return new Fault({
      code: 'MIGRATION_NOT_ALLOWED',
      kind: 'configuration',
      what: `the database user may not do this: ${server.message}${where.excerpt}`,
      where: where.where,
      consequence: kept,
      next: /create role|createrole/i.test(`${server.message} ${statement?.text ?? ''}`)
        ? `have an administrator run: create role anon nologin; create role authenticated nologin; create role service_role nologin; or connect as a user that may create roles, then: ${AGAIN}`
        : `connect as the owner of the database, then: ${AGAIN}`,
      cause: error,
    });
  }
  return new Fault({
    code: 'MIGRATION_FAILED',
    kind: 'configuration',
    what: `${messageOf(server)}${where.excerpt}`,
    where: where.where,
    consequence: kept,
    next: `mend the file, then: ${AGAIN}`,
    cause: error,
  });
}

function place(migration: Migration, statement: Statement, server: ServerError): { where: string; excerpt: string } {
  // Without a position (say, an error raised inside a do block) the statement's first line of code is the best place.
  const lead = /^(?:\s|--[^\n]*\n|\/\*[^]*?\*\/)*/.exec(statement.text)?.[0] ?? '';
  const position = server.position === undefined ? [...lead].length + 1 : Number(server.position);
  const { line, column } = placeOf(migration.text, statement, position);
  const context = server.where === undefined ? '' : `\n  ${server.where.split('\n', 1)[0]}`;
  return {
    where: `${migration.file}:${line}:${column}`,
    excerpt: `\n\n${caret(migration.text, line, column)}${context}\n`,
  };
}

/**
 * Who is in the way, one line per session. The failed transaction no longer waits, so the server cannot be asked what it
 * waited for: these are the sessions that hold the migrators' lock or a lock on a relation that the statement names; where there are none,
 * those that have written something and not committed it, since what they made cannot be seen yet.
 */
async function holders(
  db: Database,
  statement: Statement | null,
  lockKey: string,
): Promise<{ readonly text: string; readonly processes: readonly number[] }> {
  const sessions = await db.query<{ pid: number; sentence: string; relations: string[] | null; migrating: boolean }>(
    `select a.pid,
       format('process %s (user %s, %s, %s): %s', a.pid, a.usename, coalesce(nullif(a.application_name, ''), 'no application name'),
              coalesce(a.state, 'state hidden'), left(regexp_replace(a.query, '\\s+', ' ', 'g'), 120)) as sentence,
       array_agg(distinct c.relname::text) filter (where c.relname is not null) as relations,
       bool_or(l.locktype = 'advisory' and l.objsubid = 1
               and (l.classid::bigint << 32) | l.objid::bigint = hashtextextended($1, 0)) as migrating
     from pg_locks l
     join pg_stat_activity a using (pid)
     left join pg_class c on l.locktype = 'relation' and c.oid = l.relation and c.relnamespace not in ('pg_catalog'::regnamespace, 'pg_toast'::regnamespace)
     where l.granted and l.pid <> pg_backend_pid() and a.datname = current_database()
       and (l.locktype in ('advisory', 'transactionid') or c.relname is not null)
     group by a.pid, a.usename, a.application_name, a.state, a.query
     order by a.pid`,
    [lockKey],
  );
  const text = statement?.text ?? '';
  const close = sessions.filter((session) =>
    statement === null ? session.migrating : (session.relations ?? []).some((relation) => text.includes(relation)),
  );
  const shown = close.length > 0 ? close : sessions;
  if (shown.length === 0) return { text: '  no session holds one any more', processes: [] };
  const lines = shown.map(({ sentence, relations, migrating }) => {
    const held = migrating
      ? 'another migration is running'
      : `holds ${relations?.join(', ') ?? 'what it has not committed, or an advisory lock'}`;
    return `  ${held}: ${sentence}`;
  });
  return { text: lines.join('\n'), processes: shown.map(({ pid }) => pid) };
}

/** The server's own error, which the connection may have wrapped. */
function serverError(error: unknown): ServerError | null {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if (isServerError(at)) return at;
  }
  return null;
}

function isServerError(error: Error): error is Error & ServerError {
  return 'code' in error && typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) && 'severity' in error;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error) && !(typeof error === 'object' && error !== null && 'message' in error))
    return String(error);
  const { message, detail, hint } = error as Partial<ServerError>;
  return [message, detail, hint].filter((part) => part !== undefined && part !== '').join('; ');
}
