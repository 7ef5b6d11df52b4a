/** Unmistakable texts in every text column of every table that anon may not read: whoever finds one in an answer has found a leak. */
import type { Pool } from '../../loaders/postgres/database.ts';

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly needed: boolean;
  readonly generated: boolean;
  /** A word that the column's check allows; null where it has no list. */
  readonly word: string | null;
}

const COLUMNS = `
  select format('%I.%I', n.nspname, c.relname) as table, a.attname as column, format_type(a.atttypid, null) as type,
    a.attnotnull and not a.atthasdef and a.attidentity = '' as needed, a.attgenerated <> '' or a.attidentity <> '' as generated,
    (select (regexp_match(pg_get_constraintdef(k.oid), '''([^'']+)'''))[1] from pg_constraint k
     where k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[a.attnum] limit 1) as word
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where n.nspname in ('public', 'etl') and c.relkind in ('r', 'p') and not c.relispartition
    and not has_any_column_privilege('anon', c.oid, 'select')
  order by 1, a.attnum`;

/** What the project shows on purpose (load_provenance): where a number is from. */
const SHOWN: ReadonlySet<string> = new Set(['etl.artifact.url', 'etl.artifact.sha256']);
/** Names that functions look tables up by. */
const NAMES: ReadonlySet<string> = new Set(['etl.load.table_name', 'etl.load.dataset', 'etl.artifact.dataset']);
/** Rights and roles are looked up in them. */
const WORKING: ReadonlySet<string> = new Set(['etl.setting', 'etl.migration_checksum']);

/** Constraints to other tables and triggers are left out, so that each table can be planted by itself. @returns the names of what was planted */
export async function plantCanaries(pool: Pool): Promise<string[]> {
  const columns = await pool.query<Column>(COLUMNS);
  const planted: string[] = [];
  const connection = await pool.connect();
  try {
    await connection.query(`set session_replication_role = replica`);
    for (const table of new Set(columns.map((column) => column.table))) {
      if (WORKING.has(table)) continue;
      const own = columns.filter((column) => column.table === table);
      await addRow(connection, table, own);
      for (const { column, type, generated, word } of own) {
        const name = `${table}.${column}`;
        if (type !== 'text' || generated || word !== null || SHOWN.has(name) || NAMES.has(name)) continue;
        const done = await tried(
          connection,
          `update ${table} set "${column}" = 'canary-${name}' where ctid = (select ctid from ${table} limit 1)`,
        );
        if (done) planted.push(name);
      }
    }
    for (const consent of ['private', 'aggregated'])
      for (const [table, names, values] of [
        [
          'public.indigenous_consultations',
          'title, status',
          `'canary-indigenous_consultations.title', 'canary-indigenous_consultations.status'`,
        ],
        [
          'public.consultation_events',
          'consultation_id, event_type, occurred_at',
          `'canary-consultation_events.consultation_id', 'x', now()`,
        ],
      ] as const)
        if (await tried(connection, `insert into ${table} (consent_type, ${names}) values ('${consent}', ${values})`))
          planted.push(`${table} ${consent}`);
  } finally {
    connection.release(true);
  }
  return planted;
}

async function addRow(
  connection: Parameters<typeof tried>[0],
  table: string,
  columns: readonly Column[],
): Promise<void> {
  const filled = columns.filter(({ needed, generated }) => needed && !generated);
  const names = filled.map(({ column }) => `"${column}"`).join(', ');
  const values = filled
    .map(({ type, word, table: of, column }) => valueOf(type, word, `canary-${of}.${column}`))
    .join(', ');
  await tried(
    connection,
    filled.length === 0 ? `insert into ${table} default values` : `insert into ${table} (${names}) values (${values})`,
  );
}

function valueOf(type: string, word: string | null, canary: string): string {
  if (type === 'text') return `'${word ?? canary}'`;
  if (/timestamp/.test(type)) return `now() - interval '1 hour'`;
  if (type === 'uuid') return `gen_random_uuid()`;
  if (type === 'jsonb') return `'{}'`;
  if (type === 'boolean') return `true`;
  if (type === 'date') return `current_date`;
  if (type.endsWith('[]')) return `'{}'`;
  return '1';
}

async function tried(connection: { query(text: string): Promise<unknown[]> }, statement: string): Promise<boolean> {
  try {
    return (await connection.query(`${statement} returning 1`)).length > 0;
  } catch {
    return false;
  }
}
