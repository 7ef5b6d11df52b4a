/** The forms in which the past of a series is downloaded. */
import { arrowWriter } from '../api/arrow.ts';
import { csvOf } from '../api/csv.ts';
import { ARROW_TYPE } from '../api/media.ts';
import { type FileWriter, parquetWriter } from './parquet.ts';
import type { SourceColumn } from './select.ts';

export const FILE_FORMATS = ['parquet', 'csv', 'arrow'] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

export const FILE_TYPES: Readonly<Record<FileFormat, string>> = {
  parquet: 'application/vnd.apache.parquet',
  csv: 'text/csv; charset=utf-8; header=present',
  arrow: ARROW_TYPE,
};

/** Endings of file names. */
export const FILE_ENDINGS: Readonly<Record<FileFormat, string>> = { parquet: 'parquet', csv: 'csv', arrow: 'arrows' };

export function fileWriter(format: FileFormat, columns: readonly SourceColumn[], provenance: unknown): FileWriter {
  if (format === 'parquet') return parquetWriter(columns, provenance);
  return format === 'csv' ? csvWriter(columns) : arrowFileWriter(columns, provenance);
}

function csvWriter(columns: readonly SourceColumn[]): FileWriter {
  let began = false;
  const text = (rows: Parameters<FileWriter['write']>[0]): Uint8Array<ArrayBuffer> => {
    const piece = csvOf({ name: '', columns, rows }, !began);
    began = true;
    return new TextEncoder().encode(piece);
  };
  return { write: text, end: () => (began ? new Uint8Array(0) : text([])) };
}

function arrowFileWriter(columns: readonly SourceColumn[], provenance: unknown): FileWriter {
  const writer = arrowWriter(columns, provenance);
  const joined = (chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.concat(chunks));
  return { write: (rows) => joined(writer.write(rows)), end: () => joined(writer.end()) };
}
