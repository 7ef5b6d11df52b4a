/** A rename shows as one thing missing and another one extra: says so where exactly one pair has the same shape. */
import type { Catalog, CatalogObject } from '../../core/audit.ts';
import type { Comparison, Difference } from './compare.ts';
import { keyOf } from './snapshot.ts';

export interface Renamed {
  /** Its name now, of one that is missing. */
  readonly now?: string;
  readonly hint: string;
  readonly repair: string | null;
}

/** By `kind name missing` and `kind name extra`. */
export function renames(
  differences: readonly Difference[],
  { expected, actual }: Comparison,
): ReadonlyMap<string, Renamed> {
  const found = new Map<string, Renamed>();
  const missing = group(differences, 'missing', expected);
  const extra = group(differences, 'extra', actual);
  for (const [shape, [before, ...othersBefore]] of missing) {
    const [now, ...othersNow] = extra.get(shape) ?? [];
    if (before === undefined || now === undefined || othersBefore.length + othersNow.length > 0) continue;
    found.set(`${keyOf(before)} missing`, {
      now: now.name,
      hint: `perhaps it was renamed to ${now.name}, which has the same shape: rename it back, or write the rename as a new migration`,
      repair: renameDdl(now, before),
    });
    found.set(`${keyOf(now)} extra`, {
      hint: `perhaps it is ${before.name} under another name; look there`,
      repair: null,
    });
  }
  return found;
}

/** Whether a difference is only that the new name stands where the old one is expected: it goes with the rename. */
export function followsRename(
  { difference, expected, actual }: Difference,
  differences: readonly Difference[],
  renamed: ReadonlyMap<string, Renamed>,
): string | null {
  if (expected === null || actual === null) return null;
  for (const { kind, difference: which, expected: before, name } of differences) {
    const now =
      which === 'missing' && before !== null ? renamed.get(`${keyOf({ kind, name })} missing`)?.now : undefined;
    if (now === undefined) continue;
    const [from, to] = [simpleName(now), simpleName(name)];
    const wanted = expected.attributes[difference];
    const has = actual.attributes[difference];
    const follows =
      has === undefined
        ? actual.attributes[difference.replaceAll(to, from)]?.replaceAll(from, to) === wanted
        : wanted === undefined
          ? expected.attributes[difference.replaceAll(from, to)] === has.replaceAll(from, to)
          : has.replaceAll(from, to) === wanted;
    if (follows) return name;
  }
  return null;
}

function group(
  differences: readonly Difference[],
  which: 'missing' | 'extra',
  catalog: Catalog,
): Map<string, CatalogObject[]> {
  const groups = new Map<string, CatalogObject[]>();
  for (const { difference, expected, actual, verdict } of differences) {
    const object = which === 'missing' ? expected : actual;
    if (difference !== which || object === null || verdict === 'pending') continue;
    const shape = shapeOf(object, catalog);
    if (shape !== null) groups.set(shape, [...(groups.get(shape) ?? []), object]);
  }
  return groups;
}

/** Null for what has no shape to know it by. */
function shapeOf(object: CatalogObject, catalog: Catalog): string | null {
  const { kind, parent, attributes } = object;
  const simple = simpleName(object.name);
  if (kind === 'table') {
    const columns = [...catalog.objects.values()]
      .filter((child) => child.kind === 'column' && child.parent === keyOf(object))
      .map((child) => `${simpleName(child.name)} ${child.attributes['type']}`);
    return columns.length === 0 ? null : `table in ${parent}: ${columns.toSorted().join(', ')}`;
  }
  if (kind === 'column')
    return `column in ${parent}: ${attributes['type']} ${attributes['not null']} ${attributes['comment'] ?? ''}`;
  if (kind === 'function') return `function in ${parent}: ${attributes['arguments']} ${attributes['body']}`;
  const { definition } = attributes;
  if (definition === undefined || !['index', 'constraint', 'trigger', 'view'].includes(kind)) return null;
  return `${kind} in ${parent}: ${definition.replace(simple, '')}`;
}

function renameDdl(now: CatalogObject, before: CatalogObject): string | null {
  const to = simpleName(before.name);
  const table = now.parent?.replace(/^table /, '') ?? '';
  switch (now.kind) {
    case 'table':
      return `alter table ${now.name} rename to ${to};`;
    case 'column':
      return `alter table ${table} rename column ${simpleName(now.name)} to ${to};`;
    case 'constraint':
      return `alter table ${table} rename constraint ${simpleName(now.name)} to ${to};`;
    case 'index':
      return `alter index ${now.name} rename to ${to};`;
    case 'view':
      return `alter view ${now.name} rename to ${to};`;
    case 'trigger':
      return `alter trigger ${simpleName(now.name)} on ${table} rename to ${to};`;
    case 'function':
      return `alter function ${now.name} rename to ${simpleName(before.name.replace(/\(.*$/s, ''))};`;
    default:
      return null;
  }
}

/** The last part of a name, quoted where PostgreSQL would: `public.t."order"` → `"order"`. */
export function simpleName(name: string): string {
  return /(?:"(?:[^"]|"")*"|[^."]+)$/.exec(name)?.[0] ?? name;
}
