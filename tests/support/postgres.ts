/** Databases for tests: each a clone of a migrated template on a real server, dropped at the end, with a look for leaks. */
import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, inject } from 'vitest';
import { openPool, type Pool } from '../../loaders/postgres/database.ts';
import { migrate } from '../../sql/migrate.ts';

export interface TestServer {
  /** `embedded`, or `installed-15` and the like. */
  readonly name: string;
  /** Of a superuser, to the database `postgres`. */
  readonly url: string;
}

export interface FreshDatabase {
  readonly url: string;
  readonly pool: Pool;
  /** Closes the pool, looks for leaks and drops the database. The file's end does it for you; safe to call twice. */
  drop(options?: { readonly leasesMayRemain?: boolean }): Promise<void>;
}

const TEMPLATE = 'penstock_template';
const open = new Set<FreshDatabase>();

/** The servers of this run, the embedded one first: `describe.each(testServers())('on $name', (server) => …)`. */
export function testServers(): TestServer[] {
  const servers = inject('testServers');
  if (servers.length === 0)
    throw new Error('no test server was started: a test file must import tests/support/postgres.ts by a plain import');
  return servers;
}

/**
 * A database of one's own with all migrations applied, on the embedded server unless another is given. `copyOf`: with everything that is in that one,
 * whose pool must be closed.
 */
export async function freshDatabase(
  server: TestServer | undefined = testServers()[0],
  copyOf?: FreshDatabase,
): Promise<FreshDatabase> {
  if (server === undefined) throw new Error('no test server');
  const file = basename(expect.getState().testPath ?? 'test', '.test.ts')
    .replaceAll(/[^a-z0-9]+/gi, '_')
    .toLowerCase();
  const name = `t_${file.slice(0, 30)}_${randomUUID().slice(0, 8)}`;
  await onServer(server, async (admin) => {
    await makeTemplate(server, admin);
    const template = copyOf === undefined ? TEMPLATE : new URL(copyOf.url).pathname.slice(1);
    await admin.query(`create database "${name}" template "${template}"`);
  });
  const url = urlOf(server, name);
  const pool = openPool(url, { applicationName: `test ${file}` });
  let dropped: Promise<void> | undefined;
  const fresh: FreshDatabase = {
    url,
    pool,
    drop: (options = {}) => (dropped ??= drop(fresh, server, name, options.leasesMayRemain ?? false)),
  };
  open.add(fresh);
  return fresh;
}

afterAll(async () => {
  const outcomes = await Promise.allSettled([...open].map((database) => database.drop()));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
});

/** The same server, another database. */
export function urlOf(server: TestServer, database: string): string {
  const url = new URL(server.url);
  url.pathname = `/${database}`;
  return url.href;
}

async function drop(fresh: FreshDatabase, server: TestServer, name: string, leasesMayRemain: boolean): Promise<void> {
  open.delete(fresh);
  await fresh.pool.close();
  const faults: string[] = [];
  await onServer(server, async (admin) => {
    // A backend needs a moment to notice that its client has gone.
    let backends: { query: string }[] = [];
    for (let attempt = 0; attempt < 40; attempt++) {
      backends = await admin.query<{ query: string }>(
        `select coalesce(application_name, '') || ': ' || coalesce(query, '') as query from pg_stat_activity
          where datname = $1 and backend_type = 'client backend'`,
        [name],
      );
      if (backends.length === 0) break;
      await sleep(50);
    }
    faults.push(...backends.map(({ query }) => `a connection was left open: ${query}`));
  });
  const last = openPool(urlOf(server, name), { max: 1 });
  const leases = leasesMayRemain
    ? []
    : await last.query<{ lease: string }>(`select dataset || ' ' || interval_start as lease from etl.lease`);
  faults.push(...leases.map(({ lease }) => `a lease was left: ${lease}`));
  await last.close();
  await onServer(server, (admin) => admin.query(`drop database "${name}" with (force)`));
  if (faults.length > 0) throw new Error(`database ${name}:\n${faults.join('\n')}`);
}

async function makeTemplate(server: TestServer, admin: Pool): Promise<void> {
  const there = `select 1 from pg_database where datname = '${TEMPLATE}'`;
  if ((await admin.query(there)).length > 0) return;
  const connection = await admin.connect();
  try {
    // One file makes it, the others wait; the lock ends with the connection, also when the file is killed.
    await connection.query(`select pg_advisory_lock(hashtext('${TEMPLATE}'))`);
    if ((await connection.query(there)).length > 0) return;
    await connection.query(`drop database if exists ${TEMPLATE}_unfinished with (force)`);
    await connection.query(`create database ${TEMPLATE}_unfinished template template0`);
    const pool = openPool(urlOf(server, `${TEMPLATE}_unfinished`), { max: 1 });
    try {
      await migrate(pool);
    } finally {
      await pool.close();
    }
    await connection.query(`alter database ${TEMPLATE}_unfinished rename to ${TEMPLATE}`);
  } finally {
    connection.release(true);
  }
}

async function onServer<T>(server: TestServer, work: (admin: Pool) => Promise<T>): Promise<T> {
  const admin = openPool(server.url, { max: 2, applicationName: 'test support' });
  try {
    return await work(admin);
  } finally {
    await admin.close();
  }
}
