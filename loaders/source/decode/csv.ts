/** Delimited text to raw rows: streaming, every cell as published, rows that cannot be cut kept apart. */
import { type CsvDecode, type Decoded, rawColumns } from '../../../core/decode.ts';
import { Batches } from './batches.ts';
import { captured, captureMissing, fromHeader } from './csv-preamble.ts';
import { cutRecords, type CsvRecord, readRecords } from './csv-records.ts';
import { headerChanged, headerNames, matchHeader } from './header.ts';
import { type ByteSource, type DecodeLimits, formatFault } from './limits.ts';
import { readLines } from './lines.ts';

/**
 * Lines are physical lines of the file. Cells have their quotes taken off and are not trimmed; cells of columns that this file
 * does not have are null, and so are with `short: 'pad'` those that a row ends before.
 * @throws Fault `FORMAT_HEADER_CHANGED`, `FORMAT_CAPTURE_MISSING`, `FORMAT_INVALID_UTF8`, `FORMAT_LINE_TOO_LONG`,
 * `FORMAT_CSV_BROKEN`
 */
export async function* decodeCsv(source: ByteSource, spec: CsvDecode, limits: DecodeLimits): AsyncGenerator<Decoded> {
  const columns = rawColumns(spec);
  const batches = new Batches(columns.length, limits.batchRows);
  const before: string[] = [];
  const headerRows: (readonly string[])[] = [];
  let header: Header | null = null;
  const lines = fromHeader(readLines(source, limits), spec, limits, before);
  for await (const records of readRecords(lines, spec, limits)) {
    const cut = cutRecords(records, spec.delimiter);
    for (const [i, record] of records.entries()) {
      const cells = cut[i] ?? [];
      if (header === null) {
        if (typeof cells === 'string') throw headerChanged(limits, record.line, `the header cannot be read: ${cells}`);
        headerRows.push(cells);
        if (headerRows.length === (spec.headerRows ?? 1))
          header = readHeader(headerRows, record.line, spec, columns, before, limits);
        continue;
      }
      addRow(batches, record, cells, header, limits);
      if (batches.isFull) yield* batches.take();
    }
  }
  if (header === null)
    throw headerChanged(limits, null, `the file ends within its header, which has ${spec.headerRows} lines`);
  yield* batches.take();
}

interface Header {
  /** Cells of a row without a trailing delimiter. */
  readonly width: number;
  /** A row may end early. */
  readonly pad: boolean;
  /** Place in the file of each raw column, -1 where it has none. */
  readonly places: readonly number[];
  /** What each raw column without a place holds in every row. */
  readonly constants: readonly (string | null)[];
}

function readHeader(
  rows: readonly (readonly string[])[],
  line: number,
  spec: CsvDecode,
  columns: readonly string[],
  before: readonly string[],
  limits: DecodeLimits,
): Header {
  const places = matchHeader(headerNames(rows), spec.vintages, columns, limits, line);
  const values = captured(spec, before);
  const constants = columns.map((column, c) => {
    if (places[c] === -1 && values.get(column) === null) throw captureMissing(column, spec, before, limits);
    return values.get(column) ?? null;
  });
  return { width: places.filter((place) => place >= 0).length, pad: spec.short === 'pad', places, constants };
}

function addRow(
  batches: Batches,
  record: CsvRecord,
  cells: readonly string[] | string,
  header: Header,
  limits: DecodeLimits,
): void {
  const reason = faultOf(record, cells, header);
  if (reason === null && typeof cells !== 'string') {
    batches.add(record.line, record.text, (c) => {
      const place = header.places[c] ?? -1;
      return (place < 0 ? header.constants[c] : cells[place]) ?? null;
    });
    return;
  }
  // A quote that swallowed lines is no row fault: nobody can tell how many rows are in there.
  if (record.height > 1 && !record.text.includes('\0')) {
    throw formatFault('FORMAT_CSV_BROKEN', limits, record.line, {
      what: `a quote opens in this line and closes ${record.height - 1} lines below, and ${reason}`,
      next: 'look at the line; the file is damaged, so ask the publisher again later',
    });
  }
  batches.addUndecodable(record.line, record.text, reason ?? 'the quotes do not match');
}

function faultOf(record: CsvRecord, cells: readonly string[] | string, { width, pad }: Header): string | null {
  if (record.text.includes('\0')) return 'the row holds a NUL byte';
  if (typeof cells === 'string') return cells;
  const trailing = cells.length === width + 1 && cells[width] === '';
  const short = pad && cells.length < width;
  return cells.length === width || trailing || short
    ? null
    : `the row has ${cells.length} cells, the header has ${width}`;
}
