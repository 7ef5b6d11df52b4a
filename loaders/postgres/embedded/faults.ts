/** Faults of the embedded server, with the end of its log where that explains them. */
import { existsSync, readFileSync } from 'node:fs';
import { Fault } from '../../../core/errors.ts';

/** The last lines of the server's log from `offset` bytes on. */
export function logTail(path: string, offset = 0, lines = 12): string {
  if (!existsSync(path)) return '';
  return readFileSync(path).subarray(offset).toString('utf8').trim().split('\n').slice(-lines).join('\n');
}

/** Why the server or `initdb` did not start, from its output. */
export function startFault(what: string, output: string, where: string): Fault {
  if (/No space left on device|ENOSPC|Disk quota exceeded/.test(output)) {
    return new Fault({
      code: 'EMBEDDED_DISK_FULL',
      kind: 'database',
      what: `the disk is full: ${what}`,
      where,
      consequence: 'the embedded database is not running; what was committed is kept',
      next: 'free some space and run again, or use another folder (--data-dir)',
    });
  }
  return new Fault({
    code: 'EMBEDDED_CANNOT_START',
    kind: 'database',
    what: output === '' ? what : `${what}; its last words:\n${output}`,
    where,
    consequence: 'the embedded database is not running; its data was left as it is',
    next: 'remove the cause and run again, or set DATABASE_URL to use another server',
  });
}

export function unsupported(what: string): Fault {
  return new Fault({
    code: 'EMBEDDED_UNSUPPORTED',
    kind: 'configuration',
    what,
    consequence: 'the embedded database was not started',
    next: 'set DATABASE_URL to a PostgreSQL server, version 15 to 18',
  });
}

/** A full disk while we write our own files; other errors as they are. */
export function asDiskFull(error: unknown, where: string): unknown {
  const full = error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
  return full ? startFault(error.message, 'No space left on device', where) : error;
}
