/** The paths of an XML definition as a tree of local names, so that each element is looked up once. */
import type { XmlDecode } from '../../../core/decode.ts';

export interface PathNode {
  readonly children: Map<string, PathNode>;
  /** Set where the element is a raw row. */
  row: RowShape | null;
  /** Leaf whose text this element holds, -1 for none. */
  leaf: number;
  /** Leaves outside a row that are forgotten when this element opens: each of its instances has its own. */
  readonly scopeOf: number[];
}

/** One kind of row: two kinds may find the same raw column at different places. */
export interface RowShape {
  /** Leaf of each raw column, -1 where its path climbs above the root from this kind of row. */
  readonly leaves: readonly number[];
  /** Leaves inside the row, and those above or beside it. */
  readonly inside: ReadonlySet<number>;
  readonly outside: readonly number[];
}

export interface PathTree {
  readonly root: PathNode;
  /** Local name of each leaf's element. */
  readonly leafNames: readonly string[];
}

/**
 * `../../Day` is climbed from the row element; each path was validated with the definition.
 * @throws RangeError for rows within rows, and for a column that climbs above the root from every kind of row
 */
export function pathTree(spec: XmlDecode): PathTree {
  const root = emptyNode();
  const leafNames: string[] = [];
  const deepest = Math.max(...spec.rows.map((rows) => rows.split('/').length));
  for (const rows of new Set(spec.rows)) {
    const inner = spec.rows.find((other) => other.startsWith(`${rows}/`));
    if (inner !== undefined) throw new RangeError(`rows at ${inner} lie inside the rows at ${rows}`);
    const rowPath = rows.split('/');
    const inside = new Set<number>();
    const outside = new Set<number>();
    const leaves = Object.values(spec.columns).map((relative) => {
      const steps = relative.split('/');
      const climbs = steps.filter((step) => step === '..').length;
      if (climbs >= rowPath.length) {
        if (climbs >= deepest) throw new RangeError(`${relative} climbs above the root of ${spec.rows.join(' and ')}`);
        return -1;
      }
      const scope = rowPath.slice(0, rowPath.length - climbs);
      const node = nodeAt(root, [...scope, ...steps.slice(climbs)]);
      if (node.leaf < 0) node.leaf = leafNames.push(steps.at(-1) ?? relative) - 1;
      if (climbs === 0) {
        inside.add(node.leaf);
      } else {
        outside.add(node.leaf);
        nodeAt(root, scope).scopeOf.push(node.leaf);
      }
      return node.leaf;
    });
    nodeAt(root, rowPath).row = { leaves, inside, outside: [...outside] };
  }
  return { root, leafNames };
}

function nodeAt(root: PathNode, path: readonly string[]): PathNode {
  let node = root;
  for (const step of path) {
    const next = node.children.get(step) ?? emptyNode();
    node.children.set(step, next);
    node = next;
  }
  return node;
}

function emptyNode(): PathNode {
  return { children: new Map(), row: null, leaf: -1, scopeOf: [] };
}
