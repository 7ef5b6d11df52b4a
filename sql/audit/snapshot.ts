/** Reads the catalog of a database as plain objects, in one consistent view of it. */
import type { Catalog, CatalogObject, ObjectKind } from '../../core/audit.ts';
import type { Database } from '../../core/effects.ts';
import { Fault } from '../../core/errors.ts';
import * as attached from './catalog/attached.ts';
import * as functions from './catalog/functions.ts';
import * as openings from './catalog/openings.ts';
import * as relations from './catalog/relations.ts';
import * as server from './catalog/server.ts';
import { hasState } from '../sqlstate.ts';
import { unreadable } from './catalog/unread.ts';
import { ofExtension, SCHEMA_LIST } from './catalog/words.ts';

const QUERIES: readonly string[] = [attached, functions, relations, server, openings].flatMap((queries) =>
  Object.values(queries).filter((query): query is string => typeof query === 'string'),
);

/**
 * The catalog as of one instant. Reads only.
 * @throws Fault `AUDIT_NOT_ALLOWED` when the user may not read all of it: an audit that sees a part proves nothing
 */
export async function snapshot(db: Database): Promise<Catalog> {
  return await db.transaction(async (tx) => {
    await tx.query('set transaction isolation level repeatable read, read only');
    return await readCatalog(tx);
  });
}

/** The same inside a transaction that is there. */
export async function readCatalog(tx: Database): Promise<Catalog> {
  try {
    await tx.query(CANONICAL_SETTINGS);
    const owner = await migratingOwner(tx);
    const objects: CatalogObject[] = [];
    for (const query of QUERIES) {
      const rows = await tx.query<Row>(query, query.includes('$1') ? [owner] : []);
      objects.push(...rows.map(objectOf));
    }
    objects.push(...(await unreadable(tx)));
    const [row] = await tx.query<{ major: number }>(
      `select current_setting('server_version_num')::int / 10000 as major`,
    );
    return { major: row?.major ?? 0, objects: new Map(objects.map((object) => [keyOf(object), object])) };
  } catch (error) {
    throw notAllowed(error) ?? error;
  }
}

/** Objects are told apart by kind and name. */
export function keyOf({ kind, name }: Pick<CatalogObject, 'kind' | 'name'>): string {
  return `${kind} ${name}`;
}

// With an empty search path the server writes every name with its schema; the rest decides how constants are written. Without
// row_security a table whose rows are hidden from us is an error instead of an empty table.
const CANONICAL_SETTINGS = `
  select set_config(name, value, true) from (values
    ('search_path', ''), ('timezone', 'UTC'), ('datestyle', 'ISO, YMD'), ('intervalstyle', 'postgres'), ('bytea_output', 'hex'),
    ('extra_float_digits', '1'), ('quote_all_identifiers', 'off'), ('row_security', 'off'), ('statement_timeout', '0')
  ) as wanted(name, value)`;

interface Row {
  readonly kind: ObjectKind;
  readonly name: string;
  readonly parent: string | null;
  readonly attributes: Readonly<Record<string, string | null>>;
  readonly ddl?: string;
}

function objectOf({ kind, name, parent, attributes, ddl }: Row): CatalogObject {
  const set = Object.entries(attributes).filter((pair): pair is [string, string] => pair[1] !== null);
  return { kind, name, parent, attributes: Object.fromEntries(set), ...(ddl !== undefined && { ddl }) };
}

/**
 * Who owns most of what is there: its name is a matter of the server, so it is not compared; the owner of a single table that differs
 * from it is.
 */
async function migratingOwner(tx: Database): Promise<string> {
  const [row] = await tx.query<{ owner: string }>(
    `select pg_get_userbyid(owner)::text as owner, count(*) from (
       select c.relowner as owner, c.relnamespace as namespace from pg_class c where not ${ofExtension('pg_class', 'c.oid')}
       union all select p.proowner, p.pronamespace from pg_proc p where not ${ofExtension('pg_proc', 'p.oid')}
     ) o join pg_namespace n on n.oid = o.namespace
     where n.nspname in (${SCHEMA_LIST})
     group by owner order by 2 desc, 1 limit 1`,
  );
  if (row !== undefined) return row.owner;
  const [other] = await tx.query<{ owner: string }>(
    'select pg_get_userbyid(datdba)::text as owner from pg_database where datname = current_database()',
  );
  return other?.owner ?? '';
}

/** null: it is another error. */
export function notAllowed(error: unknown): Fault | null {
  if (!hasState(error, '42501')) return null;
  return new Fault({
    code: 'AUDIT_NOT_ALLOWED',
    kind: 'configuration',
    what: `the database user may not read all of the catalog: ${error.message}`,
    consequence: 'nothing was judged, because an audit that sees a part of the database proves nothing',
    next: 'connect as the owner of the database, then: npm run pipeline -- db audit',
    cause: error,
  });
}
