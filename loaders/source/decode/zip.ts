/** One member of a zip archive as a stream of bytes: nothing is written to disk, names, sizes and checksum are checked. */
import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import type { Fault } from '../../../core/errors.ts';
import { type ByteSource, type DecodeLimits, formatFault } from './limits.ts';

const MAX_MEMBERS = 10_000;
/** Names in a message. */
const SHOWN_MEMBERS = 8;
/** Small members may pack as well as they like. */
const RATIO_FROM_BYTES = 1024 * 1024;

/** The signature of a member, of the end of an empty archive, or of an archive in several parts. */
export function looksLikeZip(head: Uint8Array): boolean {
  const magic = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 4)).toString('latin1');
  return ['PK\x03\x04', 'PK\x05\x06', 'PK\x07\x08'].includes(magic);
}

export interface ZipMember {
  readonly name: string;
  readonly bytes: ByteSource;
}

/**
 * Hands the one member whose name matches `pattern` to `use`, and closes the archive afterwards.
 * @throws Fault `FORMAT_ZIP_BROKEN`, `FORMAT_ZIP_UNSAFE_NAME`, `FORMAT_ZIP_MEMBER`, `FORMAT_ZIP_BOMB`; the last two of them also
 * while the bytes are read
 */
export async function* readZipMember<T>(
  path: string,
  pattern: string,
  limits: DecodeLimits,
  use: (member: ZipMember) => AsyncGenerator<T>,
): AsyncGenerator<T> {
  const archive = await openPromise(path, { autoClose: false, lazyEntries: true, strictFileNames: true }).catch(
    (error: unknown) => {
      throw isFileError(error) ? error : broken(limits, error);
    },
  );
  try {
    const entry = await findMember(archive, pattern, limits);
    refuseBomb(entry.uncompressedSize, entry.compressedSize, entry.fileName, limits);
    const stream = await archive.openReadStreamPromise(entry).catch((error: unknown) => {
      throw broken(limits, error);
    });
    yield* use({ name: entry.fileName, bytes: checkedBytes(stream, entry, limits) });
  } finally {
    archive.close();
  }
}

async function findMember(archive: ZipFile, pattern: string, limits: DecodeLimits): Promise<Entry> {
  const wanted = new RegExp(pattern, 'u');
  const found: Entry[] = [];
  const names: string[] = [];
  let members = 0;
  try {
    for await (const entry of archive.eachEntry()) {
      members += 1;
      if (members > MAX_MEMBERS) break;
      if (names.length < SHOWN_MEMBERS) names.push(entry.fileName);
      if (!entry.fileName.endsWith('/') && wanted.test(entry.fileName)) found.push(entry);
    }
  } catch (error) {
    throw isUnsafeName(error) ? unsafeName(limits, error) : broken(limits, error);
  }
  const [entry, second] = found;
  if (members > MAX_MEMBERS)
    throw memberFault(limits, `the archive has more than ${MAX_MEMBERS.toLocaleString('en')} members`);
  if (entry === undefined)
    throw memberFault(
      limits,
      `none of the ${members} members of the archive is called like ${pattern}: ${shown(names, members)}`,
    );
  if (second !== undefined)
    throw memberFault(
      limits,
      `${found.length} members of the archive are called like ${pattern}, one was expected: ${shown(
        found.slice(0, SHOWN_MEMBERS).map(({ fileName }) => fileName),
        found.length,
      )}`,
    );
  return entry;
}

/** Passes bytes on while counting them; what the archive says about itself is believed at no point. */
async function* checkedBytes(stream: Readable, entry: Entry, limits: DecodeLimits): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  let checksum = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      refuseBomb(bytes, entry.compressedSize, entry.fileName, limits);
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
  } catch (error) {
    throw error instanceof Error && error.name === 'Fault' ? error : broken(limits, error);
  } finally {
    stream.destroy();
  }
  if (checksum !== entry.crc32) throw broken(limits, new Error(`the checksum of ${entry.fileName} is wrong`));
}

function refuseBomb(bytes: number, packedBytes: number, member: string, limits: DecodeLimits): void {
  const ratio = bytes / Math.max(packedBytes, 1);
  if (bytes <= limits.maxUnpackedBytes && (bytes <= RATIO_FROM_BYTES || ratio <= limits.maxRatio)) return;
  throw formatFault('FORMAT_ZIP_BOMB', limits, null, {
    what: `${member} unpacks to ${bytes.toLocaleString('en')} bytes or more from ${packedBytes.toLocaleString('en')}; at most ${limits.maxUnpackedBytes.toLocaleString('en')} bytes and ${limits.maxRatio} times the packed size are accepted`,
    next: 'look at the archive: it may be an attack',
  });
}

function memberFault(limits: DecodeLimits, what: string): Fault {
  return formatFault('FORMAT_ZIP_MEMBER', limits, null, {
    what,
    next: 'look at the names in the archive; if the publisher changed them, change the member of the definition',
  });
}

function shown(names: readonly string[], members: number): string {
  const texts = names.map((name) => JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name));
  return `[${texts.join(', ')}${members > names.length ? ', …' : ''}]`;
}

function unsafeName(limits: DecodeLimits, error: unknown): Fault {
  return formatFault('FORMAT_ZIP_UNSAFE_NAME', limits, null, {
    what: `a member of the archive has a name that leads out of its folder: ${messageOf(error)}`,
    next: 'look at the archive: it may be an attack',
    cause: error,
  });
}

function broken(limits: DecodeLimits, error: unknown): Fault {
  return formatFault('FORMAT_ZIP_BROKEN', limits, null, {
    what: `the archive cannot be read: ${messageOf(error)}`,
    next: 'the file is cut off or damaged, so ask the publisher again later',
    cause: error,
  });
}

function isUnsafeName(error: unknown): boolean {
  return /^(absolute path|invalid relative path|invalid characters in fileName)/.test(messageOf(error));
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 200);
}
