/** Does a live table still match its contract? Asked before each load, since tables are changed by hand as well. */
import { type Column, keyColumns, pgTypeName, type Table } from '../core/contract.ts';
import { CLOSED_BY_LOAD_ID, CREATED_AT, LOAD_ID, tableName } from './ddl.ts';
import type { Database } from '../core/effects.ts';

interface LiveColumn {
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  /** The server fills it when an insert leaves it out. */
  readonly hasDefault: boolean;
  /** `generated always`: an insert must leave it out. */
  readonly generated: boolean;
}

interface LiveTable {
  readonly schema: 'public' | 'history';
  /** `r` table, `p` partitioned table, `v` view … */
  readonly kind: string;
  readonly columns: readonly LiveColumn[];
  readonly key: readonly string[];
}

const LIVE_TABLES = `
  select n.nspname as schema, c.relkind as kind,
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
    ), '[]') as key
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('public', 'history') and c.relname = $1 and c.relkind in ('r', 'p', 'v', 'm', 'f')`;

/** How the live table and its history differ from the contract, one sentence each; empty when a load can go ahead. One query. */
export async function contractFaults(db: Database, table: Table): Promise<string[]> {
  const name = tableName(table);
  const live = await db.query<LiveTable>(LIVE_TABLES, [name]);
  const current = live.find(({ schema }) => schema === 'public');
  const history = live.find(({ schema }) => schema === 'history');
  const faults =
    current === undefined ? [`public.${name} does not exist`] : tableFaults(`public.${name}`, table, current);
  if (history === undefined) return [...faults, `history.${name} does not exist`];
  return [...faults, ...historyFaults(`history.${name}`, table, history, current)];
}

function tableFaults(name: string, table: Table, live: LiveTable): string[] {
  if (!isTable(live)) return [`${name} is not a table`];
  const owned = new Set([...Object.keys(table.columns), CREATED_AT, LOAD_ID]);
  return [
    ...Object.entries(table.columns).flatMap(([column, spec]) => columnFaults(name, column, spec, find(live, column))),
    ...bookkeepingFaults(name, live, { [CREATED_AT]: 'timestamp with time zone', [LOAD_ID]: 'bigint' }),
    ...live.columns
      .filter((column) => !owned.has(column.name) && column.notNull && !column.hasDefault)
      .map(
        (column) =>
          `${name}.${column.name} is not in the contract, is not null and has no default, so every row would be refused`,
      ),
    ...keyFaults(name, live, keyColumns(table)),
  ];
}

function historyFaults(name: string, table: Table, live: LiveTable, current: LiveTable | undefined): string[] {
  if (!isTable(live)) return [`${name} is not a table`];
  const contract = Object.entries(table.columns).flatMap(([column, spec]) =>
    columnFaults(name, column, spec, find(live, column)),
  );
  const extra = (current?.columns ?? [])
    .filter((column) => !(column.name in table.columns) && ![CREATED_AT, LOAD_ID].includes(column.name))
    .flatMap((column) => {
      const other = find(live, column.name);
      if (other === undefined) return [`${name} has no column ${column.name}, which its table in public has`];
      return other.type === column.type
        ? []
        : [`${name}.${column.name} is ${other.type}, in public it is ${column.type}`];
    });
  const bookkeeping = { [CREATED_AT]: 'timestamp with time zone', [LOAD_ID]: 'bigint', [CLOSED_BY_LOAD_ID]: 'bigint' };
  return [
    ...contract,
    ...extra,
    ...bookkeepingFaults(name, live, bookkeeping),
    ...keyFaults(name, live, [...keyColumns(table), LOAD_ID]),
  ];
}

function columnFaults(table: string, name: string, spec: Column, live: LiveColumn | undefined): string[] {
  if (live === undefined) return [`${table} has no column ${name}; the contract has ${name} ${pgTypeName(spec)}`];
  const faults: string[] = [];
  if (live.type !== pgTypeName(spec))
    faults.push(`${table}.${name} is ${live.type}, the contract says ${pgTypeName(spec)}`);
  if (live.notNull && !spec.required && !spec.key)
    faults.push(`${table}.${name} is not null, the contract allows missing values`);
  if (live.generated) faults.push(`${table}.${name} is generated by the database, so it cannot be loaded`);
  return faults;
}

function bookkeepingFaults(table: string, live: LiveTable, wanted: Readonly<Record<string, string>>): string[] {
  return Object.entries(wanted).flatMap(([name, type]) => {
    const column = find(live, name);
    if (column === undefined) return [`${table} has no column ${name} ${type}, which the loader needs`];
    return column.type === type ? [] : [`${table}.${name} is ${column.type}, the loader writes ${type}`];
  });
}

function keyFaults(table: string, live: LiveTable, wanted: readonly string[]): string[] {
  if (live.key.length === 0) return [`${table} has no primary key; the contract's key is (${wanted.join(', ')})`];
  // The order of the columns does not matter for what the key means.
  if (live.key.toSorted().join() === wanted.toSorted().join()) return [];
  return [`${table} has the primary key (${live.key.join(', ')}), the contract's key is (${wanted.join(', ')})`];
}

function isTable({ kind }: LiveTable): boolean {
  return kind === 'r' || kind === 'p';
}

function find(live: LiveTable, name: string): LiveColumn | undefined {
  return live.columns.find((column) => column.name === name);
}
