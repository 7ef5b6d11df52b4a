/** Collects raw rows column by column and hands them out in batches of bounded size. */
import type { Decoded, UndecodableRow } from '../../../core/decode.ts';

/** Characters of a row that are kept as evidence. */
const RAW_LIMIT = 2_000;
/** A batch is also full at this many characters, so that long rows cannot fill the memory. */
const BATCH_CHARACTERS = 4 * 1024 * 1024;

export class Batches {
  readonly #width: number;
  readonly #batchRows: number;
  #lines: number[] = [];
  #raw: string[] = [];
  #cells: (string | null)[][];
  #undecodable: UndecodableRow[] = [];
  #characters = 0;

  constructor(width: number, batchRows: number) {
    this.#width = width;
    this.#batchRows = batchRows;
    this.#cells = emptyColumns(width);
  }

  /** `cellOf(c)` gives the cell of output column `c`. */
  add(line: number, raw: string, cellOf: (column: number) => string | null): void {
    this.#lines.push(line);
    this.#raw.push(clip(raw));
    for (let c = 0; c < this.#width; c++) this.#cells[c]?.push(cellOf(c));
    this.#characters += raw.length;
  }

  addUndecodable(line: number, raw: string, reason: string): void {
    const shown = clip(raw).replaceAll('\0', '\\u0000');
    this.#undecodable.push({ line, raw: clip(shown), reason });
    this.#characters += shown.length;
  }

  get isFull(): boolean {
    return this.#lines.length + this.#undecodable.length >= this.#batchRows || this.#characters >= BATCH_CHARACTERS;
  }

  /** What was collected since the last call: the rows, then the undecodable ones among them, each in file order. */
  *take(): Generator<Decoded> {
    const batch = { lines: this.#lines, raw: this.#raw, cells: this.#cells };
    const undecodable = this.#undecodable;
    this.#lines = [];
    this.#raw = [];
    this.#cells = emptyColumns(this.#width);
    this.#undecodable = [];
    this.#characters = 0;
    if (batch.lines.length > 0) yield { kind: 'rows', batch };
    if (undecodable.length > 0) yield { kind: 'undecodable', rows: undecodable };
  }
}

function emptyColumns(width: number): (string | null)[][] {
  return Array.from({ length: width }, () => []);
}

function clip(text: string): string {
  if (text.length <= RAW_LIMIT) return text;
  const cut = text.slice(0, RAW_LIMIT);
  // Half of a surrogate pair is no text that a database accepts.
  return /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
}
