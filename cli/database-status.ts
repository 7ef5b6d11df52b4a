/** What the configured database is and holds, without starting or changing anything. */
import { readContentKind } from '../loaders/postgres/ledger.ts';
import { openPool } from '../loaders/postgres/database.ts';
import { runningUrl } from '../loaders/postgres/embedded/index.ts';
import { pending } from '../sql/migrate.ts';
import type { Settings } from './settings.ts';

export interface DatabaseStatus {
  readonly kind: 'embedded' | 'external';
  readonly running: boolean;
  /** Why it does not run. */
  readonly because: string | null;
  readonly server: string | null;
  readonly version: string | null;
  readonly pending: readonly string[] | null;
  readonly content: 'samples' | 'real' | null;
  readonly bytes: number | null;
}

const CONNECT_MS = 5_000;

/** @throws Fault of kind `database` when a server that was named does not answer */
export async function databaseStatus({ databaseUrl, dataDir }: Settings): Promise<DatabaseStatus> {
  const kind = databaseUrl === null ? 'embedded' : 'external';
  const found = databaseUrl === null ? runningUrl(dataDir) : { url: databaseUrl };
  if (found.url === null) {
    return {
      kind,
      running: false,
      because: found.reason,
      server: null,
      version: null,
      pending: null,
      content: null,
      bytes: null,
    };
  }
  const pool = openPool(found.url, { max: 1, connectTimeoutMs: CONNECT_MS });
  try {
    const [row] = await pool.query<{ version: string; bytes: number; etl: boolean }>(
      `select current_setting('server_version') as version, pg_database_size(current_database())::float8 as bytes, to_regclass('etl.setting') is not null as etl`,
    );
    const content = row?.etl === true ? await readContentKind(pool) : null;
    return {
      kind,
      running: true,
      because: null,
      server: pool.name,
      version: row?.version ?? null,
      pending: await pending(pool),
      content,
      bytes: row?.bytes ?? null,
    };
  } finally {
    await pool.close();
  }
}

export function statusText({
  kind,
  running,
  because,
  server,
  version,
  pending: missing,
  content,
  bytes,
}: DatabaseStatus): string {
  if (!running) return `${kind} database, not running: ${because}`;
  const migrated =
    missing === null || missing.length === 0
      ? 'all applied'
      : `${missing.length} to apply (penstock db migrate): ${missing.join(', ')}`;
  return [
    `database:   PostgreSQL ${version} at ${server} (${kind}), running`,
    `migrations: ${migrated}`,
    `holds:      ${content === null ? 'nothing yet' : content === 'samples' ? 'generated samples, no measurements' : 'real data'}`,
    `size:       ${((bytes ?? 0) / 1_000_000).toFixed(1)} MB`,
  ].join('\n');
}
