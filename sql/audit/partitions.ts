/** Partitions come and go with time: one that is as its parent makes it is no finding, one that deviates is. */
import type { CatalogObject } from '../../core/audit.ts';
import type { Comparison, Difference } from './compare.ts';
import { simpleName } from './renames.ts';
import { keyOf } from './snapshot.ts';

/** Attributes in which a partition may differ from its parent. */
const OWN: ReadonlySet<string> = new Set([
  'kind',
  'comment',
  'partition key',
  'partition bound',
  'inherited',
  'tablespace',
  'options',
  'access method',
  'index',
  'statistics',
]);

/** The differences of a table that is a partition of an expected one; null when it is none. */
export function partitionDifferences(table: CatalogObject, { expected, actual }: Comparison): Difference[] | null {
  if (table.kind !== 'table' || table.attributes['partition bound'] === undefined) return null;
  const parent = table.parent === null ? undefined : expected.objects.get(table.parent);
  if (parent === undefined) return null;
  const children = [...actual.objects.values()].filter((object) => object.parent === keyOf(table));
  const siblings = new Map(
    [...expected.objects.values()]
      .filter((object) => object.parent === keyOf(parent))
      .map((object) => [`${object.kind} ${simpleName(object.name)}`, object]),
  );
  return [
    ...deviations(parent, table),
    ...children.flatMap((child) => {
      const sibling = siblings.get(`${child.kind} ${simpleName(child.name)}`);
      if (sibling !== undefined && child.kind !== 'trigger') return deviations(sibling, child);
      const { kind, name } = child;
      return [{ verdict: 'unknown' as const, kind, name, difference: 'extra', expected: null, actual: child }];
    }),
  ];
}

function deviations(rule: CatalogObject, object: CatalogObject): Difference[] {
  const attributes = new Set([...Object.keys(rule.attributes), ...Object.keys(object.attributes)]);
  return [...attributes]
    .filter((attribute) => !OWN.has(attribute) && rule.attributes[attribute] !== object.attributes[attribute])
    .map((attribute) => ({
      verdict: 'drifted',
      kind: object.kind,
      name: object.name,
      difference: attribute,
      expected: rule,
      actual: object,
    }));
}
