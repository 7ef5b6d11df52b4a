/** DDL that would put one difference right, for a person to read and run. What would drop or change values is commented out. */
import type { Catalog, CatalogObject } from '../../core/audit.ts';
import type { Comparison, Difference } from './compare.ts';
import { constraint, create, enabled, rowSecurity, view } from './repair-create.ts';
import { alterColumn } from './repair-column.ts';
import { repairServer } from './repair-server.ts';
import { childrenOf, comment, commentedOut, owner, regrant, relationOf, setOptions, target } from './repair-words.ts';
import { simpleName } from './renames.ts';

/** null: it cannot be written from the catalog, or would lose data. */
export function repairOf(difference: Difference, { expected, actual }: Comparison): string | null {
  const statements = repairs(difference, expected, actual);
  return statements === null || statements.length === 0 ? null : statements.join('\n');
}

function repairs(difference: Difference, expected: Catalog, actual: Catalog): string[] | null {
  const { difference: attribute, expected: before, actual: now } = difference;
  const server = repairServer(difference);
  if (server !== undefined) return server;
  if (before === null) return now === null || attribute !== 'extra' ? null : dropped(now);
  if (attribute === 'missing') return create(before, expected);
  if (now === null) return null;
  // A partition is told by its own name, its rule by that of the parent.
  const mine = { ...before, name: now.name, parent: now.parent };
  if (attribute === 'comment') return [comment(mine, before.attributes['comment'])];
  if (attribute === 'owner') return owner(mine, before.attributes['owner']);
  if (attribute.startsWith('granted to ')) return regrant(attribute, mine, now, expected);
  switch (mine.kind) {
    case 'table':
      return alterTable(attribute, mine, now);
    case 'column':
      return alterColumn(attribute, mine, now, expected);
    case 'constraint':
      return alterConstraint(attribute, mine, expected);
    case 'index':
      return alterIndex(attribute, mine, expected);
    case 'sequence':
      return alterSequence(attribute, mine);
    case 'view':
    case 'materialized view':
      return alterView(attribute, mine, now, { expected, actual });
    case 'function':
      return alterFunction(mine, now, expected);
    case 'trigger':
    case 'rule':
      return attribute === 'enabled' ? enabled(mine) : again(mine, expected);
    case 'policy':
      return again(mine, expected);
    case 'statistics':
      return attribute === 'target'
        ? [`alter statistics ${mine.name} set statistics ${mine.attributes['target'] ?? -1};`]
        : again(mine, expected);
    case 'enum':
      return alterEnum(mine, now);
    default:
      return null;
  }
}

/** Not for schemas and columns. What holds a state of its own is commented out. */
function dropped(object: CatalogObject): string[] | null {
  const { kind, name, parent } = object;
  switch (kind) {
    case 'opening':
      return object.ddl === undefined ? null : [object.ddl];
    case 'constraint':
      return [`alter table ${relationOf(parent)} drop constraint ${simpleName(name)};`];
    case 'index':
      return [`drop index concurrently ${name};`];
    case 'sequence':
      // That of a column goes with the column.
      return (parent ?? '').startsWith('column ')
        ? null
        : commentedOut('The number that it has come to would be lost.', [`drop sequence ${name};`]);
    case 'table':
      return commentedOut('Its rows would be lost.', [`drop table ${name};`]);
    case 'materialized view':
      return commentedOut('Its rows would be lost, and what they were made from may have changed since.', [
        `drop materialized view ${name};`,
      ]);
    case 'domain':
    case 'view':
    case 'function':
    case 'aggregate':
    case 'trigger':
    case 'rule':
    case 'policy':
    case 'statistics':
    case 'enum':
    case 'composite type':
      return [`drop ${target(object)};`];
    default:
      return null;
  }
}

function again(object: CatalogObject, catalog: Catalog): string[] | null {
  const made = create(object, catalog);
  return made === null ? null : [`drop ${target(object)};`, ...made];
}

function alterTable(attribute: string, table: CatalogObject, now: CatalogObject): string[] | null {
  const { name, attributes } = table;
  switch (attribute) {
    case 'row security':
      return rowSecurity(table);
    case 'persistence':
      return attributes['persistence'] === 'temporary'
        ? null
        : [`alter table ${name} set ${attributes['persistence'] === 'unlogged' ? 'unlogged' : 'logged'};`];
    case 'options':
      return setOptions(`alter table ${name}`, attributes['options'], now.attributes['options']);
    case 'replica identity':
      return attributes['replica identity'] === 'index'
        ? null
        : [`alter table ${name} replica identity ${attributes['replica identity']};`];
    case 'access method':
      return [`alter table ${name} set access method ${attributes['access method']};`];
    case 'tablespace':
      return [`alter table ${name} set tablespace ${attributes['tablespace'] ?? 'pg_default'};`];
    default:
      return null;
  }
}

function alterConstraint(attribute: string, object: CatalogObject, catalog: Catalog): string[] | null {
  const { parent, name, attributes } = object;
  const alter = `alter table ${relationOf(parent)}`;
  if (attribute === 'validated' && attributes['validated'] === 'yes')
    return [`${alter} validate constraint ${simpleName(name)};`];
  if (attribute === 'definition' || attribute === 'validated') return replaceConstraint(object, catalog);
  if (attribute === 'enforced') {
    // The triggers of a reference are on both tables.
    const other = / REFERENCES ([^(]+)\(/.exec(attributes['definition'] ?? '')?.[1];
    return [
      `${alter} enable trigger all;`,
      ...(other === undefined ? [] : [`alter table ${other} enable trigger all;`]),
    ];
  }
  return alterIndexOf(attribute, object, `${schemaOf(parent)}.${simpleName(name)}`);
}

/** A key that others refer to can only be dropped without their references. */
function replaceConstraint(object: CatalogObject, catalog: Catalog): string[] {
  const table = relationOf(object.parent);
  const referring = /^(PRIMARY KEY|UNIQUE)/.test(object.attributes['definition'] ?? '')
    ? [...catalog.objects.values()].filter(
        ({ kind, attributes }) =>
          kind === 'constraint' && (attributes['definition'] ?? '').includes(` REFERENCES ${table}(`),
      )
    : [];
  const drop = (one: CatalogObject, guard: string): string =>
    `alter table ${relationOf(one.parent)} drop constraint ${guard}${simpleName(one.name)};`;
  return [
    ...referring.map((one) => drop(one, 'if exists ')),
    drop(object, ''),
    ...constraint(object),
    ...(object.attributes['comment'] === undefined ? [] : [comment(object, object.attributes['comment'])]),
    ...referring.flatMap((one) => create(one, catalog) ?? []),
  ];
}

function alterIndex(attribute: string, object: CatalogObject, catalog: Catalog): string[] | null {
  if (attribute !== 'definition') return alterIndexOf(attribute, object, object.name);
  const made = create(object, catalog);
  return made === null ? null : [`drop index concurrently ${object.name};`, ...made];
}

function alterIndexOf(attribute: string, { parent, name, attributes }: CatalogObject, index: string): string[] | null {
  const alter = `alter table ${relationOf(parent)}`;
  switch (attribute) {
    case 'valid':
    case 'index valid':
      return attributes[attribute] === 'yes' ? [`reindex index concurrently ${index};`] : null;
    case 'clustered':
      return [
        attributes['clustered'] === 'yes'
          ? `${alter} cluster on ${simpleName(name)};`
          : `${alter} set without cluster;`,
      ];
    case 'tablespace':
      return [`alter index ${index} set tablespace ${attributes['tablespace'] ?? 'pg_default'};`];
    case 'replica identity':
      return attributes['replica identity'] === 'yes'
        ? [`${alter} replica identity using index ${simpleName(name)};`]
        : null;
    default:
      return null;
  }
}

function alterSequence(attribute: string, { name, attributes }: CatalogObject): string[] | null {
  if (attribute === 'definition') return [`alter sequence ${name} ${attributes['definition']};`];
  if (attribute === 'owned by') return [`alter sequence ${name} owned by ${attributes['owned by'] ?? 'none'};`];
  if (attribute === 'persistence')
    return [`alter sequence ${name} set ${attributes['persistence'] === 'unlogged' ? 'unlogged' : 'logged'};`];
  return null;
}

function alterView(
  attribute: string,
  object: CatalogObject,
  now: CatalogObject,
  { expected, actual }: { readonly expected: Catalog; readonly actual: Catalog },
): string[] | null {
  const { kind, name, attributes } = object;
  if (attribute === 'options')
    return setOptions(`alter ${kind} ${name}`, attributes['options'], now.attributes['options']);
  if (attribute === 'populated')
    return attributes['populated'] === 'true' ? [`refresh materialized view ${name};`] : null;
  if (attribute !== 'definition') return null;
  const columns = (of: CatalogObject, catalog: Catalog): string =>
    childrenOf(of, catalog)
      .map((child) => child.name)
      .join();
  // The server replaces a view only when its columns stay.
  const same = kind === 'view' && columns(object, expected) === columns(now, actual);
  return same ? view(object, expected, true) : again(object, expected);
}

/** The server replaces a function only when its arguments and what it returns stay. */
function alterFunction(object: CatalogObject, now: CatalogObject, catalog: Catalog): string[] | null {
  if (object.ddl === undefined) return null;
  const same = ['returns', 'arguments', 'kind'].every(
    (attribute) => object.attributes[attribute] === now.attributes[attribute],
  );
  return same ? [`${object.ddl.trim()};`] : again(object, catalog);
}

/** Values can be added, never taken away. */
function alterEnum(object: CatalogObject, now: CatalogObject): string[] | null {
  const list = (of: CatalogObject): string[] => of.attributes['values']?.split(', ') ?? [];
  const [wanted, has] = [list(object), list(now)];
  if (wanted.filter((value) => has.includes(value)).join() !== has.join()) return null;
  return wanted.flatMap((value, at) => {
    if (has.includes(value)) return [];
    const before = wanted[at - 1];
    return [
      `alter type ${object.name} add value ${value}${before === undefined ? ` before ${has[0]}` : ` after ${before}`};`,
    ];
  });
}

function schemaOf(parent: string | null): string {
  return relationOf(parent).replace(/\.[^.]*$/, '');
}
