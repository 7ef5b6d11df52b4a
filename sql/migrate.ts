/** Applies the SQL files of a folder to PostgreSQL: forward only, each in one transaction, recorded as the Supabase CLI records them. */
import type { Database } from '../core/effects.ts';
import { Fault } from '../core/errors.ts';
import { type Migration, readMigrations, SHIPPED_MIGRATIONS } from './migration-files.ts';
import { migrationFault, type Running } from './migration-faults.ts';
import { hasState } from './sqlstate.ts';
import { nextMigration, type Recorded } from './migration-next.ts';

export interface MigrateOptions {
  /** Default: the migrations that ship with penstock. */
  readonly folder?: string;
  /** Longest wait for any one lock, another migrator's included. Default 10,000. */
  readonly lockTimeoutMs?: number;
  /** Called after each file, when it is committed: whatever stops the migrator later, it has been told of that one. */
  readonly applied?: (file: string) => Promise<void>;
  /** Applies files that are older than the newest applied one too. Default false. */
  readonly includeAll?: boolean;
}

export interface Migrated {
  /** Files that this call applied, in order. */
  readonly applied: readonly string[];
  /** Number of files that were applied before, or by another migrator meanwhile. */
  readonly already: number;
}

/** Of the advisory lock that migrators exclude each other with. */
export const LOCK_KEY = 'penstock.migrate';

/**
 * Brings the database up to date with the folder. Migrators exclude each other with a transaction-level advisory lock, taken anew
 * for each file: it needs no pinned session (poolers), and it is gone with the transaction, however that ends.
 *
 * Versions in the database that the folder does not have are left alone: they are of another project on the same server.
 * @throws Fault `MIGRATIONS_NOT_FOUND`, `MIGRATION_FILES_INVALID`, `MIGRATION_EDITED`, `MIGRATION_OUT_OF_ORDER`, `MIGRATION_FAILED`,
 *   `MIGRATION_LOCKED`, `MIGRATION_NOT_ALLOWED`, `MIGRATION_INTERRUPTED`
 */
export async function migrate(db: Database, options: MigrateOptions = {}): Promise<Migrated> {
  const migrations = await readMigrations(options.folder ?? SHIPPED_MIGRATIONS);
  const applied: string[] = [];
  for (;;) {
    let committed: string | null;
    let running: Running = { migration: null, statement: null };
    try {
      committed = await db.transaction(async (tx) => {
        await begin(tx, options.lockTimeoutMs ?? 10_000);
        const next = nextMigration(migrations, await recorded(tx), options.includeAll ?? false);
        if (next === undefined) return null;
        for (const statement of next.statements) {
          running = { migration: next, statement };
          await tx.query(statement.text);
        }
        running = { migration: next, statement: null };
        await record(tx, next);
        return next.file;
      });
    } catch (error) {
      throw await migrationFault(error, running, db, LOCK_KEY);
    }
    if (committed === null) break;
    applied.push(committed);
    await options.applied?.(committed);
  }
  return { applied, already: migrations.length - applied.length };
}

/** Files that are not applied yet, oldest first; takes no lock and changes nothing. */
export async function pending(db: Database, folder: string = SHIPPED_MIGRATIONS): Promise<string[]> {
  const migrations = await readMigrations(folder);
  const versions = new Set(await appliedVersions(db));
  return migrations.filter(({ version }) => !versions.has(version)).map(({ file }) => file);
}

async function appliedVersions(db: Database): Promise<string[]> {
  try {
    return (await tableExists(db)) ? (await recorded(db)).map(({ version }) => version) : [];
  } catch (cause) {
    if (!hasState(cause, '42501')) throw cause;
    throw new Fault({
      code: 'MIGRATION_NOT_ALLOWED',
      kind: 'configuration',
      what: `the database user may not read which migrations are applied: ${cause.message}`,
      consequence: 'nothing was run',
      next: 'connect as the owner of the database (DATABASE_URL or --database-url)',
      cause,
    });
  }
}

/** For commands on a database that is somebody's own: they do not migrate it unasked. @throws Fault `DATABASE_NOT_MIGRATED` */
export async function requireMigrated(db: Database, folder: string = SHIPPED_MIGRATIONS): Promise<void> {
  const missing = await pending(db, folder);
  if (missing.length === 0) return;
  const count = missing.length === 1 ? 'one migration is' : `${missing.length} migrations are`;
  throw new Fault({
    code: 'DATABASE_NOT_MIGRATED',
    kind: 'configuration',
    what: `${count} not applied: ${missing.length <= 3 ? missing.join(', ') : `${missing[0]} to ${missing.at(-1)}`}`,
    consequence: 'nothing was run',
    next: 'npm run pipeline -- db migrate',
  });
}

async function begin(tx: Database, lockTimeoutMs: number): Promise<void> {
  await tx.query(`select set_config('lock_timeout', $1, true), set_config('statement_timeout', '0', true)`, [
    String(lockTimeoutMs),
  ]);
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [LOCK_KEY]);
  if (await tableExists(tx)) return;
  await createLedger(tx);
}

/** The tables that remember what was applied. */
export async function createLedger(tx: Database): Promise<void> {
  // Table and columns of the Supabase CLI, so that it sees what was applied here and the other way round.
  await tx.query('create schema if not exists supabase_migrations');
  await tx.query(
    'create table if not exists supabase_migrations.schema_migrations (version text not null primary key)',
  );
  await tx.query('alter table supabase_migrations.schema_migrations add column if not exists statements text[]');
  await tx.query('alter table supabase_migrations.schema_migrations add column if not exists name text');
  await tx.query('create schema if not exists etl');
  // A table of ours, not a column of theirs: on a hosted project theirs may belong to somebody else.
  await tx.query(
    `create table if not exists etl.migration_checksum (
       version text not null constraint migration_checksum_pkey primary key,
       sha256 text not null
     )`,
  );
}

async function tableExists(db: Database): Promise<boolean> {
  const rows = await db.query(
    `select from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where (n.nspname, c.relname) in (('supabase_migrations', 'schema_migrations'), ('etl', 'migration_checksum'))`,
  );
  return rows.length === 2;
}

async function recorded(db: Database): Promise<Recorded[]> {
  return await db.query<Recorded>(
    `select m.version, c.sha256, m.statements
     from supabase_migrations.schema_migrations m
     left join etl.migration_checksum c using (version)
     order by m.version`,
  );
}

async function record(tx: Database, { version, name, statements, sha256 }: Migration): Promise<void> {
  await tx.query('insert into supabase_migrations.schema_migrations (version, statements, name) values ($1, $2, $3)', [
    version,
    statements.map(({ text }) => text),
    name,
  ]);
  await tx.query(
    `insert into etl.migration_checksum (version, sha256) values ($1, $2)
     on conflict (version) do update set sha256 = excluded.sha256`,
    [version, sha256],
  );
}
