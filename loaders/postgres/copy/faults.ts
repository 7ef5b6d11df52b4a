/** Faults of a COPY: a cell that PostgreSQL cannot hold, a source of another shape, a server that refuses. */
import { DatabaseError } from 'pg';
import { Fault } from '../../../core/errors.ts';

const NOTHING_LOADED = 'nothing of this load was kept';

/** `row` counts the source's rows from 0. */
export function cellFault(column: string, row: number, what: string): Fault {
  return new Fault({
    code: 'COPY_CELL_NOT_STORABLE',
    kind: 'format',
    what: `found ${what}`,
    where: `column ${column}, row ${row + 1} of the load`,
    consequence: NOTHING_LOADED,
    next: 'reject such rows with a check of the dataset, or change the transform',
  });
}

/** All differences at once. */
export function shapeFault(differences: readonly string[]): Fault {
  return new Fault({
    code: 'COPY_TYPE_MISMATCH',
    kind: 'definition',
    what: `the transform's result does not fit the table: ${differences.join('; ')}`,
    consequence: 'nothing was sent to the database',
    next: 'cast the columns in the last SELECT of the transform',
  });
}

export function countFault(table: string, sent: number, stored: number): Fault {
  return new Fault({
    code: 'COPY_ROW_COUNT_DIFFERS',
    kind: 'database',
    what: `${sent} rows were sent and the server stored ${stored}`,
    where: `table ${table}`,
    consequence: NOTHING_LOADED,
    next: 'look for a trigger or a rule on the table that drops rows',
  });
}

/** What the server, or the connection to it, said during a COPY. */
export function serverFault(table: string, error: Error): Fault {
  if (!(error instanceof DatabaseError) || isShutdown(error.code)) {
    return new Fault({
      code: 'COPY_CONNECTION_LOST',
      kind: 'database',
      what: `the connection was lost during the COPY: ${error.message}`,
      where: `table ${table}`,
      consequence: NOTHING_LOADED,
      next: 'check that the server is up, then run again',
      cause: error,
    });
  }
  const place = error.where === undefined ? '' : `, ${error.where}`;
  const detail = error.detail === undefined ? '' : ` ${error.detail}`;
  return new Fault({
    code: error.code === '23505' ? 'COPY_DUPLICATE_KEY' : 'COPY_REFUSED',
    kind: 'database',
    what: `the server refused the rows (${error.code ?? 'no code'}): ${error.message}.${detail}`,
    where: `table ${table}${place}`,
    consequence: NOTHING_LOADED,
    next:
      error.code === '23505'
        ? 'add unique(key) to the dataset’s checks'
        : 'correct what the server names, then run again',
    cause: error,
  });
}

/** Class 57P: terminated by an administrator, crashed, starting up. */
function isShutdown(code: string | undefined): boolean {
  return code?.startsWith('57P') === true;
}
