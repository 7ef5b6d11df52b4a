/** The paths of an XML definition as a tree of local names, so that each element is looked up once. */
import type { XmlDecode } from '../../../core/decode.ts';

export interface PathNode {
  readonly children: Map<string, PathNode>;
  /** The element is a raw row. */
  isRow: boolean;
  /** Raw column whose text this element holds, -1 for none. */
  column: number;
  /** Columns outside the row that are forgotten when this element opens: each of its instances has its own. */
  readonly scopeOf: number[];
}

export interface PathTree {
  readonly root: PathNode;
  /** Raw columns, in order, with the local name of their element and whether it lies inside the row. */
  readonly columns: readonly { readonly name: string; readonly element: string; readonly inRow: boolean }[];
}

/** `../../Day` is climbed from the row element; paths were validated with the definition. */
export function pathTree(spec: XmlDecode): PathTree {
  const rowPath = spec.rows.split('/');
  const root = emptyNode();
  nodeAt(root, rowPath).isRow = true;
  const columns = Object.entries(spec.columns).map(([name, relative], i) => {
    const steps = relative.split('/');
    const climbs = steps.filter((step) => step === '..').length;
    const scope = rowPath.slice(0, rowPath.length - climbs);
    const path = [...scope, ...steps.slice(climbs)];
    nodeAt(root, path).column = i;
    if (climbs > 0) nodeAt(root, scope).scopeOf.push(i);
    return { name, element: path.at(-1) ?? name, inRow: climbs === 0 };
  });
  return { root, columns };
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
  return { children: new Map(), isRow: false, column: -1, scopeOf: [] };
}
