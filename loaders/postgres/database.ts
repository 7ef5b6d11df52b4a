/** Connections to PostgreSQL: a pool that gives the `Database` of core, and whole connections for COPY and leases. */
import pg from 'pg';
import type { Database, Log } from '../../core/effects.ts';
import { Fault } from '../../core/errors.ts';
import { connectFault, lostFault, type Target, targetOf } from './connection-faults.ts';

/** One connection for as long as it is wanted. */
export interface Connection extends Database {
  /** The client of `pg`, for `pg-copy-streams` and for listening. */
  readonly client: pg.PoolClient;
  /** Gives the connection back. `destroy` closes it, e.g. after a COPY that was given up. Safe to call twice. */
  release(destroy?: boolean): void;
}

/**
 * A pool of connections.
 *
 * `query` leaves int8, numeric, date and timestamp (without zone) as the text that the server sent, since a JavaScript number or
 * a `Date` would lose digits or shift them into the machine's zone; cast in SQL (`count(*)::int`) for a number. `timestamptz` is a
 * `Date` (milliseconds; cast to text for microseconds). Parameters may be `Date`s; they are sent as UTC.
 * Errors: a Fault of kind `database` when there is no connection or when it breaks; `pg.DatabaseError` with its SQLSTATE otherwise.
 */
export interface Pool extends Database {
  /** `host:port/database`, without user and password. */
  readonly name: string;
  /** A connection of one's own; it must be released. */
  connect(): Promise<Connection>;
  /** Waits for connections that are in use, then closes all. Safe to call twice. */
  close(): Promise<void>;
}

export interface PoolOptions {
  /** Most connections at once. Default 4. */
  readonly max?: number;
  /** Shown in `pg_stat_activity`. Default `penstock`. */
  readonly applicationName?: string;
  /** Most milliseconds that connecting may take. Default 15,000. */
  readonly connectTimeoutMs?: number;
  readonly log?: Log;
  readonly session?: SessionOptions;
  /** Statements with parameters are planned once per connection and kept. Not through a pooler that gives each transaction another connection. */
  readonly prepare?: boolean;
}

/** With which rights every connection of a pool works. */
export interface SessionOptions {
  /** SET ROLE; the user must be a member of it. */
  readonly role?: 'anon' | 'authenticated' | 'service_role';
  readonly readOnly?: boolean;
  /** Milliseconds that a statement may take. */
  readonly statementTimeoutMs?: number;
}

// Without this `pg` writes a Date in the machine's zone, and zones with odd seconds come out wrong for old dates.
pg.defaults.parseInputDatesAsUTC = true;

const AS_TEXT: ReadonlySet<number> = new Set([
  pg.types.builtins.INT8,
  pg.types.builtins.NUMERIC,
  pg.types.builtins.DATE,
  pg.types.builtins.TIMESTAMP,
]);
/** int8[], numeric[], date[], timestamp[]: read like text[], which parses the braces and leaves the elements alone. */
const AS_TEXT_ARRAYS: ReadonlySet<number> = new Set([1016, 1231, 1182, 1115]);
const TEXT_ARRAY: number = 1009;
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => {
    if (format !== 'binary' && AS_TEXT.has(oid)) return (text: string): string => text;
    if (format !== 'binary' && AS_TEXT_ARRAYS.has(oid)) return pg.types.getTypeParser(TEXT_ARRAY, 'text');
    return pg.types.getTypeParser(oid, format);
  },
};

const SESSION = `set timezone to 'UTC'; set datestyle to 'ISO, YMD'; set intervalstyle to 'postgres'`;

function sessionOf({ role, readOnly = false, statementTimeoutMs }: SessionOptions): string {
  return [
    '',
    ...(statementTimeoutMs === undefined ? [] : [`set statement_timeout to ${statementTimeoutMs}`]),
    ...(readOnly ? ['set default_transaction_read_only to on'] : []),
    ...(role === undefined ? [] : [`set role ${role}`]),
  ].join('; ');
}

/** Opens a pool; nothing is connected before the first query. Throws `DATABASE_URL_INVALID`. */
export function openPool(url: string, options: PoolOptions = {}): Pool {
  const target = targetOf(url);
  const prepared = options.prepare === true ? statementNames() : null;
  const connectionTimeoutMillis = options.connectTimeoutMs ?? 15_000;
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 4,
    application_name: options.applicationName ?? 'penstock',
    keepAlive: true,
    types,
    // On the client and not on the pool, where it would also end the wait for a connection that others are using.
    Client: class extends pg.Client {
      constructor(config?: string | pg.ClientConfig) {
        super(typeof config === 'string' ? config : { ...config, connectionTimeoutMillis });
      }
    },
    onConnect: async (client) => {
      await client.query(SESSION + sessionOf(options.session ?? {}));
    },
  });
  // A server that goes away makes idle clients emit errors; without a listener Node would end the process.
  pool.on('error', (error) => options.log?.debug(`an idle connection to ${target.name} broke: ${error.message}`));
  // The same for a client in use between two queries; its next query reports the loss.
  pool.on('connect', (client) => client.on('error', () => undefined));

  async function connect(): Promise<Connection> {
    let client: pg.PoolClient;
    try {
      client = await pool.connect();
    } catch (error) {
      throw connectFault(error, target);
    }
    return connectionOf(client, target, prepared);
  }
  async function withConnection<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await connect();
    try {
      return await work(connection);
    } finally {
      connection.release();
    }
  }
  let closing: Promise<void> | undefined;
  return {
    name: target.name,
    connect,
    query: <Row extends object>(text: string, params?: readonly unknown[]) =>
      withConnection((connection) => connection.query<Row>(text, params)),
    transaction: (work) => withConnection((connection) => connection.transaction(work)),
    close: () => (closing ??= pool.end()),
  };
}

/** A connection keeps what it has planned, so there is an end to it. */
const PREPARED_MAX = 500;

/** Names of statements by their texts; null for one too many. */
type StatementNames = (text: string) => string | null;

function statementNames(): StatementNames {
  const names = new Map<string, string>();
  return (text) => {
    const known = names.get(text);
    if (known !== undefined || names.size >= PREPARED_MAX) return known ?? null;
    const name = `penstock_${names.size + 1}`;
    names.set(text, name);
    return name;
  };
}

/** The table of a kept statement has changed: its connection is of no use any more. */
const PLAN_OUTDATED = '0A000';

function connectionOf(client: pg.PoolClient, target: Target, prepared: StatementNames | null): Connection {
  let released = false;
  let broken = false;
  async function query<Row extends object>(text: string, params?: readonly unknown[]): Promise<Row[]> {
    try {
      const name = params === undefined ? null : (prepared?.(text) ?? null);
      const result =
        params === undefined
          ? await client.query<Row>(text)
          : await client.query<Row>({ text, values: [...params], ...(name !== null && { name }) });
      // Several statements in one text give several results; the last one counts.
      const last = Array.isArray(result) ? (result.at(-1) as pg.QueryResult<Row>) : result;
      return last.rows;
    } catch (error) {
      const lost = lostFault(error, target);
      broken ||=
        lost !== null || (prepared !== null && error instanceof pg.DatabaseError && error.code === PLAN_OUTDATED);
      throw lost ?? error;
    }
  }
  async function inTransaction<T>(work: (tx: Database) => Promise<T>): Promise<T> {
    await query('begin');
    try {
      const result = await work({ query, transaction: (inner) => inSavepoint(query, inner) });
      await commit(client, target);
      return result;
    } catch (error) {
      // Without a rollback the next user of this connection would be inside our transaction: rather close it.
      await query('rollback').catch(() => (broken = true));
      throw error;
    }
  }
  return {
    client,
    query,
    transaction: inTransaction,
    release: (destroy = false) => {
      if (released) return;
      released = true;
      client.release(destroy || broken);
    },
  };
}

/** A commit after a swallowed error is a rollback, and PostgreSQL reports it as success. */
async function commit(client: pg.PoolClient, target: Target): Promise<void> {
  let command: string;
  try {
    command = (await client.query('commit')).command;
  } catch (error) {
    throw lostFault(error, target) ?? error;
  }
  if (command === 'COMMIT') return;
  throw new Fault({
    code: 'DATABASE_ROLLED_BACK',
    kind: 'database',
    what: 'the transaction was rolled back instead of committed, because a statement in it had failed',
    where: target.name,
    consequence: 'nothing of it was kept',
    next: 'run again with LOG_LEVEL=debug and report the output, this is a fault of penstock itself',
  });
}

let savepoints = 0;

async function inSavepoint<T>(query: Database['query'], work: (tx: Database) => Promise<T>): Promise<T> {
  const name = `nested_${++savepoints}`;
  await query(`savepoint ${name}`);
  try {
    const result = await work({ query, transaction: (inner) => inSavepoint(query, inner) });
    await query(`release savepoint ${name}`);
    return result;
  } catch (error) {
    await query(`rollback to savepoint ${name}`).catch(() => undefined);
    throw error;
  }
}
