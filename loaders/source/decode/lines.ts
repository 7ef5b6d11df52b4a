/** Bytes to physical lines of text: checks UTF-8 and line length, keeps the carriage return, counts. */
import { isUtf8 } from 'node:buffer';
import { type ByteSource, type DecodeLimits, formatFault, invalidUtf8 } from './limits.ts';

const LINE_FEED = 0x0a;

/** Consecutive lines without their line feed; the first one is line `first` of the file. */
export interface LineBlock {
  readonly first: number;
  readonly lines: readonly string[];
}

/**
 * The lines of a text file. A byte order mark is dropped; an end of the last line is no further line.
 * @throws Fault `FORMAT_INVALID_UTF8`, `FORMAT_LINE_TOO_LONG`, both with the line
 */
export async function* readLines(source: ByteSource, limits: DecodeLimits): AsyncGenerator<LineBlock> {
  let open: Uint8Array[] = [];
  let openBytes = 0;
  let first = 1;
  for await (const chunk of source) {
    const end = chunk.lastIndexOf(LINE_FEED);
    if (end < 0) {
      open.push(chunk);
      openBytes += chunk.length;
      if (openBytes > limits.maxLineBytes) throw tooLong(limits, first);
      continue;
    }
    const lines = textLines(Buffer.concat([...open, chunk.subarray(0, end)]), first, limits);
    yield { first, lines };
    first += lines.length;
    open = [chunk.subarray(end + 1)];
    openBytes = chunk.length - end - 1;
    if (openBytes > limits.maxLineBytes) throw tooLong(limits, first);
  }
  if (openBytes > 0) yield { first, lines: textLines(Buffer.concat(open), first, limits) };
}

function textLines(bytes: Buffer, first: number, limits: DecodeLimits): string[] {
  if (!isUtf8(bytes)) throw invalidUtf8(limits, first + firstInvalidLine(bytes));
  const text = bytes.toString('utf8');
  const lines = (first === 1 && text.startsWith('\uFEFF') ? text.slice(1) : text).split('\n');
  const long = lines.findIndex(
    (line) => line.length * 3 > limits.maxLineBytes && Buffer.byteLength(line) > limits.maxLineBytes,
  );
  if (long >= 0) throw tooLong(limits, first + long);
  return lines;
}

/** 0-based line of the first byte that is not UTF-8. A line feed is never part of a longer UTF-8 sequence. */
export function firstInvalidLine(bytes: Buffer): number {
  let line = 0;
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(LINE_FEED, start);
    if (end < 0 || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
    line += 1;
  }
}

function tooLong(limits: DecodeLimits, line: number) {
  return formatFault('FORMAT_LINE_TOO_LONG', limits, line, {
    what: `the line is longer than ${limits.maxLineBytes.toLocaleString('en')} bytes`,
    next: 'look at the file: it is damaged or it is no text of this report',
  });
}
