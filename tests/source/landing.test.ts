/** The landing on a real disk: written once, whole or not at all, and found out when it rots. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Landed, type Landing, openLanding } from '../../loaders/source/landing.ts';
import { faultOf } from './publisher-server.ts';

const CHILD = join(import.meta.dirname, 'landing-child.ts');
const DAY_MS = 86_400_000;
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'penstock-landing-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

async function land(landing: Landing, ...chunks: string[]): Promise<Landed> {
  const reception = await landing.receive();
  for (const chunk of chunks) await reception.write(Buffer.from(chunk));
  return reception.commit();
}

/** All files below the landing, part files included. */
async function files(): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('bytes', () => {
  test('lie under their hash, in a folder of its first two digits', async () => {
    const landing = await openLanding(dir, Date);
    const hash = sha256('one two');
    const path = join(dir, hash.slice(0, 2), hash);
    expect(await landing.has(hash)).toBe(false);
    expect(await land(landing, 'one', ' two')).toEqual({ sha256: hash, bytes: 7, path, isNew: true });
    expect(await landing.has(hash)).toBe(true);
    expect(landing.path(hash)).toBe(path);
    expect(await readFile(path, 'utf8')).toBe('one two');
    expect((await buffer(landing.bodyOf(hash))).toString()).toBe('one two');
    expect(await files()).toEqual([path]);
    await landing.verify(hash);
  });

  test('that came before are kept as they are', async () => {
    const landing = await openLanding(dir, Date);
    const { path } = await land(landing, 'same');
    await utimes(path, 1, 1);
    expect(await land(landing, 'sa', 'me')).toMatchObject({ path, isNew: false });
    expect(await files()).toEqual([path]);
  });

  test('that start again leave no trace of the first try', async () => {
    const landing = await openLanding(dir, Date);
    const reception = await landing.receive();
    await reception.write(Buffer.from('a long first try'));
    await reception.restart();
    await reception.write(Buffer.from('second'));
    expect(await reception.commit()).toMatchObject({ sha256: sha256('second'), bytes: 6 });
    expect(await readFile(landing.path(sha256('second')), 'utf8')).toBe('second');
  });

  test('that are given up leave nothing', async () => {
    const reception = await (await openLanding(dir, Date)).receive();
    await reception.write(Buffer.from('x'));
    await reception.abort();
    await reception.abort();
    expect(await files()).toEqual([]);
  });

  test('that two receptions bring at once are stored once', async () => {
    const landing = await openLanding(dir, Date);
    const both = await Promise.all([land(landing, 'same'), land(landing, 'same')]);
    expect(both[0].path).toBe(both[1].path);
    expect(await files()).toEqual([both[0].path]);
  });

  test('are not looked up by anything but a hash', async () => {
    const landing = await openLanding(dir, Date);
    for (const bad of ['', '../../etc/passwd', 'A'.repeat(64), `${'a'.repeat(63)}/`])
      expect(() => landing.path(bad)).toThrow(RangeError);
  });
});

describe('a stored file', () => {
  test('that has rotted is found out', async () => {
    const landing = await openLanding(dir, Date);
    const { path, sha256: hash } = await land(landing, 'good');
    await writeFile(path, 'goof');
    expect(await faultOf(landing.verify(hash))).toMatchObject({ code: 'LANDING_CORRUPT', kind: 'file', where: path });
  });

  test('that was cut off is replaced when the bytes come again', async () => {
    const landing = await openLanding(dir, Date);
    const { path, sha256: hash } = await land(landing, 'good');
    await writeFile(path, 'go');
    expect((await faultOf(landing.verify(hash))).code).toBe('LANDING_CORRUPT');
    expect(await land(landing, 'good')).toMatchObject({ isNew: true });
    await landing.verify(hash);
  });

  test('that is gone is missing', async () => {
    const landing = await openLanding(dir, Date);
    expect((await faultOf(landing.verify(sha256('never')))).code).toBe('LANDING_MISSING');
  });
});

describe('a kill', () => {
  test(
    'between write and rename leaves nothing to see, and its part file goes after a day',
    { timeout: 30_000 },
    async () => {
      await killWhen('begin', (output) => output.includes('written'));
      expect((await files()).map((file) => file.endsWith('.part'))).toEqual([true]);
      await openLanding(dir, Date);
      expect(await files()).toHaveLength(1);
      await openLanding(dir, { now: () => Date.now() + 2 * DAY_MS });
      expect(await files()).toEqual([]);
    },
  );

  test('at any moment leaves only whole files to see', { timeout: 30_000 }, async () => {
    await killWhen('many', (output) => output.split('\n').length > 12);
    const landing = await openLanding(dir, Date);
    const seen = (await files()).filter((file) => !file.endsWith('.part')).map((file) => file.slice(-64));
    expect(seen.length).toBeGreaterThanOrEqual(10);
    for (const hash of seen) await landing.verify(hash);
  });
});

describe('a disk that is full', () => {
  test('is a fault that leaves nothing partial', { timeout: 30_000 }, async () => {
    await onFullDisk(async (place, smallest) => {
      const landing = await openLanding(place, Date);
      const kept = await land(landing, 'small enough');
      const reception = await landing.receive();
      const fault = await faultOf(
        (async () => {
          for (let i = 0; i < 100; i++) await reception.write(Buffer.alloc(smallest, String(i)));
          await reception.commit();
        })(),
      );
      expect(fault).toMatchObject({ code: 'LANDING_DISK_FULL', kind: 'file', where: place });
      expect(fault.message).toMatch(/nothing of this answer was kept.*Next: make room/);
      expect(await readdir(join(place, 'tmp'))).toEqual([]);
      await landing.verify(kept.sha256);
      expect(await land(landing, 'room again')).toMatchObject({ isNew: true });
    });
  });
});

test('a folder that cannot be used is a fault', async () => {
  const file = join(dir, 'file');
  await writeFile(file, '');
  const fault = await faultOf(openLanding(join(file, 'landing'), Date));
  expect(fault).toMatchObject({ code: 'LANDING_FAILED', kind: 'file' });
});

test('a folder that may not be written is a fault', async () => {
  await chmod(dir, 0o500);
  // Root may write everywhere but in the kernel's own folders.
  const folder = process.getuid?.() === 0 ? '/sys/penstock' : dir;
  expect((await faultOf(openLanding(folder, Date))).code).toBe('LANDING_NOT_WRITABLE');
});

async function killWhen(mode: string, ready: (output: string) => boolean): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, dir, mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  for await (const chunk of child.stdout) {
    output += String(chunk);
    if (ready(output)) child.kill('SIGKILL');
  }
  expect(child.signalCode ?? (await new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal))))).toBe(
    'SIGKILL',
  );
}

/** A small tmpfs where this user may mount one, otherwise a limit on the size of files (same call fails, with EFBIG). */
async function onFullDisk(work: (place: string, chunk: number) => Promise<void>): Promise<void> {
  const place = join(dir, 'small');
  await mkdir(place);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', place]).status === 0;
  if (mounted) {
    try {
      return await work(place, 4_096);
    } finally {
      execFileSync('umount', [place]);
    }
  }
  const script = `
    import { openLanding } from ${JSON.stringify(join(import.meta.dirname, '../../loaders/source/landing.ts'))};
    const landing = await openLanding(${JSON.stringify(place)}, Date);
    process.on('SIGXFSZ', () => undefined);
    const reception = await landing.receive();
    try {
      for (let i = 0; i < 100; i++) await reception.write(Buffer.alloc(4096));
      console.log('no fault');
    } catch (error) {
      console.log(error.code);
    }`;
  const file = join(dir, 'limited.mts');
  await writeFile(file, script);
  const output = execFileSync('sh', ['-c', 'ulimit -f 64; exec "$0" --import tsx "$1"', process.execPath, file], {
    encoding: 'utf8',
  });
  expect(output.trim()).toBe('LANDING_DISK_FULL');
  expect(await readdir(join(place, 'tmp'))).toEqual([]);
}
