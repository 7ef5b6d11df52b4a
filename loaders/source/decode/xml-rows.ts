/** Follows the elements of an XML document and builds one raw row per row element. */
import type { XmlDecode } from '../../../core/decode.ts';
import type { Fault } from '../../../core/errors.ts';
import type { Batches } from './batches.ts';
import { type DecodeLimits, formatFault } from './limits.ts';
import { type PathNode, type PathTree, pathTree, type RowShape } from './xml-paths.ts';

const EVIDENCE_LIMIT = 2_000;

interface OpenRow {
  readonly shape: RowShape;
  readonly element: string;
  readonly line: number;
  readonly depth: number;
  raw: string;
  fault: string | null;
}

/** Fed by the parser with elements by local name; rows go to `batches`. */
export class XmlRows {
  rowsSeen = false;
  readonly #spec: XmlDecode;
  readonly #limits: DecodeLimits;
  readonly #batches: Batches;
  readonly #tree: PathTree;
  /** Nodes of the open elements; undefined for an element that no path goes through. */
  readonly #open: (PathNode | undefined)[] = [];
  /** The last text of each leaf that counts for the next row. */
  readonly #values: (string | null)[];
  #rootName = '';
  #row: OpenRow | null = null;
  /** The text since the last tag inside a wanted leaf or a row. */
  #text = '';
  /** The leaf that is open, -1 for none. */
  #leaf = -1;

  constructor(spec: XmlDecode, batches: Batches, limits: DecodeLimits) {
    this.#spec = spec;
    this.#limits = limits;
    this.#batches = batches;
    this.#tree = pathTree(spec);
    this.#values = this.#tree.leafNames.map(() => null);
  }

  /** @throws Fault `FORMAT_OTHER_REPORT` for another root element, `FORMAT_XML_LIMIT` for nesting that is too deep */
  openElement(name: string, line: number): void {
    const depth = this.#open.length;
    if (depth >= this.#limits.maxDepth)
      throw tooMuch(this.#limits, line, `elements are nested deeper than ${this.#limits.maxDepth}`);
    const parent = depth === 0 ? this.#tree.root : this.#open[depth - 1];
    const node = parent?.children.get(name);
    if (depth === 0) this.#rootName = shorten(name);
    if (depth === 0 && node === undefined) throw this.#otherReport(line, `its root element is ${shorten(name)}`);
    if (this.#row !== null) this.#openInRow(name, this.#row);
    this.#open.push(node);
    this.#text = '';
    this.#leaf = -1;
    if (node === undefined) return;
    for (const leaf of node.scopeOf) this.#values[leaf] = null;
    if (node.row !== null) this.#startRow(node.row, name, line, depth);
    if (node.leaf < 0) return;
    this.#leaf = node.leaf;
    if (this.#row?.shape.inside.has(node.leaf) === true && this.#values[node.leaf] !== null)
      this.#row.fault ??= `the element ${this.#tree.leafNames[node.leaf]} occurs twice in the row`;
  }

  /** @throws Fault `FORMAT_XML_LIMIT` for a text that is too long */
  addText(text: string, line: number): void {
    if (this.#leaf < 0 && this.#row === null) return;
    this.#text += text;
    if (this.#text.length > this.#limits.maxLineBytes) throw tooMuch(this.#limits, line, 'a text is too long');
  }

  closeElement(name: string): void {
    const text = this.#text.trim();
    if (this.#leaf >= 0) this.#values[this.#leaf] = text;
    this.#leaf = -1;
    this.#text = '';
    this.#open.pop();
    const row = this.#row;
    if (row === null) return;
    if (row.raw.length <= EVIDENCE_LIMIT) row.raw += `${escape(text)}</${name}>`;
    if (this.#open.length === row.depth) this.#endRow(row);
  }

  /** @throws Fault `FORMAT_OTHER_REPORT` where the whole document holds no row element */
  finish(): void {
    if (!this.rowsSeen)
      throw this.#otherReport(
        null,
        `its root element is ${this.#rootName}, and it holds no element ${this.#spec.rows.join(' or ')}`,
      );
  }

  #openInRow(name: string, row: OpenRow): void {
    const text = this.#text.trim();
    if (this.#leaf >= 0)
      row.fault ??= `the element ${this.#tree.leafNames[this.#leaf]} holds the element ${shorten(name)}, a text was expected`;
    if (row.raw.length <= EVIDENCE_LIMIT) row.raw += `${escape(text)}<${name}>`;
  }

  #startRow(shape: RowShape, element: string, line: number, depth: number): void {
    this.rowsSeen = true;
    for (const leaf of shape.inside) this.#values[leaf] = null;
    let raw = '';
    for (const leaf of shape.outside) {
      const text = this.#values[leaf] ?? null;
      if (text !== null) raw += `<${this.#tree.leafNames[leaf]}>${escape(text)}</${this.#tree.leafNames[leaf]}>`;
    }
    this.#row = { shape, element, line, depth, raw: `${raw}<${element}>`, fault: null };
  }

  #endRow({ shape, element, line, raw, fault }: OpenRow): void {
    this.#row = null;
    if (fault !== null) {
      this.#batches.addUndecodable(line, raw, fault);
      return;
    }
    // The element's name, if the definition wants it, follows the columns.
    const cellOf = (c: number) => (c < shape.leaves.length ? this.#values[shape.leaves[c] ?? -1] : element) ?? null;
    this.#batches.add(line, raw, cellOf);
  }

  #otherReport(line: number | null, what: string): Fault {
    return formatFault('FORMAT_OTHER_REPORT', this.#limits, line, {
      what: `this is not the report that the definition describes: ${what}; rows are expected at ${this.#spec.rows.join(' or ')}`,
      next: 'look at the file; if the publisher changed the report, change the paths of the definition',
    });
  }
}

export function tooMuch(limits: DecodeLimits, line: number, what: string): Fault {
  return formatFault('FORMAT_XML_LIMIT', limits, line, {
    what,
    next: 'look at the file: it is damaged or it is no report',
  });
}

function shorten(name: string): string {
  return name.length > 80 ? `${name.slice(0, 80)}…` : name;
}

function escape(text: string): string {
  return /[<>&]/.test(text) ? text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;') : text;
}
