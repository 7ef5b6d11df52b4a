/** The embedded PostgreSQL server: commands share one per data folder; the last to leave stops it, unless it is kept. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../../core/effects.ts';
import { Fault } from '../../../core/errors.ts';
import { openPool } from '../database.ts';
import { usableBinaries } from './binaries.ts';
import { ensureCluster, OWNER, readPassword } from './cluster.ts';
import { findFolder, openFolder, type ServerFolder } from './folder.ts';
import { withLock } from './lock.ts';
import { findRunning, startServer, stopServer } from './server.ts';
import { countUsers, enter, leave } from './users.ts';

export interface Options {
  readonly log: Log;
}

/** A use of the server. */
export interface Use {
  /** Of the owner: `postgresql://penstock:password@127.0.0.1:port/penstock`. */
  readonly url: string;
  /** Ends the use; the last one stops the server. Safe to call twice. */
  release(): Promise<void>;
}

/**
 * Starts the server of `dataDir`, or joins the one that runs. A use whose process is killed ends with the next call of anybody.
 * Errors: `EMBEDDED_UNSUPPORTED`, `EMBEDDED_NO_ACCOUNT`, `EMBEDDED_NO_FOLDER`, `EMBEDDED_OTHER_USER`, `EMBEDDED_OTHER_VERSION`,
 * `EMBEDDED_NO_PASSWORD`, `EMBEDDED_CANNOT_START`, `EMBEDDED_DISK_FULL`.
 */
export async function acquire(dataDir: string, { log }: Options): Promise<Use> {
  const folder = await openFolder(dataDir, log);
  return withLock(folder.lock, log, async () => {
    const file = enter(folder.users);
    try {
      const url = await ensureRunning(folder, log);
      let released: Promise<void> | undefined;
      return { url, release: () => (released ??= release(folder, file, log)) };
    } catch (error) {
      await leaveAndStop(folder, file, log).catch((second: unknown) =>
        log.debug(`stopping after a failed start: ${String(second)}`),
      );
      throw error;
    }
  });
}

/** Starts the server and lets it outlive this process and all users, until {@link stop}. */
export async function keep(dataDir: string, { log }: Options): Promise<{ url: string }> {
  const use = await acquire(dataDir, { log });
  const folder = await openFolder(dataDir, log);
  await withLock(folder.lock, log, async () => writeFileSync(folder.keep, ''));
  await use.release();
  return { url: use.url };
}

/** What {@link stop} found and did. `users`: uses by living processes, whose connections were cut. */
export interface Stopped {
  readonly stopped: boolean;
  readonly users: number;
}

/** Stops the server, whoever uses it, and ends its keeping. */
export async function stop(dataDir: string, { log }: Options): Promise<Stopped> {
  const folder = findFolder(dataDir);
  if (folder === null) return { stopped: false, users: 0 };
  return withLock(folder.lock, log, async () => {
    rmSync(folder.keep, { force: true });
    const users = countUsers(folder.users);
    const stopped = await stopServer(folder, log);
    return { stopped, users: stopped ? users : 0 };
  });
}

/** How to connect to the server if it runs, else why not. Starts and changes nothing. */
export function runningUrl(
  dataDir: string,
): { readonly url: string } | { readonly url: null; readonly reason: string } {
  const folder = findFolder(dataDir);
  if (folder === null || !existsSync(folder.cluster))
    return { url: null, reason: `there is no embedded database in ${dataDir} yet; penstock db start makes one` };
  const running = findRunning(folder);
  if (running?.status !== 'ready')
    return { url: null, reason: 'the embedded database is not running; penstock db start starts it' };
  return { url: urlOf(folder, running.port) };
}

async function ensureRunning(folder: ServerFolder, log: Log): Promise<string> {
  const until = performance.now() + RESTART_MS;
  for (;;) {
    const port = await startServer(folder, () => prepare(folder, log), log);
    const url = urlOf(folder, port);
    try {
      await ensureDatabase(url);
      return url;
    } catch (error) {
      // Killed since we looked; or one of its backends was, and then it restarts by itself and refuses connections meanwhile.
      const passing = error instanceof Fault && /^DATABASE_(UNREACHABLE|LOST)$/.test(error.code);
      if (!passing || performance.now() > until) throw error;
      await sleep(100);
    }
  }
}

/** As long as the recovery after a big load may take. */
const RESTART_MS = 10 * 60_000;

/** Binaries and data folder; returns the folder of the binaries. */
async function prepare(folder: ServerFolder, log: Log): Promise<string> {
  const bin = usableBinaries(folder, log);
  await ensureCluster(folder, bin, log);
  return bin;
}

/** Also after joining: whoever started the server may have been killed before it made the database. */
async function ensureDatabase(url: string): Promise<void> {
  const admin = openPool(url.replace(/[^/]*$/, 'postgres'), { max: 1 });
  try {
    const there = await admin.query('select 1 from pg_database where datname = $1', [OWNER]);
    if (there.length === 0) await admin.query(`create database ${OWNER}`);
  } finally {
    await admin.close();
  }
}

async function release(folder: ServerFolder, file: string, log: Log): Promise<void> {
  // The whole data folder may have been removed meanwhile.
  if (!existsSync(folder.lock)) return;
  await withLock(folder.lock, log, () => leaveAndStop(folder, file, log));
}

async function leaveAndStop(folder: ServerFolder, file: string, log: Log): Promise<void> {
  leave(file);
  if (countUsers(folder.users) === 0 && !existsSync(folder.keep)) await stopServer(folder, log);
}

function urlOf(folder: ServerFolder, port: number): string {
  return `postgresql://${OWNER}:${readPassword(folder)}@127.0.0.1:${port}/${OWNER}`;
}
