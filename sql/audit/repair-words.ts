/** Pieces of repair DDL: names of objects as statements take them, comments, owners, grants. */
import type { Catalog, CatalogObject } from '../../core/audit.ts';
import { identifier, textLiteral } from '../identifier.ts';
import { simpleName } from './renames.ts';
import { privileges } from './severity-when.ts';

/** `table public.t`, `constraint c on public.t`; as `comment on` takes it. */
export function target({ kind, name, parent }: CatalogObject): string {
  if (['constraint', 'trigger', 'rule', 'policy'].includes(kind))
    return `${kind} ${simpleName(name)} on ${relationOf(parent)}`;
  if (kind === 'function') return `routine ${name}`;
  if (kind === 'enum' || kind === 'composite type') return `type ${name}`;
  return `${kind} ${name}`;
}

/** The relation or schema in a key: `table public.t` → `public.t`. */
export function relationOf(parent: string | null): string {
  return (parent ?? '').replace(/^(table|view|materialized view|column|schema) /, '');
}

export function childrenOf(object: CatalogObject, catalog: Catalog): CatalogObject[] {
  const key = `${object.kind} ${object.name}`;
  return [...catalog.objects.values()].filter(({ parent }) => parent === key);
}

/** The migrating owner is whoever runs the repair. */
export function roleName(role: string): string {
  if (role === '(owner)') return 'current_user';
  return role === 'public' ? 'public' : identifier(role);
}

export function comment(object: CatalogObject, text: string | undefined): string {
  return `comment on ${target(object)} is ${text === undefined ? 'null' : textLiteral(text)};`;
}

export function owner(object: CatalogObject, name: string | undefined): string[] {
  return name === undefined ? [] : [`alter ${target(object)} owner to ${roleName(name)};`];
}

const GRANTED = 'granted to ';

/** Makes what one role was granted on an object as it is expected. */
export function regrant(
  attribute: string,
  before: CatalogObject,
  now: CatalogObject | null,
  catalog: Catalog,
): string[] {
  const wanted = privileges(before, attribute);
  const has = privileges(now, attribute);
  const role = attribute.slice(GRANTED.length);
  const to = role === 'its owner' ? roleName(before.attributes['owner'] ?? '(owner)') : roleName(role);
  const surplus = [...has].filter((privilege) => !wanted.has(privilege)).map((privilege) => privilege.replace('*', ''));
  const missing = [...wanted].filter(
    (privilege) => !has.has(privilege) || surplus.includes(privilege.replace('*', '')),
  );
  return [
    ...(surplus.length === 0 ? [] : [statement('revoke', surplus, before, `from ${to}`)]),
    ...grantTo(missing, before, to),
    // Taking a privilege on a table takes it on its columns too.
    ...(surplus.length === 0 ? [] : columnGrants(before, catalog, attribute)),
  ];
}

/** All grants of a new object. What hosted projects grant on it by default is taken away first. */
export function allGrants(object: CatalogObject): string[] {
  const attributes = Object.entries(object.attributes).filter(
    ([name]) => name.startsWith(GRANTED) && name !== 'granted to its owner',
  );
  const reset =
    object.kind === 'column'
      ? []
      : [statement('revoke', ['all'], object, 'from public, anon, authenticated, service_role')];
  return [
    ...reset,
    ...attributes.flatMap(([name, value]) => grantTo(value.split(', '), object, roleName(name.slice(GRANTED.length)))),
  ];
}

function columnGrants(table: CatalogObject, catalog: Catalog, attribute: string): string[] {
  if (table.kind !== 'table') return [];
  return childrenOf(table, catalog).flatMap((column) => {
    const granted = column.kind === 'column' ? column.attributes[attribute] : undefined;
    return granted === undefined ? [] : grantTo(granted.split(', '), column, roleName(attribute.slice(GRANTED.length)));
  });
}

function grantTo(wanted: readonly string[], object: CatalogObject, to: string): string[] {
  const plain = wanted.filter((privilege) => !privilege.endsWith('*'));
  const passing = wanted.filter((privilege) => privilege.endsWith('*')).map((privilege) => privilege.slice(0, -1));
  return [
    ...(plain.length === 0 ? [] : [statement('grant', plain, object, `to ${to}`)]),
    ...(passing.length === 0 ? [] : [statement('grant', passing, object, `to ${to} with grant option`)]),
  ];
}

function statement(verb: 'grant' | 'revoke', words: readonly string[], object: CatalogObject, whom: string): string {
  const list = words.map((word) => word.toLowerCase());
  if (object.kind === 'column') {
    const column = simpleName(object.name);
    return `${verb} ${list.map((word) => `${word} (${column})`).join(', ')} on table ${relationOf(object.parent)} ${whom};`;
  }
  if (object.kind === 'database') {
    return inDatabase(`${verb} ${list.join(', ')} on database %I ${whom}`);
  }
  return `${verb} ${list.join(', ')} on ${grantTarget(object)} ${whom};`;
}

/** Statements that name the database can only be written for the one that is connected. */
export function inDatabase(format: string): string {
  return `do $repair$ begin execute format(${textLiteral(format)}, current_database()); end $repair$;`;
}

function grantTarget(object: CatalogObject): string {
  const { kind, name } = object;
  if (kind === 'table' || kind === 'view' || kind === 'materialized view') return `table ${name}`;
  if (kind === 'function' || kind === 'aggregate') return `routine ${name}`;
  if (['enum', 'domain', 'composite type'].includes(kind)) return `type ${name}`;
  return `${kind} ${name}`;
}

/** What would lose something, for a person who knows better to take the dashes away. */
export function commentedOut(why: string, statements: readonly string[]): string[] {
  return [
    `-- ${why}`,
    ...statements
      .join('\n')
      .split('\n')
      .map((line) => `-- ${line}`),
  ];
}

/** `set (…)` for what should be, `reset (…)` for what should not. */
export function setOptions(alter: string, wanted: string | undefined, has: string | undefined): string[] {
  const list = (text: string | undefined): string[] => (text === undefined ? [] : text.split(', '));
  const set = list(wanted).filter((option) => !list(has).includes(option));
  const names = new Set(list(wanted).map((option) => option.split('=', 1)[0]));
  const reset = list(has)
    .map((option) => option.split('=', 1)[0] ?? '')
    .filter((name) => !names.has(name));
  return [
    ...(set.length === 0 ? [] : [`${alter} set (${set.join(', ')});`]),
    ...(reset.length === 0 ? [] : [`${alter} reset (${reset.join(', ')});`]),
  ];
}
