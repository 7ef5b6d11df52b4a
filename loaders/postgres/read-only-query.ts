/** One SQL statement that only reads: batch by batch from a cursor on the server, so that a result of any size needs little memory. */
import pg from 'pg';
import { Fault } from '../../core/errors.ts';
import type { Connection, Pool } from './database.ts';
import { queryFault } from './query-fault.ts';

export interface ResultColumn {
  readonly name: string;
  /** Type as PostgreSQL numbers it. */
  readonly oid: number;
}

/** Cells as the server writes them, null for NULL. */
export type TextRow = readonly (string | null)[];

export interface ReadOnlyQuery {
  readonly sql: string;
  /** Of the whole statement; 0: none. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const BATCH = 2_000;
const TEXT_ARRAY: number = 1009;
const CURSOR = 'penstock_query';
const DECLARE = `declare ${CURSOR} no scroll cursor with hold for `;
const RAW: pg.CustomTypesConfig = { getTypeParser: () => (text: string) => text };

/**
 * Runs the statement as the connected user in a READ ONLY transaction that sees `public`, `history` and `etl`. The whole result is
 * computed before the first batch is given, so SQL errors come first; `take` gets at least one batch, perhaps an empty one.
 * @param take returns false to stop early
 * @throws Fault `QUERY_FAILED` with line and caret, `QUERY_TIMEOUT`, `QUERY_WOULD_WRITE`, `QUERY_STATEMENTS`, `QUERY_COPY`, `QUERY_EMPTY`
 */
export async function readOnly(
  pool: Pool,
  query: ReadOnlyQuery,
  take: (columns: readonly ResultColumn[], rows: readonly TextRow[]) => Promise<boolean>,
): Promise<void> {
  const sql = query.sql.trim().replace(/;\s*$/, '');
  if (sql === '')
    throw refused(
      'QUERY_EMPTY',
      'there is no statement',
      'for example: penstock query "select count(*) from ontario_hourly_demand"',
    );
  if (/^(\s|--.*\n)*copy\b/i.test(sql))
    throw refused(
      'QUERY_COPY',
      'copy is not taken here',
      'write a select with --json, or use psql with the address that "penstock db url" prints',
    );
  const connection = await pool.connect();
  const watch = watchOver(pool, connection, query);
  try {
    await connection.query('begin transaction read only');
    await connection.query(`select set_config('search_path', 'public, history, etl', true)`);
    await (isSelect(sql) ? fromCursor(connection, sql, take) : atOnce(connection, sql, take));
  } catch (error) {
    throw queryFault(error, sql, isSelect(sql) ? DECLARE.length : 0, watch.why());
  } finally {
    watch.end();
    // Closed and not given back: the session may hold a cursor, and settings that the statement made.
    connection.release(true);
  }
}

async function fromCursor(connection: Connection, sql: string, take: Parameters<typeof readOnly>[2]): Promise<void> {
  await send(connection, `${DECLARE}${sql}`);
  // The commit computes the result; from here on no error of the statement can come.
  await connection.query('commit');
  for (;;) {
    const { columns, rows } = await send(connection, `fetch ${BATCH} from ${CURSOR}`);
    if (!(await take(columns, rows)) || rows.length < BATCH) return;
  }
}

/** `show`, `explain` and the like: small, and no cursor takes them. */
async function atOnce(connection: Connection, sql: string, take: Parameters<typeof readOnly>[2]): Promise<void> {
  const { columns, rows } = await send(connection, sql);
  await connection.query('commit');
  await take(columns, rows);
}

/** In the extended protocol, which takes one statement only: nobody can end our transaction and begin another one. */
async function send(
  connection: Connection,
  text: string,
): Promise<{ readonly columns: ResultColumn[]; readonly rows: TextRow[] }> {
  const config: pg.QueryArrayConfig & { readonly queryMode: 'extended' } = {
    text,
    rowMode: 'array',
    types: RAW,
    queryMode: 'extended',
  };
  const result = await connection.client.query<(string | null)[]>(config);
  return { columns: result.fields.map(({ name, dataTypeID }) => ({ name, oid: dataTypeID })), rows: result.rows };
}

function isSelect(sql: string): boolean {
  return /^(\s|--.*\n|\/\*[\s\S]*?\*\/)*(\(|(select|with|values|table)\b)/i.test(sql);
}

/**
 * Cancels the statement when the signal comes or the time is over; it then ends with SQLSTATE 57014. The server's own timeout does
 * not count while a commit computes the result.
 */
function watchOver(
  pool: Pool,
  connection: Connection,
  { signal, timeoutMs }: ReadOnlyQuery,
): { why(): 'signal' | 'timeout' | null; end(): void } {
  const pid = 'processID' in connection.client ? Number(connection.client.processID) : 0;
  let why: 'signal' | 'timeout' | null = null;
  const cancel = (reason: 'signal' | 'timeout'): void => {
    why = reason;
    void pool.query('select pg_cancel_backend($1)', [pid]).catch(() => undefined);
  };
  const onAbort = (): void => cancel('signal');
  const timer = timeoutMs === 0 ? undefined : setTimeout(() => cancel('timeout'), timeoutMs);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort);
  return {
    why: () => why,
    end() {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
}

/** The elements of an array in PostgreSQL's text form, nested where it is. */
export function arrayElements(text: string): unknown[] {
  const parse: (text: string) => unknown = pg.types.getTypeParser(TEXT_ARRAY, 'text');
  const elements = parse(text);
  return Array.isArray(elements) ? elements : [];
}

function refused(code: string, what: string, next: string): Fault {
  return new Fault({ code, kind: 'usage', what, consequence: 'nothing was read', next });
}
