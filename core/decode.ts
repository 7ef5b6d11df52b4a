/** How a publisher's bytes become raw rows: data only; the decoders are in `loaders/source/decode`. */

/** Delimited text. Header names are compared as a set with the vintages that the definition knows. */
export interface CsvDecode {
  readonly format: 'csv';
  /** Lines that start with this text are the preamble, anywhere in the file. */
  readonly comment?: string;
  readonly delimiter: string;
  /** Known headers, newest first; each a list of column names as published. */
  readonly vintages: readonly (readonly string[])[];
}

/** XML by local name, streamed: one raw row per element at `rows`. */
export interface XmlDecode {
  readonly format: 'xml';
  /** Path of local names from the root, e.g. `Document/DocBody/DailyData/HourlyData/FuelTotal`. */
  readonly rows: string;
  /** Raw column → path of a leaf, relative to the row element; `../` climbs. */
  readonly columns: Readonly<Record<string, string>>;
}

/** Parquet, read by DuckDB; raw columns keep their types. */
export interface ParquetDecode {
  readonly format: 'parquet';
  readonly columns: readonly string[];
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
  readonly then: CsvDecode | XmlDecode;
}

export type Decode = CsvDecode | XmlDecode | ParquetDecode | ArrowDecode | ZipDecode;

/** Delimited text with a header: `csv({ comment: '\\\\', header: ['Date', 'Hour', …] })`. */
export function csv(options: {
  readonly comment?: string;
  readonly delimiter?: string;
  readonly header: readonly string[];
  /** Headers of earlier files. */
  readonly earlier?: readonly (readonly string[])[];
}): CsvDecode {
  const base = {
    format: 'csv',
    delimiter: options.delimiter ?? ',',
    vintages: [options.header, ...(options.earlier ?? [])],
  } as const;
  return options.comment === undefined ? base : { ...base, comment: options.comment };
}

export function xml(options: Omit<XmlDecode, 'format'>): XmlDecode {
  return { format: 'xml', ...options };
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

/** Raw columns, in the order of the newest vintage; columns of earlier vintages follow. */
export function rawColumns(decode: Decode): string[] {
  switch (decode.format) {
    case 'csv':
      return [...new Set(decode.vintages.flat())];
    case 'xml':
      return Object.keys(decode.columns);
    case 'zip':
      return rawColumns(decode.then);
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
