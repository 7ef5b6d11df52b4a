/** The audit of a live database: replay the repository into a shadow, read the live catalog, compare, report. */
import type { AuditReport, Catalog, ObjectKind } from '../core/audit.ts';
import type { Clock, Database, Log } from '../core/effects.ts';
import { Fault } from '../core/errors.ts';
import { EMBEDDED_MAJOR, embeddedShadow, namedShadow, type Shadow } from '../loaders/postgres/shadow.ts';
import { beforeMigrating, compare } from '../sql/audit/compare.ts';
import { compareLedger, type Ledger, readLedger } from '../sql/audit/ledger.ts';
import { isHosted, platformRules, withoutPlatform } from '../sql/audit/platform.ts';
import { repairScript } from '../sql/audit/repair-script.ts';
import { replay, type Replayed } from '../sql/audit/replay.ts';
import { withExpectedRoles, withoutRoles } from '../sql/audit/roles.ts';
import { notAllowed, readCatalog } from '../sql/audit/snapshot.ts';
import { LOCK_KEY } from '../sql/migrate.ts';
import { readMigrations } from '../sql/migration-files.ts';
import { hasState } from '../sql/sqlstate.ts';

export interface AuditOptions {
  readonly db: Database;
  /** `host:port/database`, without user and password. */
  readonly database: string;
  /** `18.4` */
  readonly server: string;
  /** Opens the server for the shadow, of this major version: see {@link openShadow}. */
  readonly shadow: (major: number) => Promise<Shadow>;
  readonly clock: Clock;
  /** Default: the migrations that ship with penstock. */
  readonly folder?: string;
  /** Longest wait for a migration that is being applied. Default 10,000. */
  readonly lockTimeoutMs?: number;
}

interface Live {
  readonly catalog: Catalog;
  readonly ledger: Ledger;
  readonly hosted: boolean;
}

/**
 * Reads the live database only; writes into the shadow only.
 * @throws Fault `AUDIT_NOT_ALLOWED`, `AUDIT_LOCKED`, `AUDIT_NO_SHADOW`, `AUDIT_REPLAY_FAILED`, and those of reading the folder
 */
export async function audit(options: AuditOptions): Promise<AuditReport> {
  const { clock } = options;
  const started = clock.now();
  const { catalog, ledger, hosted, meanwhile } = await readLive(options, (found, major) =>
    replayInShadow(options, found, major),
  );
  const { replayed, expectedFrom } = meanwhile;
  const migrated = ledger.applied.length > 0;
  const expected = withExpectedRoles(replayed.expected, migrated, catalog);
  const expectedAll = withExpectedRoles(replayed.expectedAll, migrated, catalog);
  const judged = migrated ? catalog : withoutRoles(catalog);
  const rules = hosted ? await platformRules() : [];
  const { catalog: actual, passed } = withoutPlatform(judged, expected, rules);
  const found = compare({
    expected,
    expectedAll,
    actual,
    pending: replayed.pending,
    edited: ledger.edited,
    foreign: ledger.foreign,
  });
  const findings = migrated ? found : beforeMigrating(found);
  return {
    version: 1,
    database: options.database,
    server: options.server,
    checkedAt: new Date(started).toISOString(),
    durationMs: clock.now() - started,
    expectedFrom,
    looked: { ...countKinds(expected, actual), migration: ledger.states.length },
    migrations: ledger.states,
    findings,
    repair: repairScript(findings),
    notes: [
      'other schemas than public, history and etl, unless they open these to requests; contents of tables; the order of columns',
      ...(passed.length === 0
        ? []
        : [`what is the hosted platform's own by sql/audit/hosted.csv: ${passed.toSorted().join('; ')}`]),
    ],
  };
}

/**
 * The embedded server when its major version is the live one's, else the server that the user names.
 * @throws Fault `AUDIT_NO_SHADOW`
 */
export async function openShadow(
  major: number,
  { dataDir, url, log }: { readonly dataDir: string; readonly url: string | null; readonly log: Log },
): Promise<Shadow> {
  if (url === null && major !== EMBEDDED_MAJOR) {
    throw noShadow(`the database is PostgreSQL ${major}, the embedded server is PostgreSQL ${EMBEDDED_MAJOR}`, major);
  }
  const shadow = url === null ? await embeddedShadow(dataDir, log) : await namedShadow(url, log);
  if (shadow.major === major) return shadow;
  await shadow.close();
  throw noShadow(`the database is PostgreSQL ${major}, and ${shadow.describe} is another major version`, major);
}

async function replayInShadow(
  options: AuditOptions,
  ledger: Ledger,
  major: number,
): Promise<{ readonly replayed: Replayed; readonly expectedFrom: string }> {
  const shadow = await options.shadow(major);
  try {
    const made = await shadow.create();
    try {
      return { replayed: await replay(made.pool, ledger), expectedFrom: shadow.describe };
    } finally {
      await made.drop();
    }
  } finally {
    await shadow.close();
  }
}

/**
 * Ledger and catalog as of one instant, while no migration is being applied. The lock is taken in a transaction of its own: the
 * snapshot of one that waited for it would be older than what it waited for.
 * @param work begun as soon as the ledger is read, since the catalog of a large database takes a while
 */
async function readLive<T>(
  { db, folder, lockTimeoutMs = 10_000 }: AuditOptions,
  work: (ledger: Ledger, major: number) => Promise<T>,
): Promise<Live & { readonly meanwhile: T }> {
  const files = await readMigrations(folder);
  let begun: Promise<T> | undefined;
  try {
    const live = await db.transaction(async (guard) => {
      await guard.query('set transaction read only');
      await guard.query(`select set_config('lock_timeout', $1, true)`, [String(lockTimeoutMs)]);
      await guard
        .query('select pg_advisory_xact_lock_shared(hashtextextended($1, 0))', [LOCK_KEY])
        .catch(async (error: unknown) => {
          throw hasState(error, '55P03') ? await lockedFault(db, error) : error;
        });
      return await db.transaction(async (tx) => {
        await tx.query('set transaction isolation level repeatable read, read only');
        // Rows that a policy hides would be migrations that were never applied.
        await tx.query('set local row_security = off');
        const ledger = compareLedger(files, await readLedger(tx));
        begun = work(ledger, await majorOf(tx));
        // It is awaited below; until then its failure is nobody's.
        begun.catch(() => undefined);
        return { catalog: await readCatalog(tx), ledger, hosted: await isHosted(tx) };
      });
    });
    if (begun === undefined) throw new Error('the transaction ended without its work');
    return { ...live, meanwhile: await begun };
  } catch (error) {
    // What was begun has a database to drop.
    await begun?.catch(() => undefined);
    throw notAllowed(error) ?? error;
  }
}

async function majorOf(tx: Database): Promise<number> {
  const [row] = await tx.query<{ major: number }>(`select current_setting('server_version_num')::int / 10000 as major`);
  return row?.major ?? 0;
}

async function lockedFault(db: Database, cause: unknown): Promise<Fault> {
  const holders = await db.query<{ who: string }>(
    `select distinct format('process %s (user %s, %s)', a.pid, a.usename, coalesce(nullif(a.application_name, ''), 'no application name')) as who
     from pg_locks l join pg_stat_activity a using (pid)
     where l.locktype = 'advisory' and l.granted and l.objsubid = 1 and a.datname = current_database()
       and (l.classid::bigint << 32) | l.objid::bigint = hashtextextended($1, 0)`,
    [LOCK_KEY],
  );
  return new Fault({
    code: 'AUDIT_LOCKED',
    kind: 'configuration',
    what: `a migration is being applied${holders.length === 0 ? '' : ` by ${holders.map(({ who }) => who).join(', ')}`}`,
    consequence: 'nothing was judged, because the database is changing',
    next: 'let it finish, then: npm run pipeline -- db audit',
    cause,
  });
}

function noShadow(what: string, major: number): Fault {
  return new Fault({
    code: 'AUDIT_NO_SHADOW',
    kind: 'configuration',
    what: `there is no server of the same major version to replay the migrations on: ${what}`,
    consequence: 'nothing was judged, because servers of other versions write the same schema otherwise',
    next: `give an empty or throw-away PostgreSQL ${major} where a user may create databases: npm run pipeline -- db audit --shadow-url postgresql://…`,
  });
}

function countKinds(expected: Catalog, actual: Catalog): Partial<Record<ObjectKind, number>> {
  const counts: Partial<Record<ObjectKind, number>> = {};
  for (const key of new Set([...expected.objects.keys(), ...actual.objects.keys()])) {
    const kind = (actual.objects.get(key) ?? expected.objects.get(key))?.kind;
    if (kind !== undefined) counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}
