/** Starting, finding and stopping the one server of a folder. Everything that changes something is called under the lock. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../../core/effects.ts';
import { spawnAs } from './account.ts';
import { logTail, startFault } from './faults.ts';
import { giveToFolderOwner, type ServerFolder } from './folder.ts';
import {
  identityOf,
  isServerIn,
  numberInUse,
  type ProcessIdentity,
  serversIn,
  signal,
  waitForEnd,
} from './processes.ts';

export interface Running {
  readonly postmaster: ProcessIdentity;
  readonly port: number;
  readonly status: 'starting' | 'ready' | 'stopping';
}

/**
 * Durable, and tuned for loading. `wal_level=minimal` (which needs `max_wal_senders=0`; nobody replicates this server) lets a
 * COPY into a table that was created or truncated in the same transaction skip the log: the table's file is synced instead.
 */
const SETTINGS: readonly string[] = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'fsync=on',
  'full_page_writes=on',
  'synchronous_commit=on',
  'wal_level=minimal',
  'max_wal_senders=0',
  'max_wal_size=4GB',
  'shared_buffers=128MB',
  'max_connections=100',
  'password_encryption=scram-sha-256',
  'timezone=UTC',
  'log_timezone=UTC',
  'log_min_messages=warning',
  'log_destination=stderr',
  'logging_collector=off',
];

const LOG_MAX_BYTES = 10 * 1024 * 1024;
/** Crash recovery after a big load takes a while; a start that takes longer than this hangs. */
const START_MS = 15 * 60_000;
const FAST_STOP_MS = 120_000;

/** The living server of this folder, from PostgreSQL's own pid file; nothing that we write could be out of step with it. */
export function findRunning(folder: ServerFolder): Running | null {
  const lines = pidFile(folder);
  const postmaster = identityOf(Number(lines?.[0] ?? 0) || -1);
  // The number may be another process by now: the server's processes are those that work in its data folder.
  if (lines === null || postmaster === null || !isServerIn(folder.cluster, postmaster)) return null;
  const status = lines[7]?.trim() ?? '';
  return {
    postmaster,
    port: Number(lines[3] ?? 0),
    status: status === 'ready' || status === 'stopping' ? status : 'starting',
  };
}

/** Starts the server, or waits for the one that is starting, and returns its port. */
export async function startServer(folder: ServerFolder, bin: () => Promise<string>, log: Log): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const running = await settle(folder, log);
    if (running !== null) return running.port;
    await removeRemains(folder, log);
    const outcome = await launch(folder, await bin(), log);
    if (typeof outcome === 'number') return outcome;
    // Another program took the port meanwhile, or somebody killed the server while it started.
    const again = outcome.killed || /could not (bind|create any TCP)/.test(outcome.output);
    if (!again || attempt === 5) throw startFault('the embedded PostgreSQL did not start', outcome.output, folder.log);
    log.debug(`starting the embedded database again: ${outcome.output}`);
  }
}

/** Stops the server; false when none ran. Fast first (open transactions are rolled back), then harder. */
export async function stopServer(folder: ServerFolder, log: Log): Promise<boolean> {
  const running = findRunning(folder);
  if (running === null) {
    await removeRemains(folder, log);
    return false;
  }
  signal(running.postmaster, 'SIGINT');
  if (!(await waitForEnd([running.postmaster], FAST_STOP_MS))) {
    log.warn('the embedded database did not stop in two minutes; stopping it at once (it recovers when it starts)');
    signal(running.postmaster, 'SIGQUIT');
    if (!(await waitForEnd([running.postmaster], 10_000))) signal(running.postmaster, 'SIGKILL');
  }
  await removeRemains(folder, log);
  return true;
}

/** Waits until a server that somebody else started is ready or gone; one that is stopping is waited for as well. */
async function settle(folder: ServerFolder, log: Log): Promise<Running | null> {
  const until = performance.now() + START_MS;
  for (let round = 1; ; round++) {
    const running = findRunning(folder);
    if (running === null || running.status === 'ready') return running;
    if (performance.now() > until)
      throw startFault(
        `the embedded PostgreSQL has been ${running.status} for 15 minutes`,
        logTail(folder.log),
        folder.log,
      );
    if (round % 400 === 0) log.info(`the embedded database is ${running.status}`);
    await sleep(25);
  }
}

/** Ends processes of a server that has lost its postmaster, and takes away a pid file that would keep the next one from starting. */
async function removeRemains(folder: ServerFolder, log: Log): Promise<void> {
  for (const name of ['SIGQUIT', 'SIGKILL'] as const) {
    const orphans = serversIn(folder.cluster);
    if (orphans.length === 0) break;
    log.debug(`ending ${orphans.length} processes of a server that is gone`);
    for (const orphan of orphans) signal(orphan, name);
    await waitForEnd(orphans, 5_000);
  }
  const left = serversIn(folder.cluster);
  if (left.length > 0)
    throw startFault(`processes ${left.join(', ')} of an earlier server do not end`, '', folder.cluster);
  const lines = pidFile(folder);
  const pid = Number(lines?.[0] ?? 0);
  // PostgreSQL deals with a dead number; but not with one that is a zombie or a stranger now, nor with a torn file.
  if (lines !== null && (!Number.isInteger(pid) || pid <= 0 || numberInUse(pid)))
    rmSync(join(folder.cluster, 'postmaster.pid'), { force: true });
}

type Failure = { readonly output: string; readonly killed: boolean };

async function launch(folder: ServerFolder, bin: string, log: Log): Promise<number | Failure> {
  const port = await freePort();
  const { handle, offset } = openLog(folder);
  // Detached, with its output in a file: the server neither dies with the shell's Ctrl-C nor holds its output open.
  const child = spawn(
    join(bin, 'postgres'),
    ['-D', folder.cluster, '-p', String(port), ...SETTINGS.flatMap((setting) => ['-c', setting])],
    {
      ...spawnAs(folder.account),
      cwd: folder.cluster,
      detached: true,
      stdio: ['ignore', handle, handle],
    },
  );
  closeSync(handle);
  let spawnError: string | undefined;
  child.once('error', (error) => (spawnError = error.message));
  child.unref();
  const until = performance.now() + START_MS;
  for (let round = 1; ; round++) {
    if (spawnError !== undefined) return { output: spawnError, killed: false };
    if (child.exitCode !== null || child.signalCode !== null)
      return { output: logTail(folder.log, offset), killed: child.signalCode !== null };
    const running = findRunning(folder);
    if (running?.status === 'ready' && running.port === port) return port;
    if (performance.now() > until) {
      child.kill('SIGQUIT');
      return { output: `not ready after 15 minutes\n${logTail(folder.log, offset)}`, killed: false };
    }
    if (round % 400 === 0) log.info('the embedded database is starting; after a crash it first recovers');
    await sleep(25);
  }
}

function openLog(folder: ServerFolder): { handle: number; offset: number } {
  if (existsSync(folder.log) && statSync(folder.log).size > LOG_MAX_BYTES) renameSync(folder.log, `${folder.log}.1`);
  const handle = openSync(folder.log, 'a', 0o600);
  giveToFolderOwner(folder.log);
  return { handle, offset: statSync(folder.log).size };
}

/** Lines of PostgreSQL's pid file: pid, data folder, start, port, socket folder, address, shared memory, status. */
function pidFile(folder: ServerFolder): string[] | null {
  try {
    return readFileSync(join(folder.cluster, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return null;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done, fail) => server.once('error', fail).listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise<unknown>((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new TypeError('a listening socket without a port');
  return address.port;
}
