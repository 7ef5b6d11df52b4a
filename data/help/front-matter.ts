/** A help file cut into front matter and Markdown, each value with the line that it stands in. */
import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';

export interface HelpFile {
  /** Name within data/help. */
  readonly name: string;
  readonly text: string;
}

export interface Field {
  readonly value: unknown;
  readonly line: number;
}

export interface CutFile {
  readonly fields: ReadonlyMap<string, Field>;
  readonly body: string;
  /** Line of the file in which the body starts. */
  readonly bodyLine: number;
  /** Why it cannot be read further. */
  readonly broken: readonly { readonly line: number; readonly what: string }[];
}

const FENCE = /^---[ \t]*$/;

/** Never throws: what cannot be read is in `broken`. */
export function cut({ text }: HelpFile): CutFile {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const end = lines.findIndex((line, i) => i > 0 && FENCE.test(line));
  if (!FENCE.test(lines[0] ?? '')) return unread(1, 'there is no front matter: the first line must be ---');
  if (end === -1) return unread(1, 'the front matter has no end: a line --- must follow it');
  const counter = new LineCounter();
  const document = parseDocument(lines.slice(1, end).join('\n'), { lineCounter: counter, prettyErrors: false });
  // The first line of the YAML is the second of the file.
  const lineOf = (offset = 0): number => counter.linePos(offset).line + 1;
  const broken = [...document.errors, ...document.warnings].map(({ pos, message }) => ({
    line: lineOf(pos[0]),
    what: `the front matter is not YAML: ${message}`,
  }));
  const fields = new Map<string, Field>();
  if (isMap(document.contents)) {
    for (const { key, value } of document.contents.items) {
      const name = isScalar(key) ? String(key.value) : '';
      fields.set(name, {
        value: plain(value as Node | null, document),
        line: lineOf((key as Node | null)?.range?.[0]),
      });
    }
  } else if (broken.length === 0) {
    broken.push({ line: 2, what: 'the front matter must be fields, each as "name: value"' });
  }
  return { fields, body: lines.slice(end + 1).join('\n'), bodyLine: end + 2, broken };
}

/** A number or a date stays as it is written. */
function plain(value: Node | null, document: ReturnType<typeof parseDocument>): unknown {
  if (value === null) return null;
  if (isScalar(value)) return typeof value.value === 'string' ? value.value : (value.source ?? value.value);
  return value.toJS(document);
}

function unread(line: number, what: string): CutFile {
  return { fields: new Map(), body: '', bodyLine: 1, broken: [{ line, what }] };
}
