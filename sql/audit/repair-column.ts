/** DDL that puts one attribute of a column right. */
import type { Catalog, CatalogObject } from '../../core/audit.ts';
import { relationOf, setOptions } from './repair-words.ts';
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
      return [
        // A default of another type would stand in the way.
        ...(now.attributes['default'] === undefined ? [] : [`${alter} drop default;`]),
        `${alter} type ${attributes['type']}${attributes['collation'] === undefined ? '' : ` collate ${attributes['collation']}`} using ${column}::${attributes['type']};`,
        ...(attributes['default'] === undefined ? [] : [`${alter} set default ${attributes['default']};`]),
      ];
    case 'not null':
      return value === 'yes' || value === 'no' ? [`${alter} ${value === 'yes' ? 'set' : 'drop'} not null;`] : null;
    case 'default':
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
  if (wanted === undefined) return [`${alter} drop identity;`];
  if (has !== undefined) return [`${alter} set generated ${wanted};`];
  // Numbers go on where they were only if somebody says where that is.
  return preset === undefined
    ? [
        `${alter} add generated ${wanted} as identity;`,
        '-- then: select setval(pg_get_serial_sequence(…), (select max(…) from …));',
      ]
    : null;
}
