/** SQL errors of a statement that a person typed: the line, and a caret below the place. */
import pg from 'pg';
import { Fault } from '../../core/errors.ts';

/**
 * The fault for what PostgreSQL says about `sql`; anything that is no SQL error comes back as it is.
 * @param offset characters that stood before the statement in what was sent
 * @param cancelled why we cancelled it; null when we did not
 */
export function queryFault(
  error: unknown,
  sql: string,
  offset: number,
  cancelled: 'signal' | 'timeout' | null,
): unknown {
  if (!(error instanceof pg.DatabaseError)) return error;
  const common = { kind: 'usage', consequence: 'nothing was read', cause: error } as const;
  const { code = '', message } = error;
  if (code === '57014' && cancelled === 'signal') return error;
  if (code === '57014' && cancelled === 'timeout') {
    return new Fault({
      ...common,
      code: 'QUERY_TIMEOUT',
      kind: 'database',
      what: 'the statement ran longer than --timeout allows',
      next: 'give it more time, or let it read less',
    });
  }
  if (code === '25006') {
    const next = 'query only reads; to write, use psql with the address that "penstock db url" prints';
    return new Fault({ ...common, code: 'QUERY_WOULD_WRITE', what: `the statement would write: ${message}`, next });
  }
  if (code === '42601' && message.includes('multiple commands')) {
    return new Fault({
      ...common,
      code: 'QUERY_STATEMENTS',
      what: 'there is more than one statement',
      next: 'give them one at a time',
    });
  }
  const notes = [error.detail, error.hint].flatMap((note) => (note === undefined ? [] : [`\n${note}`])).join('');
  return new Fault({
    ...common,
    code: 'QUERY_FAILED',
    what: `${message} (SQLSTATE ${code})${placeIn(sql, error.position, offset)}${notes}`,
    next: 'mend the statement; "penstock list" names the tables',
  });
}

/** The line with the error and a caret below it; empty where PostgreSQL names no place. */
function placeIn(sql: string, position: string | undefined, offset: number): string {
  if (position === undefined) return '';
  // Positions count characters, not UTF-16 units.
  const characters = [...sql];
  const at = Number(position) - 1 - offset;
  if (at < 0 || at > characters.length) return '';
  const lineStart = at === 0 ? 0 : characters.lastIndexOf('\n', at - 1) + 1;
  const before = characters.slice(0, at).join('');
  const label = `line ${before.split('\n').length}: `;
  const text = characters.slice(lineStart).join('').split('\n', 1)[0] ?? '';
  return `\n${label}${text}\n${' '.repeat(label.length + at - lineStart)}^`;
}
