/** Objects written again from the catalog: what makes a missing one. */
import type { Catalog, CatalogObject } from '../../core/audit.ts';
import { allGrants, childrenOf, comment, owner, relationOf } from './repair-words.ts';
import { simpleName } from './renames.ts';

/** Statements that make the object with its children; null where it cannot be written from the catalog. */
export function create(object: CatalogObject, catalog: Catalog): string[] | null {
  const made = definition(object, catalog);
  if (made === null) return null;
  const { attributes } = object;
  // The migrating owner has it already.
  const other = attributes['owner'] === '(owner)' ? [] : owner(object, attributes['owner']);
  const grantable = ['table', 'view', 'materialized view', 'function', 'sequence', 'enum'].includes(object.kind);
  return [
    ...made,
    ...other,
    ...(grantable ? allGrants(object) : []),
    // After those of the table: taking a privilege on a table takes it on its columns too.
    ...(object.kind === 'table' ? columnsOf(object, catalog).flatMap(allGrants) : []),
    ...(attributes['comment'] === undefined ? [] : [comment(object, attributes['comment'])]),
  ];
}

function definition(object: CatalogObject, catalog: Catalog): string[] | null {
  const { kind, name, attributes, ddl } = object;
  switch (kind) {
    case 'extension':
      return [`create extension if not exists ${name} with schema ${attributes['schema']};`];
    case 'role':
      return [`create role ${name} nologin;`];
    case 'enum':
      return [`create type ${name} as enum (${attributes['values']});`];
    case 'sequence':
      return [
        `create sequence ${name} ${attributes['definition']};`,
        ...(attributes['owned by'] === undefined ? [] : [`alter sequence ${name} owned by ${attributes['owned by']};`]),
      ];
    case 'table':
      return table(object, catalog);
    case 'column':
      return column(object, catalog);
    case 'constraint':
      return constraint(object);
    case 'index':
      return index(object, catalog);
    case 'view':
    case 'materialized view':
      return view(object, catalog);
    case 'function':
      return ddl === undefined ? null : [`${ddl.trim()};`];
    case 'trigger':
      return [`${attributes['definition']};`, ...(attributes['enabled'] === 'yes' ? [] : enabled(object))];
    case 'rule':
      return [attributes['definition'] ?? '', ...(attributes['enabled'] === 'yes' ? [] : enabled(object))];
    case 'policy':
      return [policy(object)];
    case 'statistics':
      return [`${attributes['definition']};`];
    default:
      return null;
  }
}

function columnsOf(object: CatalogObject, catalog: Catalog): CatalogObject[] {
  return childrenOf(object, catalog).filter(({ kind }) => kind === 'column');
}

function table(object: CatalogObject, catalog: Catalog): string[] | null {
  const { name, attributes } = object;
  const special = ['partition key', 'partition bound', 'inherits', 'of type'].some((key) => key in attributes);
  if (special || attributes['persistence'] === 'temporary') return null;
  const children = childrenOf(object, catalog);
  const columns = columnsOf(object, catalog);
  const options = attributes['options'] === undefined ? '' : ` with (${attributes['options']})`;
  const parts = children
    .filter(({ kind }) => kind !== 'column')
    .toSorted((a, b) => rank(a) - rank(b))
    .map((child) => create(child, catalog));
  if (parts.some((part) => part === null)) return null;
  return [
    `create ${attributes['persistence'] === 'unlogged' ? 'unlogged ' : ''}table ${name} (\n${columns.map((child) => `  ${columnDdl(child)}`).join(',\n')}\n)${options};`,
    ...rowSecurity(object),
    ...columns.flatMap((child) => afterColumn(child, catalog)),
    ...parts.flatMap((part) => part ?? []),
  ];
}

/** Keys first: foreign keys and indexes may need them. */
function rank({ kind, attributes }: CatalogObject): number {
  if (kind === 'constraint') return /^(PRIMARY|UNIQUE|EXCLUDE)/.test(attributes['definition'] ?? '') ? 0 : 1;
  return ['index', 'policy', 'rule', 'trigger'].indexOf(kind) + 2;
}

export function rowSecurity({ name, attributes }: CatalogObject): string[] {
  const [on = 'off', forced] = (attributes['row security'] ?? 'off').split(', ');
  return [
    `alter table ${name} ${on === 'on' ? 'enable' : 'disable'} row level security;`,
    `alter table ${name} ${forced === undefined ? 'no force' : 'force'} row level security;`,
  ];
}

function columnDdl({ name, attributes }: CatalogObject, nullable: boolean = false): string {
  const { type, collation, default: preset, generated, identity } = attributes;
  return [
    simpleName(name),
    type,
    collation === undefined ? '' : `collate ${collation}`,
    preset === undefined ? '' : `default ${preset}`,
    generated === undefined
      ? ''
      : `generated always as (${generated.replace(/ (stored|virtual)$/, '')}) ${generated.endsWith('virtual') ? 'virtual' : 'stored'}`,
    identity === undefined ? '' : `generated ${identity} as identity`,
    nullable || attributes['not null'] === 'no' ? '' : 'not null',
  ]
    .filter((word) => word !== '')
    .join(' ');
}

function afterColumn(object: CatalogObject, catalog: Catalog): string[] {
  const { attributes, parent, name } = object;
  const alter = `alter table ${relationOf(parent)} alter column ${simpleName(name)}`;
  return [
    ...(attributes['storage'] === undefined ? [] : [`${alter} set storage ${attributes['storage']};`]),
    ...(attributes['compression'] === undefined ? [] : [`${alter} set compression ${attributes['compression']};`]),
    ...(attributes['statistics'] === undefined ? [] : [`${alter} set statistics ${attributes['statistics']};`]),
    ...(attributes['options'] === undefined ? [] : [`${alter} set (${attributes['options']});`]),
    ...allGrants(object),
    ...(attributes['comment'] === undefined ? [] : [comment(object, attributes['comment'])]),
    // The sequence of an identity, which hosted projects open to requests by default.
    ...childrenOf(object, catalog).flatMap((sequence) => (sequence.kind === 'sequence' ? allGrants(sequence) : [])),
  ];
}

function column(object: CatalogObject, catalog: Catalog): string[] | null {
  if (!(object.parent ?? '').startsWith('table ')) return null;
  const alter = `alter table ${relationOf(object.parent)}`;
  const { default: preset, identity, generated } = object.attributes;
  const fills = preset !== undefined || identity !== undefined || generated !== undefined;
  const required = object.attributes['not null'] !== 'no' && !fills;
  return [
    `${alter} add column ${columnDdl(object, required)};`,
    ...(required
      ? [`-- it must hold a value in every row first\n${alter} alter column ${simpleName(object.name)} set not null;`]
      : []),
    ...afterColumn(object, catalog),
  ];
}

/** A check or reference is added without looking at the rows, which needs a short lock only, and validated after. */
export function constraint({ name, parent, attributes }: CatalogObject): string[] {
  const alter = `alter table ${relationOf(parent)}`;
  const { definition: text = '', validated } = attributes;
  if (!/^(CHECK|FOREIGN KEY)/.test(text)) return [`${alter} add constraint ${simpleName(name)} ${text};`];
  if (text.endsWith(' NOT ENFORCED')) return [`${alter} add constraint ${simpleName(name)} ${text};`];
  return [
    `${alter} add constraint ${simpleName(name)} ${text} not valid;`,
    ...(validated === 'no' ? [] : [`${alter} validate constraint ${simpleName(name)};`]),
  ];
}

export function index(object: CatalogObject, catalog: Catalog): string[] {
  const partitioned = catalog.objects.get(object.parent ?? '')?.attributes['kind'] === 'partitioned table';
  const text = object.attributes['definition'] ?? '';
  return [`${partitioned ? text : text.replace(/^CREATE (UNIQUE )?INDEX /, 'CREATE $1INDEX CONCURRENTLY ')};`];
}

export function view(object: CatalogObject, catalog: Catalog, replace: boolean = false): string[] {
  const { kind, name, attributes } = object;
  const options = attributes['options'] === undefined ? '' : ` with (${attributes['options']})`;
  const body = (attributes['definition'] ?? '').trim().replace(/;$/, '');
  const children = replace ? [] : childrenOf(object, catalog);
  return [
    `create ${replace ? 'or replace ' : ''}${kind} ${name}${options} as\n${body};`,
    ...children.flatMap((child) =>
      child.kind === 'column' ? afterColumn(child, catalog) : (create(child, catalog) ?? []),
    ),
  ];
}

export function policy({ name, parent, attributes }: CatalogObject): string {
  const { command, roles = 'public', using, 'with check': check, permissive } = attributes;
  const to = roles
    .split(', ')
    .map((role) => (role === '(owner)' ? 'current_user' : role))
    .join(', ');
  return [
    `create policy ${simpleName(name)} on ${relationOf(parent)}`,
    permissive === 'no' ? ' as restrictive' : '',
    ` for ${command} to ${to}`,
    using === undefined ? '' : ` using (${using})`,
    check === undefined ? '' : ` with check (${check})`,
    ';',
  ].join('');
}

/** Triggers and rules can be switched. */
export function enabled({ kind, name, parent, attributes }: CatalogObject): string[] {
  const words: Readonly<Record<string, string>> = {
    yes: 'enable',
    no: 'disable',
    always: 'enable always',
    'on replicas only': 'enable replica',
  };
  const how = words[attributes['enabled'] ?? ''];
  return how === undefined ? [] : [`alter table ${relationOf(parent)} ${how} ${kind} ${simpleName(name)};`];
}
