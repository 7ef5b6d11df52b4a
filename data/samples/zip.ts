/** Zip archives with the same bytes on every machine: stored, not packed, and one date in every zone. */
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

/** Members by name. zlib's output may differ between versions, so nothing is compressed. */
export async function storedZip(members: Readonly<Record<string, string>>): Promise<Uint8Array> {
  const archive = new ZipFile();
  // DOS dates are local: a date from local fields gives the same bytes wherever it is written.
  const mtime = new Date(2026, 0, 31, 12, 0, 0);
  for (const [name, content] of Object.entries(members)) {
    archive.addBuffer(Buffer.from(content), name, { mtime, mode: 0o100644, compress: false, forceDosTimestamp: true });
  }
  archive.end();
  return buffer(archive.outputStream);
}
