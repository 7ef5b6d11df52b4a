/** What the server says about a table and its history that a load depends on: asked in one query before each dataset. */
import type { Table } from '../core/contract.ts';
import type { Database } from '../core/effects.ts';
import { tableName } from './ddl.ts';

export interface LiveColumn {
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  /** The server fills it when an insert leaves it out. */
  readonly hasDefault: boolean;
  /** `generated always`: an insert must leave it out. */
  readonly generated: boolean;
}

export interface LiveTrigger {
  readonly name: string;
  /** `schema.function` */
  readonly runs: string;
  /** Bits of `pg_trigger.tgtype`, see {@link TRIGGER}. */
  readonly type: number;
  /** Fires for every row: without a WHEN and without a list of columns. */
  readonly always: boolean;
  readonly enabled: boolean;
}

/** `pg_trigger.tgtype` */
export const TRIGGER = { row: 1, before: 2, insert: 4, delete: 8, update: 16 } as const;

/** A foreign key of another table that points at this one. */
export interface LiveReference {
  readonly name: string;
  readonly table: string;
  /** Checked when the transaction ends, not when the statement does. */
  readonly deferred: boolean;
  /** What happens to the referring row when its target is deleted. */
  readonly onDelete: 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default';
}

export interface LiveTable {
  readonly schema: 'public' | 'history';
  /** `r` table, `p` partitioned table, `v` view … */
  readonly kind: string;
  readonly columns: readonly LiveColumn[];
  readonly key: readonly string[];
  readonly keyValid: boolean;
  readonly unlogged: boolean;
  /** Row-level security hides rows from this connection's user. */
  readonly hidesRows: boolean;
  /** Partitions, or tables that inherit. */
  readonly children: readonly string[];
  /** Enabled rules on insert or delete. */
  readonly rules: readonly string[];
  readonly triggers: readonly LiveTrigger[];
  readonly references: readonly LiveReference[];
  /** Of `USAGE` (of the schema), `SELECT`, `INSERT`, `DELETE`: what this connection's user may not. */
  readonly denied: readonly string[];
}

const LIVE_TABLES = `
  select n.nspname as schema, c.relkind as kind, c.relpersistence = 'u' as unlogged,
    c.relrowsecurity and row_security_active(c.oid) as "hidesRows",
    coalesce((
      select json_agg(json_build_object(
        'name', a.attname,
        'type', format_type(a.atttypid, a.atttypmod),
        'notNull', a.attnotnull,
        'hasDefault', a.atthasdef or a.attidentity <> '',
        'generated', a.attgenerated <> '' or a.attidentity = 'a') order by a.attnum)
      from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    ), '[]') as columns,
    coalesce((
      select json_agg(a.attname order by k.place)
      from pg_index i
      cross join unnest(i.indkey::int2[]) with ordinality as k(attnum, place)
      join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
      where i.indrelid = c.oid and i.indisprimary
    ), '[]') as key,
    coalesce((
      select i.indisvalid and i.indisready from pg_index i where i.indrelid = c.oid and i.indisprimary
    ), true) as "keyValid",
    coalesce((
      select json_agg(h.inhrelid::regclass::text order by h.inhrelid::regclass::text) from pg_inherits h where h.inhparent = c.oid
    ), '[]') as children,
    coalesce((
      select json_agg(r.rulename order by r.rulename) from pg_rewrite r
      where r.ev_class = c.oid and r.ev_type in ('3', '4') and r.ev_enabled <> 'D'
    ), '[]') as rules,
    coalesce((
      select json_agg(json_build_object(
        'name', t.tgname,
        'runs', f.pronamespace::regnamespace::text || '.' || quote_ident(f.proname),
        'type', t.tgtype,
        'always', t.tgqual is null and t.tgattr::text = '',
        'enabled', t.tgenabled in ('O', 'A')) order by t.tgname)
      from pg_trigger t join pg_proc f on f.oid = t.tgfoid
      where not t.tgisinternal and t.tgparentid = 0
        and (t.tgrelid = c.oid or t.tgrelid in (select h.inhrelid from pg_inherits h where h.inhparent = c.oid))
    ), '[]') as triggers,
    coalesce((
      select json_agg(json_build_object(
        'name', r.conname,
        'table', r.conrelid::regclass::text,
        'deferred', r.condeferrable and r.condeferred,
        'onDelete', case r.confdeltype when 'a' then 'no action' when 'r' then 'restrict' when 'c' then 'cascade'
                      when 'n' then 'set null' else 'set default' end) order by r.conname)
      from pg_constraint r where r.confrelid = c.oid and r.contype = 'f' and r.conparentid = 0
    ), '[]') as references,
    array_remove(array[
      case when not has_schema_privilege(n.oid, 'USAGE') then 'USAGE' end,
      case when not has_table_privilege(c.oid, 'SELECT') then 'SELECT' end,
      case when not has_table_privilege(c.oid, 'INSERT') then 'INSERT' end,
      case when not has_table_privilege(c.oid, 'DELETE') then 'DELETE' end
    ], null) as denied
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('public', 'history') and c.relname = $1 and c.relkind in ('r', 'p', 'v', 'm', 'f')`;

/** The contract's table and its history as they are now; undefined: there is none of that name. */
export async function readLive(
  db: Database,
  table: Table,
): Promise<{ readonly current: LiveTable | undefined; readonly history: LiveTable | undefined }> {
  const live = await db.query<LiveTable>(LIVE_TABLES, [tableName(table)]);
  return {
    current: live.find(({ schema }) => schema === 'public'),
    history: live.find(({ schema }) => schema === 'history'),
  };
}
