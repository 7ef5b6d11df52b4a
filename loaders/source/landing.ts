/** The landing: publishers' bytes under their SHA-256, written once and kept, so that a replay never asks the publisher again. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BodySink, Clock } from '../../core/effects.ts';
import { Fault } from '../../core/errors.ts';
import { openPartFile, PART_SUFFIX } from './part-file.ts';

export interface Landed {
  /** Lower-case hex. */
  readonly sha256: string;
  readonly bytes: number;
  readonly path: string;
  /** `false`: the same bytes were here already. */
  readonly isNew: boolean;
}

/** Bytes on their way in. Either `commit` or `abort` ends it; after a fault nothing of it is left. */
export interface Reception extends BodySink {
  /** The bytes are durable and visible once this resolves. What `check` throws rejects it, and nothing is left of them. */
  commit(check?: (sha256: string) => void): Promise<Landed>;
  /** Leaves nothing behind; does nothing after a commit. */
  abort(): Promise<void>;
}

export interface Landing {
  /** @throws Fault `LANDING_DISK_FULL`, `LANDING_NOT_WRITABLE` or `LANDING_FAILED`; so do the methods of what it returns */
  receive(): Promise<Reception>;
  /** Where these bytes are or would be. */
  path(sha256: string): string;
  has(sha256: string): Promise<boolean>;
  /** Hashes the stored file again. @throws Fault `LANDING_CORRUPT` or `LANDING_MISSING` */
  verify(sha256: string): Promise<void>;
  bodyOf(sha256: string): Readable;
}

const DAY_MS = 86_400_000;

/**
 * Opens the landing in `dir`: `<dir>/<first two digits>/<sha256>`, with `<dir>/tmp` for what is on its way. Removes what killed
 * processes left there more than a day ago.
 */
export async function openLanding(dir: string, clock: Pick<Clock, 'now'>): Promise<Landing> {
  const parts = join(dir, 'tmp');
  await guarded(dir, async () => {
    await mkdir(parts, { recursive: true });
    await removeStale(parts, clock.now() - DAY_MS);
  });

  function path(sha256: string): string {
    if (!/^[0-9a-f]{64}$/.test(sha256))
      throw new RangeError(`${JSON.stringify(sha256.slice(0, 80))} is not a SHA-256 in lower-case hex`);
    return join(dir, sha256.slice(0, 2), sha256);
  }

  async function has(sha256: string): Promise<boolean> {
    return access(path(sha256)).then(
      () => true,
      () => false,
    );
  }

  async function receive(): Promise<Reception> {
    const part = await guarded(dir, () => openPartFile(parts));
    const step = <T>(work: () => Promise<T>): Promise<T> =>
      guarded(dir, work).catch(async (error: unknown) => {
        await part.discard();
        throw error;
      });
    return {
      write: (chunk) => step(() => part.write(chunk)),
      restart: () => step(() => part.restart()),
      abort: () => part.discard(),
      commit: (check) =>
        step(async () => {
          const { bytes } = part;
          const sha256 = await part.finish();
          check?.(sha256);
          const target = path(sha256);
          // A stored file of another size is damaged for certain; the good bytes are here, so they replace it.
          const isNew = (await sizeOf(target)) !== bytes;
          await (isNew ? part.moveTo(target) : part.discard());
          return { sha256, bytes, path: target, isNew };
        }),
    };
  }

  async function verify(sha256: string): Promise<void> {
    const hash = createHash('sha256');
    await guarded(dir, () => pipeline(createReadStream(path(sha256)), hash));
    const actual = hash.digest('hex');
    if (actual === sha256) return;
    throw new Fault({
      code: 'LANDING_CORRUPT',
      kind: 'file',
      what: `a stored answer has changed: its bytes hash to ${actual}`,
      where: path(sha256),
      consequence: 'nothing was loaded from it',
      next: 'remove the file, check the disk, and run again: the publisher is asked anew',
    });
  }

  return { receive, path, has, verify, bodyOf: (sha256) => createReadStream(path(sha256)) };
}

async function sizeOf(path: string): Promise<number | null> {
  return stat(path).then(
    ({ size }) => size,
    () => null,
  );
}

/** Part files of other processes may be in use; no download takes a day. */
async function removeStale(folder: string, before: number): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith(PART_SUFFIX)) continue;
    const file = join(folder, name);
    const info = await stat(file).catch(() => null);
    if (info !== null && info.mtimeMs < before) await rm(file, { force: true });
  }
}

/** Turns errors of the file system into faults. */
async function guarded<T>(dir: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw landingFault(error, dir);
  }
}

function landingFault(error: unknown, dir: string): unknown {
  if (!(error instanceof Error) || error instanceof Fault || !('code' in error)) return error;
  const code = String(error.code);
  const fault = (name: string, what: string, next: string): Fault =>
    new Fault({
      code: name,
      kind: 'file',
      what,
      where: dir,
      consequence: 'nothing of this answer was kept',
      next,
      cause: error,
    });
  if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code)) {
    return fault(
      'LANDING_DISK_FULL',
      `the disk has no room for the answer (${code})`,
      'make room or choose another --data-dir, then run again',
    );
  }
  if (['EACCES', 'EPERM', 'EROFS'].includes(code)) {
    return fault(
      'LANDING_NOT_WRITABLE',
      `the landing cannot be written (${code})`,
      'give this user the right to write there, or choose another --data-dir',
    );
  }
  if (code === 'ENOENT')
    return fault('LANDING_MISSING', 'a stored answer is not there', 'run again: the publisher is asked anew');
  return fault('LANDING_FAILED', error.message, 'check the disk, then run again');
}
