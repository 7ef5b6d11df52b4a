/** Physical lines to CSV records: comments and blank lines are left out, quoted line breaks are joined. */
import { CsvError, parse } from 'csv-parse/sync';
import type { CsvDecode } from '../../../core/decode.ts';
import type { Fault } from '../../../core/errors.ts';
import { type DecodeLimits, formatFault } from './limits.ts';
import type { LineBlock } from './lines.ts';

/** What of a definition decides where records begin and end. */
export type RecordSpec = Pick<CsvDecode, 'comment' | 'delimiter'>;

export interface CsvRecord {
  /** Where it starts. */
  readonly line: number;
  /** Physical lines that it covers. */
  readonly height: number;
  /** As published, without the line end. */
  readonly text: string;
  readonly quoted: boolean;
}

/**
 * The records of each block, in file order.
 *
 * In a well-formed record the number of quotes is even; an odd number is either a cell that goes on in the next line or a stray
 * quote, and csv-parse knows which.
 * @throws Fault `FORMAT_CSV_BROKEN` for a quote that is never closed, with the line where it opens
 */
export async function* readRecords(
  blocks: AsyncIterable<LineBlock>,
  spec: RecordSpec,
  limits: DecodeLimits,
): AsyncGenerator<CsvRecord[]> {
  let open: { line: number; lines: string[]; bytes: number } | null = null;
  for await (const { first, lines } of blocks) {
    const records: CsvRecord[] = [];
    for (const [i, line] of lines.entries()) {
      const quoted = line.includes('"');
      if (open !== null) {
        open.lines.push(line);
        open.bytes += line.length + 1;
        if (open.bytes > limits.maxLineBytes) throw notClosed(limits, open.line);
        if (!quoted || hasEvenQuotes(line)) continue;
        records.push({
          line: open.line,
          height: open.lines.length,
          text: withoutReturn(open.lines.join('\n')),
          quoted: true,
        });
        open = null;
        continue;
      }
      if (isNoise(line, spec)) continue;
      const text = withoutReturn(line);
      if (quoted && !hasEvenQuotes(line) && cutQuoted([text], spec.delimiter) === 'not closed') {
        open = { line: first + i, lines: [line], bytes: line.length };
      } else {
        records.push({ line: first + i, height: 1, text, quoted });
      }
    }
    if (records.length > 0) yield records;
  }
  if (open !== null) throw notClosed(limits, open.line);
}

/** Cells of each record as published, quotes taken off; a text says why a record cannot be cut. */
export function cutRecords(records: readonly CsvRecord[], delimiter: string): (string[] | string)[] {
  const quoted = records.filter((record) => record.quoted);
  // One call for all of them is many times faster than one each; a fault among them is rare.
  const together = cutQuoted(
    quoted.map(({ text }) => text),
    delimiter,
  );
  let next = 0;
  return records.map((record) => {
    if (!record.quoted) return record.text.split(delimiter);
    if (typeof together !== 'string') return together[next++] ?? 'the quotes do not match';
    const alone = cutQuoted([record.text], delimiter);
    return typeof alone === 'string' ? 'the quotes do not match' : (alone[0] ?? []);
  });
}

function cutQuoted(texts: readonly string[], delimiter: string): string[][] | 'not closed' | 'broken' {
  if (texts.length === 0) return [];
  try {
    const cut = parse(texts.join('\n'), { delimiter, record_delimiter: '\n', relax_column_count: true });
    return cut.length === texts.length ? cut : 'broken';
  } catch (error) {
    return error instanceof CsvError && error.code === 'CSV_QUOTE_NOT_CLOSED' ? 'not closed' : 'broken';
  }
}

/** Cells of one physical line; empty where its quotes do not match. */
export function cutLine(line: string, delimiter: string): readonly string[] {
  const text = withoutReturn(line);
  if (!text.includes('"')) return text.split(delimiter);
  const cut = cutQuoted([text], delimiter);
  return typeof cut === 'string' ? [] : (cut[0] ?? []);
}

/** A comment or a blank line. */
export function isNoise(line: string, spec: RecordSpec): boolean {
  return (spec.comment !== undefined && line.startsWith(spec.comment)) || /^ *\r?$/.test(line);
}

function hasEvenQuotes(line: string): boolean {
  let even = true;
  for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) even = !even;
  return even;
}

export function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

function notClosed(limits: DecodeLimits, line: number): Fault {
  return formatFault('FORMAT_CSV_BROKEN', limits, line, {
    what: 'a quote opens in this line and is not closed',
    next: 'look at the line; the file is cut off or damaged, so ask the publisher again later',
  });
}
