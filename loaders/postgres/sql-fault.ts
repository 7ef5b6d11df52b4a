/** Faults of statements that the server refused: what an operator can do about each kind of refusal. */
import { DatabaseError } from 'pg';
import { Fault } from '../../core/errors.ts';

interface Advice {
  readonly code: string;
  readonly what: string;
  readonly next: string;
}

/** SQLSTATE, or its class, → what it means here. */
const KNOWN: readonly (readonly [states: readonly string[], advice: Advice])[] = [
  [
    ['53100', '53200', '58030', '54'],
    {
      code: 'DATABASE_NO_ROOM',
      what: 'the server has no room',
      next: 'make room on the disk of the database, then run again',
    },
  ],
  [
    ['42501', '28'],
    {
      code: 'DATABASE_NOT_ALLOWED',
      what: 'the user of DATABASE_URL may not do this',
      next: 'connect as the owner of the tables, or grant what is missing, then run again',
    },
  ],
  [
    ['25006'],
    {
      code: 'DATABASE_READ_ONLY',
      what: 'the server takes no writes',
      next: 'connect to the primary server, or end its read-only mode, then run again',
    },
  ],
  [
    ['40', '55P03', '57014'],
    {
      code: 'DATABASE_BUSY',
      what: 'the server gave up on a statement',
      next: 'look for long transactions on the table (pg_stat_activity), then run again',
    },
  ],
];
const OTHER: Advice = {
  code: 'DATABASE_SQL_FAILED',
  what: 'the server refused a statement',
  next: 'look for triggers, constraints or changes on the table that the migrations do not know, then run again',
};

/**
 * A reference that does not hold, found when the transaction commits. What the file itself names is refused before: so either somebody removed a row
 * meanwhile, or the file does not have a row any more that others refer to.
 */
function referenceFault(error: DatabaseError, where: string): Fault {
  const { detail = '', constraint = '' } = error;
  const named = /^Key \((.+?)\)=\((.*)\) is (?:not present in|still referenced from) table "(.+)"/s.exec(detail);
  const [, column = '', value = '', table = ''] = named ?? [];
  const still = detail.includes('still referenced');
  return new Fault({
    code: 'DATABASE_REFERENCE',
    kind: 'database',
    what:
      named === null
        ? error.message.slice(0, 400)
        : still
          ? `the row with ${column} ${JSON.stringify(value.slice(0, 200))} cannot go: rows of ${table} refer to it`
          : `${column} ${JSON.stringify(value.slice(0, 200))} is not in ${table}`,
    where: `${where}, table ${error.schema ?? 'public'}.${error.table ?? ''}, ${constraint}`,
    consequence: 'nothing of this interval was loaded; what was loaded before stays',
    next: still
      ? `take it out of the rows of ${table} first (if another file holds them, run again now that it is loaded), or put the row back into the file`
      : `put it into the file of ${table || 'the other table'}, or take it out of this one, then run again`,
    cause: error,
  });
}

/** The fault for an error of the server; null for anything else. The transaction was rolled back by then. */
export function sqlFault(error: unknown, where: string): Fault | null {
  if (!(error instanceof DatabaseError)) return null;
  const state = error.code ?? '';
  if (state === '23503') return referenceFault(error, where);
  const { code, what, next } = KNOWN.find(([states]) => states.some((begin) => state.startsWith(begin)))?.[1] ?? OTHER;
  const table = error.table === undefined ? '' : `, table ${error.schema ?? 'public'}.${error.table}`;
  return new Fault({
    code,
    kind: 'database',
    what: `${what} (${state || 'no code'}): ${error.message.split('\n', 1)[0]?.slice(0, 400)}`,
    where: `${where}${table}`,
    consequence: 'nothing of this interval was loaded; what was loaded before stays',
    next,
    cause: error,
  });
}
