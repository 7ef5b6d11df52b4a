/** Decodes a file of any format but Parquet into batches of raw rows. */
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import type { CsvDecode, Decode, Decoded, XmlDecode } from '../../../core/decode.ts';
import { decodeArrow } from './arrow.ts';
import { decodeCsv } from './csv.ts';
import { type ByteSource, DEFAULT_LIMITS, type DecodeLimits } from './limits.ts';
import { decodeXml } from './xml.ts';
import { readZipMember } from './zip.ts';

export type { DecodeLimits } from './limits.ts';

/**
 * Raw rows of a file, columns in the order of `rawColumns(spec)`, in batches: memory does not grow with the file.
 * `limits.name` is what messages call the file; its base name if absent.
 * @throws Fault of kind `format` where the file is not what the definition describes; rows before the fault may have been given
 * @throws RangeError for Parquet, which the DuckDB session reads itself
 */
export async function* decode(path: string, spec: Decode, limits: Partial<DecodeLimits> = {}): AsyncGenerator<Decoded> {
  const all: DecodeLimits = { ...DEFAULT_LIMITS, name: basename(path), ...limits };
  switch (spec.format) {
    case 'parquet':
      throw new RangeError('Parquet files are imported by the DuckDB session, not decoded');
    case 'arrow':
      yield* decodeArrow(path, spec, all);
      return;
    case 'zip':
      yield* readZipMember(path, spec.member, all, (member) =>
        decodeText(member.bytes, spec.then, { ...all, name: `${all.name} ${member.name}` }),
      );
      return;
    default:
      yield* decodeText(createReadStream(path, { highWaterMark: all.chunkBytes }), spec, all);
  }
}

function decodeText(source: ByteSource, spec: CsvDecode | XmlDecode, limits: DecodeLimits): AsyncGenerator<Decoded> {
  return spec.format === 'csv' ? decodeCsv(source, spec, limits) : decodeXml(source, spec, limits);
}
