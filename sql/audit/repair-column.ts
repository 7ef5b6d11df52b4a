/** DDL that puts one attribute of a column right. */
import type { Catalog, CatalogObject } from '../../core/audit.ts';
import { commentedOut, relationOf, setOptions } from './repair-words.ts';
import { simpleName } from './renames.ts';

/** `alter table … set storage default` came with this version. */
const STORAGE_DEFAULT = 16;

export function alterColumn(
  attribute: string,
  { name, parent, attributes }: CatalogObject,
  now: CatalogObject,
  catalog: Catalog,
): string[] | null {
  const column = simpleName(name);
  const isView = (parent ?? '').startsWith('view ');
  const alter = `alter ${isView ? 'view' : 'table'} ${relationOf(parent)} alter column ${column}`;
  const value = attributes[attribute];
  switch (attribute) {
    case 'type':
    case 'collation':
      return changeType(
        column,
        attributes,
        now.attributes,
        [
          // A default of another type would stand in the way.
          ...(now.attributes['default'] === undefined ? [] : [`${alter} drop default;`]),
          `${alter} type ${attributes['type']}${attributes['collation'] === undefined ? '' : ` collate ${attributes['collation']}`} using ${column}::${attributes['type']};`,
          ...(attributes['default'] === undefined ? [] : [`${alter} set default ${attributes['default']};`]),
        ],
        relationOf(parent),
      );
    case 'not null':
      return value === 'yes' || value === 'no' ? [`${alter} ${value === 'yes' ? 'set' : 'drop'} not null;`] : null;
    case 'default':
      // It goes with the type.
      if (attributes['type'] !== now.attributes['type'] && !isView)
        return alterColumn('type', { kind: 'column', name, parent, attributes }, now, catalog);
      return [value === undefined ? `${alter} drop default;` : `${alter} set default ${value};`];
    case 'identity':
      return identity(alter, value, now.attributes['identity'], attributes['default'] ?? now.attributes['default']);
    case 'storage':
      return storage(alter, value ?? (catalog.major < STORAGE_DEFAULT ? STORAGE[attributes['type'] ?? ''] : 'default'));
    case 'compression':
      return [`${alter} set compression ${value ?? 'default'};`];
    case 'statistics':
      return [`${alter} set statistics ${value ?? -1};`];
    case 'options':
      return setOptions(alter, value, now.attributes['options']);
    default:
      return null;
  }
}

type Attributes = CatalogObject['attributes'];

/** Commented out unless every value of the type that it has now is one of the type that it should have. */
function changeType(
  column: string,
  wanted: Attributes,
  has: Attributes,
  statements: readonly string[],
  table: string,
): string[] {
  const [to = '', from = ''] = [wanted['type'], has['type']];
  if (holds(to, from)) return [...statements];
  // These have no equality.
  const same = (value: string): string => (/^(json|xml|point|polygon)$/.test(from) ? `(${value})::text` : value);
  return commentedOut(
    `Not every value of type ${from} is one of type ${to}: some may be rounded, cut or refused. This says how many rows would change, and stops with an error where a value cannot be ${to} at all:`,
    [
      `select count(*) from ${table} where ${same(`${column}::${to}::${from}`)} is distinct from ${same(column)};`,
      ...statements,
    ],
  );
}

/** From the narrowest to the widest. */
const WIDER: readonly (readonly string[])[] = [
  ['smallint', 'integer', 'bigint', 'numeric'],
  ['real', 'double precision'],
];

function holds(to: string, from: string): boolean {
  if (to === from) return true;
  const length = (type: string): number =>
    type === 'text' || type === 'character varying'
      ? Infinity
      : Number(/^character varying\((\d+)\)$/.exec(type)?.[1] ?? NaN);
  if (length(to) >= length(from)) return true;
  // Of a number with a scale only the digits in front of the point and behind it count.
  const digits = /^numeric\((\d+),(\d+)\)$/;
  const [wide, narrow] = [digits.exec(to), digits.exec(from)];
  if (narrow !== null && to === 'numeric') return true;
  if (wide !== null && narrow !== null)
    return (
      Number(wide[2]) >= Number(narrow[2]) && Number(wide[1]) - Number(wide[2]) >= Number(narrow[1]) - Number(narrow[2])
    );
  return WIDER.some((types) => types.includes(from) && types.indexOf(to) > types.indexOf(from));
}

/** The default of types, for servers that do not know the word. */
const STORAGE: Readonly<Record<string, string>> = {
  text: 'extended',
  jsonb: 'extended',
  json: 'extended',
  bytea: 'extended',
  numeric: 'main',
};

function storage(alter: string, wanted: string | undefined): string[] | null {
  return wanted === undefined ? null : [`${alter} set storage ${wanted};`];
}

function identity(
  alter: string,
  wanted: string | undefined,
  has: string | undefined,
  preset: string | undefined,
): string[] | null {
  if (wanted === undefined)
    return commentedOut('The number that it has come to would be lost.', [`${alter} drop identity;`]);
  if (has !== undefined) return [`${alter} set generated ${wanted};`];
  // Numbers go on where they were only if somebody says where that is.
  return preset === undefined
    ? [
        `${alter} add generated ${wanted} as identity;`,
        '-- then: select setval(pg_get_serial_sequence(…), (select max(…) from …));',
      ]
    : null;
}
