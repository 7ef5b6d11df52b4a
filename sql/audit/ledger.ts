/** What the ledger of a database says against the folder of migrations: what was applied, edited since, is pending, or nobody here knows. */
import type { MigrationState } from '../../core/audit.ts';
import type { Database } from '../../core/effects.ts';
import type { Migration } from '../migration-files.ts';
import { differenceOf, type Recorded } from '../migration-next.ts';

export interface Ledger {
  /** In the order in which they are replayed: the text that was applied, also where the file says something else by now. */
  readonly applied: readonly Step[];
  readonly pending: readonly Step[];
  readonly edited: readonly { readonly file: string; readonly difference: string }[];
  /** Versions that the folder does not have. */
  readonly foreign: readonly string[];
  readonly states: readonly MigrationState[];
}

export interface Step {
  readonly file: string;
  readonly statements: readonly string[];
}

/** The rows of the ledger; none when the database was never migrated. Works inside a read-only transaction. */
export async function readLedger(tx: Database): Promise<Recorded[]> {
  const [there] = await tx.query<{ ledger: boolean; checksums: boolean; statements: boolean }>(
    `select to_regclass('supabase_migrations.schema_migrations') is not null as ledger,
       to_regclass('etl.migration_checksum') is not null as checksums,
       exists (select from pg_attribute where attrelid = to_regclass('supabase_migrations.schema_migrations') and attname = 'statements' and not attisdropped) as statements`,
  );
  if (there?.ledger !== true) return [];
  return await tx.query<Recorded>(
    `select m.version, ${there.checksums ? 'c.sha256' : 'null as sha256'}, ${there.statements ? 'm.statements' : 'null::text[] as statements'}
     from supabase_migrations.schema_migrations m
     ${there.checksums ? 'left join etl.migration_checksum c using (version)' : ''}
     order by m.version`,
  );
}

export function compareLedger(files: readonly Migration[], rows: readonly Recorded[]): Ledger {
  const recorded = new Map(rows.map((row) => [row.version, row]));
  const versions = new Set(files.map(({ version }) => version));
  const applied: Step[] = [];
  const pending: Step[] = [];
  const edited: { readonly file: string; readonly difference: string }[] = [];
  const states: MigrationState[] = [];
  for (const migration of files) {
    const { version, file } = migration;
    const statements = migration.statements.map(({ text }) => text);
    const row = recorded.get(version);
    const difference = row === undefined ? null : differenceOf(row, migration);
    if (row === undefined) pending.push({ file, statements });
    else applied.push({ file, statements: difference === null ? statements : (row.statements ?? statements) });
    if (difference !== null) edited.push({ file, difference });
    states.push({ version, file, state: row === undefined ? 'pending' : difference === null ? 'applied' : 'edited' });
  }
  const foreign = rows.map(({ version }) => version).filter((version) => !versions.has(version));
  states.push(...foreign.map((version) => ({ version, file: version, state: 'foreign' as const })));
  return {
    applied,
    pending,
    edited,
    foreign,
    states: states.toSorted((a, b) => (a.version < b.version ? -1 : Number(a.version > b.version))),
  };
}
