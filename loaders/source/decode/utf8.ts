/** Bytes to text in pieces: what is not UTF-8 is refused with its line, never replaced. */
import { isUtf8 } from 'node:buffer';
import { type ByteSource, type DecodeLimits, invalidUtf8 } from './limits.ts';
import { firstInvalidLine } from './lines.ts';

/**
 * The text, piece by piece as the bytes come; a byte order mark is dropped.
 * @throws Fault `FORMAT_INVALID_UTF8`
 */
export async function* decodeUtf8(source: ByteSource, limits: DecodeLimits): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  let unfinished: Uint8Array = new Uint8Array();
  for await (const chunk of source) {
    const bytes = Buffer.concat([unfinished, chunk]);
    const whole = bytes.subarray(0, bytes.length - unfinishedBytes(bytes));
    if (!isUtf8(whole)) throw invalidUtf8(limits, line + firstInvalidLine(whole));
    for (let at = whole.indexOf(0x0a); at >= 0; at = whole.indexOf(0x0a, at + 1)) line += 1;
    unfinished = bytes.subarray(whole.length);
    yield decoder.decode(whole, { stream: true });
  }
  if (unfinished.length > 0) throw invalidUtf8(limits, line);
}

/** Length of a UTF-8 sequence at the end that its first byte says is longer than what is there. */
function unfinishedBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? back : 0;
    if (byte < 0x80) return 0;
  }
  return 0;
}
