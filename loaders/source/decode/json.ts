/** JSON to raw rows: one document, or one a line; strict, no deeper and no longer than the limits say. */
import { type Decoded, type JsonDecode, rawColumns } from '../../../core/decode.ts';
import type { Fault } from '../../../core/errors.ts';
import { Batches } from './batches.ts';
import { type Cells, cellReader, findRows, type Found, whatIsThere } from './json-paths.ts';
import { jsonText, type JsonValue, parseJson, tooDeepAt } from './json-text.ts';
import { type ByteSource, type DecodeLimits, formatFault } from './limits.ts';
import { readLines } from './lines.ts';
import { decodeUtf8 } from './utf8.ts';

/**
 * One raw row per object at the first of `spec.rows` that is there; its line is its ordinal, with `spec.lines` the physical line.
 * Null and absent members are null. What is no object where a row should be is kept apart, and so is a line that is no JSON.
 * @throws Fault `FORMAT_JSON_BROKEN`, `FORMAT_JSON_LIMIT`, `FORMAT_OTHER_REPORT`, `FORMAT_INVALID_UTF8`, `FORMAT_LINE_TOO_LONG`
 */
export async function* decodeJson(source: ByteSource, spec: JsonDecode, limits: DecodeLimits): AsyncGenerator<Decoded> {
  const batches = new Batches(rawColumns(spec).length, limits.batchRows);
  const cellsOf = cellReader(spec);
  if (spec.lines === true) {
    for await (const { first, lines } of readLines(source, limits)) {
      for (const [i, text] of lines.entries()) {
        if (text.trim() === '') continue;
        const rows = rowsOfLine(text, spec, limits);
        if (typeof rows === 'string') batches.addUndecodable(first + i, text, rows);
        else for (const row of rows) addRow(batches, first + i, row, cellsOf(row));
        if (batches.isFull) yield* batches.take();
      }
    }
  } else {
    const document = parseDocument(await readDocument(source, limits), limits);
    const rows = findRows(document, spec.rows);
    if (rows === null) throw otherReport(document, spec, limits);
    for (const [i, row] of rows.entries()) {
      addRow(batches, i + 1, row, cellsOf(row));
      if (batches.isFull) yield* batches.take();
    }
  }
  yield* batches.take();
}

function addRow(batches: Batches, line: number, row: Found, cells: Cells): void {
  const raw = jsonText(row.value);
  if (typeof cells === 'string') batches.addUndecodable(line, raw, cells);
  else batches.add(line, raw, (c) => cells[c] ?? null);
}

async function readDocument(source: ByteSource, limits: DecodeLimits): Promise<string> {
  let text = '';
  for await (const part of decodeUtf8(source, limits)) {
    text += part;
    if (text.length > limits.maxDocumentBytes)
      throw tooMuch(limits, null, `the document is longer than ${limits.maxDocumentBytes.toLocaleString('en')} bytes`);
  }
  return text;
}

function parseDocument(text: string, limits: DecodeLimits): JsonValue {
  const deep = tooDeepAt(text, limits.maxDepth);
  if (deep >= 0)
    throw tooMuch(limits, lineAt(text, deep), `objects and lists are nested deeper than ${limits.maxDepth}`);
  try {
    return parseJson(text);
  } catch (error) {
    const { reason, position } = syntaxFault(error);
    throw formatFault('FORMAT_JSON_BROKEN', limits, lineAt(text, position), {
      what: `the document is not well-formed JSON: ${reason}`,
      next: 'look at the line; the file is cut off or damaged, so ask the publisher again later',
      cause: error,
    });
  }
}

/** The rows in a line, or why it has none. */
function rowsOfLine(text: string, spec: JsonDecode, limits: DecodeLimits): readonly Found[] | string {
  if (tooDeepAt(text, limits.maxDepth) >= 0) return `objects and lists are nested deeper than ${limits.maxDepth}`;
  try {
    const document = parseJson(text);
    return findRows(document, spec.rows) ?? `it holds nothing at ${pathsOf(spec)}: ${whatIsThere(document, spec.rows)}`;
  } catch (error) {
    return `the line is not well-formed JSON: ${syntaxFault(error).reason}`;
  }
}

/** The parser ends its messages with the place. */
function syntaxFault(error: unknown): { reason: string; position: number } {
  const message = error instanceof Error ? error.message : String(error);
  const [place, position = '0'] = / (?:encountered )?at position (\d+)$/.exec(message) ?? [''];
  return { reason: message.slice(0, message.length - place.length).slice(0, 200), position: Number(position) };
}

function lineAt(text: string, position: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < position; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

function pathsOf(spec: JsonDecode): string {
  return spec.rows.map((path) => (path === '' ? 'its top' : path)).join(' or ');
}

function otherReport(document: JsonValue, spec: JsonDecode, limits: DecodeLimits): Fault {
  return formatFault('FORMAT_OTHER_REPORT', limits, null, {
    what: `this is not the report that the definition describes: rows are expected at ${pathsOf(spec)}, and ${whatIsThere(document, spec.rows)}`,
    next: 'look at the file; if the publisher changed the report, change the paths of the definition',
  });
}

function tooMuch(limits: DecodeLimits, line: number | null, what: string): Fault {
  return formatFault('FORMAT_JSON_LIMIT', limits, line, {
    what,
    next: 'look at the file: it is damaged or it is no report',
  });
}
