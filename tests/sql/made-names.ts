/** Which names each migration makes, found by applying the files one by one: what `adopted.set_aside` has to be told. */
import type { Pool } from '../../loaders/postgres/database.ts';
import { readMigrations } from '../../sql/migration-files.ts';

export const SET_ASIDE = '20261121000000';
export const ADOPT = '20261122190000';

export interface MadeNames {
  readonly version: string;
  readonly file: string;
  readonly text: string;
  /** `schema.name`, routines with `()`. */
  readonly names: readonly string[];
}

/** Applies the shipped migrations to an empty database and notes after each what is new in public, history and etl. */
export async function madeNames(pool: Pool): Promise<MadeNames[]> {
  const before = new Set(await names(pool));
  const made: MadeNames[] = [];
  for (const { version, file, text, statements } of await readMigrations()) {
    await pool.transaction(async (tx) => {
      for (const statement of statements) await tx.query(statement.text);
    });
    const fresh = (await names(pool)).filter((name) => !before.has(name));
    for (const name of fresh) before.add(name);
    made.push({ version, file, text, names: fresh });
  }
  return made;
}

/** The calls as they stand in the migration. */
export function setAsideSql(made: readonly MadeNames[], extra: Readonly<Record<string, readonly string[]>>): string {
  return made
    .map(({ version, names: found }) => ({ version, list: [...found, ...(extra[version] ?? [])].sort() }))
    .filter(({ version, list }) => list.length > 0 && version > SET_ASIDE && version < ADOPT)
    .map(({ version, list }) => `select adopted.set_aside('${version}', array[\n${wrapped(list)}\n]);\n`)
    .join('');
}

function wrapped(list: readonly string[]): string {
  const lines: string[] = [];
  for (const name of list.map((entry) => `'${entry}'`)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + name.length < 130) lines[lines.length - 1] = `${last}, ${name}`;
    else lines.push(`  ${name}`);
  }
  return lines.join(',\n');
}

async function names(pool: Pool): Promise<string[]> {
  const rows = await pool.query<{ name: string }>(
    `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('public', 'history', 'etl') and c.relkind <> 't'
     union select n.nspname || '.' || t.typname from pg_type t join pg_namespace n on n.oid = t.typnamespace
      where n.nspname in ('public', 'history', 'etl') and t.typtype in ('e', 'd', 'r')
     union select n.nspname || '.' || p.proname || '()' from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname in ('public', 'history', 'etl')
     order by 1`,
  );
  return rows.map(({ name }) => name);
}
