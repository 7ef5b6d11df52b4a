/** Markdown files with YAML front matter to raw rows: one row per file; a file that is written wrongly is refused alone, with its line. */
import { type Document, isAlias, isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { type Decoded, type DocumentsDecode, rawColumns } from '../../../core/decode.ts';
import { Batches } from './batches.ts';
import { type ByteSource, type DecodeLimits, formatFault } from './limits.ts';
import { readLines } from './lines.ts';

/** One line of what `local://<folder>/` answers; `base64` where the file is not UTF-8. */
interface Sent {
  readonly file: string;
  readonly text?: string;
  readonly base64?: string;
}

/** What is wrong in a document: in which line of the file, and what. */
class Refused extends Error {
  readonly line: number;
  constructor(line: number, reason: string) {
    super(reason);
    this.line = line;
  }
}

/**
 * `_line` is the number of the file in the order of names.
 * @throws Fault `FORMAT_OTHER_REPORT` where the bytes are no list of documents, `FORMAT_INVALID_UTF8`, `FORMAT_LINE_TOO_LONG`
 */
export async function* decodeDocuments(
  source: ByteSource,
  spec: DocumentsDecode,
  limits: DecodeLimits,
): AsyncGenerator<Decoded> {
  const columns = rawColumns(spec);
  const batches = new Batches(columns.length, limits.batchRows);
  for await (const { first, lines } of readLines(source, limits)) {
    for (const [i, line] of lines.entries()) {
      if (line === '') continue;
      addDocument(batches, first + i, sentIn(line, first + i, limits), spec);
      if (batches.isFull) yield* batches.take();
    }
  }
  yield* batches.take();
}

function addDocument(batches: Batches, line: number, { file, text }: Sent, spec: DocumentsDecode): void {
  try {
    if (text === undefined) throw new Refused(1, 'the file is not UTF-8');
    const cells = cellsOf(text.replaceAll('\r\n', '\n'), spec);
    batches.add(line, text, (c) => (c === 0 ? file : (cells[c - 1] ?? null)));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    batches.addUndecodable(line, text ?? '', `${file} line ${error.line}: ${error.message}`);
  }
}

const FENCE = /^---[ \t]*$/m;

/** The fields in the order of `spec.fields`, then the body. @throws Refused */
function cellsOf(text: string, spec: DocumentsDecode): (string | null)[] {
  const [opening = ''] = text.split('\n', 1);
  if (!FENCE.test(opening)) throw new Refused(1, 'it has no front matter: the first line must be ---');
  const rest = text.slice(opening.length + 1);
  const closing = FENCE.exec(rest);
  if (closing === null) throw new Refused(1, 'its front matter has no end: a line --- must follow it');
  const fields = frontMatter(rest.slice(0, closing.index), spec);
  const body = rest.slice(closing.index + closing[0].length).replace(/^\s*\n/, '');
  return [...spec.fields.map((name) => fields.get(name) ?? null), body.trimEnd() === '' ? null : `${body.trimEnd()}\n`];
}

/** @throws Refused with the line in the file: the front matter begins in its second line */
function frontMatter(yaml: string, { fields, lists = [] }: DocumentsDecode): ReadonlyMap<string, string | null> {
  const counter = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: counter, prettyErrors: false });
  const lineOf = (offset: number | undefined): number => counter.linePos(offset ?? 0).line + 1;
  const [broken] = [...document.errors, ...document.warnings];
  if (broken !== undefined) throw new Refused(lineOf(broken.pos[0]), `the front matter is not YAML: ${broken.message}`);
  if (!isMap(document.contents)) throw new Refused(2, 'the front matter must be fields, each as "name: value"');
  const found = new Map<string, string | null>();
  for (const { key, value } of document.contents.items) {
    const at = lineOf((key as Node | null)?.range?.[0]);
    const name = isScalar(key) ? String(key.value) : '';
    if (!fields.includes(name)) {
      throw new Refused(at, `the field ${JSON.stringify(name)} is not known; known are ${fields.join(', ')}`);
    }
    found.set(name, cellOf(name, value as Node | null, document, { wantsList: lists.includes(name), line: at }));
  }
  return found;
}

function cellOf(
  name: string,
  value: Node | null,
  document: Document,
  { wantsList, line }: { readonly wantsList: boolean; readonly line: number },
): string | null {
  if (value === null || (isScalar(value) && value.value === null)) return null;
  if (isAlias(value)) throw new Refused(line, `${name} refers to another field (*${value.source}); write the value`);
  if (isScalar(value)) {
    if (wantsList) throw new Refused(line, `${name} must be a list`);
    // A number as it is written: 1.10 is not 1.1.
    return typeof value.value === 'string' ? value.value : (value.source ?? String(value.value));
  }
  if (!wantsList || isMap(value)) {
    throw new Refused(line, `${name} must be ${wantsList ? 'a list' : 'one value, not a list or an object'}`);
  }
  try {
    return JSON.stringify(value.toJS(document, { maxAliasCount: 100 }));
  } catch (error) {
    throw new Refused(line, `${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function sentIn(line: string, number: number, limits: DecodeLimits): Sent {
  try {
    const sent: unknown = JSON.parse(line);
    if (typeof sent === 'object' && sent !== null && 'file' in sent && ('text' in sent || 'base64' in sent))
      return sent as Sent;
  } catch {
    // Said below.
  }
  throw formatFault('FORMAT_OTHER_REPORT', limits, number, {
    what: 'this is no list of documents',
    next: 'documents() reads a folder: write extract.url as local://<folder>/, with the slash at its end',
  });
}
