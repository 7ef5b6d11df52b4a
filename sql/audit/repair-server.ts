/** DDL for what belongs to the whole database: settings, roles, extensions, publications, event triggers, default privileges. */
import type { CatalogObject } from '../../core/audit.ts';
import { textLiteral } from '../identifier.ts';
import type { Difference } from './compare.ts';
import { commentedOut, inDatabase, roleName } from './repair-words.ts';
import { privileges } from './severity-when.ts';

/** undefined: this difference is of another kind, and the others can write it. */
export function repairServer(difference: Difference): string[] | null | undefined {
  const { kind, difference: attribute, expected, actual } = difference;
  if (attribute === 'comment' || attribute === 'owner') return undefined;
  switch (kind) {
    case 'role':
      return attribute === 'missing' ? undefined : alterRole(difference);
    case 'extension':
      return alterExtension(difference);
    case 'publication':
      return alterPublication(difference);
    case 'event trigger':
      return attribute === 'extra' && actual !== null
        ? [`drop event trigger ${actual.name};`]
        : alterEventTrigger(difference);
    case 'default privileges':
      return defaultPrivileges(attribute, expected, actual);
    case 'database':
      return attribute === 'settings'
        ? settings(expected, actual)
        : attribute.startsWith('granted to ')
          ? undefined
          : null;
    default:
      return undefined;
  }
}

function alterRole({ difference: attribute, name, expected, actual }: Difference): string[] | null {
  const words: Readonly<Record<string, string>> = {
    login: 'login',
    superuser: 'superuser',
    'bypass rls': 'bypassrls',
    'create role': 'createrole',
    'create database': 'createdb',
    replication: 'replication',
  };
  const word = words[attribute];
  if (word !== undefined)
    return [`alter role ${name} ${expected?.attributes[attribute] === 'yes' ? '' : 'no'}${word};`];
  if (attribute !== 'member of') return null;
  const wanted = privileges(expected, attribute);
  const surplus = [...privileges(actual, attribute)].filter((role) => !wanted.has(role));
  return surplus.map((role) => `revoke ${roleName(role)} from ${name};`);
}

function alterExtension({ difference: attribute, name, expected }: Difference): string[] | null | undefined {
  if (attribute === 'missing') return undefined;
  if (attribute === 'extra')
    return commentedOut('Its tables and what it was configured with would be lost.', [`drop extension ${name};`]);
  if (attribute === 'version')
    return [`alter extension ${name} update to ${textLiteral(expected?.attributes['version'] ?? '')};`];
  return attribute === 'schema' ? [`alter extension ${name} set schema ${expected?.attributes['schema']};`] : null;
}

function alterPublication({ difference: attribute, name, expected, actual }: Difference): string[] | null {
  if (attribute === 'extra') return [`drop publication ${name};`];
  if (attribute === 'missing' && expected !== null) return createPublication(expected);
  if (attribute === 'operations')
    return [`alter publication ${name} set (publish = ${textLiteral(expected?.attributes['operations'] ?? '')});`];
  const [, what, which] = /^(table|schema) (.*)$/s.exec(attribute) ?? [];
  if (what === undefined || which === undefined) return null;
  const member = what === 'table' ? `table ${which}` : `tables in schema ${which}`;
  return [
    ...(actual?.attributes[attribute] === undefined ? [] : [`alter publication ${name} drop ${member};`]),
    ...(expected?.attributes[attribute] === undefined
      ? []
      : [`alter publication ${name} add ${member}${part(expected.attributes[attribute])};`]),
  ];
}

function createPublication({ name, attributes }: CatalogObject): string[] | null {
  if ((attributes['options'] ?? '').includes('true')) return null;
  const members = Object.entries(attributes).filter(([attribute]) => /^(table|schema) /.test(attribute));
  return [
    `create publication ${name} with (publish = ${textLiteral(attributes['operations'] ?? '')});`,
    ...members.map(
      ([attribute, value]) =>
        `alter publication ${name} add ${attribute.replace(/^schema /, 'tables in schema ')}${part(value)};`,
    ),
  ];
}

/** `columns a, b where (…)` → ` (a, b) where (…)` */
function part(value: string): string {
  const [, columns, filter] = /^(?:all columns|columns (.*?))(?: where (.*))?$/s.exec(value) ?? [];
  return `${columns === undefined ? '' : ` (${columns})`}${filter === undefined ? '' : ` where (${filter})`}`;
}

function alterEventTrigger({ difference: attribute, name, expected }: Difference): string[] | null {
  if (attribute !== 'enabled') return null;
  const words: Readonly<Record<string, string>> = {
    yes: 'enable',
    no: 'disable',
    always: 'enable always',
    'on replicas only': 'enable replica',
  };
  return [`alter event trigger ${name} ${words[expected?.attributes['enabled'] ?? ''] ?? 'enable'};`];
}

function defaultPrivileges(
  attribute: string,
  expected: CatalogObject | null,
  actual: CatalogObject | null,
): string[] | null {
  const object = actual ?? expected;
  const [, role, schema, what] = /^(.*) in (.*) on (.*)$/s.exec(object?.name ?? '') ?? [];
  if (object === null || role === undefined || schema === undefined || what === undefined) return null;
  const alter = `alter default privileges for role ${roleName(role)}${schema === 'every schema' ? '' : ` in schema ${schema}`}`;
  // Without an entry for a schema nothing is added there; without one for all schemas the server's own rule holds.
  const own = schema === 'every schema' ? BUILT_IN[what] : undefined;
  const attributes =
    attribute === 'extra' || attribute === 'missing'
      ? new Set([...Object.keys(object.attributes), ...(own === undefined ? [] : ['granted to public'])])
      : [attribute];
  const granted = (of: CatalogObject | null, name: string): ReadonlySet<string> =>
    of === null && own !== undefined && name === 'granted to public' ? new Set([own]) : privileges(of, name);
  return [...attributes]
    .filter((name) => name.startsWith('granted to ') && name !== 'granted to its owner')
    .flatMap((name) => {
      const who = roleName(name.slice('granted to '.length));
      const wanted = granted(expected, name);
      const has = granted(actual, name);
      const surplus = [...has]
        .filter((privilege) => !wanted.has(privilege))
        .map((privilege) => privilege.replace('*', ''));
      const missing = [...wanted].filter((privilege) => !has.has(privilege) && !privilege.endsWith('*'));
      return [
        ...(surplus.length === 0
          ? []
          : [`${alter} revoke ${surplus.join(', ').toLowerCase()} on ${what} from ${who};`]),
        ...(missing.length === 0 ? [] : [`${alter} grant ${missing.join(', ').toLowerCase()} on ${what} to ${who};`]),
      ];
    });
}

/** What everybody gets on new objects where no default privileges say otherwise. */
const BUILT_IN: Readonly<Record<string, string>> = { functions: 'EXECUTE', types: 'USAGE' };

function settings(expected: CatalogObject | null, actual: CatalogObject | null): string[] {
  const list = (object: CatalogObject | null): string[] => object?.attributes['settings']?.split('; ') ?? [];
  const nameOf = (setting: string): string => setting.split('=', 1)[0] ?? '';
  const names = new Set(list(expected).map(nameOf));
  return [
    ...list(actual)
      .map(nameOf)
      .filter((name) => !names.has(name))
      .map((name) => inDatabase(`alter database %I reset ${name}`)),
    ...list(expected)
      .filter((setting) => !list(actual).includes(setting) && setting.includes('='))
      .map((setting) =>
        inDatabase(
          `alter database %I set ${nameOf(setting)} = ${textLiteral(setting.slice(nameOf(setting).length + 1))}`,
        ),
      ),
  ];
}
