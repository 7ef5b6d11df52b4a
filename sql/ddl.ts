/** The tables of a contract as SQL: `public.x` with its access, and `history.x` for the closed versions. */
import { type Column, keyColumns, pgTypeName, type Table } from '../core/contract.ts';
import { ACCESS_VERBS, type AccessVerb } from './access.ts';
import { identifier, qualified, textLiteral } from './identifier.ts';

/** A column that the database has and the contract does not: no source gives it. It is always nullable. */
export interface ExtraColumn {
  readonly name: string;
  /** As PostgreSQL writes it, e.g. `double precision`. */
  readonly type: string;
  readonly doc: string;
}

export interface DdlOptions {
  /** What a row is, one sentence; the definition's title. */
  readonly title: string;
  readonly extra?: readonly ExtraColumn[];
}

/** The columns that the platform adds to those of the contract; the last two are written by the loader only. */
export const CREATED_AT = 'created_at';
export const LOAD_ID = 'load_id';
export const CLOSED_BY_LOAD_ID = 'closed_by_load_id';

/**
 * Both tables, comments, row-level security and grants. Every statement may run again: what exists already stays as it is.
 * `created_at` has no default in history: it moves there with the row.
 */
export function createTableSql(table: Table, options: DdlOptions): string {
  const name = tableName(table);
  return `${publicTable(table, name, options)}\n${historyTable(table, name, options)}`;
}

/** `ontario_prices` of `public.ontario_prices`. */
export function tableName(table: Table): string {
  return table.name.slice(table.name.indexOf('.') + 1);
}

/** What `service_role` may do: edits by hand only where the edit trigger makes a version of each; elsewhere only loads write. */
export function serviceVerbs(table: Table): readonly AccessVerb[] {
  return table.edits === 'kept' ? ACCESS_VERBS : ['select'];
}

function publicTable(table: Table, name: string, options: DdlOptions): string {
  const target = qualified('public', name);
  const lines = [
    ...columnLines(table, options),
    `${CREATED_AT} timestamp with time zone not null default now()`,
    `${LOAD_ID} bigint not null`,
    `constraint ${identifier(`${name}_pkey`)} primary key (${keyColumns(table).map(identifier).join(', ')})`,
    ...foreignKeys(table, name),
  ];
  return `-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists ${target} (
${indent(lines)}
);
${comments(target, table, options).join('\n')}
comment on column ${target}.${CREATED_AT} is 'When this version of the row was written.';
comment on column ${target}.${LOAD_ID} is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table ${target} enable row level security;
revoke all on ${target} from public, anon, authenticated, service_role;
grant select on ${target} to anon, authenticated;
grant ${serviceVerbs(table).join(', ')} on ${target} to service_role;
${policy(target, `${name}_read`, 'for select to anon, authenticated using (true)')}
${policy(target, `${name}_service`, table.edits === 'kept' ? 'for all to service_role using (true) with check (true)' : 'for select to service_role using (true)')}
${table.edits === 'kept' ? editTrigger(target, name) : ''}`;
}

// A load of another dataset may bring the row that is referred to, or take it away, so a reference is checked at the end of the transaction.
function foreignKeys(table: Table, name: string): string[] {
  return Object.entries(table.columns).flatMap(([column, { references }]) =>
    references === undefined
      ? []
      : [
          `constraint ${identifier(`${name}_${column}_fkey`.slice(0, 63))} foreign key (${identifier(column)}) references ${references} deferrable initially deferred`,
        ],
  );
}

/** Two: before the statement it waits for a load under way and refuses truncate, for each row it records the edit. */
function editTrigger(target: string, name: string): string {
  const trigger = (suffix: string, level: string): string =>
    `create or replace trigger ${identifier(`${name}_${suffix}`.slice(0, 63))} before insert or update or delete${level === 'statement' ? ' or truncate' : ''} on ${target} for each ${level} execute function etl.record_edit();\n`;
  return `${trigger('edit_lock', 'statement')}${trigger('edit', 'row')}`;
}

function historyTable(table: Table, name: string, options: DdlOptions): string {
  const target = qualified('history', name);
  const lines = [
    ...columnLines(table, options),
    `${CREATED_AT} timestamp with time zone not null`,
    `${LOAD_ID} bigint not null`,
    `${CLOSED_BY_LOAD_ID} bigint not null`,
    `constraint ${identifier(`${name}_pkey`)} primary key (${[...keyColumns(table), LOAD_ID].map(identifier).join(', ')})`,
  ];
  return `create table if not exists ${target} (
${indent(lines)}
);
create index if not exists ${identifier(`${name}_${CLOSED_BY_LOAD_ID}_idx`.slice(0, 63))} on ${target} (${CLOSED_BY_LOAD_ID});
comment on table ${target} is ${textLiteral(`Closed versions of public.${name}: revised or withdrawn by the publisher.`)};
${comments(target, table, { ...options, title: '' }).join('\n')}
comment on column ${target}.${CREATED_AT} is 'When this version of the row was written.';
comment on column ${target}.${LOAD_ID} is 'The load that wrote this version.';
comment on column ${target}.${CLOSED_BY_LOAD_ID} is 'The load that replaced or withdrew this version.';
alter table ${target} enable row level security;
revoke all on ${target} from public, anon, authenticated, service_role;
grant select on ${target} to service_role;
${policy(target, `${name}_service`, 'for select to service_role using (true)')}
`;
}

function columnLines(table: Table, { extra = [] }: DdlOptions): string[] {
  return [
    ...Object.entries(table.columns).map(([name, column]) => columnSql(name, column)),
    ...extra.map(({ name, type }) => `${identifier(name)} ${type}`),
  ];
}

/** One column as it stands in `create table`, e.g. `hour timestamp with time zone not null`. */
export function columnSql(name: string, column: Column): string {
  return `${identifier(name)} ${pgTypeName(column)}${column.key || column.required ? ' not null' : ''}`;
}

function comments(target: string, table: Table, { title, extra = [] }: DdlOptions): string[] {
  const docs = [
    ...Object.entries(table.columns).map(([name, { doc, unit }]) => ({ name, doc, unit })),
    ...extra.map(({ name, doc }) => ({ name, doc, unit: null })),
  ];
  return [
    ...(title === '' ? [] : [`comment on table ${target} is ${textLiteral(sentence(title))};`]),
    ...docs
      .filter(({ doc }) => doc !== '')
      .map(
        ({ name, doc, unit }) =>
          `comment on column ${target}.${identifier(name)} is ${textLiteral(columnComment({ doc, unit }))};`,
      ),
  ];
}

/** What the database says about a column: its doc as a sentence, and the unit. */
export function columnComment({ doc, unit }: Pick<Column, 'doc' | 'unit'>): string {
  return unit === null ? sentence(doc) : `${sentence(doc)} Unit: ${unit}.`;
}

function policy(target: string, name: string, rule: string): string {
  return `drop policy if exists ${identifier(name)} on ${target};\ncreate policy ${identifier(name)} on ${target} ${rule};`;
}

function indent(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join(',\n');
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
