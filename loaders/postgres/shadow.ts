/** Empty databases that are made to be thrown away: on the embedded server, or on one that the user names. */
import { randomUUID } from 'node:crypto';
import type { Log } from '../../core/effects.ts';
import { Fault } from '../../core/errors.ts';
import { openPool, type Pool } from './database.ts';
import { MAJOR } from './embedded/cluster.ts';
import { acquire } from './embedded/index.ts';

export interface Shadow {
  /** `embedded PostgreSQL 18.4`, `shadow server localhost:5433, PostgreSQL 15.18` */
  readonly describe: string;
  readonly major: number;
  create(): Promise<ShadowDatabase>;
  close(): Promise<void>;
}

export interface ShadowDatabase {
  readonly pool: Pool;
  /** Safe to call twice. */
  drop(): Promise<void>;
}

/** Major version of the embedded server. */
export const EMBEDDED_MAJOR = Number(MAJOR);

const NAME = 'penstock_shadow_';
/** No audit takes so long: what is older was left by one that was killed. */
const STALE_SECONDS = 3600;

/** The embedded server of the data folder, started for it if need be. */
export async function embeddedShadow(dataDir: string, log: Log): Promise<Shadow> {
  const use = await acquire(dataDir, { log });
  try {
    return await shadowOn(use.url.replace(/[^/]*$/, 'postgres'), log, 'embedded', () => use.release());
  } catch (error) {
    await use.release();
    throw error;
  }
}

/** A server that the user names. Only databases that we made are ever dropped there. */
export async function namedShadow(url: string, log: Log): Promise<Shadow> {
  return await shadowOn(url, log, 'named', async () => undefined);
}

async function shadowOn(
  url: string,
  log: Log,
  kind: 'embedded' | 'named',
  after: () => Promise<void>,
): Promise<Shadow> {
  const admin = openPool(url, { max: 2, applicationName: 'penstock audit', log });
  try {
    const [row] = await admin.query<{ version: string; major: number }>(
      `select split_part(current_setting('server_version'), ' ', 1) as version, current_setting('server_version_num')::int / 10000 as major`,
    );
    const { version = '', major = 0 } = row ?? {};
    return {
      describe:
        kind === 'embedded'
          ? `embedded PostgreSQL ${version}`
          : `shadow server ${admin.name.replace(/\/.*$/, '')}, PostgreSQL ${version}`,
      major,
      create: () => createOn(admin, url, log),
      close: async () => {
        await admin.close();
        await after();
      },
    };
  } catch (error) {
    await admin.close();
    throw error;
  }
}

async function createOn(admin: Pool, url: string, log: Log): Promise<ShadowDatabase> {
  await sweep(admin, log);
  const name = `${NAME}${Math.floor(Date.now() / 1000)}_${randomUUID().slice(0, 8)}`;
  try {
    await admin.query(`create database ${name} template template0`);
  } catch (cause) {
    throw new Fault({
      code: 'AUDIT_NO_SHADOW',
      kind: 'configuration',
      what: `an empty database cannot be made on ${admin.name}: ${cause instanceof Error ? cause.message : String(cause)}`,
      consequence:
        'nothing was judged, because migrations are replayed into an empty database to know what is expected',
      next: 'give a server of your own where the user may create databases with --shadow-url',
      cause,
    });
  }
  const target = new URL(url);
  target.pathname = `/${name}`;
  const pool = openPool(target.href, { max: 2, applicationName: 'penstock audit', log });
  let dropped: Promise<void> | undefined;
  return { pool, drop: () => (dropped ??= drop(pool, admin, name)) };
}

async function drop(pool: Pool, admin: Pool, name: string): Promise<void> {
  await pool.close();
  await admin.query(`drop database if exists ${name} with (force)`);
}

/** Databases of audits that were killed: ours by name, old by name, and nobody is connected. */
async function sweep(admin: Pool, log: Log): Promise<void> {
  const stale = await admin.query<{ name: string }>(
    `select d.datname::text as name from pg_database d
     where d.datname ~ '^${NAME}[0-9]{10}_[0-9a-f]{8}$'
       and split_part(d.datname, '_', 3)::bigint < extract(epoch from now()) - ${STALE_SECONDS}
       and not exists (select from pg_stat_activity a where a.datname = d.datname)`,
  );
  for (const { name } of stale) {
    log.debug(`dropping ${name}, which an earlier audit left`);
    // Another audit may be faster.
    await admin.query(`drop database if exists ${name}`).catch((error: unknown) => log.debug(String(error)));
  }
}
