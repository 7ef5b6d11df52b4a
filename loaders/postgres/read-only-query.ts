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
  /** 0: none. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const BATCH = 2_000;
const CURSOR = 'penstock_query';
const DECLARE = `declare ${CURSOR} no scroll cursor with hold for `;
const RAW: pg.CustomTypesConfig = { getTypeParser: () => (text: string) => text };

/**
 * Runs the statement as the connected user in a READ ONLY transaction that sees `public`, `history` and `etl`. The whole result is
 * computed before the first batch is given, so SQL errors come first; `take` gets at least one batch, perhaps an empty one.
 * @param take returns false to stop early
 * @throws Fault `QUERY_FAILED` with line and caret, `QUERY_TIMEOUT`, `QUERY_WOULD_WRITE`, `QUERY_STATEMENTS`, `QUERY_COPY`
 */
export async function readOnly(pool: Pool, query: ReadOnlyQuery, take: (columns: readonly ResultColumn[], rows: readonly TextRow[]) => Promise<boolean>): Promise<void> {
  const sql = query.sql.trim().replace(/;\s*$/, '');
  if (/^(\s|--.*\n)*copy\b/i.test(sql)) throw copyFault();
  const connection = await pool.connect();
  const cancel = cancelOnAbort(pool, connection, query.signal);
  try {
    await connection.query('begin transaction read only');
    await connection.query(`select set_config('search_path', 'public, history, etl', true), set_config('statement_timeout', $1, true)`, [String(query.timeoutMs)]);
    await (isSelect(sql) ? fromCursor(connection, sql, take) : atOnce(connection, sql, take));
  } catch (error) {
    throw queryFault(error, sql, isSelect(sql) ? DECLARE.length : 0, query.signal);
  } finally {
    cancel();
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
async function send(connection: Connection, text: string): Promise<{ readonly columns: ResultColumn[]; readonly rows: TextRow[] }> {
  const config: pg.QueryArrayConfig & { readonly queryMode: 'extended' } = { text, rowMode: 'array', types: RAW, queryMode: 'extended' };
  const result = await connection.client.query<(string | null)[]>(config);
  return { columns: result.fields.map(({ name, dataTypeID }) => ({ name, oid: dataTypeID })), rows: result.rows };
}

function isSelect(sql: string): boolean {
  return /^(\s|--.*\n|\/\*[\s\S]*?\*\/)*(\(|(select|with|values|table)\b)/i.test(sql);
}

/** A cancelled statement ends with SQLSTATE 57014. */
function cancelOnAbort(pool: Pool, connection: Connection, signal: AbortSignal): () => void {
  const pid = 'processID' in connection.client ? Number(connection.client.processID) : 0;
  const cancel = (): void => void pool.query('select pg_cancel_backend($1)', [pid]).catch(() => undefined);
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel);
  return () => signal.removeEventListener('abort', cancel);
}

function copyFault(): Fault {
  return new Fault({
    code: 'QUERY_COPY',
    kind: 'usage',
    what: 'copy is not taken here',
    consequence: 'nothing was read',
    next: 'write a select with --json, or use psql with the address that "penstock db url" prints',
  });
}
