/** Delimited text to raw rows: streaming, every cell as published, rows that cannot be cut kept apart. */
import { type CsvDecode, type Decoded, rawColumns } from '../../../core/decode.ts';
import { Batches } from './batches.ts';
import { cutRecords, type CsvRecord, readRecords } from './csv-records.ts';
import { headerChanged, matchHeader } from './header.ts';
import { type ByteSource, type DecodeLimits, formatFault } from './limits.ts';
import { readLines } from './lines.ts';

/**
 * Lines are physical lines of the file. Cells have their quotes taken off and are not trimmed; cells of columns that this file
 * does not have are null.
 * @throws Fault `FORMAT_HEADER_CHANGED`, `FORMAT_INVALID_UTF8`, `FORMAT_LINE_TOO_LONG`, `FORMAT_CSV_BROKEN`
 */
export async function* decodeCsv(source: ByteSource, spec: CsvDecode, limits: DecodeLimits): AsyncGenerator<Decoded> {
  const columns = rawColumns(spec);
  const batches = new Batches(columns.length, limits.batchRows);
  let header: Header | null = null;
  for await (const records of readRecords(readLines(source, limits), spec, limits)) {
    const cut = cutRecords(records, spec.delimiter);
    for (const [i, record] of records.entries()) {
      const cells = cut[i] ?? [];
      if (header === null) {
        header = readHeader(record, cells, spec, columns, limits);
        continue;
      }
      addRow(batches, record, cells, header, limits);
      if (batches.isFull) yield* batches.take();
    }
  }
  if (header === null) throw headerChanged(limits, null, 'the file is empty: it has no header');
  yield* batches.take();
}

interface Header {
  /** Cells of a row without a trailing delimiter. */
  readonly width: number;
  /** Place in the file of each raw column, -1 where it has none. */
  readonly places: readonly number[];
}

function readHeader(
  record: CsvRecord,
  cells: readonly string[] | string,
  spec: CsvDecode,
  columns: readonly string[],
  limits: DecodeLimits,
): Header {
  if (typeof cells === 'string') throw headerChanged(limits, record.line, `the header cannot be read: ${cells}`);
  const places = matchHeader(cells, spec.vintages, columns, limits, record.line);
  return { width: places.filter((place) => place >= 0).length, places };
}

function addRow(
  batches: Batches,
  record: CsvRecord,
  cells: readonly string[] | string,
  header: Header,
  limits: DecodeLimits,
): void {
  const reason = faultOf(record, cells, header.width);
  if (reason === null && typeof cells !== 'string') {
    batches.add(record.line, record.text, (c) => cells[header.places[c] ?? -1] ?? null);
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

function faultOf(record: CsvRecord, cells: readonly string[] | string, width: number): string | null {
  if (record.text.includes('\0')) return 'the row holds a NUL byte';
  if (typeof cells === 'string') return cells;
  const trailing = cells.length === width + 1 && cells[width] === '';
  return cells.length === width || trailing ? null : `the row has ${cells.length} cells, the header has ${width}`;
}
