/** Report-style CSV to raw rows: every line that is not blank, with the number of its block and the heading above it. */
import { type Decoded, rawColumns, type SectionsDecode } from '../../../core/decode.ts';
import { Batches } from './batches.ts';
import { cutRecords, readRecords } from './csv-records.ts';
import { type ByteSource, type DecodeLimits, formatFault } from './limits.ts';
import { readLines } from './lines.ts';

/**
 * Blank lines and lines of one empty quoted cell stand between blocks. A line of one cell is a heading, also of itself, and holds
 * until the next one, across blocks: publishers leave a blank line between a heading and its table. Cells that a line does not
 * have are null; a line of more cells than `spec.width` is kept apart.
 * @throws Fault `FORMAT_OTHER_REPORT`, `FORMAT_INVALID_UTF8`, `FORMAT_LINE_TOO_LONG`, `FORMAT_CSV_BROKEN`
 */
export async function* decodeSections(
  source: ByteSource,
  spec: SectionsDecode,
  limits: DecodeLimits,
): AsyncGenerator<Decoded> {
  const batches = new Batches(rawColumns(spec).length, limits.batchRows);
  let section = 0;
  let inBlock = false;
  let heading: string | null = null;
  let nextLine = 1;
  for await (const records of readRecords(readLines(source, limits), { delimiter: ',' }, limits)) {
    const cut = cutRecords(records, ',');
    for (const [i, record] of records.entries()) {
      const cells = cut[i] ?? [];
      // Blank lines are no records, so a gap in the lines is one.
      if (record.line > nextLine) inBlock = false;
      nextLine = record.line + record.height;
      if (typeof cells !== 'string' && cells.length === 1 && cells[0]?.trim() === '') {
        inBlock = false;
        continue;
      }
      if (!inBlock) section += 1;
      inBlock = true;
      const reason = faultOf(record.text, cells, spec.width);
      if (reason !== null || typeof cells === 'string') {
        // A quote that swallowed lines is no row fault: nobody can tell what is in there.
        if (record.height > 1) throw swallowed(limits, record.line, record.height, reason ?? '');
        batches.addUndecodable(record.line, record.text, reason ?? '');
        continue;
      }
      if (cells.length === 1) heading = withoutTags(cells[0] ?? '');
      const row = [String(section), heading, ...cells];
      batches.add(record.line, record.text, (c) => row[c] ?? null);
      if (batches.isFull) yield* batches.take();
    }
  }
  if (section === 0) throw noLine(limits);
  yield* batches.take();
}

function faultOf(text: string, cells: readonly string[] | string, width: number): string | null {
  if (text.includes('\0')) return 'the row holds a NUL byte';
  if (typeof cells === 'string') return cells;
  const trailing = cells.length === width + 1 && cells[width] === '';
  return cells.length <= width || trailing ? null : `the row has ${cells.length} cells, at most ${width} were expected`;
}

/** `<center><b>Simple Cycle</b></center>` is the heading `Simple Cycle`. */
function withoutTags(text: string): string {
  return text.replaceAll(/<[^<>]*>/g, '').trim();
}

function swallowed(limits: DecodeLimits, line: number, height: number, reason: string) {
  return formatFault('FORMAT_CSV_BROKEN', limits, line, {
    what: `a quote opens in this line and closes ${height - 1} lines below, and ${reason}`,
    next: 'look at the line; the file is damaged, so ask the publisher again later',
  });
}

function noLine(limits: DecodeLimits) {
  return formatFault('FORMAT_OTHER_REPORT', limits, null, {
    what: 'this is not the report that the definition describes: all of its lines are blank',
    next: 'look at the file; run again later, the publisher may be writing it',
  });
}
