/** How a publisher's bytes become raw rows: data only; the decoders are in `loaders/source/decode`. */

/** Delimited text. Header names are compared as a set with the vintages that the definition knows. */
export interface CsvDecode {
  readonly format: 'csv';
  /** Lines that start with this text are the preamble, anywhere in the file. */
  readonly comment?: string;
  readonly delimiter: string;
  /** Known headers, newest first; each a list of column names as published. */
  readonly vintages: readonly (readonly string[])[];
  /**
   * The file begins with other lines: they are skipped until a known header comes, at most {@link PREAMBLE_LINES} of them. The names
   * in such a header hold no line breaks.
   */
  readonly preamble?: true;
  /**
   * Raw column → regular expression; its first group is the column's value in every row. It is looked for in each of the first
   * {@link PREAMBLE_LINES} lines before the header, comments among them; the first that fits counts. A file that has the column itself
   * needs no such line.
   */
  readonly capture?: Readonly<Record<string, string>>;
  /** Lines of the header; what stands above each other is joined by a space: `MANITOBA Imp`. Blank cells are left out. Default 1. */
  readonly headerRows?: number;
  /** `pad`: a row that ends early lacks its last cells (null). Without it such a row is refused. */
  readonly short?: 'pad';
}

/** Lines that may come before the header of a file with a preamble. */
export const PREAMBLE_LINES = 100;

/** XML by local name, streamed: one raw row per element at `rows`. */
export interface XmlDecode {
  readonly format: 'xml';
  /** Paths of local names from the root, e.g. `Document/DocBody/DailyData/HourlyData/FuelTotal`: every element at any of them is a row. No row lies inside another. */
  readonly rows: readonly string[];
  /**
   * Raw column → path of a leaf, relative to the row element; `../` climbs. A leaf that a row does not have is null; one outside the
   * row counts where it stands before the row.
   */
  readonly columns: Readonly<Record<string, string>>;
  /** Raw column that tells the row's kind: the name of its element. */
  readonly element?: string;
}

/** JSON, numbers kept as the text that was published. */
export interface JsonDecode {
  readonly format: 'json';
  /**
   * Paths of member names to the rows, tried in order: the first that is there wins, and an empty list is there, null is not. Lists on
   * the way are walked into; the empty path is the document itself. A name that holds a slash cannot be written.
   */
  readonly rows: readonly string[];
  /** Raw column → path of a member, relative to the row; `../` climbs to the object around it. Objects and lists come as JSON text, null as null. */
  readonly columns: Readonly<Record<string, string>>;
  /** One JSON document a line, streamed; without it the document is read as a whole. */
  readonly lines?: true;
}

/**
 * Report-style CSV: blocks between blank lines, each with columns of its own, headings among them. Raw columns are `section` (number of the
 * block, from 1), `heading` (the last line of one cell, without HTML tags; it holds on in the next blocks, so mind the section) and `c1` …
 * `c<width>`; every line that is not blank is a row. A line of one empty quoted cell is blank.
 */
export interface SectionsDecode {
  readonly format: 'sections';
  readonly width: number;
}

/** Parquet, read by DuckDB; raw columns keep their types. */
export interface ParquetDecode {
  readonly format: 'parquet';
  readonly columns: readonly string[];
  /** The file has further columns, which nobody needs; without it they are a change of format. */
  readonly others?: 'left out';
}

/** Arrow IPC (file or stream); cells become text. */
export interface ArrowDecode {
  readonly format: 'arrow';
  readonly columns: readonly string[];
}

/** One member of a zip archive, decoded by `then`. */
export interface ZipDecode {
  readonly format: 'zip';
  /** A regular expression that exactly one member's name matches. */
  readonly member: string;
  readonly then: CsvDecode | XmlDecode | JsonDecode;
  /** The publisher sometimes sends the member itself, without an archive around it. */
  readonly orBare?: true;
}

/**
 * A folder of Markdown files with YAML front matter, as the address `local://<folder>/` answers it. One row per file; raw columns are `file`,
 * the fields of the front matter (a list as JSON text, what is absent as null) and `body`. A field that is not named here refuses the row.
 */
export interface DocumentsDecode {
  readonly format: 'documents';
  readonly fields: readonly string[];
  /** Those of the fields that hold a list; the others hold one value. */
  readonly lists?: readonly string[];
}

export type Decode =
  | CsvDecode
  | XmlDecode
  | JsonDecode
  | SectionsDecode
  | ParquetDecode
  | ArrowDecode
  | ZipDecode
  | DocumentsDecode;

/** Delimited text with a header: `csv({ comment: '\\\\', header: ['Date', 'Hour', …] })`. */
export function csv(
  options: Omit<CsvDecode, 'format' | 'delimiter' | 'vintages'> & {
    readonly delimiter?: string;
    readonly header: readonly string[];
    /** Headers of earlier files. */
    readonly earlier?: readonly (readonly string[])[];
  },
): CsvDecode {
  const { header, earlier = [], delimiter = ',', ...rest } = options;
  return { format: 'csv', delimiter, vintages: [header, ...earlier], ...rest };
}

/** XML; `rows` is one path or several. */
export function xml(
  options: Omit<XmlDecode, 'format' | 'rows'> & { readonly rows: string | readonly string[] },
): XmlDecode {
  return { format: 'xml', ...options, rows: typeof options.rows === 'string' ? [options.rows] : options.rows };
}

/** JSON; `rows` is one path or several alternatives. */
export function json(
  options: Omit<JsonDecode, 'format' | 'rows'> & { readonly rows: string | readonly string[] },
): JsonDecode {
  return { format: 'json', ...options, rows: typeof options.rows === 'string' ? [options.rows] : options.rows };
}

export function sections(options: Omit<SectionsDecode, 'format'>): SectionsDecode {
  return { format: 'sections', ...options };
}

export function parquet(options: Omit<ParquetDecode, 'format'>): ParquetDecode {
  return { format: 'parquet', ...options };
}

export function arrow(options: Omit<ArrowDecode, 'format'>): ArrowDecode {
  return { format: 'arrow', ...options };
}

export function zip(options: Omit<ZipDecode, 'format'>): ZipDecode {
  return { format: 'zip', ...options };
}

export function documents(options: Omit<DocumentsDecode, 'format'>): DocumentsDecode {
  return { format: 'documents', ...options };
}

/** Raw columns, in the order of the newest vintage; columns of earlier vintages follow. */
export function rawColumns(decode: Decode): string[] {
  switch (decode.format) {
    case 'csv':
      return [...new Set([...decode.vintages.flat(), ...Object.keys(decode.capture ?? {})])];
    case 'xml':
      return [...Object.keys(decode.columns), ...(decode.element === undefined ? [] : [decode.element])];
    case 'json':
      return Object.keys(decode.columns);
    case 'sections':
      return ['section', 'heading', ...Array.from({ length: decode.width }, (_, i) => `c${i + 1}`)];
    case 'zip':
      return rawColumns(decode.then);
    case 'documents':
      return ['file', ...decode.fields, 'body'];
    default:
      return [...decode.columns];
  }
}

/** A batch of raw rows, column by column, every cell as the publisher wrote it; blank cells are the empty text, absent ones null. */
export interface RawBatch {
  /** 1-based line (text) or element or row number, one per row. */
  readonly lines: readonly number[];
  /** The row as published, at most 2,000 characters of it. */
  readonly raw: readonly string[];
  /** `cells[c][r]`, columns in the order of {@link rawColumns}. */
  readonly cells: readonly (readonly (string | null)[])[];
}

/** A row that cannot even be cut into cells (ragged, NUL byte): it goes to quarantine as it is. */
export interface UndecodableRow {
  readonly line: number;
  readonly raw: string;
  readonly reason: string;
}

/** What a decoder yields, in file order. */
export type Decoded =
  | { readonly kind: 'rows'; readonly batch: RawBatch }
  | { readonly kind: 'undecodable'; readonly rows: readonly UndecodableRow[] };
