/** Where the embedded server's data and binaries may lie: folders only root may enter, other users, read-only packages, full disks. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageFolder, usableBinaries } from '../../loaders/postgres/embedded/binaries.ts';
import { openFolder } from '../../loaders/postgres/embedded/folder.ts';
import { acquire, runningUrl } from '../../loaders/postgres/embedded/index.ts';
import { ask, child, dataFolder, finish, isRoot, postmaster, readyDataFolder } from '../support/embedded.ts';
import { recordingLog, silentLog as log } from '../support/log.ts';
import { ordinaryUser } from '../support/server.ts';

const nobody = ordinaryUser(['nobody']);
if (!isRoot) console.warn('skipped: tests of the embedded server as root and as two users need root');

/** The platform package as npm unpacks it without install scripts: no symbolic links. */
function packageWithoutLinks(folder: string): string {
  const copy = join(folder, 'package');
  cpSync(packageFolder(), copy, { recursive: true });
  const links = join(copy, 'native/lib');
  for (const name of readdirSync(links)) if (lstatSync(join(links, name)).isSymbolicLink()) rmSync(join(links, name));
  expect(spawnSync(join(copy, 'native/bin/postgres'), ['--version']).status).not.toBe(0);
  return copy;
}

describe.skipIf(!isRoot)('as root', () => {
  it('runs as an ordinary user that owns the data and nothing else', async () => {
    const dataDir = await readyDataFolder();
    const use = await acquire(dataDir, { log });
    const owner = statSync(`/proc/${postmaster(dataDir)}`).uid;
    expect(owner).not.toBe(0);
    expect(statSync(join(dataDir, 'postgres/cluster')).uid).toBe(owner);
    expect(statSync(join(dataDir, 'postgres')).uid).toBe(0);
    expect(existsSync(join(dataDir, 'postgres/location'))).toBe(false);
    await use.release();
  });

  it('works in a project that only root may enter, with a pointer to where the data is', async () => {
    const dataDir = dataFolder(0o700);
    const use = await acquire(dataDir, { log });
    await ask(use.url, 'create table kept (n int)');
    const place = readFileSync(join(dataDir, 'postgres/location'), 'utf8').trim();
    expect(statSync(place)).toMatchObject({ uid: 0 });
    expect(statSync(place).mode & 0o022).toBe(0);
    expect(existsSync(join(place, 'cluster/PG_VERSION'))).toBe(true);
    expect(runningUrl(dataDir)).toEqual({ url: use.url });
    await use.release();
    const again = await acquire(dataDir, { log });
    expect(await ask(again.url, `select to_regclass('kept') is not null`)).toEqual([[true]]);
    await again.release();
    expect(runningUrl(dataDir)).toMatchObject({ url: null });
  });

  it('begins an empty database when the data folder was removed, and leaves the earlier data alone', async () => {
    const dataDir = dataFolder(0o700);
    const use = await acquire(dataDir, { log });
    await ask(use.url, 'create table earlier (n int)');
    await use.release();
    const place = readFileSync(join(dataDir, 'postgres/location'), 'utf8').trim();
    rmSync(dataDir, { recursive: true });
    const lines = recordingLog();
    const [one, two] = await Promise.all([acquire(dataDir, { log: lines }), acquire(dataDir, { log })]);
    expect(two.url).toBe(one.url);
    expect(await ask(one.url, `select to_regclass('earlier')`)).toEqual([[null]]);
    expect(lines.lines.join('\n')).toContain(place);
    expect(existsSync(join(place, 'cluster/PG_VERSION'))).toBe(true);
    await Promise.all([one.release(), two.release()]);
    rmSync(place, { recursive: true });
  });

  it('copies the binaries when they lie where only root may enter', async () => {
    const dataDir = dataFolder();
    const secret = join(dirname(dataDir), 'secret');
    mkdirSync(secret, { mode: 0o700 });
    const source = packageWithoutLinks(secret);
    const folder = await openFolder(dataDir, log);
    const bin = usableBinaries(folder, log, source);
    expect(bin.startsWith(folder.base)).toBe(true);
    expect(usableBinaries(folder, log, source)).toBe(bin);
    expect(spawnSync(join(bin, 'postgres'), ['--version'], { ...nobody, cwd: '/' }).status).toBe(0);
  });

  it('does not follow a pointer to a folder that somebody else can write to', async () => {
    const dataDir = dataFolder();
    const planted = join(dirname(dataDir), 'planted');
    mkdirSync(planted);
    chownSync(planted, nobody?.uid ?? 0, nobody?.gid ?? 0);
    mkdirSync(join(dataDir, 'postgres'), { recursive: true });
    writeFileSync(join(dataDir, 'postgres/location'), planted);
    await expect(openFolder(dataDir, log)).rejects.toMatchObject({ code: 'EMBEDDED_OTHER_USER' });
    rmSync(join(dataDir, 'postgres/location'));
  });

  it('says that the disk is full, and starts when it is not any more', async () => {
    const dataDir = dataFolder();
    mkdirSync(dataDir);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=12m,mode=755', 'tmpfs', dataDir]).status !== 0) {
      console.warn('skipped: this machine does not allow mounting a small disk');
      return;
    }
    try {
      await expect(acquire(dataDir, { log })).rejects.toMatchObject({ code: 'EMBEDDED_DISK_FULL' });
      expect(readdirSync(join(dataDir, 'postgres')).filter((name) => /^new-|^cluster/.test(name))).toEqual([]);
      expect(spawnSync('mount', ['-o', 'remount,size=200m', dataDir]).status).toBe(0);
      const use = await acquire(dataDir, { log });
      expect(await ask(use.url, 'select 1')).toEqual([[1]]);
      await use.release();
    } finally {
      spawnSync('umount', ['-l', dataDir]);
    }
  });
});

describe.skipIf(nobody === undefined)('as an ordinary user', () => {
  it('keeps everything in the data folder, runs the binaries in place, and shares the server with root', async () => {
    const dataDir = dataFolder();
    chownSync(dirname(dataDir), nobody?.uid ?? 0, nobody?.gid ?? 0);
    const user = child('acquire', dataDir, nobody);
    const { url = '', error } = await user.answer;
    expect(error).toBeUndefined();
    expect(await ask(url, 'select 1')).toEqual([[1]]);
    expect(statSync(`/proc/${postmaster(dataDir)}`).uid).toBe(nobody?.uid);
    expect(readdirSync(join(dataDir, 'postgres')).sort()).toEqual([
      'cluster',
      'lock',
      'password',
      'server.log',
      'users',
    ]);
    const root = await acquire(dataDir, { log });
    expect(root.url).toBe(url);
    await root.release();
    await finish(user);
    // What root makes there does not lock its owner out.
    await (await acquire(dataDir, { log })).release();
    const later = child('acquire', dataDir, nobody);
    expect((await later.answer).error).toBeUndefined();
    await finish(later);
  });

  it('is told when the folder is root’s', async () => {
    const dataDir = await readyDataFolder();
    expect((await child('acquire', dataDir, nobody).answer).error).toMatch(/^EMBEDDED_OTHER_USER: .*Next: /);
  });
});

describe('without the package’s install script', () => {
  it('makes the missing links in the package', async () => {
    const dataDir = dataFolder();
    const source = packageWithoutLinks(dirname(dataDir));
    const folder = await openFolder(dataDir, log);
    expect(usableBinaries(folder, log, source)).toBe(join(source, 'native/bin'));
    expect(lstatSync(join(source, 'native/lib/libpq.so.5')).isSymbolicLink()).toBe(true);
  });

  it('copies the binaries when the package is read-only, once', async () => {
    const dataDir = dataFolder();
    const source = packageWithoutLinks(dirname(dataDir));
    const lib = join(source, 'native/lib');
    if (isRoot && spawnSync('mount', ['--bind', '-o', 'ro', lib, lib]).status !== 0) {
      console.warn('skipped: root can write everywhere, and this machine does not allow a read-only mount');
      return;
    }
    if (!isRoot) chmodSync(lib, 0o555);
    try {
      const folder = await openFolder(dataDir, log);
      const bin = usableBinaries(folder, log, source);
      expect(bin.startsWith(folder.base)).toBe(true);
      expect(usableBinaries(folder, log, source)).toBe(bin);
    } finally {
      if (isRoot) spawnSync('umount', ['-l', lib]);
      else chmodSync(lib, 0o755);
    }
  });
});
