/** Decodes a file of any format but Parquet into batches of raw rows. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Decode, Decoded, ZipDecode } from '../../../core/decode.ts';
import { decodeArrow } from './arrow.ts';
import { decodeCsv } from './csv.ts';
import { decodeDocuments } from './documents.ts';
import { type ByteSource, DEFAULT_LIMITS, type DecodeLimits } from './limits.ts';
import { decodeJson } from './json.ts';
import { decodeSections } from './sections.ts';
import { decodeXml } from './xml.ts';
import { looksLikeZip, readZipMember } from './zip.ts';

type TextDecode = ZipDecode['then'];

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
    case 'sections':
      yield* decodeSections(bytesOf(path, all), spec, all);
      return;
    case 'documents':
      yield* decodeDocuments(bytesOf(path, all), spec, all);
      return;
    case 'zip':
      if (spec.orBare === true && !(await beginsLikeZip(path))) {
        yield* decodeText(bytesOf(path, all), spec.then, all);
        return;
      }
      yield* readZipMember(path, spec.member, all, (member) =>
        decodeText(member.bytes, spec.then, { ...all, name: `${all.name} ${member.name}` }),
      );
      return;
    default:
      yield* decodeText(bytesOf(path, all), spec, all);
  }
}

/** Opens the file when it is asked for the first bytes: a decoder that fails before leaves nothing open. */
async function* bytesOf(path: string, limits: DecodeLimits): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path, { highWaterMark: limits.chunkBytes }) as AsyncIterable<Buffer>;
}

/** Any archive, even one without members, begins with these letters; the decoder of archives says what is wrong with it. */
async function beginsLikeZip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return looksLikeZip(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

function decodeText(source: ByteSource, spec: TextDecode, limits: DecodeLimits): AsyncGenerator<Decoded> {
  switch (spec.format) {
    case 'csv':
      return decodeCsv(source, spec, limits);
    case 'xml':
      return decodeXml(source, spec, limits);
    case 'json':
      return decodeJson(source, spec, limits);
  }
}
