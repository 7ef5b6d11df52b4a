/** Limits that keep decoding bounded in memory, and the faults that all decoders share. */
import { Fault } from '../../../core/errors.ts';

export interface DecodeLimits {
  /** What the file is called in messages: its URL or base name. */
  readonly name: string;
  /** Bytes read at once. Default 64 KiB. */
  readonly chunkBytes: number;
  /** Rows per batch. Default 2,048. */
  readonly batchRows: number;
  /** Longest line, quoted record or XML text, in bytes. Default 1 MiB. */
  readonly maxLineBytes: number;
  /** Deepest nesting of XML and JSON. Default 100. */
  readonly maxDepth: number;
  /** Longest JSON document, which is read as a whole, in characters. Default 256 MiB. */
  readonly maxDocumentBytes: number;
  /** Most bytes that a zip member may unpack to. Default 2 GiB. */
  readonly maxUnpackedBytes: number;
  /** Most bytes that one packed byte may become, looked at after the first MiB. Default 250. */
  readonly maxRatio: number;
}

export const DEFAULT_LIMITS: Omit<DecodeLimits, 'name'> = {
  chunkBytes: 64 * 1024,
  batchRows: 2_048,
  maxLineBytes: 1024 * 1024,
  maxDepth: 100,
  maxDocumentBytes: 256 * 1024 * 1024,
  maxUnpackedBytes: 2 * 1024 * 1024 * 1024,
  maxRatio: 250,
};

/** Bytes of a file or of a zip member, in order. */
export type ByteSource = AsyncIterable<Uint8Array>;

/** A fault of the file's format; `line` is 1-based. */
export function formatFault(
  code: string,
  limits: DecodeLimits,
  line: number | null,
  parts: { readonly what: string; readonly next: string; readonly cause?: unknown },
): Fault {
  return new Fault({
    code,
    kind: 'format',
    what: parts.what,
    where: line === null ? limits.name : `${limits.name} line ${line}`,
    consequence: 'nothing of this file was loaded',
    next: parts.next,
    ...(parts.cause === undefined ? {} : { cause: parts.cause }),
  });
}

export function invalidUtf8(limits: DecodeLimits, line: number): Fault {
  return formatFault('FORMAT_INVALID_UTF8', limits, line, {
    what: 'the bytes are not UTF-8',
    next: 'look at the file; if the publisher changed its encoding, the definition needs another decoder',
  });
}
