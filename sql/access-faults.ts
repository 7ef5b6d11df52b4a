/** How the rights of a live database differ from what the repository says: grants, policies, row-level security, functions, views, sequences. */
import type { Database } from '../core/effects.ts';
import { ACCESS_ROLES, type AccessMatrix, type AccessVerb, type RowRule } from './access.ts';

interface LiveTable {
  readonly table: string;
  /** `r` and the like, as in pg_class. */
  readonly kind: string;
  /** Row-level security is on; a view reads with the rights of who asks, so that of its tables holds. */
  readonly secured: boolean;
  readonly role: string;
  readonly granted: readonly string[];
  /** `verb: condition` of every policy that lets the role do it, once for reading and once for writing. */
  readonly allowed: readonly { readonly verb: AccessVerb; readonly rows: string; readonly permissive: boolean }[];
}

// Column grants count as grants; a policy for PUBLIC counts for every role. A policy without a check for new rows uses its condition.
const LIVE_TABLES = `
  select 'public.' || c.relname as table, c.relkind as kind, r.role,
    case when c.relkind in ('v', 'm') then coalesce(c.reloptions && array['security_invoker=true', 'security_invoker=on'], false)
      else c.relrowsecurity end as secured,
    array(select v from unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) v
          where has_table_privilege(r.role, c.oid, v)
             or (v in ('select', 'insert', 'update', 'references') and has_any_column_privilege(r.role, c.oid, v))) as granted,
    coalesce((select json_agg(json_build_object('verb', v, 'rows', e.rows, 'permissive', p.permissive = 'PERMISSIVE'))
      from unnest(array['select', 'insert', 'update', 'delete']) v
      join pg_policies p on lower(p.cmd) in (v, 'all') and (r.role = any (p.roles::text[]) or 'public' = any (p.roles::text[]))
      cross join lateral (
        select p.qual as rows where v <> 'insert'
        union select coalesce(p.with_check, p.qual) where v in ('insert', 'update')) e
      where p.schemaname = 'public' and p.tablename = c.relname), '[]') as allowed
  from pg_class c
  cross join unnest($1::text[]) as r(role)
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
  order by c.relname, r.role`;

/** Every difference, one sentence each; none means that the database and the files agree. */
export async function accessFaults(db: Database, matrix: AccessMatrix): Promise<string[]> {
  return [
    ...(await tableFaults(db, matrix)),
    ...(await functionFaults(db, matrix)),
    ...(await closedFaults(db)),
    ...(await schemaFaults(db)),
  ];
}

async function tableFaults(db: Database, matrix: AccessMatrix): Promise<string[]> {
  const live = await db.query<LiveTable>(LIVE_TABLES, [[...ACCESS_ROLES, 'public']]);
  const tables = new Map(live.map((entry) => [entry.table, entry]));
  const described = new Set(matrix.tables.map(({ table }) => table));
  const faults = [...described, ...matrix.rows.map(({ table }) => table)]
    .filter((table) => !tables.has(table))
    .map((table) => `${table} has access rows, but does not exist`);
  for (const [table, { secured, kind }] of tables) {
    if (!described.has(table)) faults.push(`${table} has no access row`);
    if (!secured) faults.push(unsecured(table, kind));
  }
  for (const { table, kind, role, granted, allowed } of live.filter((entry) => described.has(entry.table))) {
    const wanted: readonly string[] =
      matrix.tables.find((row) => row.table === table && row.role === role)?.verbs ?? [];
    faults.push(...differences(table, role, 'grant', wanted, granted));
    // A view has no policies of its own.
    if (role === 'public' || isView(kind)) continue;
    faults.push(
      ...differences(table, role, 'policy', wanted, [...new Set(allowed.map(({ verb }) => verb))]),
      ...ruleFaults(table, role, allowed, matrix.rows),
    );
  }
  return faults;
}

/** A policy that lets through other rows than the file says. */
function ruleFaults(table: string, role: string, allowed: LiveTable['allowed'], rules: readonly RowRule[]): string[] {
  return allowed.flatMap(({ verb, rows, permissive }) => {
    if (!permissive) return [`${table}: a restrictive policy takes rows from ${role} (${verb}), which no file can say`];
    const wanted = rules.find((rule) => rule.table === table && rule.role === role && rule.verbs.includes(verb));
    const should = wanted?.rows ?? 'true';
    return rows === should ? [] : [`${table}: ${role} may ${verb} rows where ${rows}, it should be where ${should}`];
  });
}

interface LiveFunction {
  readonly function: string;
  readonly definer: boolean;
  readonly settings: readonly string[];
  readonly roles: readonly string[];
}

// Functions of extensions are theirs.
const LIVE_FUNCTIONS = `
  select n.nspname || '.' || p.proname || '(' || array_to_string(
      array(select format_type(t, null) from unnest(p.proargtypes) with ordinality a(t, place) order by place), ', ') || ')' as function,
    p.prosecdef as definer, coalesce(p.proconfig, '{}') as settings,
    array(select r from unnest($1::text[]) r where has_function_privilege(r, p.oid, 'execute')) as roles
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where n.nspname in ('public', 'etl', 'history')
    and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
  order by 1`;

async function functionFaults(db: Database, { functions }: AccessMatrix): Promise<string[]> {
  const live = await db.query<LiveFunction>(LIVE_FUNCTIONS, [[...ACCESS_ROLES, 'public']]);
  const faults = functions
    .filter((row) => !live.some((entry) => entry.function === row.function))
    .map((row) => `${row.function} has an access row, but does not exist`);
  for (const { function: name, definer, settings, roles } of live) {
    if (!settings.includes('search_path=""')) faults.push(`${name} has no fixed search_path`);
    const row = functions.find((entry) => entry.function === name);
    if (row === undefined) {
      faults.push(`${name} has no access row${definer ? ", and runs with its owner's rights" : ''}`);
      continue;
    }
    if (definer !== (row.security === 'definer'))
      faults.push(`${name} runs as ${definer ? 'definer' : 'invoker'}, the file says ${row.security}`);
    for (const role of [...ACCESS_ROLES, 'public']) {
      const wanted = row.roles.some((one) => one === role) ? ['execute'] : [];
      faults.push(...differences(name, role, 'grant', wanted, roles.includes(role) ? ['execute'] : []));
    }
  }
  return faults;
}

interface LiveRelation {
  readonly name: string;
  readonly kind: string;
  readonly secured: boolean;
  readonly roles: readonly string[];
}

// Tables of etl and history are the service's; a sequence of any schema gives whoever may use it a way to write.
const LIVE_CLOSED = `
  select n.nspname || '.' || c.relname as name, c.relkind as kind,
    case when c.relkind in ('v', 'm') then coalesce(c.reloptions && array['security_invoker=true', 'security_invoker=on'], false)
      else c.relrowsecurity end as secured,
    array(select r from unnest(array['anon', 'authenticated', 'public']) r
          where case when c.relkind = 'S' then has_sequence_privilege(r, c.oid, 'usage, select, update')
            else has_table_privilege(r, c.oid, 'select, insert, update, delete, truncate, references, trigger')
              or has_any_column_privilege(r, c.oid, 'select, insert, update, references') end) as roles
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where (n.nspname in ('etl', 'history') and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S'))
     or (n.nspname = 'public' and c.relkind = 'S')
  order by 1`;

async function closedFaults(db: Database): Promise<string[]> {
  const live = await db.query<LiveRelation>(LIVE_CLOSED);
  return live.flatMap(({ name, kind, secured, roles }) => [
    ...roles.map((role) => `${name}: ${role} should not touch it, but has a grant`),
    ...(kind === 'S' || secured ? [] : [unsecured(name, kind)]),
  ]);
}

// Tables of earlier migrations keep their grants in adopted, so the door of that schema is what counts.
async function schemaFaults(db: Database): Promise<string[]> {
  const live = await db.query<{ role: string; schema: string; verb: string }>(
    `select r as role, n.nspname as schema, v as verb
     from unnest(array['anon', 'authenticated', 'public']) r
     cross join pg_namespace n cross join unnest(array['usage', 'create']) v
     where (n.nspname in ('public', 'etl', 'history') or n.nspname ~ '^adopted(_[0-9]+)?$')
       and has_schema_privilege(r, n.oid, v) and (n.nspname, v) <> ('public', 'usage')`,
  );
  return live.map(
    ({ role, schema, verb }) => `schema ${schema}: ${role} should not have ${verb}, but has a grant for it`,
  );
}

function unsecured(name: string, kind: string): string {
  return isView(kind) ? `${name} reads with its owner's rights` : `${name} has no row-level security`;
}

function isView(kind: string): boolean {
  return kind === 'v' || kind === 'm';
}

function differences(
  object: string,
  role: string,
  kind: string,
  wanted: readonly string[],
  live: readonly string[],
): string[] {
  return [
    ...wanted
      .filter((verb) => !live.includes(verb))
      .map((verb) => `${object}: ${role} should have ${verb}, but has no ${kind} for it`),
    ...live
      .filter((verb) => !wanted.includes(verb))
      .map((verb) => `${object}: ${role} should not have ${verb}, but has a ${kind} for it`),
  ];
}
