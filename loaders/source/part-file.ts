/** A file that is being written beside its final place: nobody sees it before it is whole and on the disk. */
import { createHash, randomUUID, type Hash } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { platform } from 'node:os';
import { dirname, join } from 'node:path';
import type { BodySink } from '../../core/effects.ts';

export interface PartFile extends BodySink {
  /** Bytes so far. */
  readonly bytes: number;
  /** Flushes to the disk and closes. Returns the SHA-256 of what was written, lower-case hex. */
  finish(): Promise<string>;
  /** Moves the finished file to its place, durably; a file that is there is replaced. */
  moveTo(path: string): Promise<void>;
  /** Closes and removes it; does nothing once it has been moved. */
  discard(): Promise<void>;
}

/** Part files end so; what a killed process left can be told by it. */
export const PART_SUFFIX = '.part';

/** Opens `<folder>/<random>.part`; `folder` must be on the same file system as the final place. */
export async function openPartFile(folder: string): Promise<PartFile> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${randomUUID()}${PART_SUFFIX}`);
  let handle: FileHandle | null = await open(path, 'wx');
  let hash: Hash = createHash('sha256');
  let bytes = 0;

  async function close(): Promise<void> {
    const closing = handle;
    handle = null;
    await closing?.close();
  }

  return {
    get bytes() {
      return bytes;
    },
    async write(chunk) {
      // A disk that fills up takes a part of the chunk first and fails on the rest.
      for (let done = 0; done < chunk.length;) {
        const { bytesWritten } = await opened(handle).write(chunk, done, chunk.length - done, bytes + done);
        done += bytesWritten;
      }
      hash.update(chunk);
      bytes += chunk.length;
    },
    async restart() {
      await opened(handle).truncate(0);
      hash = createHash('sha256');
      bytes = 0;
    },
    async finish() {
      await opened(handle).sync();
      await close();
      return hash.digest('hex');
    },
    async moveTo(target) {
      const made = await mkdir(dirname(target), { recursive: true });
      await rename(path, target);
      await syncFolder(dirname(target));
      if (made !== undefined) await syncFolder(dirname(made));
    },
    async discard() {
      await close().catch(() => undefined);
      await rm(path, { force: true });
    },
  };
}

function opened(handle: FileHandle | null): FileHandle {
  if (handle === null) throw new Error('the file is closed already');
  return handle;
}

/** A rename is durable once its folder is on the disk. Windows cannot flush folders and does not need to. */
async function syncFolder(folder: string): Promise<void> {
  if (platform() === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
