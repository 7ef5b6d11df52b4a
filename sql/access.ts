/** Who may do what on each table of `public`: `sql/access.csv` says it, the live grants and policies must agree. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import type { Database } from '../core/effects.ts';
import { Fault } from '../core/errors.ts';

/** `public` stands for everybody; no table gives it anything. */
export const ACCESS_ROLES = ['anon', 'authenticated', 'service_role'] as const;
export const ACCESS_VERBS = ['select', 'insert', 'update', 'delete'] as const;

export interface AccessRow {
  /** `public.<name>` */
  readonly table: string;
  readonly role: (typeof ACCESS_ROLES)[number];
  /** Separated by spaces in the file. */
  readonly verbs: readonly (typeof ACCESS_VERBS)[number][];
}

/** The access rows that ship with penstock. */
export const SHIPPED_ACCESS: string = join(dirname(fileURLToPath(import.meta.url)), 'access.csv');

const rowSchema = z.strictObject({
  table: z.string().regex(/^public\.[a-z][a-z0-9_]*$/, 'must be public.<name>'),
  role: z.enum(ACCESS_ROLES),
  verbs: z
    .string()
    .transform((text) => text.split(' ').filter((verb) => verb !== ''))
    .pipe(z.array(z.enum(ACCESS_VERBS)).min(1, 'must name at least one verb')),
});

/** Reads `table,role,verbs`. @throws Fault `ACCESS_INVALID` that lists every bad line */
export async function readAccess(file: string = SHIPPED_ACCESS): Promise<AccessRow[]> {
  try {
    return accessRows(await readFile(file, 'utf8'), file);
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw invalid(file, [cause instanceof Error ? cause.message : String(cause)], cause);
  }
}

function accessRows(text: string, file: string): AccessRow[] {
  const records: { record: Record<string, string>; info: { lines: number } }[] = parse(text, {
    columns: true,
    info: true,
    bom: true,
  });
  const faults: string[] = [];
  const rows: AccessRow[] = [];
  const seen = new Set<string>();
  for (const { record, info } of records) {
    const parsed = rowSchema.safeParse(record);
    if (!parsed.success) {
      faults.push(
        ...parsed.error.issues.map((issue) => `line ${info.lines}: ${issue.path.join('.')}: ${issue.message}`),
      );
      continue;
    }
    const key = `${parsed.data.table} ${parsed.data.role}`;
    if (seen.has(key)) faults.push(`line ${info.lines}: ${key} is there twice`);
    seen.add(key);
    rows.push(parsed.data);
  }
  if (faults.length > 0) throw invalid(file, faults);
  return rows;
}

interface LiveAccess {
  readonly table: string;
  readonly view: boolean;
  /** Row-level security is on; a view reads with the rights of who asks, so that of its tables holds. */
  readonly secured: boolean;
  readonly role: string;
  readonly granted: readonly string[];
  readonly allowed: readonly string[];
}

// Column grants count as grants; a policy for PUBLIC counts for every role.
const LIVE_ACCESS = `
  select 'public.' || c.relname as table, c.relkind = 'v' as view, r.role,
    c.relrowsecurity or c.reloptions && array['security_invoker=true', 'security_invoker=on'] as secured,
    array(select v from unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) v
          where has_table_privilege(r.role, c.oid, v)
             or (v in ('select', 'insert', 'update', 'references') and has_any_column_privilege(r.role, c.oid, v))) as granted,
    array(select v from unnest(array['select', 'insert', 'update', 'delete']) v
          where exists (
            select from pg_policies p
            where p.schemaname = 'public' and p.tablename = c.relname and lower(p.cmd) in (v, 'all')
              and (r.role = any (p.roles::text[]) or 'public' = any (p.roles::text[])))) as allowed
  from pg_class c
  cross join unnest($1::text[]) as r(role)
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
  order by c.relname, r.role`;

/** How grants, policies and row-level security of every table and view of `public` differ from the rows, one sentence each. */
export async function accessFaults(db: Database, rows: readonly AccessRow[]): Promise<string[]> {
  const live = await db.query<LiveAccess>(LIVE_ACCESS, [[...ACCESS_ROLES, 'public']]);
  const tables = new Set(live.map(({ table }) => table));
  const described = new Set(rows.map(({ table }) => table));
  const faults = [...described]
    .filter((table) => !tables.has(table))
    .map((table) => `${table} has access rows, but does not exist`);
  for (const table of tables) {
    if (!described.has(table)) faults.push(`${table} has no access row`);
    else if (!live.some((entry) => entry.table === table && entry.secured))
      faults.push(`${table} has no row-level security`);
  }
  for (const { table, view, role, granted, allowed } of live.filter((entry) => described.has(entry.table))) {
    const wanted: readonly string[] = rows.find((row) => row.table === table && row.role === role)?.verbs ?? [];
    faults.push(...differences(table, role, 'grant', wanted, granted));
    // A view has no policies of its own.
    if (role !== 'public' && !view) faults.push(...differences(table, role, 'policy', wanted, allowed));
  }
  return faults;
}

function differences(
  table: string,
  role: string,
  kind: string,
  wanted: readonly string[],
  live: readonly string[],
): string[] {
  return [
    ...wanted
      .filter((verb) => !live.includes(verb))
      .map((verb) => `${table}: ${role} should have ${verb}, but has no ${kind} for it`),
    ...live
      .filter((verb) => !wanted.includes(verb))
      .map((verb) => `${table}: ${role} should not have ${verb}, but has a ${kind} for it`),
  ];
}

function invalid(file: string, faults: readonly string[], cause?: unknown): Fault {
  return new Fault({
    code: 'ACCESS_INVALID',
    kind: 'configuration',
    what: `the access rows cannot be used:\n${faults.map((fault) => `  - ${fault}`).join('\n')}\n`,
    where: file,
    consequence: 'nothing was compared',
    next: 'mend the file; its columns are table,role,verbs',
    cause,
  });
}
