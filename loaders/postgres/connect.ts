/** The configured database: the server that a connection string names, or else the embedded one. */
import type { Log } from '../../core/effects.ts';
import { Fault } from '../../core/errors.ts';
import { openPool, type Pool, type PoolOptions } from './database.ts';
import { openNotices, type OpenNotices } from './notices.ts';
import { acquire } from './embedded/index.ts';

export interface ConnectOptions {
  /** Without one, the embedded server of `dataDir` is started or joined. */
  readonly databaseUrl?: string;
  readonly dataDir: string;
  readonly log: Log;
  /** Most connections at once. Default 4. */
  readonly max?: number;
  /** Shown in `pg_stat_activity`. Default `penstock`. */
  readonly applicationName?: string;
}

export interface Connected {
  readonly pool: Pool;
  readonly kind: 'embedded' | 'external';
  /** One line for people, without the password: `PostgreSQL 18.4 at 127.0.0.1:5432/penstock (embedded)`. */
  readonly describe: string;
  /** Another pool on the same database. It is closed with this one. */
  open(options: PoolOptions): Pool;
  /** One connection that listens. It is closed with this one. */
  notices(): OpenNotices;
  /** Closes the connections and gives the embedded server back. Safe to call twice. */
  close(): Promise<void>;
}

const OLDEST = 15;
const NEWEST = 18;

/** Connects and looks at the version. Errors: the faults of `openPool` and of `acquire`, and `DATABASE_TOO_OLD`. */
export async function connect(options: ConnectOptions): Promise<Connected> {
  const { databaseUrl, dataDir, log } = options;
  const use = databaseUrl === undefined ? await acquire(dataDir, { log }) : null;
  const kind = use === null ? 'external' : 'embedded';
  const url = use?.url ?? databaseUrl ?? '';
  let pool: Pool | undefined;
  const others: { close(): Promise<void> }[] = [];
  async function close(): Promise<void> {
    await Promise.all(others.map((other) => other.close()));
    await pool?.close();
    await use?.release();
  }
  const kept = <T extends { close(): Promise<void> }>(other: T): T => {
    others.push(other);
    return other;
  };
  try {
    pool = openPool(url, {
      log,
      ...(options.max === undefined ? {} : { max: options.max }),
      ...(options.applicationName === undefined ? {} : { applicationName: options.applicationName }),
    });
    const version = await serverVersion(pool, log);
    return {
      pool,
      kind,
      describe: `PostgreSQL ${version} at ${pool.name} (${kind})`,
      open: (more) => kept(openPool(url, { log, ...more })),
      notices: () => kept(openNotices(url, log)),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function serverVersion(pool: Pool, log: Log): Promise<string> {
  const [row] = await pool.query<{ version: string; number: number }>(
    `select split_part(current_setting('server_version'), ' ', 1) as version, current_setting('server_version_num')::int as number`,
  );
  const { version = 'unknown', number = 0 } = row ?? {};
  if (number < OLDEST * 10_000) {
    throw new Fault({
      code: 'DATABASE_TOO_OLD',
      kind: 'database',
      what: `the server is PostgreSQL ${version}; ${OLDEST} to ${NEWEST} are supported`,
      where: pool.name,
      consequence: 'nothing was read or written',
      next: 'upgrade the server, or unset DATABASE_URL to use the embedded one',
    });
  }
  if (number >= (NEWEST + 1) * 10_000)
    log.warn(`the server is PostgreSQL ${version}; penstock is tested with ${OLDEST} to ${NEWEST}`);
  return version;
}
