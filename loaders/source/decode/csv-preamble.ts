/** What stands before the header of a delimited file: skipped line by line, and kept so that values can be captured from it. */
import { type CsvDecode, PREAMBLE_LINES } from '../../../core/decode.ts';
import type { Fault } from '../../../core/errors.ts';
import { headerDifference } from '../../../core/header.ts';
import { cutLine, isNoise, withoutReturn } from './csv-records.ts';
import { headerChanged, headerNames, publishedNames } from './header.ts';
import { type DecodeLimits, formatFault } from './limits.ts';
import type { LineBlock } from './lines.ts';

/** A line that may be a header or its first part. */
interface Candidate {
  readonly line: number;
  readonly names: readonly string[];
}

/**
 * The blocks from the header on; the lines before it go to `before`. Without `spec.preamble` only comments and blank lines are.
 *
 * Each physical line is cut alone, so odd quotes in a preamble are harmless and a header may not hold line breaks.
 * @throws Fault `FORMAT_HEADER_CHANGED` where no known header comes within `PREAMBLE_LINES` lines, with the nearest line
 */
export async function* fromHeader(
  blocks: AsyncIterable<LineBlock>,
  spec: CsvDecode,
  limits: DecodeLimits,
  before: string[],
): AsyncGenerator<LineBlock> {
  const search = new HeaderSearch(spec, limits, before);
  for await (const block of blocks) {
    if (search.found) {
      yield block;
      continue;
    }
    for (const [i, line] of block.lines.entries()) {
      search.look(line, block.first + i);
      if (!search.found) continue;
      yield search.headerLines();
      yield { first: block.first + i + 1, lines: block.lines.slice(i + 1) };
      break;
    }
  }
  if (!search.found) search.fail();
}

/** The captured columns; null for one that no line before the header shows. */
export function captured(spec: CsvDecode, before: readonly string[]): ReadonlyMap<string, string | null> {
  return new Map(
    Object.entries(spec.capture ?? {}).map(([column, pattern]) => {
      const wanted = new RegExp(pattern, 'u');
      const values = before.map((line) => wanted.exec(line)?.[1]);
      return [column, values.find((value) => value !== undefined) ?? null];
    }),
  );
}

export function captureMissing(
  column: string,
  spec: CsvDecode,
  before: readonly string[],
  limits: DecodeLimits,
): Fault {
  return formatFault('FORMAT_CAPTURE_MISSING', limits, null, {
    what: `no line before the header gives the column ${column}: ${spec.capture?.[column]} matches none of ${shown(before)}`,
    next: 'look at the first lines of the file; if the publisher changed them, change the capture of the definition',
  });
}

class HeaderSearch {
  found = false;
  readonly #spec: CsvDecode;
  readonly #limits: DecodeLimits;
  readonly #before: string[];
  /** Lines since the oldest of the rows that may be the header. */
  #window: { readonly line: number; readonly text: string; readonly cells: readonly string[] | null }[] = [];
  #passed = 0;
  #nearest: { readonly candidate: Candidate; readonly known: number } | null = null;

  constructor(spec: CsvDecode, limits: DecodeLimits, before: string[]) {
    this.#spec = spec;
    this.#limits = limits;
    this.#before = before;
  }

  look(text: string, line: number): void {
    const noise = isNoise(text, this.#spec);
    if (noise && this.#window.length === 0) {
      this.#pass(text);
    } else {
      this.#window.push({ line, text, cells: noise ? null : cutLine(text, this.#spec.delimiter) });
      this.#lookAtWindow();
    }
    if (!this.found && this.#spec.preamble === true && this.#passed > PREAMBLE_LINES) this.fail();
  }

  headerLines(): LineBlock {
    return { first: this.#window[0]?.line ?? 1, lines: this.#window.map(({ text }) => text) };
  }

  /** @throws Fault always */
  fail(): never {
    for (const { text } of this.#window) this.#pass(text);
    if (this.#spec.preamble !== true || this.#before.every((line) => line.trim() === ''))
      throw headerChanged(this.#limits, null, 'the file is empty: it has no header');
    const none = `none of the first ${this.#passed} lines is a known header`;
    if (this.#nearest === null || this.#nearest.known === 0)
      throw headerChanged(this.#limits, null, `${none}; they are ${shown(this.#before)}`);
    const { line, names } = this.#nearest.candidate;
    throw headerChanged(
      this.#limits,
      line,
      `${none}; line ${line} is the nearest: ${headerDifference(names, this.#spec.vintages)}`,
    );
  }

  /** The line stands before the header; of very many comments the first are enough to capture from. */
  #pass(text: string): void {
    this.#passed += 1;
    if (this.#passed <= PREAMBLE_LINES) this.#before.push(withoutReturn(text));
  }

  #lookAtWindow(): void {
    const rows = this.#spec.headerRows ?? 1;
    // Without a preamble the first line that is no comment is the header, whatever it says.
    if (this.#spec.preamble !== true) {
      this.found = true;
      return;
    }
    const cut = this.#window.filter(({ cells }) => cells !== null);
    if (cut.length < rows) return;
    const [first] = this.#window;
    const names = publishedNames(headerNames(cut.map(({ cells }) => cells ?? [])));
    if (headerDifference(names, this.#spec.vintages) === null) {
      this.found = true;
      return;
    }
    const known = Math.max(
      ...this.#spec.vintages.map((vintage) => names.filter((name) => vintage.includes(name)).length),
    );
    if (known > (this.#nearest?.known ?? -1)) this.#nearest = { candidate: { line: first?.line ?? 1, names }, known };
    // The window slides on to the next line that is no noise.
    do {
      const gone = this.#window.shift();
      if (gone !== undefined) this.#pass(gone.text);
    } while (this.#window.length > 0 && this.#window[0]?.cells === null);
  }
}

function shown(lines: readonly string[]): string {
  const texts = lines.filter((line) => line.trim() !== '').slice(0, 5);
  const more = lines.length > texts.length ? ', …' : '';
  return `[${texts.map((text) => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)).join(', ')}${more}]`;
}
