/** Who may do what, as the repository says it: `access.csv` (tables and views), `access-rows.csv` (verbs limited to some rows), `access-functions.csv`. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { Fault } from '../core/errors.ts';

/** `public` stands for everybody; no table and no function gives it anything. */
export const ACCESS_ROLES = ['anon', 'authenticated', 'service_role'] as const;
export const ACCESS_VERBS = ['select', 'insert', 'update', 'delete'] as const;

export type AccessRole = (typeof ACCESS_ROLES)[number];
export type AccessVerb = (typeof ACCESS_VERBS)[number];

export interface AccessRow {
  /** `public.<name>` */
  readonly table: string;
  readonly role: AccessRole;
  /** Separated by spaces in the file. */
  readonly verbs: readonly AccessVerb[];
}

/** Verbs that hold for some rows only; where there is none, a verb holds for all rows of the table. */
export interface RowRule extends AccessRow {
  /** The condition of the policy, as PostgreSQL prints it. */
  readonly rows: string;
  /** Which rows these are, in words. */
  readonly meaning: string;
}

export interface FunctionAccess {
  /** With schema and types of its arguments as PostgreSQL prints them: `public.as_of(anyelement, timestamp with time zone)`. */
  readonly function: string;
  /** With whose rights it runs: those of who calls it, or of who made it. */
  readonly security: 'invoker' | 'definer';
  /** Who may call it; a trigger function is called by nobody. */
  readonly roles: readonly AccessRole[];
}

export interface AccessMatrix {
  readonly tables: readonly AccessRow[];
  readonly rows: readonly RowRule[];
  readonly functions: readonly FunctionAccess[];
}

const SHIPPED = dirname(fileURLToPath(import.meta.url));

function words<const Word extends string>(allowed: readonly Word[]): z.ZodType<Word[], string> {
  return z
    .string()
    .transform((text) => text.split(' ').filter((word) => word !== ''))
    .pipe(z.array(z.enum(allowed)));
}

const table = z.string().regex(/^public\.[a-z][a-z0-9_]*$/, 'must be public.<name>');
const verbs = words(ACCESS_VERBS).refine(({ length }) => length > 0, 'must name at least one verb');
const tableSchema = z.strictObject({ table, role: z.enum(ACCESS_ROLES), verbs });
const rowSchema = z.strictObject({
  table,
  role: z.enum(ACCESS_ROLES),
  verbs,
  rows: z.string().min(1, 'must be the condition of the policy'),
  meaning: z.string().min(1, 'must say which rows these are'),
});
const functionSchema = z.strictObject({
  function: z.string().regex(/^(public|etl|history)\.[a-z][a-z0-9_]*\(.*\)$/, 'must be <schema>.<name>(<types>)'),
  security: z.enum(['invoker', 'definer']),
  roles: words(ACCESS_ROLES),
});

/** Reads `table,role,verbs`. @throws Fault `ACCESS_INVALID` that lists every bad line */
export async function readAccess(file: string = join(SHIPPED, 'access.csv')): Promise<AccessRow[]> {
  return await readRows(file, tableSchema, (row) => `${row.table} ${row.role}`);
}

/** Reads `table,role,verbs,rows,meaning`. @throws Fault `ACCESS_INVALID` that lists every bad line */
export async function readRowRules(file: string = join(SHIPPED, 'access-rows.csv')): Promise<RowRule[]> {
  return await readRows(file, rowSchema, (row) => `${row.table} ${row.role} ${row.verbs.join(' ')}`);
}

/** Reads `function,security,roles`. @throws Fault `ACCESS_INVALID` that lists every bad line */
export async function readFunctionAccess(
  file: string = join(SHIPPED, 'access-functions.csv'),
): Promise<FunctionAccess[]> {
  return await readRows(file, functionSchema, (row) => row.function);
}

/** All that ships with penstock. @throws Fault `ACCESS_INVALID` */
export async function readAccessMatrix(): Promise<AccessMatrix> {
  const [tables, rows, functions] = await Promise.all([readAccess(), readRowRules(), readFunctionAccess()]);
  return { tables, rows, functions };
}

async function readRows<Row>(file: string, schema: z.ZodType<Row>, keyOf: (row: Row) => string): Promise<Row[]> {
  try {
    return validRows(await readFile(file, 'utf8'), file, schema, keyOf);
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw invalid(file, [cause instanceof Error ? cause.message : String(cause)], cause);
  }
}

function validRows<Row>(text: string, file: string, schema: z.ZodType<Row>, keyOf: (row: Row) => string): Row[] {
  const records: { record: Record<string, string>; info: { lines: number } }[] = parse(text, {
    columns: true,
    info: true,
    bom: true,
  });
  const faults: string[] = [];
  const rows: Row[] = [];
  const seen = new Set<string>();
  for (const { record, info } of records) {
    const parsed = schema.safeParse(record);
    if (!parsed.success) {
      faults.push(
        ...parsed.error.issues.map((issue) => `line ${info.lines}: ${issue.path.join('.')}: ${issue.message}`),
      );
      continue;
    }
    const key = keyOf(parsed.data);
    if (seen.has(key)) faults.push(`line ${info.lines}: ${key} is there twice`);
    seen.add(key);
    rows.push(parsed.data);
  }
  if (faults.length > 0) throw invalid(file, faults);
  return rows;
}

function invalid(file: string, faults: readonly string[], cause?: unknown): Fault {
  return new Fault({
    code: 'ACCESS_INVALID',
    kind: 'configuration',
    what: `the access rows cannot be used:\n${faults.map((fault) => `  - ${fault}`).join('\n')}\n`,
    where: file,
    consequence: 'nothing was compared',
    next: 'mend the file; its columns are table,role,verbs (access.csv), table,role,verbs,rows,meaning (access-rows.csv) or function,security,roles (access-functions.csv)',
    cause,
  });
}
